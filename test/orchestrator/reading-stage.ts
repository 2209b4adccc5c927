import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  concludeWith,
  type Kind,
  type Payment,
  type PaymentError,
  type Results,
} from '../../src/core/index.js'
import {
  type ObjectKey,
  type ObjectRecord,
  type Observed,
  type OperationRecord,
  type OperationView,
  observe,
} from '../../src/ledger/index.js'
import type { Context } from '../../src/orchestrator/context.js'
import { fakeAdapter, fakeSocket } from '../core/fake-adapter.js'
import { memoryStore } from './memory-store.js'

export const START = Date.UTC(2026, 0, 2)
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const right = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(`expected success, got ${JSON.stringify(either.left)}`)
  return either.right
}
export const left = <L, A>(either: E.Either<L, A>): L => {
  if (E.isRight(either)) throw new Error('expected an error, got success')
  return either.left
}

export const key = { account: 'main', kind: 'payment', id: 'pay-1' } as const
export const reference = { kind: 'payment', account: 'main', id: 'pay-1' } as const

export const payment = (fields: Partial<Payment> = {}): Payment => ({
  reference,
  status: 'requires_action',
  providerState: { invoice: '0' },
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
  ...fields,
})

/** An operation as the ledger tells it. */
export const operationWith = (fields: Partial<OperationRecord>): OperationView => ({
  operation: {
    id: 'op-1',
    operation: 'payout',
    key: 'key-1',
    fingerprint: '',
    request: null,
    accounts: ['main'],
    deadline: START,
    state: 'executed',
    fence: 1,
    attempt: 1,
    checks: 0,
    events: 0,
    createdAt: START,
    ...fields,
  },
  attempts: [],
  leased: false,
})

/** Evidence, as the answer to a create call gives it. */
const answered = <K extends Kind>(result: Results[K]) =>
  right(
    pipe(
      concludeWith<K, unknown>(
        { draft: () => () => Promise.reject(new Error('not drafted')), conclude: () => E.right(result) },
        {
          wire: { effect: 'stages', method: 'POST', base: 'api', path: '/', auth: 'key', headers: {} },
          memo: null,
        },
        { status: 200, headers: {}, body: '' },
      ),
    ),
  )

type Answering = () => E.Either<PaymentError, Results[Kind]> | Promise<E.Either<PaymentError, Results[Kind]>>

/** A ledger in memory, one account `main` whose reads are played, and a clock that stands. */
export const readingStage = () => {
  let time = START
  const now = () => time
  const ledger = memoryStore(now)
  let answer: Answering = () => E.right(payment())
  const asked: unknown[] = []
  const read =
    <R>() =>
    (asking: unknown): TE.TaskEither<PaymentError, R> =>
    async () => {
      asked.push(asking)
      return (await answer()) as E.Either<PaymentError, R>
    }
  const adapter: Adapter = {
    ...fakeAdapter(fakeSocket().send),
    read: { payment: read(), refund: read(), payout: read() },
  }
  const heard: (PaymentError['_tag'] | 'answer')[] = []
  const adapters = new Map([['main', adapter]])
  const context: Context = {
    store: ledger.store,
    adapter: (account) => adapters.get(account),
    now,
    attemptAddress: () => undefined,
    heard: (_account, error) => void heard.push(error?._tag ?? 'answer'),
  }
  /** Records an object as the answer to its create call gave it. */
  const record = <K extends Kind>(
    at: ObjectKey & { readonly kind: K },
    result: Results[K],
    known: Partial<Observed> = {},
  ): ObjectRecord<K> => {
    const { object, writes } = observe(at, undefined, answered<K>(result), result, {
      now: time,
      disputes: false,
      ...known,
    })
    ledger.elsewhere(writes)
    return object
  }
  /** What another answer about a recorded object makes it tell. */
  const toldBy = <K extends Kind>(recorded: ObjectRecord<K>, result: Results[K]): readonly string[] =>
    observe<K>(recorded, recorded, answered<K>(result), result, { now: time, disputes: false }).told
  return {
    ...ledger,
    context,
    toldBy,
    adapters,
    heard,
    asked,
    now,
    record,
    pass: (ms: number) => {
      time += ms
    },
    answers: (next: Answering) => {
      answer = next
    },
  }
}
