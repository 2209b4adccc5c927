import * as E from 'fp-ts/lib/Either.js'
import type { Adapter, Capabilities, PaymentError, WireAnswer, WireRequest } from '../../src/core/index.js'
import { createVault, type Store } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import type { Context } from '../../src/orchestrator/context.js'
import { orchestrated } from '../../src/orchestrator/provider.js'
import { recoverOperation } from '../../src/orchestrator/start-operation.js'
import { type Answering, answered, fakeAdapter, fakeSocket } from '../core/fake-adapter.js'

export const START = Date.UTC(2026, 0, 2)

export const right = <A>(either: E.Either<PaymentError, A>): A => {
  if (E.isLeft(either)) throw new Error(`expected success, got ${JSON.stringify(either.left)}`)
  return either.right
}
export const left = <A>(either: E.Either<PaymentError, A>): PaymentError => {
  if (E.isRight(either)) throw new Error('expected an error, got success')
  return either.left
}

export const payoutRequest = (idempotencyKey: string, amount = '25.00') =>
  ({
    idempotencyKey,
    amount: { amount, currency: 'EUR' },
    merchantReference: 'INV-1',
    beneficiary: { type: 'iban', iban: 'DE02120300000000202051', name: 'Made Up', email: 'made.up@example.com' },
  }) as const

export const paymentRequest = (idempotencyKey: string) => ({
  idempotencyKey,
  amount: { amount: '49.90', currency: 'EUR' },
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

type Deduplication = Extract<Capabilities['payout'], { supported: true }>['deduplication']

export interface Account {
  /** For each decisive request, in order; what is beyond the end is answered as the last. */
  readonly decisive?: Script
  readonly staging?: Answering
  readonly reading?: Answering
  readonly effect?: 'stages' | 'moves_money'
  /** The id of what drafting staged, where the draft tells it. */
  readonly staged?: string
  readonly deduplication?: Deduplication
  readonly lookupByKey?: boolean
  /** The connection fails before the mark. */
  readonly isDown?: boolean
}

const accountOf = (name: string, account: Account) => {
  const { decisive = [ok], staging = ok, reading = broken, effect = 'moves_money', lookupByKey = true } = account
  let sent = 0
  const answering: Answering = (wire: WireRequest): E.Either<PaymentError, WireAnswer> => {
    if (wire.effect === 'reads') return reading(wire)
    if (wire.path.endsWith('/stage')) return staging(wire)
    const answer = decisive[Math.min(sent, decisive.length - 1)] ?? ok
    sent += 1
    return answer(wire)
  }
  const socket = fakeSocket(answering)
  const send: Adapter['send'] = (wire, hook) =>
    account.isDown === true && wire.effect !== 'reads'
      ? () => Promise.resolve(down(wire) as never)
      : socket.send(wire, hook)
  const base = fakeAdapter(send, { lookupByKey })
  const { payout, createPayment, refund } = base.capabilities
  const deduplication = account.deduplication ?? { kind: 'none' as const }
  const asEffect = <P extends Adapter['createPayment']>(procedure: P): P => ({
    ...procedure,
    draft: (input: never, call: never) => async () => {
      const drafted = await procedure.draft(input, call)()
      const reference = { kind: 'payment', account: name, id: account.staged } as const
      const told = account.staged === undefined ? {} : { reference }
      return E.isLeft(drafted)
        ? drafted
        : E.right({ ...drafted.right, ...told, wire: { ...drafted.right.wire, effect } })
    },
    conclude: (draft: never, answer: never) => {
      const concluded = procedure.conclude(draft, answer)
      return E.isLeft(concluded)
        ? concluded
        : E.right({ ...concluded.right, reference: { ...concluded.right.reference, account: name } })
    },
  })
  const adapter: Adapter = {
    ...base,
    account: name,
    identity: { adapter: 'fake', publicKey: name },
    capabilities: {
      ...base.capabilities,
      createPayment: { ...createPayment, deduplication } as Capabilities['createPayment'],
      refund: { ...refund, deduplication } as Capabilities['refund'],
      payout: { ...payout, deduplication } as Capabilities['payout'],
    },
    createPayment: asEffect(base.createPayment),
    refund: asEffect(base.refund as never),
    payout: asEffect(base.payout as never),
  }
  const decisiveSent = () => socket.written.filter((line) => line.startsWith('POST') && !line.endsWith('/stage')).length
  return { adapter, written: socket.written, decisiveSent }
}

/** Accounts of a made-up gateway over a ledger in memory, with a clock that stands still until it is moved. */
export const stage = async (accounts: Readonly<Record<string, Account>>, wrap: (store: Store) => Store = (s) => s) => {
  const clock = { now: START }
  const vault = right(createVault(undefined))
  const store = right(await openSqlite({ file: ':memory:', vault, clock: () => clock.now })())
  const made = new Map(Object.entries(accounts).map(([name, account]) => [name, accountOf(name, account)]))
  const gone = new Set<string>()
  const heard: string[] = []
  const context: Context = {
    store: wrap(store),
    adapter: (name) => (gone.has(name) ? undefined : made.get(name)?.adapter),
    now: () => clock.now,
    attemptAddress: () => undefined,
    heard: (account, error) => heard.push(`${account} ${error?._tag ?? 'ok'}`),
  }
  const routes = [{ when: {}, to: [...made.keys()].map((account) => ({ account })) }]
  const provider = orchestrated(
    context,
    () => ({ routes, capabilities: (name) => context.adapter(name)?.capabilities, isHealthy: () => true }),
    0,
  )
  const view = async (operation: 'createPayment' | 'refund' | 'payout', key: string) => {
    const found = right(await store.operationByKey(operation, key)())
    if (found === undefined) throw new Error('no such operation')
    return found
  }
  return {
    store,
    context,
    provider,
    clock,
    heard,
    view,
    /** The account leaves the configuration. */
    remove: (name: string) => gone.add(name),
    restore: (name: string) => gone.delete(name),
    sent: (name: string) => made.get(name)?.decisiveSent() ?? 0,
    recover: async (operation: 'createPayment' | 'refund' | 'payout', key: string) =>
      recoverOperation((await view(operation, key)).operation.id, context),
    events: async (subject: string) => right(await store.dueEvents(subject, 50)()).map(({ type }) => type),
    close: () => store.close(),
  }
}
