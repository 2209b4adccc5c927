import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Call,
  type Capabilities,
  createStatelessProvider,
  type Effect,
  type Exchange,
  interpretAnswer,
  isObject,
  type Kind,
  type PaymentError,
  type PaymentField,
  type Procedure,
  paymentFieldsBeside,
  payoutFieldsBeside,
  type Reference,
  type RefusalRules,
  refundFieldsBeside,
  type Send,
  type Snapshot,
  type StatusOf,
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
const refusalRules: RefusalRules = {
  refusal: (body) => (isObject(body) && typeof body.no === 'string' ? { texts: [body.no], fields: [] } : undefined),
  meanings: [
    [/funds/, 'insufficient_funds'],
    [/wrong/, 'validation'],
    [/absent/, 'not_found'],
    [/slow down/, 'rate_limited'],
    [/no such key/, 'authentication'],
  ],
  byStatus: () => undefined,
}
const Made = t.type({ id: t.string })

const wire = <F extends Effect>(exchange: string, effect: F, path: string): WireRequest<F> => ({
  exchange,
  effect,
  method: effect === 'reads' ? 'GET' : 'POST',
  base: 'api',
  path,
  auth: 'key',
  headers: {},
})

const exchange = <F extends Effect>(name: string, effect: F): Exchange<F, string, t.TypeOf<typeof Made>> => ({
  name,
  effect,
  prepare: (path) => E.right(wire(name, effect, path)),
  interpret: interpretAnswer(effect, refusalRules, Made),
})
const createExchange = exchange('fake.drafts.create', 'creates')
const readExchange = exchange('fake.objects.get', 'reads')

const snapshot = <K extends Kind>(reference: Reference<K>, status: StatusOf<K>): Snapshot<K> => ({
  reference,
  status,
  providerState: {},
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
})

/** Creates something, then asks for the money. */
const procedure = <Input, K extends Kind>(
  kind: K,
  status: StatusOf<K>,
  notPassedOn: (input: Input) => readonly string[],
): Procedure<Input, Snapshot<K>> => ({
  draft: (input, call) =>
    pipe(
      call(createExchange, `/${kind}/stage`),
      TE.map(({ id }) => ({
        wire: wire(`fake.${kind}s.create`, 'moves_money', `/${kind}`),
        context: id,
        notPassedOn: notPassedOn(input),
      })),
    ),
  interpret: (_draft, answer) =>
    pipe(
      interpretAnswer('moves_money', refusalRules, Made)(answer),
      E.map(({ id }) => snapshot({ kind, account: 'main', id }, status)),
    ),
})

const reader =
  <K extends Kind>(kind: K, status: StatusOf<K>) =>
  (reference: Reference<K>, call: Call): TE.TaskEither<PaymentError, Snapshot<K>> =>
    pipe(
      call(readExchange, `/${kind}/${'id' in reference ? reference.id : `by-key/${reference.idempotencyKey}`}`),
      TE.map(() => snapshot(reference, status)),
    )

const paymentFields: readonly PaymentField[] = ['description', 'payer.email']

const capabilities = (lookupByKey: boolean, required: readonly PaymentField[]): Capabilities => {
  const offered = { supported: true, deduplication: { kind: 'none' }, lookupByKey, currencies: 'any' } as const
  return {
    adapter: 'fake',
    createPayment: { ...offered, flows: { hosted: { effect: 'moves_money', fields: paymentFields, required } } },
    refund: { ...offered, partial: true, perPayment: 'many', fields: ['metadata'] },
    payout: { ...offered, beneficiaries: ['iban'], fields: ['description'] },
    disputes: false,
    refundsElsewhere: false,
    payableMs: 0,
  }
}

interface Options {
  readonly lookupByKey?: boolean
  /** The fields that the gateway does not do without. */
  readonly required?: readonly PaymentField[]
}

/** One account `main` of a gateway that exists in memory only. */
export const fakeAdapter = (send: Send, { lookupByKey = true, required = [] }: Options = {}): Adapter => ({
  contract: 1,
  account: 'main',
  identity: { adapter: 'fake' },
  capabilities: capabilities(lookupByKey, required),
  send,
  createPayment: procedure('payment', 'processing', (request) => paymentFieldsBeside(request, paymentFields)),
  refund: procedure('refund', 'processing', (request) => refundFieldsBeside(request, ['metadata'])),
  payout: procedure('payout', 'processing', (request) => payoutFieldsBeside(request, ['description'])),
  read: {
    payment: reader('payment', 'processing'),
    refund: reader('refund', 'processing'),
    payout: reader('payout', 'processing'),
  },
  notification: () => E.right({ reference: { kind: 'payment', account: 'main', id: 'obj-1' }, reported: {} }),
})

/** A provider over that adapter, with what its socket saw. */
export const setUp = (answering?: Answering, options?: Options, change: Partial<Adapter> = {}) => {
  const socket = fakeSocket(answering)
  return { ...socket, provider: createStatelessProvider({ ...fakeAdapter(socket.send, options), ...change }) }
}
