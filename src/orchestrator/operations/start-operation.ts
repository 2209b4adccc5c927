import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type CheckedRequests,
  conflict,
  errorTypeOf,
  inProgress,
  invalidRequest,
  type JobTrace,
  locate,
  MINUTE,
  type MinorUnits,
  mayBeUnderWay,
  type OperationName,
  omitUndefined,
  type PaymentError,
  SECOND,
  traced,
} from '../../core/index.js'
import {
  type OperationRecord,
  type OperationView,
  type Reservation,
  type Restoration,
  whyUnreadable,
} from '../../ledger/index.js'
import { type Context, LEASE_MS } from '../context.js'
import {
  acquire,
  assumeSent,
  type Change,
  claim,
  currentAttempt,
  type LeasedOperation,
  lookedUp,
  reopen,
} from '../protocol/index.js'
import { acquireLease } from './acquire-lease.js'
import { fingerprintOf } from './fingerprint.js'
import { askForLostKey, notKnown, unlessLost } from './lost-key.js'
import { type OperationResult, recordedResult, resultOf } from './operation-result.js'
import { runOperation } from './run-operation.js'

/** Where a new operation goes, and what it holds back. */
export interface Plan {
  /** In the order they are tried. */
  readonly accounts: readonly string[]
  /** The merchant's order number. A refund has its payment's, if the ledger knows it. */
  readonly merchantReference?: string
  readonly reservation?: Reservation
  /** Of refunds: all that was captured, if no other refund may reserve any of it. */
  readonly whole?: MinorUnits
}

/** A caller's call of a money method, checked. */
export interface OperationCall<O extends OperationName = OperationName> {
  readonly name: O
  readonly request: CheckedRequests[O]
  /** Made for a new start only. Gives why no account can be tried: a key that was used before gives its result even then. */
  readonly plan: TE.TaskEither<PaymentError, Plan>
  /** How long to wait for another worker that holds the same operation, in milliseconds. */
  readonly waitMs: number
}

/** The deadline of a call that sets none, in milliseconds after the call. */
const DEFAULT_DEADLINE_MS = 15 * MINUTE

const POLL_MS = 50

// The store said that it is due, and its time is known here to about a second.
const CLOCK_PRECISION_MS = SECOND

const newOperation = (
  { name, request }: OperationCall,
  { accounts, reservation, merchantReference }: Plan,
  fingerprint: string,
  now: number,
): OperationRecord => ({
  id: randomUUID(),
  name,
  idempotencyKey: request.idempotencyKey,
  fingerprint,
  request,
  accounts,
  deadline: request.deadline ?? now + DEFAULT_DEADLINE_MS,
  state: 'prepared',
  fence: 1,
  attempt: 1,
  nextPollAt: now,
  pollCount: 0,
  ...omitUndefined({ reservation, merchantReference }),
  events: 0,
  createdAt: now,
})

const notReservable = ({ whole }: Plan): PaymentError =>
  invalidRequest([
    whole === undefined
      ? { path: 'amount', expected: 'at most what was captured and is not yet refunded or reserved' }
      : { path: 'payment', expected: 'a payment without another refund: the account gives back once' },
  ])

/** Reserves all that was captured for a moment before it reserves a part: that fails if another refund reserved any. */
const alone = ({ leased, writes }: Change, whole: MinorUnits | undefined): Change => ({
  leased,
  writes: writes.flatMap((write) =>
    write.write === 'reserve' && whole !== undefined
      ? [{ ...write, amount: whole }, { ...write, amount: { ...whole, minorUnits: -whole.minorUnits } }, write]
      : [write],
  ),
})

const recoveryOf = (view: LeasedOperation, by: JobTrace['by']): JobTrace => ({
  job: 'recover',
  by,
  operationId: view.operation.id,
  account: currentAttempt(view).account,
  ...omitUndefined({
    traceparent: view.attempts.findLast((attempt) => attempt.traceparent !== undefined)?.traceparent,
  }),
})

const endOfRecovery = (result: OperationResult): Partial<JobTrace> => ({
  isOpen: E.isLeft(result) && result.left.outcome === 'unknown',
  ...errorTypeOf(result),
})

/**
 * Goes on with an operation that no worker held. The record is read again once the lease is acquired: the last worker may
 * have written until that moment.
 */
