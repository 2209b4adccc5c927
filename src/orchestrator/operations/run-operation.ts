import * as E from 'fp-ts/lib/Either.js'
import type { Adapter, Answer, AnyReference, Kind, PaymentError, Read } from '../../core/index.js'
import {
  indeterminate,
  inProgress,
  isOfAnother,
  mayBeUnderWay,
  omitUndefined,
  traced,
  unreachable,
} from '../../core/index.js'
import { isUnanswered, type ObjectRecord, objectKeyOf, observe, originOf, resultOfRecord } from '../../ledger/index.js'
import { type Context, LEASE_MS } from '../context.js'
import {
  afterFailure,
  afterPoll,
  type Change,
  cancel,
  currentAttempt,
  executed,
  type LeasedOperation,
  next,
  openRefusal,
  startNewAttempt,
  withoutAccount,
} from '../protocol/index.js'
import { noteRead } from '../reads/note-read.js'
import { isAbsence, readBack } from '../reads/read-back.js'
import { deduplicationOf, expectedOf, expecting, isAnothers, referenceByKey } from './money-methods.js'
import { type OperationResult, recordedResult, resultOf } from './operation-result.js'
import { type Sent, sendAgain, sendDrafted } from './send.js'

/** Either the operation goes on with the next step, or the call is over. */
type StepResult = { readonly next: LeasedOperation } | { readonly result: OperationResult }

const COMMIT_TRIES = 3

/** Commits, and again if the store did not answer: the guards make a repeat harmless. */
const commit = async ({ writes }: Change, { store }: Context) => {
  let committed = await store.commit(writes)()
  for (let tries = 1; E.isLeft(committed) && tries < COMMIT_TRIES; tries += 1) committed = await store.commit(writes)()
  return committed
}

/** Commits a change. A worker that was fenced off, or whose commit may have been lost, gives what the record says. */
const settle = async (
  change: Change,
  context: Context,
  committing: ReturnType<typeof commit> = commit(change, context),
): Promise<StepResult> => {
  const { operation } = change.leased
  const committed = await committing
  if (E.isLeft(committed)) return { result: E.left(mayBeUnderWay(committed.left, operation.id)) }
  if (!committed.right.done) return { result: await recordedResult(operation.id, context.store)() }
  const goesOn = change.writes.some((write) => write.write === 'operation' && write.keepLease)
  return goesOn ? { next: change.leased } : { result: await resultOf(change.leased, context.store)() }
}

/** After an answer or a read that names an object of another operation: it tells nothing about this one. */
const withoutObject = (leased: LeasedOperation, { source }: Answer<Kind> | Read<Kind>, now: number): Change => {
  if (source === 'read') return afterPoll(leased, false, now)
  const { effect = 'moves_money' } = currentAttempt(leased)
  return afterFailure(leased, indeterminate(effect, 'answer', { paths: ['reference'] }), true, now)
}

/** Records the object with the end of its operation. It may be known already: a notification may have been faster. */
const record = async (
  leased: LeasedOperation,
  adapter: Adapter,
  evidence: Answer<Kind> | Read<Kind>,
  what: 'executed' | 'found',
  context: Context,
  known?: ObjectRecord,
): Promise<StepResult> => {
  const { operation } = leased
  const result = evidence.content
  const key = objectKeyOf<Kind>(result.reference)
  const now = context.now()
  const attempt = currentAttempt(leased)
  if (isAnothers(known, operation)) return settle(withoutObject(leased, evidence, now), context)
  const { object, writes } = observe<Kind>(key, known, evidence, result, {
    now,
    afterwards: adapter.capabilities,
    origin: originOf(operation, attempt),
    ...expectedOf(operation),
    ...omitUndefined({ reservation: operation.reservation, names: attempt.draft?.names }),
  })
  const change = executed(leased, key, what, writes, now)
  const committed = await commit(change, context)
  if (E.isLeft(committed)) return { result: E.left(mayBeUnderWay(committed.left, operation.id)) }
  if (committed.right.done) return { result: E.right(resultOfRecord(object)) }
  const failed = change.writes[committed.right.index]?.write
  if (failed !== 'new_object' && failed !== 'object')
    return { result: await recordedResult(operation.id, context.store)() }
  const found = await context.store.object(key)()
  if (E.isLeft(found)) return { result: E.left(mayBeUnderWay(found.left, operation.id)) }
  if (found.right === undefined) return { result: E.left(inProgress(operation.id)) }
  return record(leased, adapter, evidence, what, context, found.right)
}

// An untouched payment is there whether or not the submission came: the draft created it.
const isConclusive = (reference: AnyReference, { content }: Read<Kind>): boolean =>
  !('id' in reference && ['created', 'requires_action', 'unknown'].includes(content.status))

/** What a read shows of an operation's object. `answered`: the gateway said what it has, found or not. */
interface Polled {
  readonly found?: Read<Kind>
  readonly answered: boolean
  readonly error?: PaymentError
}

const pollOperation = async (
  leased: LeasedOperation,
  adapter: Adapter,
  reference: AnyReference,
  context: Context,
): Promise<Polled> => {
  const read = await readBack<Kind>(adapter, expecting(reference, leased.operation), context)()
  await noteRead(adapter.account, E.isLeft(read) ? read.left : undefined, context)
  if (E.isLeft(read)) return { answered: isAbsence(read.left), error: read.left }
  // Another's object tells nothing of ours.
  if (isOfAnother(read.right.content, currentAttempt(leased).draft?.names)) return { answered: false }
  return { answered: true, ...(isConclusive(reference, read.right) ? { found: read.right } : {}) }
}

