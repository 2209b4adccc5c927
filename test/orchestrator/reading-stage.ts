import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Answer,
  interpretSubmission,
  type Kind,
  type PaymentError,
  type Snapshot,
  type Snapshots,
} from '../../src/core/index.js'
import {
  type AttemptRecord,
  nothingAfterwards,
  type ObjectKey,
  type ObjectRecord,
  type Observation,
  type Observed,
  type OperationRecord,
  observe,
} from '../../src/ledger/index.js'
import type { Context } from '../../src/orchestrator/context.js'
import { fakeAdapter, fakeSocket } from '../core/fake-adapter.js'
import { right } from '../either.js'
import { openLedger } from './open-ledger.js'

export const START = Date.UTC(2026, 0, 2)
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const key = { account: 'main', kind: 'payment', id: 'pay-1' } as const
export const reference = { kind: 'payment', account: 'main', id: 'pay-1' } as const

export const payment = (fields: Partial<Snapshot<'payment'>> = {}): Snapshot<'payment'> => ({
  reference,
  status: 'requires_action',
  providerState: { invoice: '0' },
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
  ...fields,
})

const wire = {
  exchange: 'fake.create',
  effect: 'creates',
  method: 'POST',
  base: 'api',
  path: '/',
  auth: 'key',
  headers: {},
} as const

/** Evidence, as the answer to a create call gives it. */
const answered = <K extends Kind>(snapshot: Snapshots[K]): Answer<K> =>
  right(
    interpretSubmission<K, unknown>(
      { draft: () => () => Promise.reject(new Error('not drafted')), interpret: () => E.right(snapshot) },
      { wire, context: null, notPassedOn: [] },
      { status: 200, headers: {}, body: '' },
    ),
  )

/** What an answer makes of a recorded object, or of a new one. */
export const observeAnswer = <K extends Kind>(
  at: ObjectKey & { readonly kind: K },
  recorded: ObjectRecord<K> | undefined,
  snapshot: Snapshots[K],
  known: Partial<Observed> = {},
): Observation<K> =>
  observe<K>(at, recorded, answered<K>(snapshot), snapshot, { now: START, afterwards: nothingAfterwards, ...known })

type Answering = () => E.Either<PaymentError, Snapshots[Kind]> | Promise<E.Either<PaymentError, Snapshots[Kind]>>

/** A ledger in memory, one account `main` whose reads are played, and a clock that stands. */
export const readingStage = async () => {
  let time = START
  const now = () => time
  const ledger = await openLedger(now)
  let answer: Answering = () => E.right(payment())
  const requested: unknown[] = []
  const read =
    <R>() =>
    (asking: unknown): TE.TaskEither<PaymentError, R> =>
    async () => {
      requested.push(asking)
      return (await answer()) as E.Either<PaymentError, R>
    }
  const adapter: Adapter = {
    ...fakeAdapter(fakeSocket().send),
    read: { payment: read(), refund: read(), payout: read() },
  }
  const outcomes: (PaymentError['_tag'] | 'answer')[] = []
  const adapters = new Map([['main', adapter]])
  const context: Context = {
    store: ledger.store,
    adapter: (account) => adapters.get(account),
    now,
    attemptAddress: () => undefined,
    recordOutcome: (_account, error) => void outcomes.push(error?._tag ?? 'answer'),
  }
  /** Records an object as the answer to its create call gave it. */
  const record = async <K extends Kind>(
    at: ObjectKey & { readonly kind: K },
    snapshot: Snapshots[K],
    known: Partial<Observed> = {},
  ): Promise<ObjectRecord<K>> => {
    const { object, writes } = observeAnswer(at, undefined, snapshot, { now: time, ...known })
    await ledger.elsewhere(writes)
    return object
  }
  /** Records a payout whose request was sent, as `indeterminate`, or as `executed` if it has an object. */
  const recordPayout = async (fields: Partial<OperationRecord>): Promise<OperationRecord> => {
    const idempotencyKey = fields.idempotencyKey ?? 'key-1'
    const claimed: OperationRecord = {
      id: `op-${idempotencyKey}`,
      name: 'payout',
      idempotencyKey,
      fingerprint: '0'.repeat(64),
      request: {
        idempotencyKey,
        amount: { minorUnits: 1000n, currency: 'EUR' },
        merchantReference: 'INV-1',
        beneficiary: { type: 'iban', iban: 'DE02120300000000202051', name: 'Made Up', email: 'made.up@example.com' },
      },
      accounts: fields.accounts ?? ['main'],
      deadline: time + MINUTE,
      state: 'prepared',
      fence: 1,
      attempt: 1,
      pollCount: 0,
      events: 0,
      createdAt: time,
    }
    const attempt: AttemptRecord = {
      operationId: claimed.id,
      n: 1,
      position: 0,
      account: claimed.accounts[0] ?? '',
      state: 'open',
      dispatchCount: 0,
    }
    const dispatched = { ...claimed, state: 'dispatched' } as const
    const state = fields.object === undefined ? 'indeterminate' : 'executed'
    const operation: OperationRecord = { ...claimed, state, ...fields }
    await ledger.elsewhere([
      { write: 'claim', operation: claimed, leaseMs: MINUTE },
      { write: 'attempt', attempt, is: 'new' },
      { write: 'operation', operation: dispatched, from: 'prepared', keepLease: true },
      { write: 'attempt', attempt: { ...attempt, state: 'dispatched', dispatchCount: 1 }, is: 'changed' },
      { write: 'operation', operation, from: 'dispatched', keepLease: false },
    ])
    return operation
  }
  return {
    ...ledger,
    context,
    adapter,
    adapters,
    outcomes,
    requested,
    now,
    record,
    recordPayout,
    pass: (ms: number) => {
      time += ms
    },
    answers: (next: Answering) => {
      answer = next
    },
  }
}