const continueOperation = (view: LeasedOperation, context: Context, by: JobTrace['by']): Promise<OperationResult> =>
  traced(
    'job',
    () => recoveryOf(view, by),
    async () => {
      const taken = await acquireLease(view, context)()
      return E.isLeft(taken) ? E.left(taken.left) : runOperation(taken.right, context)
    },
    endOfRecovery,
  )

const reopened = (leased: LeasedOperation, { request }: OperationCall, plan: Plan, now: number): Change => {
  const taken = acquire(leased, LEASE_MS, now)
  const deadline = request.deadline ?? now + DEFAULT_DEADLINE_MS
  const again = reopen(taken.leased, request, plan.accounts, deadline, now)
  return alone({ leased: again.leased, writes: [...taken.writes, ...again.writes] }, plan.whole)
}

/** Why a canceled operation is not opened again, unless another caller with its key has done so meanwhile. */
const notOpened = async (id: string, error: PaymentError, context: Context): Promise<OperationResult> => {
  const found = await context.store.operation(id)()
  if (E.isLeft(found)) return E.left(mayBeUnderWay(found.left, id))
  return found.right?.operation.state === 'canceled'
    ? E.left(await unlessLost(error, context))
    : recordedResult(id, context.store)()
}

/** What a new start is made of: its writes by a plan, and what to say if another caller was faster. */
interface Start {
  readonly plan: Plan
  readonly changeFor: (plan: Plan, now: number) => Change
  readonly overtaken: () => Promise<OperationResult>
}

/**
 * Starts a key whose record may be lost. If an account has its object, the operation begins as one that was sent there, and the object is
 * looked for and recorded; if none can have it, it begins as ever.
 */
const startLost = async (
  { plan, changeFor, overtaken }: Start,
  restoration: Restoration,
  context: Context,
): Promise<OperationResult> => {
  const asked = await askForLostKey(changeFor(plan, context.now()).leased.operation, restoration, context)
  if (E.isLeft(asked)) return asked
  const now = context.now()
  const lost = asked.right
  const start = lookedUp(changeFor(lost === 'unused' ? plan : { ...plan, accounts: [lost.account] }, now))
  const sent = lost === 'unused' ? undefined : assumeSent(start.leased, now)
  const writes = [...start.writes, ...(sent?.writes ?? [])]
  const committed = await context.store.commit(writes)()
  if (E.isLeft(committed)) return E.left(mayBeUnderWay(committed.left))
  if (committed.right.done) return runOperation(sent?.leased ?? start.leased, context)
  if (writes[committed.right.index]?.write !== 'reserve') return overtaken()
  // A refund that was made is not refused because the ledger has no place for it.
  return E.left(sent === undefined ? notReservable(plan) : notKnown())
}

/** After the guard of a new start did not hold: another caller was faster, or the ledger was restored. */
const afterGuard = async (start: Start, context: Context): Promise<OperationResult> => {
  const restoration = await context.store.restoration()()
  if (E.isLeft(restoration)) return E.left(mayBeUnderWay(restoration.left))
  return restoration.right === undefined ? start.overtaken() : startLost(start, restoration.right, context)
}

/** Opens a canceled operation again. Its state guards it: only a caller with the same key leads out of it. */
const startAgain = async (view: LeasedOperation, call: OperationCall, context: Context): Promise<OperationResult> => {
  const { id } = view.operation
  const planned = await call.plan()
  if (E.isLeft(planned)) return notOpened(id, planned.left, context)
  const plan = planned.right
  const changeFor = (by: Plan, now: number) => reopened(view, call, by, now)
  const change = changeFor(plan, context.now())
  const committed = await context.store.commit(change.writes)()
  if (E.isLeft(committed)) return E.left(mayBeUnderWay(committed.left, id))
  if (committed.right.done) return runOperation(change.leased, context)
  const failed = change.writes[committed.right.index]?.write
  if (failed === 'reserve') return E.left(notReservable(plan))
  const overtaken = () => recordedResult(id, context.store)()
  return failed === 'operation' ? afterGuard({ plan, changeFor, overtaken }, context) : overtaken()
}

const replayed = (result: OperationResult): OperationResult =>
  E.isRight(result) ? E.right({ ...result.right, replayed: true as const }) : result