const readOperation = (
  leased: LeasedOperation,
  adapter: Adapter,
  reference: AnyReference,
  context: Context,
): Promise<Polled> =>
  traced(
    'poll',
    () => ({
      account: adapter.account,
      kind: reference.kind,
      reason: 'recovery',
      operationId: leased.operation.id,
    }),
    () => pollOperation(leased, adapter, reference, context),
    ({ found, error }) => ({ changed: found !== undefined, ...omitUndefined({ errorType: error?._tag }) }),
  )

const maySubmit = (context: Context): boolean => context.maySubmit?.() ?? true

/** Gives an operation back as it is: it stays due, and another process sends. */
const defer = async ({ operation }: LeasedOperation, { store }: Context): Promise<StepResult> => {
  // If the store does not answer, the lease ends by itself.
  await store.commit([{ write: 'operation', operation, from: operation.state, keepLease: false }])()
  return { result: E.left(inProgress(operation.id)) }
}

const afterSending = async (sent: Sent, adapter: Adapter, context: Context): Promise<StepResult> => {
  const { before, dispatched, result } = sent
  context.recordOutcome(adapter.account, E.isLeft(result) ? result.left : undefined)
  if (E.isRight(result)) return record(dispatched ?? before, adapter, result.right, 'executed', context)
  const failed = (leased: LeasedOperation, error = result.left) =>
    afterFailure(leased, error, leased === dispatched, context.now())
  if (dispatched === undefined) return settle(failed(before), context)
  const open = openRefusal(dispatched, result.left)
  if (open?.reference !== undefined) {
    const polled = await readOperation(dispatched, adapter, open.reference, context)
    if (polled.found !== undefined) return record(dispatched, adapter, polled.found, 'found', context)
    if (!polled.answered) return settle(failed(dispatched, open), context)
  }
  // If the store's answer to the dispatch was lost, the ledger holds it or does not: the guards tell which.
  const change = failed(dispatched)
  const committed = await commit(change, context)
  const wasNotDispatched = E.isRight(committed) && !committed.right.done && result.left._tag === 'Unreachable'
  return wasNotDispatched ? settle(failed(before), context) : settle(change, context, Promise.resolve(committed))
}

const poll = async (
  leased: LeasedOperation,
  adapter: Adapter,
  step: { readonly reference: AnyReference; readonly otherwise: 'resend' | 'wait' },
  context: Context,
): Promise<StepResult> => {
  const { found, answered } = await readOperation(leased, adapter, step.reference, context)
  if (found !== undefined) return record(leased, adapter, found, 'found', context)
  return answered && step.otherwise === 'resend' && maySubmit(context)
    ? afterSending(await sendAgain(leased, adapter, context), adapter, context)
    : settle(afterPoll(leased, answered, context.now()), context)
}

/** After a restore, the request that an attempt was dispatched with may be lost: its object is looked for by the key. */
const findable = (leased: LeasedOperation, adapter: Adapter): LeasedOperation => {
  const attempt = currentAttempt(leased)
  if (attempt.state !== 'dispatched' || attempt.draft !== undefined || attempt.reference !== undefined) return leased
  const found = { ...attempt, ...omitUndefined({ reference: referenceByKey(adapter, leased.operation) }) }
  return { ...leased, attempts: leased.attempts.map((other) => (other === attempt ? found : other)) }
}

const runStep = async (recorded: LeasedOperation, context: Context): Promise<StepResult> => {
  const now = context.now()
  const adapter = context.adapter(currentAttempt(recorded).account)
  if (adapter === undefined) return settle(withoutAccount(recorded, now), context)
  const leased = findable(recorded, adapter)
  const deduplication = deduplicationOf(adapter, leased.operation.name)
  const step = next(leased, deduplication, now)
  switch (step.step) {
    case 'send':
      if (!maySubmit(context)) return defer(leased, context)
      return afterSending(await sendDrafted(leased, adapter, context), adapter, context)
    case 'poll':
      return poll(leased, adapter, step, context)
    case 'new_attempt':
      return settle(startNewAttempt(leased, now), context)
    case 'cancel':
      return settle(cancel(leased, unreachable('deadline'), now), context)
    case 'wait':
      return isUnanswered(leased.operation.state)
        ? settle(afterPoll(leased, false, now), context)
        : { result: await resultOf(leased, context.store)() }
  }
}

/** Renews the lease while a step lasts: an exchange may take longer than a lease. */
const renewing = ({ operation: { id, fence } }: LeasedOperation, { store }: Context): { readonly stop: () => void } => {
  const renew = () => void store.commit([{ write: 'renew_lease', id, fence, leaseMs: LEASE_MS }])()
  const timer = setInterval(renew, LEASE_MS / 3)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

/**
 * Runs a leased operation as far as it goes: over refusals to the next account, to its end, or until only a later poll or an
 * operator can find out more. Callers and recovery run the same code.
 */
export const runOperation = async (leased: LeasedOperation, context: Context): Promise<OperationResult> => {
  const lease = renewing(leased, context)
  try {
    let turn = await runStep(leased, context)
    while ('next' in turn) turn = await runStep(turn.next, context)
    return turn.result
  } finally {
    lease.stop()
  }
}
