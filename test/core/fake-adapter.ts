import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Call,
  type Capabilities,
  type Dialect,
  type Effect,
  type Exchange,
  interpretAnswer,
  isObject,
  type Kind,
  type PaymentError,
  type Procedure,
  type Reference,
  type Send,
  type Snapshot,
  stateless,
  type WireAnswer,
  type WireRequest,
} from '../../src/core/index.js'

/** How the fake gateway answers one request. What throws stands for a bug. */
export type Answering = (wire: WireRequest) => E.Either<PaymentError, WireAnswer>

export const answered = (status: number, body: unknown): E.Either<PaymentError, WireAnswer> =>
  E.right({ status, headers: {}, body: JSON.stringify(body) })

/** A socket in memory. It lists what was connected for, and what was written once the hook let it. */
export const fakeSocket = (answering: Answering = () => answered(200, { id: 'obj-1' })) => {
  const connected: string[] = []
  const written: string[] = []
  const name = ({ method, path }: WireRequest) => `${method} ${path}`
  const send: Send = (wire, beforeFirstByte) =>
    pipe(
      TE.fromIO<void, PaymentError>(() => void connected.push(name(wire))),
      TE.flatMap(() => beforeFirstByte ?? TE.right(undefined)),
      TE.flatMapEither(() => {
        written.push(name(wire))
        return answering(wire)
      }),
    )
  return { send, connected, written }
}

/** It says no with `{ no: text }`. */
const dialect: Dialect = {
  refusal: (body) => (isObject(body) && typeof body.no === 'string' ? { texts: [body.no], fields: [] } : undefined),
  meanings: [
    [/funds/, 'insufficient_funds'],
    [/wrong/, 'validation'],
  ],
  byStatus: () => undefined,
}
const Made = t.type({ id: t.string })

const wire = <F extends Effect>(effect: F, path: string): WireRequest<F> => ({
  effect,
  method: effect === 'reads' ? 'GET' : 'POST',
  base: 'api',
  path,
  auth: 'key',
  headers: {},
})

const exchange = <F extends Effect>(effect: F): Exchange<F, string, t.TypeOf<typeof Made>> => ({
  effect,
  prepare: (path) => E.right(wire(effect, path)),
  interpret: interpretAnswer(effect, dialect, Made),
})
const stage = exchange('stages')
const look = exchange('reads')

const snapshot = <K extends Kind>(reference: Reference<K>): Snapshot<K, 'processing'> => ({
  reference,
  status: 'processing',
  providerState: {},
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
})

/** Stages something, then asks for the money. */
const procedure = <Input, K extends Kind>(kind: K): Procedure<Input, Snapshot<K, 'processing'>> => ({
  draft: (_input, call) =>
    pipe(
      call(stage, `/${kind}/stage`),
      TE.map(({ id }) => ({ wire: wire('moves_money', `/${kind}`), memo: id })),
    ),
  conclude: (_draft, answer) =>
    pipe(
      interpretAnswer('moves_money', dialect, Made)(answer),
      E.map(({ id }) => snapshot({ kind, account: 'main', id })),
    ),
})

const reader =
  <K extends Kind>(kind: K) =>
  (reference: Reference<K>, call: Call): TE.TaskEither<PaymentError, Snapshot<K, 'processing'>> =>
    pipe(
      call(look, `/${kind}/${'id' in reference ? reference.id : `by-key/${reference.key}`}`),
      TE.map(() => snapshot(reference)),
    )

const capabilities = (lookupByKey: boolean): Capabilities => {
  const offered = { supported: true, deduplication: { kind: 'none' }, lookupByKey, currencies: 'any' } as const
  return {
    adapter: 'fake',
    createPayment: { ...offered, flows: { hosted: 'moves_money' } },
    refund: { ...offered, partial: true, perPayment: 'many' },
    payout: { ...offered, beneficiaries: ['iban'] },
    paymentFields: [],
    disputes: false,
  }
}

/** One account `main` of a gateway that exists in memory only. */
export const fakeAdapter = (send: Send, { lookupByKey = true } = {}): Adapter => ({
  account: 'main',
  identity: { adapter: 'fake' },
  capabilities: capabilities(lookupByKey),
  send,
  createPayment: procedure('payment'),
  refund: procedure('refund'),
  payout: procedure('payout'),
  read: { payment: reader('payment'), refund: reader('refund'), payout: reader('payout') },
  notification: () => E.right({ reference: { kind: 'payment', account: 'main', id: 'obj-1' }, claimed: {} }),
})

/** A provider over that adapter, with what its socket saw. */
export const setUp = (
  answering?: Answering,
  options?: { readonly lookupByKey: boolean },
  change: Partial<Adapter> = {},
) => {
  const socket = fakeSocket(answering)
  return { ...socket, provider: stateless({ ...fakeAdapter(socket.send, options), ...change }) }
}

/** The error of a task that has to fail. */
export const left = async (task: TE.TaskEither<PaymentError, unknown>): Promise<PaymentError> => {
  const result = await task()
  if (E.isRight(result)) throw new Error('succeeded')
  return result.left
}
