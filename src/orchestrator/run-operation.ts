import * as E from 'fp-ts/lib/Either.js'
import type { Adapter, Answer, AnyReference, Kind, Read } from '../core/index.js'
import { indeterminate, inProgress, readBack, unreachable } from '../core/index.js'
import { type ObjectRecord, objectKeyOf, observe, resultOfRecord } from '../ledger/index.js'
import { type Context, LEASE_MS } from './context.js'
import { deduplicationOf, expectedOf } from './money-methods.js'
import {
  afterFailure,
  afterLookUp,
  type Change,
  cancel,
  currentAttempt,
  executed,
  type Held,
  leave,
  next,
  startOver,
} from './protocol/index.js'
import { contained, type Sent, sendAgain, sendDrafted } from './send.js'
import { recorded, type Told, toldOf } from './told.js'

/** Either the operation goes on, or the call is over. */
type Turn = { readonly goOn: Held } | { readonly told: Told }

const COMMIT_TRIES = 3

/** Commits, and once more where the store did not answer: the guards make a repeat harmless. */
const commit = async ({ writes }: Change, { store }: Context) => {
  let committed = await store.commit(writes)()
  for (let tries = 1; E.isLeft(committed) && tries < COMMIT_TRIES; tries += 1) committed = await store.commit(writes)()
  return committed
}

/** Commits a change. Who was fenced off, or whose commit is not known to stand, tells what the record says. */
const settle = async (
  change: Change,
  context: Context,
  committing: ReturnType<typeof commit> = commit(change, context),
): Promise<Turn> => {
  const { operation } = change.held
  const committed = await committing
  if (E.isLeft(committed)) return { told: E.left(inProgress(operation.id)) }
  if (!committed.right.done) return { told: await recorded(operation.id, context.store)() }
  const goesOn = change.writes.some((write) => write.write === 'operation' && write.keepLease)
  return goesOn ? { goOn: change.held } : { told: await toldOf(change.held, context.store)() }
}

/** Records the object with the end of its operation. It may be known already: a notification may have been faster. */
const record = async (
  held: Held,
  adapter: Adapter,
  evidence: Answer<Kind> | Read<Kind>,
  what: 'executed' | 'found',
  context: Context,
  known?: ObjectRecord,
): Promise<Turn> => {
  const { operation } = held
  const result = evidence.content
  const key = objectKeyOf<Kind>(result.reference)
  const now = context.now()
  const { object, writes } = observe<Kind>(key, known, evidence, result, {
    now,
    disputes: adapter.capabilities.disputes,
    operationId: operation.id,
    ...expectedOf(operation),
    ...(operation.reservation === undefined ? {} : { reservation: operation.reservation }),
  })
  const change = executed(held, key, what, writes, now)
  const committed = await commit(change, context)
  if (E.isLeft(committed)) return { told: E.left(inProgress(operation.id)) }
  if (committed.right.done) return { told: E.right(resultOfRecord(object)) }
  const failed = change.writes[committed.right.index]?.write
  if (failed !== 'new_object' && failed !== 'object') return { told: await recorded(operation.id, context.store)() }
  const found = await context.store.object(key)()
  if (E.isLeft(found) || found.right === undefined) return { told: E.left(inProgress(operation.id)) }
  return record(held, adapter, evidence, what, context, found.right)
}

const afterSending = async (sent: Sent, adapter: Adapter, context: Context): Promise<Turn> => {
  const { unmarked, marked, result } = sent
  context.heard(adapter.account, E.isLeft(result) ? result.left : undefined)
  if (E.isRight(result)) return record(marked ?? unmarked, adapter, result.right, 'executed', context)
  const failed = (held: Held) =>
    afterFailure(held, result.left, held === marked, deduplicationOf(adapter, held.operation.operation), context.now())
  if (marked === undefined) return settle(failed(unmarked), context)
  // Where the store's answer to the mark was lost, the ledger holds it or does not; the guards tell which.
  const change = failed(marked)
  const committed = await commit(change, context)
  const isUnmarked = E.isRight(committed) && !committed.right.done && result.left._tag === 'Unreachable'
  return isUnmarked ? settle(failed(unmarked), context) : settle(change, context, Promise.resolve(committed))
}

// An untouched payment is there whether or not the decisive request came: it was staged before.
const isConclusive = (reference: AnyReference, { content }: Read<Kind>): boolean =>
  !('id' in reference && ['created', 'requires_action', 'unknown'].includes(content.status))

const lookUp = async (
  held: Held,
  adapter: Adapter,
  step: { readonly reference: AnyReference; readonly otherwise: 'resend' | 'wait' },
  context: Context,
): Promise<Turn> => {
  const { operation } = held
  const read = await contained(
    () => readBack<Kind>(adapter, { ...step.reference, ...expectedOf(operation) }),
    () => indeterminate('reads', 'answer'),
  )()
  if (E.isRight(read) && isConclusive(step.reference, read.right))
    return record(held, adapter, read.right, 'found', context)
  if (step.otherwise === 'resend') return afterSending(await sendAgain(held, adapter, context), adapter, context)
  return settle(afterLookUp(held, deduplicationOf(adapter, operation.operation), context.now()), context)
}

const takeTurn = async (held: Held, context: Context): Promise<Turn> => {
  const now = context.now()
  const adapter = context.adapter(currentAttempt(held).account)
  if (adapter === undefined) return settle(leave(held, now), context)
  const deduplication = deduplicationOf(adapter, held.operation.operation)
  const step = next(held, deduplication, now)
  switch (step.step) {
    case 'send':
      return afterSending(await sendDrafted(held, adapter, context), adapter, context)
    case 'resend':
      return afterSending(await sendAgain(held, adapter, context), adapter, context)
    case 'look_up':
      return lookUp(held, adapter, step, context)
    case 'start_over':
      return settle(startOver(held, now), context)
    case 'cancel':
      return settle(cancel(held, unreachable('deadline'), now), context)
    case 'wait':
      return held.operation.state === 'dispatched' || held.operation.state === 'indeterminate'
        ? settle(afterLookUp(held, deduplication, now), context)
        : { told: await toldOf(held, context.store)() }
  }
}

/** Renews the lease while a turn lasts: an exchange may take longer than a lease. */
const renewing = ({ operation: { id, fence } }: Held, { store }: Context): { readonly stop: () => void } => {
  const renew = () => void store.commit([{ write: 'renew', id, fence, leaseMs: LEASE_MS }])()
  const timer = setInterval(renew, LEASE_MS / 3)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

/**
 * Takes an operation that this worker holds as far as it goes: over refusals to the next account, to its end, or to where
 * only time or a person can tell. Callers and recovery take the same way.
 */
export const runOperation = async (held: Held, context: Context): Promise<Told> => {
  const lease = renewing(held, context)
  try {
    let turn = await takeTurn(held, context)
    while ('goOn' in turn) turn = await takeTurn(turn.goOn, context)
    return turn.told
  } finally {
    lease.stop()
  }
}
