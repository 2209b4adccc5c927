import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Call,
  type Checked,
  type Deduplication,
  type FlowCapability,
  type Kind,
  type OperationName,
  type PaymentError,
  type PaymentField,
  type PaymentRequest,
  type Procedure,
  paymentFieldsBeside,
  payoutFieldsBeside,
  type Reference,
  refundFieldsBeside,
  type Snapshot,
  type WireAnswer,
  type WireRequest,
} from '../../src/core/index.js'
import type { OperationView, Store } from '../../src/ledger/index.js'
import type { Route } from '../../src/orchestrator/config/index.js'
import type { Context } from '../../src/orchestrator/context.js'
import { recoverOperation } from '../../src/orchestrator/operations/start-operation.js'
import { createOrchestrator } from '../../src/orchestrator/provider.js'
import { type Answering, answered, fakeAdapter, fakeSocket } from '../core/fake-adapter.js'
import { succeed } from '../either.js'
import { openLedger } from './open-ledger.js'

export const START = Date.UTC(2026, 0, 2)

export const payoutRequest = (idempotencyKey: string, amount = '25.00') =>
  ({
    idempotencyKey,
    amount: { value: amount, currency: 'EUR' },
    merchantReference: 'INV-1',
    beneficiary: { type: 'iban', iban: 'DE02120300000000202051', name: 'Made Up', email: 'made.up@example.com' },
  }) as const

export const paymentRequest = (idempotencyKey: string) => ({
  idempotencyKey,
  amount: { value: '49.90', currency: 'EUR' },
  merchantReference: 'ORD-1',
  payer: {},
  urls: {},
})

/** What one account's gateway does, in the order of its requests; the last goes on for ever. */
export type Script = readonly Answering[]

export const ok: Answering = () => answered(200, { id: 'obj-1' })
export const okAs =
  (id: string): Answering =>
  () =>
    answered(200, { id })
export const broken: Answering = () => answered(502, 'no gateway')
export const says =
  (status: number, text: string): Answering =>
  () =>
    answered(status, { no: text })
/** The gateway knows no such object. */
export const absent = says(404, 'absent')
export const lost: Answering = () =>
  E.left({
    _tag: 'Indeterminate',
    outcome: 'unknown',
    retry: 'after_read',
    message: 'lost',
    phase: 'first_byte',
  })
const down: Answering = () =>
  E.left({ _tag: 'Unreachable', outcome: 'not_sent', retry: 'safe', message: 'down', phase: 'connect' })

/** What the gateway shows of an object, in an answer or a read. */
export type Shown = Pick<Partial<Snapshot<'payment'>>, 'amount' | 'amountCheck' | 'disputed' | 'review'> & {
  readonly status?: 'processing' | 'succeeded' | 'failed' | 'requires_action'
  /** The gateway's id, whatever it was asked for. Default: as it was asked for. */
  readonly id?: string
}

export interface Account {
  /** For each submission, in order; what is beyond the end is answered as the last. */
  readonly submission?: Script
  readonly creating?: Answering
  readonly reading?: Answering
  readonly shows?: () => Shown
  readonly effect?: 'creates' | 'moves_money'
  /** The id of what drafting created, if the draft says it. */
  readonly created?: string
  readonly deduplication?: Deduplication
  readonly lookupByKey?: boolean
  /** The connection fails before the dispatch is recorded. */
  isDown?: boolean
  /** The optional fields of a payment that the gateway has a place for. */
  readonly fields?: readonly PaymentField[]
  /** The fields of a payment that the gateway does not do without. */
  readonly required?: readonly PaymentField[]
  /** Default: `hosted`. */
  readonly flows?: readonly ('hosted' | 'popup')[]
}

const capabilitiesOf = (account: Account): Adapter['capabilities'] => {
  const { deduplication = { kind: 'none' }, lookupByKey = true, effect = 'moves_money' } = account
  const { fields = [], required = [], flows = ['hosted'] } = account
  const flow: FlowCapability = { effect, fields, required }
  const offered = { supported: true, deduplication, lookupByKey, currencies: 'any' } as const
  return {
    adapter: 'fake',
    createPayment: { ...offered, flows: Object.fromEntries(flows.map((name) => [name, flow])) },
    refund: { ...offered, partial: true, perPayment: 'many', fields: [] },
    payout: { ...offered, beneficiaries: ['iban'], fields: [] },
    disputes: true,
    refundsElsewhere: false,
    payableMs: 0,
  }
}

