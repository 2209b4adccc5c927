import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import {
  conflict,
  given,
  inProgress,
  invalidRequest,
  type Money,
  type Operation,
  type PaymentError,
} from '../core/index.js'
import { type OperationRecord, type OperationView, type Reservation, requestJson } from '../ledger/index.js'
import { type Context, LEASE_MS } from './context.js'
import { fingerprintOf } from './fingerprint.js'
import type { Requests } from './money-methods.js'
import { type Change, claim, type Held, reopen, takeOver } from './protocol/index.js'
import { runOperation } from './run-operation.js'
import { takeHold } from './take-hold.js'
import { recorded, type Told, toldOf } from './told.js'

/** A caller's call of a money method, checked and routed. */
export interface Asked<O extends Operation = Operation> {
  readonly operation: O
  readonly request: Requests[O]
  /** In the order they are to be tried, or why there is none: what the key was used for before is told all the same. */
  readonly accounts: E.Either<PaymentError, readonly string[]>
  readonly reservation?: Reservation
  /** Of refunds: all that was captured, where none of it may be held by another refund. */
  readonly whole?: Money
  /** How long to wait for another worker that is on the same operation, in milliseconds. */
  readonly waitMs: number
}

/** Nothing is sent by itself later than this after the call, in milliseconds, where the caller sets no deadline. */
const DEFAULT_DEADLINE_MS = 15 * 60_000

const POLL_MS = 50

const newOperation = (
  { operation, request, reservation }: Asked,
  accounts: readonly string[],
  now: number,
): OperationRecord => ({
  id: randomUUID(),
  operation,
  key: request.idempotencyKey,
  fingerprint: fingerprintOf(operation, request),
  request: requestJson(request),
  ...('merchantReference' in request ? { merchantReference: request.merchantReference } : {}),
  accounts,
  deadline: request.deadline ?? now + DEFAULT_DEADLINE_MS,
  state: 'prepared',
  fence: 1,
  attempt: 1,
  nextAt: now,
  checks: 0,
  ...given({ reservation }),
  events: 0,
  createdAt: now,
})

const notReservable = ({ whole }: Asked): PaymentError =>
  invalidRequest([
    whole === undefined
      ? { path: 'amount', expected: 'at most what was captured and is not yet refunded or reserved' }
      : { path: 'payment', expected: 'a payment without another refund: the account gives back once' },
  ])

/** All that was captured is held for a moment, before a part of it is: that cannot be while another refund holds any. */
const alone = ({ held, writes }: Change, whole: Money | undefined): Change => ({
  held,
  writes: writes.flatMap((write) =>
    write.write === 'reserve' && whole !== undefined
      ? [{ ...write, amount: whole }, { ...write, amount: { ...whole, amount: -whole.amount } }, write]
      : [write],
  ),
})

/**
 * Goes on with what nobody held. The record is read again once it is ours: who held it before may have written until that
 * moment.
 */
const goOn = async (view: Held, context: Context): Promise<Told> => {
  const taken = await takeHold(view, context)()
  return E.isLeft(taken) ? E.left(taken.left) : runOperation(taken.right, context)
}

const reopened = (held: Held, asked: Asked, accounts: readonly string[], now: number): Change => {
  const taken = takeOver(held, LEASE_MS, now)
  const again = reopen(taken.held, accounts, asked.request.deadline ?? now + DEFAULT_DEADLINE_MS, now)
  return alone({ held: again.held, writes: [...taken.writes, ...again.writes] }, asked.whole)
}

/** Opens a closed operation again. It is guarded by its state: nobody but a caller under the same key leads out of it. */
const startAgain = async (view: Held, asked: Asked, context: Context): Promise<Told> => {
  if (E.isLeft(asked.accounts)) return asked.accounts
  const { id } = view.operation
  const change = reopened(view, asked, asked.accounts.right, context.now())
  const committed = await context.store.commit(change.writes)()
  if (E.isLeft(committed)) return E.left(inProgress(id))
  if (committed.right.done) return runOperation(change.held, context)
  const failed = change.writes[committed.right.index]?.write
  return failed === 'reserve' ? E.left(notReservable(asked)) : recorded(id, context.store)()
}

const replayed = (told: Told): Told => (E.isRight(told) ? E.right({ ...told.right, replayed: true as const }) : told)

/** What the same key leads to when the ledger has it already. */
const repeat = async (view: OperationView, asked: Asked, context: Context): Promise<Told> => {
  const { operation } = view
  if (operation.fingerprint !== fingerprintOf(asked.operation, asked.request)) return E.left(conflict())
  if (view.leased) return E.left(inProgress(operation.id))
  switch (operation.state) {
    case 'canceled':
      return startAgain(view, asked, context)
    case 'prepared':
    case 'dispatched':
      return goOn(view, context)
    case 'indeterminate':
    case 'refused':
    case 'executed':
      return replayed(await toldOf(view, context.store)())
  }
}

const read = async ({ operation, request }: Asked, { store }: Context) =>
  store.operationByKey(operation, request.idempotencyKey)()

const isBusy = (told: Told): boolean => E.isLeft(told) && told.left._tag === 'InProgress'

/** Asks the ledger again until the other worker is done, or the time is over. */
const waiting = async (told: Told, asked: Asked, context: Context, waitMs: number): Promise<Told> => {
  if (!isBusy(told) || waitMs <= 0) return told
  await delay(Math.min(POLL_MS, waitMs))
  const found = await read(asked, context)
  const again =
    E.isRight(found) && found.right !== undefined && !found.right.leased
      ? await repeat(found.right, asked, context)
      : told
  return waiting(again, asked, context, waitMs - POLL_MS)
}

/** The key was used before. */
const known = async (asked: Asked, context: Context, otherwise: PaymentError): Promise<Told> => {
  const found = await read(asked, context)
  // Whatever keeps us from reading the record, the operation may be under way.
  if (E.isLeft(found)) return E.left(found.left._tag === 'Unreachable' ? inProgress() : found.left)
  if (found.right === undefined) return E.left(otherwise)
  return waiting(await repeat(found.right, asked, context), asked, context, asked.waitMs)
}

/**
 * The life of a money method's call: claims the key over the whole ledger, and runs the operation; or tells what became of
 * it where the key was used before. One caller wins, everybody else sees the winner's result.
 */
export const startOperation = async (asked: Asked, context: Context): Promise<Told> => {
  if (E.isLeft(asked.accounts)) return known(asked, context, asked.accounts.left)
  const now = context.now()
  const claimed = alone(claim(newOperation(asked, asked.accounts.right, now), LEASE_MS, now), asked.whole)
  const committed = await context.store.commit(claimed.writes)()
  // Where the claim may stand, a worker would go on with it; where it does not, the key may have been used before. Nobody may
  // say that nothing is sent without having looked.
  if (E.isLeft(committed))
    return committed.left.outcome === 'not_sent' ? known(asked, context, committed.left) : E.left(inProgress())
  if (committed.right.done) return runOperation(claimed.held, context)
  const failed = claimed.writes[committed.right.index]?.write
  return failed === 'reserve' ? E.left(notReservable(asked)) : known(asked, context, inProgress())
}

/** The job of a worker: goes on with an operation that nobody holds and whose time has come. */
export const recoverOperation = async (id: string, context: Context): Promise<void> => {
  const found = await context.store.operation(id)()
  if (E.isLeft(found) || found.right === undefined) return
  const view = found.right
  const isDue = view.operation.nextAt !== undefined && view.operation.nextAt <= context.now()
  if (isDue && !view.leased) await goOn(view, context)
}
