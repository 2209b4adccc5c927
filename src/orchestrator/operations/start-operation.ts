import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import {
  type CheckedRequests,
  conflict,
  inProgress,
  invalidRequest,
  locate,
  MINUTE,
  type MinorUnits,
  type OperationName,
  omitUndefined,
  type PaymentError,
  recordUnread,
} from '../../core/index.js'
import type { OperationRecord, OperationView, Reservation } from '../../ledger/index.js'
import { type Context, LEASE_MS } from '../context.js'
import { acquire, type Change, claim, type LeasedOperation, reopen } from '../protocol/index.js'
import { acquireLease } from './acquire-lease.js'
import { fingerprintOf } from './fingerprint.js'
import { type OperationResult, recordedResult, resultOf } from './operation-result.js'
import { runOperation } from './run-operation.js'

/** A caller's call of a money method, checked and routed. */
export interface OperationCall<O extends OperationName = OperationName> {
  readonly name: O
  readonly request: CheckedRequests[O]
  /** In the order they are tried, or why no account can be tried. A key that was used before gives its result even then. */
  readonly accounts: E.Either<PaymentError, readonly string[]>
  /** The merchant's order number. A refund has its payment's, if the ledger knows it. */
  readonly merchantReference?: string
  readonly reservation?: Reservation
  /** Of refunds: all that was captured, if no other refund may reserve any of it. */
  readonly whole?: MinorUnits
  /** How long to wait for another worker that holds the same operation, in milliseconds. */
  readonly waitMs: number
}

/** The deadline of a call that sets none, in milliseconds after the call. */
const DEFAULT_DEADLINE_MS = 15 * MINUTE

const POLL_MS = 50

const newOperation = (
  { name, request, reservation, merchantReference }: OperationCall,
  accounts: readonly string[],
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

const notReservable = ({ whole }: OperationCall): PaymentError =>
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

/**
 * Goes on with an operation that no worker held. The record is read again once the lease is acquired: the last worker may
 * have written until that moment.
 */
const continueOperation = async (view: LeasedOperation, context: Context): Promise<OperationResult> => {
  const taken = await acquireLease(view, context)()
  return E.isLeft(taken) ? E.left(taken.left) : runOperation(taken.right, context)
}

const reopened = (leased: LeasedOperation, call: OperationCall, accounts: readonly string[], now: number): Change => {
  const taken = acquire(leased, LEASE_MS, now)
  const again = reopen(taken.leased, accounts, call.request.deadline ?? now + DEFAULT_DEADLINE_MS, now)
  return alone({ leased: again.leased, writes: [...taken.writes, ...again.writes] }, call.whole)
}

/** Opens a canceled operation again. Its state guards it: only a caller with the same key leads out of it. */
const startAgain = async (view: LeasedOperation, call: OperationCall, context: Context): Promise<OperationResult> => {
  if (E.isLeft(call.accounts)) return call.accounts
  const { id } = view.operation
  const change = reopened(view, call, call.accounts.right, context.now())
  const committed = await context.store.commit(change.writes)()
  if (E.isLeft(committed)) return E.left(inProgress(id))
  if (committed.right.done) return runOperation(change.leased, context)
  const failed = change.writes[committed.right.index]?.write
  return failed === 'reserve' ? E.left(notReservable(call)) : recordedResult(id, context.store)()
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
      return continueOperation(view, context)
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

/** The key was used before. */
const known = async (call: OperationCall, context: Context, otherwise: PaymentError): Promise<OperationResult> => {
  const found = await read(call, context)
  // The operation may be under way although its record cannot be read.
  if (E.isLeft(found)) return E.left(recordUnread(found.left))
  if (found.right === undefined) return E.left(otherwise)
  return waiting(await repeat(found.right, call, context), call, context, call.waitMs)
}

/**
 * A call of a money method: claims the key over the whole ledger and runs the operation, or gives the result of the operation
 * that claimed the key before. One caller wins, all others get its result.
 */
export const startOperation = async (call: OperationCall, context: Context): Promise<OperationResult> => {
  if (E.isLeft(call.accounts)) return known(call, context, call.accounts.left)
  const now = context.now()
  const fingerprint = fingerprintOf(call.name, call.request, context.store)
  const claimed = alone(claim(newOperation(call, call.accounts.right, fingerprint, now), LEASE_MS, now), call.whole)
  const committed = await context.store.commit(claimed.writes)()
  // If the claim was written, a worker will go on with it; if not, the key may have been used before. `not_sent` is said only
  // after the key was looked up.
  if (E.isLeft(committed))
    return committed.left.outcome === 'not_sent' ? known(call, context, committed.left) : E.left(inProgress())
  if (committed.right.done) return runOperation(claimed.leased, context)
  const failed = claimed.writes[committed.right.index]?.write
  return failed === 'reserve' ? E.left(notReservable(call)) : known(call, context, inProgress())
}

/** The job of a worker: goes on with an operation that is due and that no worker holds. */
export const recoverOperation = async (id: string, context: Context): Promise<void> => {
  const found = await context.store.operation(id)()
  if (E.isLeft(found) || found.right === undefined) return
  const view = found.right
  const isDue = view.operation.nextPollAt !== undefined && view.operation.nextPollAt <= context.now()
  if (isDue && !view.leased) await continueOperation(view, context)
}