/** What a call does whose key the ledger has already. */
const repeat = async (view: OperationView, call: OperationCall, context: Context): Promise<OperationResult> => {
  const { operation } = view
  if (operation.fingerprint !== fingerprintOf(call.name, call.request, context.store))
    return E.left(locate(conflict(), { operationId: operation.id }))
  if (view.leased) return E.left(inProgress(operation.id))
  switch (operation.state) {
    case 'canceled':
      return startAgain(view, call, context)
    case 'prepared':
    case 'dispatched':
      return continueOperation(view, context, 'caller')
    case 'indeterminate':
    case 'refused':
    case 'executed':
      return replayed(await resultOf(view, context.store)())
  }
}

const read = async ({ name, request }: OperationCall, { store }: Context) =>
  store.operationByKey(name, request.idempotencyKey)()

const isBusy = (result: OperationResult): boolean => E.isLeft(result) && result.left._tag === 'InProgress'

/** Reads the record again until the other worker is done, or the time is over. */
const waiting = async (
  result: OperationResult,
  call: OperationCall,
  context: Context,
  waitMs: number,
): Promise<OperationResult> => {
  if (!isBusy(result) || waitMs <= 0) return result
  await delay(Math.min(POLL_MS, waitMs))
  const found = await read(call, context)
  const again =
    E.isRight(found) && found.right !== undefined && !found.right.leased
      ? await repeat(found.right, call, context)
      : result
  return waiting(again, call, context, waitMs - POLL_MS)
}

/**
 * Says what the ledger has about the key of a call: the one place that does. `unused` is only run once the key was looked up
 * and not found: nothing else may say that nothing was sent.
 */
const lookUpKey = async (
  call: OperationCall,
  context: Context,
  unused: () => Promise<OperationResult>,
): Promise<OperationResult> => {
  const found = await read(call, context)
  if (E.isLeft(found)) return E.left(mayBeUnderWay(found.left))
  if (found.right === undefined) return unused()
  return waiting(await repeat(found.right, call, context), call, context, call.waitMs)
}

/** Claims the key and runs the operation, if the key was not used before. */
const claimKey = async (call: OperationCall, context: Context): Promise<OperationResult> => {
  const failed = (error: PaymentError) => lookUpKey(call, context, async () => E.left(await unlessLost(error, context)))
  const planned = await call.plan()
  if (E.isLeft(planned)) return failed(planned.left)
  const plan = planned.right
  const fingerprint = fingerprintOf(call.name, call.request, context.store)
  const changeFor = (by: Plan, now: number) =>
    alone(claim(newOperation(call, by, fingerprint, now), LEASE_MS, now), by.whole)
  const claimed = changeFor(plan, context.now())
  const committed = await context.store.commit(claimed.writes)()
  // A claim that was written, or may have been, is gone on with by a worker.
  if (E.isLeft(committed))
    return committed.left.outcome === 'not_sent' ? failed(committed.left) : E.left(mayBeUnderWay(committed.left))
  if (committed.right.done) return runOperation(claimed.leased, context)
  // The key is claimed before anything is reserved.
  const isUnused = claimed.writes[committed.right.index]?.write === 'reserve'
  if (isUnused) return E.left(notReservable(plan))
  const overtaken = () => failed(inProgress())
  return lookUpKey(call, context, () => afterGuard({ plan, changeFor, overtaken }, context))
}

/**
 * A call of a money method: claims the key over the whole ledger and runs the operation, or gives the result of the operation
 * that claimed the key before. One caller wins, all others get its result.
 */
export const startOperation = (call: OperationCall, context: Context): Promise<OperationResult> => {
  const start = () => claimKey(call, context)
  // To plan a refund, its payment is read. Nothing is read for a key before the key itself.
  return call.name === 'refund' ? lookUpKey(call, context, start) : start()
}

/** An operation that could not be read is read again after this many milliseconds: by a newer version, or with another key. */
const UNREADABLE_FOR_MS = 10 * MINUTE

/** The job of a worker: goes on with an operation that is due and that no worker holds. One that cannot be read is put off. */
export const recoverOperation = async (id: string, context: Context): Promise<void> => {
  const found = await context.store.operation(id)()
  if (E.isLeft(found)) {
    const why = whyUnreadable(found.left)
    const at = context.now() + UNREADABLE_FOR_MS
    // If the store does not answer, the job is due as before.
    if (why !== undefined) await context.store.commit([{ write: 'stall', id, at, why }])()
    return
  }
  if (found.right === undefined) return
  const view = found.right
  const { nextPollAt } = view.operation
  const isDue = nextPollAt !== undefined && nextPollAt <= context.now() + CLOCK_PRECISION_MS
  if (isDue && !view.leased) await continueOperation(view, context, 'worker')
}
