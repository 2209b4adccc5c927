import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { ippopay } from '../../../src/adapters/ippopay/index.js'
import { payop } from '../../../src/adapters/payop/index.js'
import type { Adapter, PaymentError } from '../../../src/core/index.js'
import { noEncryption } from '../../../src/ledger/encryption.js'
import type { InboxRecord, ObjectKey, ObjectRecord, Store, Write } from '../../../src/ledger/index.js'
import { openSqlite } from '../../../src/ledger/stores/sqlite/index.js'
import { createWebhooks, type WebhookSettings } from '../../../src/webhooks/index.js'
import { right } from '../../either.js'
import { anAttempt, anOperation, aPayment, NOW, settings } from '../support.js'
import { type Forgery, GENUINE_PEER, INVOICE, ORDER, type Paths, REFUND, WITHDRAWAL } from './forgery.js'

const adapters: readonly Adapter[] = [
  right(
    payop({
      adapter: 'payop',
      publicKey: 'application-11111111-2222-4333-8444-555555555555',
      secretKey: 'made-up',
      token: 'made.up.jwt',
    }),
  ),
  right(ippopay({ adapter: 'ippopay', mode: 'test', publicKey: 'pk_test_made_up', secretKey: 'made-up' })),
]

const enforcing: WebhookSettings = {
  ...settings,
  trustedProxies: ['10.0.0.0/8'],
  sources: { payop: { mode: 'enforce' } },
}

const origin = { operationId: 'op-1', idempotencyKey: 'order-1', merchantReference: 'ORD-1', notPassedOn: [] }
const order = { account: 'ippopay', kind: 'payment', id: ORDER } as const
const objects: readonly ObjectRecord[] = [
  aPayment(INVOICE, { account: 'payop', providerState: { invoice: '0' }, status: 'requires_action' }),
  aPayment(REFUND, { account: 'payop', kind: 'refund', providerState: { refund: '1' } }),
  aPayment(WITHDRAWAL, { account: 'payop', kind: 'payout', providerState: { withdrawal: '1' } }),
  aPayment(ORDER, { ...order, origin, providerState: { order: 'created' }, status: 'requires_action' }),
]

const run = async <A>(task: TaskEither<PaymentError, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

/** What one request did. */
export interface Deed {
  readonly status: number
  readonly body: string
  readonly writes: readonly Write[]
  readonly states: readonly InboxRecord['state'][]
}

/** A shop of both gateways, over the embedded store, at a time that the test moves. */
export interface Attacked {
  readonly send: (forgery: Forgery) => Promise<Deed>
  /** All that the ledger states, but for the refresh requests. */
  readonly ledger: () => Promise<unknown>
  readonly object: (key: ObjectKey) => Promise<ObjectRecord | undefined>
  readonly clock: { now: number }
  readonly store: Store
}

/** What any admitted forgery may write: an entry and refresh requests. Nothing that states anything about money is among them. */
export const harmless: readonly Write['write'][] = ['inbox', 'request_refresh', 'match', 'notification_count']

/** Opens the shop. */
export const openAttacked = async (): Promise<Attacked> => {
  const clock = { now: NOW }
  const store = await run(openSqlite({ file: ':memory:', encryption: noEncryption, clock: () => clock.now }))
  const commits: (readonly Write[])[] = []
  const recording: Store = {
    ...store,
    commit: (writes) => {
      commits.push(writes)
      return store.commit(writes)
    },
  }
  const webhooks = right(
    createWebhooks({
      store: recording,
      adapters: (account) => adapters.find((adapter) => adapter.account === account),
      settings: enforcing,
      // Quotas have tests of their own.
      limits: { unmatchedPerHour: 1e9, unmatchedBytesPerHour: 1e12 },
      now: () => clock.now,
    }),
  )
  const { url, tokenHash } = webhooks.attemptAddress('ippopay')
  const operation = anOperation({ state: 'executed', object: order, accounts: ['ippopay'] })
  const seeded = await run(
    store.commit([
      { write: 'claim', operation, leaseMs: 1 },
      { write: 'attempt', attempt: anAttempt(tokenHash, { account: 'ippopay', state: 'executed' }), is: 'new' },
      ...objects.map((object) => ({ write: 'new_object', object }) as const),
    ]),
  )
  if (!seeded.done) throw new Error(`not seeded: ${seeded.index}`)

  const pathOf = (address: string): string => new URL(address).pathname
  const paths: Paths = {
    payop: pathOf(webhooks.address('payop')),
    ippopay: pathOf(url),
    ippopayAccount: pathOf(webhooks.address('ippopay')),
  }

  const withoutRefreshRequests = async (key: ObjectKey) => {
    const {
      refreshRequests: _requests,
      nextReadAt: _due,
      ...stated
    } = (await run(store.object(key))) ?? aPayment('none')
    return stated
  }

  return {
    clock,
    store,
    send: async ({ target, method = 'POST', path = (own) => own, headers = {}, body = null, peer = GENUINE_PEER }) => {
      commits.length = 0
      const address = `https://shop.example${path(paths[target], paths)}`
      const answer = await webhooks.handle(new Request(address, { method, headers, body }), { address: peer })
      const writes = commits.flat()
      const states = writes.flatMap((write) => (write.write === 'inbox' ? [write.entry.state] : []))
      return { status: answer.status, body: await answer.text(), writes, states }
    },
    ledger: async () => ({
      objects: await Promise.all(objects.map(withoutRefreshRequests)),
      operation: await run(store.operation('op-1')),
      log: await run(store.log('op-1')),
      events: await Promise.all(
        objects.map(({ kind, account, id }) => run(store.dueEvents(`${kind}:${account}:${id}`, 10))),
      ),
      unresolved: await run(store.unresolved(10)),
      accounts: await run(store.accounts()),
    }),
    object: (key) => run(store.object(key)),
  }
}