const accountOf = (name: string, account: Account) => {
  const {
    submission = [ok],
    creating = ok,
    reading = absent,
    effect = 'moves_money',
    shows = (): Shown => ({}),
  } = account
  let sent = 0
  const drafted: Checked<PaymentRequest>[] = []
  const answering: Answering = (wire: WireRequest): E.Either<PaymentError, WireAnswer> => {
    if (wire.effect === 'reads') return reading(wire)
    if (wire.path.endsWith('/stage')) return creating(wire)
    const answer = submission[Math.min(sent, submission.length - 1)] ?? ok
    sent += 1
    return answer(wire)
  }
  const socket = fakeSocket(answering)
  const send: Adapter['send'] = (wire, hook) =>
    account.isDown === true && wire.effect !== 'reads' ? async () => down(wire) : socket.send(wire, hook)
  const base = fakeAdapter(send)
  const created = { kind: 'payment', account: name, id: account.created ?? '' } as const
  const shown = <K extends Kind>(snapshot: Snapshot<K>): Snapshot<K> => {
    const { id, ...fields } = shows()
    const { reference } = snapshot
    return {
      ...snapshot,
      ...fields,
      reference: id === undefined ? { ...reference, account: name } : { kind: reference.kind, account: name, id },
    }
  }
  const scripted = <Input, K extends Kind>(
    procedure: Procedure<Input, Snapshot<K>>,
    beside: (input: Input) => readonly string[],
  ): Procedure<Input, Snapshot<K>> => ({
    draft: (input, call) =>
      pipe(
        procedure.draft(input, call),
        TE.map((draft) => ({
          ...draft,
          notPassedOn: beside(input),
          wire: { ...draft.wire, effect },
          ...(account.created === undefined ? {} : { reference: created }),
        })),
      ),
    interpret: (draft, answer) => pipe(procedure.interpret(draft, answer), E.map(shown)),
  })
  const read =
    <K extends Kind>(kind: K) =>
    (reference: Reference<K>, call: Call): TE.TaskEither<PaymentError, Snapshot<K>> =>
      pipe(base.read[kind](reference, call), TE.map(shown<K>))
  const adapter: Adapter = {
    ...base,
    account: name,
    identity: { adapter: 'fake', publicKey: name },
    capabilities: capabilitiesOf(account),
    createPayment: scripted(base.createPayment, (request) => {
      drafted.push(request)
      return paymentFieldsBeside(request, account.fields ?? [])
    }),
    refund: scripted(base.refund, (request) => refundFieldsBeside(request, [])),
    payout: scripted(base.payout, (request) => payoutFieldsBeside(request, [])),
    read: { payment: read('payment'), refund: read('refund'), payout: read('payout') },
  }
  const submissionsSent = () =>
    socket.written.filter((line) => line.startsWith('POST') && !line.endsWith('/stage')).length
  return { adapter, connected: socket.connected, drafted, submissionsSent }
}

interface StageOptions {
  readonly wrap?: (store: Store) => Store
  /** Default: one route to all accounts, in their order. */
  readonly routes?: readonly Route[]
  readonly attemptAddress?: Context['attemptAddress']
}

/** Accounts of a made-up gateway over a ledger in memory, with a clock that stands still until it is moved. */
export const stage = async (accounts: Readonly<Record<string, Account>>, options: StageOptions = {}) => {
  const clock = { now: START }
  const ledger = await openLedger(() => clock.now)
  const { store } = ledger
  const made = new Map(Object.entries(accounts).map(([name, account]) => [name, accountOf(name, account)]))
  const gone = new Set<string>()
  const outcomes: string[] = []
  const { wrap = (same: Store) => same, attemptAddress = () => undefined } = options
  let { routes = [{ when: {}, to: [...made.keys()].map((account) => ({ account })) }] } = options
  const context: Context = {
    store: wrap(store),
    adapter: (name) => (gone.has(name) ? undefined : made.get(name)?.adapter),
    now: () => clock.now,
    attemptAddress,
    recordOutcome: (account, error) => outcomes.push(`${account} ${error?._tag ?? 'ok'}`),
  }
  const provider = createOrchestrator(
    context,
    () => ({ routes, capabilities: (name) => context.adapter(name)?.capabilities, share: () => 1 }),
    0,
  )
  const view = async (operation: OperationName, key: string): Promise<OperationView> => {
    const found = await succeed(store.operationByKey(operation, key))
    if (found === undefined) throw new Error('no such operation')
    return found
  }
  return {
    ...ledger,
    context,
    provider,
    clock,
    outcomes,
    view,
    /** The configuration gets other routes. */
    reroute: (next: readonly Route[]) => {
      routes = next
    },
    /** The account leaves the configuration. */
    remove: (name: string) => gone.add(name),
    restore: (name: string) => gone.delete(name),
    sent: (name: string) => made.get(name)?.submissionsSent() ?? 0,
    /** What a connection was made for, in order: `POST /payout`. */
    connected: (name: string) => made.get(name)?.connected ?? [],
    /** The payment requests that were drafted, in order. */
    drafted: (name: string) => made.get(name)?.drafted ?? [],
    recover: async (operation: OperationName, key: string) =>
      recoverOperation((await view(operation, key)).operation.id, context),
  }
}
