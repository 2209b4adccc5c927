import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { ippopay } from '../../src/adapters/ippopay/index.js'
import { payop } from '../../src/adapters/payop/index.js'
import {
  type Adapter,
  checkPaymentRequest,
  checkRefundRequest,
  type PaymentRequest,
  type Reference,
  type RefundRequest,
  stateless,
} from '../../src/core/index.js'
import { startIppoPayEmulator, startPayopEmulator } from '../../src/emulators/index.js'
import { createReadBudget, objectKeyOf, type Store } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { plainVault } from '../../src/ledger/vault.js'
import type { Context } from '../../src/orchestrator/context.js'
import { deliverEvents } from '../../src/orchestrator/deliver-events.js'
import type { PaymuxEvent } from '../../src/orchestrator/events.js'
import { createObjectReader, UNPAID_EXPIRES_MS } from '../../src/orchestrator/read-object.js'
import { readStatus } from '../../src/orchestrator/read-status.js'
import { reconcile } from '../../src/orchestrator/reconcile.js'
import { startOperation } from '../../src/orchestrator/start-operation.js'
import { DAY, HOUR, MINUTE, right } from './reading-stage.js'

beforeAll(() => nock.restore())

const urls = { success: 'https://shop.example/thanks', failure: 'https://shop.example/thanks' }

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

interface Clock {
  readonly now: () => number
  readonly advance: (ms: number) => Promise<void>
}

/** A ledger in SQLite beside one account, both by the gateway's clock. */
const beside = async (adapter: Adapter, clock: Clock) => {
  const store: Store = right(await openSqlite({ file: ':memory:', vault: plainVault, clock: clock.now })())
  stops.push(store.close)
  const context: Context = {
    store,
    adapter: (account) => (account === adapter.account ? adapter : undefined),
    now: clock.now,
    attemptAddress: () => undefined,
    heard: () => undefined,
  }
  const accounts = E.right([adapter.account])
  const readObject = createObjectReader(context, createReadBudget({ perSecond: 100, burst: 100 }))
  const taken: PaymuxEvent[] = []
  const subscribers = new Map([['test', async (event: PaymuxEvent) => void taken.push(event)]])
  return {
    adapter,
    context,
    pay: async (request: PaymentRequest) => {
      const checked = right(checkPaymentRequest(request))
      return right(await startOperation({ operation: 'createPayment', request: checked, accounts, waitMs: 0 }, context))
    },
    refund: async (request: RefundRequest) => {
      const checked = right(checkRefundRequest(request))
      return right(await startOperation({ operation: 'refund', request: checked, accounts, waitMs: 0 }, context))
    },
    status: async (reference: Reference<'payment' | 'refund'>) => right(await readStatus(reference, context)()),
    ring: async (reference: Reference<'payment' | 'refund'>) => {
      right(await store.commit([{ write: 'ring', object: objectKeyOf(reference), at: clock.now() }])())
    },
    read: (reference: Reference<'payment' | 'refund'>) => readObject(objectKeyOf(reference)),
    reconcile: () => reconcile([adapter], { from: 0, to: Number.MAX_SAFE_INTEGER }, context),
    /** Types of what subscribers were told of a subject, in order. */
    told: async (subject: string) => {
      await deliverEvents(subject, { store, now: clock.now, subscribers })
      return taken.filter((event) => event.subject === subject).map(({ type }) => type)
    },
    advance: clock.advance,
  }
}

const idOf = (reference: object): string => {
  if ('id' in reference && typeof reference.id === 'string') return reference.id
  throw new Error('no id')
}

describe('at Payop', () => {
  const start = async () => {
    const emulator = await startPayopEmulator()
    stops.push(emulator.close)
    const { apiUrl, checkoutUrl, credentials } = emulator
    const adapter = right(payop({ adapter: 'payop', apiUrl, checkoutUrl, ...credentials }))
    const world = await beside(adapter, emulator.clock)
    const { reference } = await world.pay({
      idempotencyKey: 'pay-1',
      amount: { amount: '49.90', currency: 'EUR' },
      merchantReference: 'ORD-1001',
      payer: { email: 'ann.buyer@example.com' },
      urls,
    })
    const payment = reference as Reference<'payment'>
    const subject = `payment:payop:${idOf(payment)}`
    return { ...world, emulator, payment, subject }
  }

  it('a payment is told of when a bell makes it be read, and not before', async () => {
    const { emulator, payment, subject, read, ring, told } = await start()
    emulator.act(idOf(payment), 'pay')
    await read(payment)
    expect(await told(subject)).toEqual(['payment.requires_action'])
    await ring(payment)
    await read(payment)
    expect(await told(subject)).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('a payment is told of when a caller asks', async () => {
    const { emulator, payment, subject, status, told } = await start()
    emulator.act(idOf(payment), 'pay')
    expect(await status(payment)).toMatchObject({ status: 'succeeded', amountCheck: 'exact' })
    expect(await told(subject)).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('a refund of ours that went further is read back, and one that Payop made itself is told of', async () => {
    const { emulator, payment, status, refund, reconcile, read, told, advance } = await start()
    emulator.act(idOf(payment), 'pay')
    await status(payment)
    const ten = { amount: '10.00', currency: 'EUR' }
    const ours = await refund({ idempotencyKey: 'refund-1', payment, amount: ten })
    const transactionId = emulator.invoice(idOf(payment)).transactionId ?? ''
    const theirs = emulator.autoRefund(transactionId, 5)
    emulator.decideRefund(idOf(ours.reference), 2)
    await advance(11 * MINUTE)

    const [refunds, payouts] = await reconcile()
    expect(refunds).toMatchObject({
      kind: 'refund',
      listed: 2,
      behind: [{ reference: ours.reference, key: expect.any(String) }],
      unrecorded: [{ reference: { kind: 'refund', account: 'payop', id: theirs.id } }],
    })
    expect(refunds?.unrecorded[0]).not.toHaveProperty('key')
    expect(payouts).toMatchObject({ kind: 'payout', listed: 0 })

    const mine = ours.reference as Reference<'refund'>
    await read(mine)
    expect(await told(`refund:payop:${idOf(mine)}`)).toEqual(['refund.processing', 'refund.succeeded'])
    expect(await told(`listed:refund:payop:${theirs.id}`)).toEqual(['reconciliation.unrecorded'])
    expect((await reconcile())[0]).toMatchObject({ behind: [], unrecorded: [{ reference: { id: theirs.id } }] })
    expect(await told(`listed:refund:payop:${theirs.id}`)).toHaveLength(1)
  })

  it('a refund that somebody made under the same keys is told of as made with paymux', async () => {
    const { emulator, payment, adapter, reconcile, advance, status } = await start()
    emulator.act(idOf(payment), 'pay')
    await status(payment)
    right(await stateless(adapter).refund({ idempotencyKey: 'elsewhere', payment })())
    await advance(11 * MINUTE)
    expect((await reconcile())[0]?.unrecorded).toMatchObject([{ key: expect.any(String) }])
  })

  it('an invoice that Payop calls overdue expires by its word', async () => {
    const { payment, subject, read, told, advance } = await start()
    await advance(DAY + HOUR)
    await read(payment)
    expect(await told(subject)).toEqual(['payment.requires_action', 'payment.expired'])
  })
})

describe('at IppoPay, which never tells that an order has expired', () => {
  const start = async () => {
    const emulator = await startIppoPayEmulator()
    stops.push(emulator.close)
    const { apiUrl, checkoutUrl, credentials } = emulator
    const adapter = right(ippopay({ adapter: 'ippopay', apiUrl, checkoutUrl, ...credentials }))
    const world = await beside(adapter, emulator.clock)
    const { reference } = await world.pay({
      idempotencyKey: 'pay-1',
      amount: { amount: '4990.00', currency: 'INR' },
      merchantReference: 'ORD-1001',
      payer: {},
      urls,
    })
    const payment = reference as Reference<'payment'>
    return { ...world, emulator, payment, subject: `payment:ippopay:${idOf(payment)}` }
  }

  it('an order expires when nobody has paid it for seven days, and a late payment is told', async () => {
    const { emulator, payment, subject, read, status, told, advance } = await start()
    await advance(UNPAID_EXPIRES_MS - MINUTE)
    await read(payment)
    expect(await told(subject)).toEqual(['payment.requires_action'])
    await advance(DAY)
    await read(payment)
    expect(await told(subject)).toEqual(['payment.requires_action', 'payment.expired'])
    expect(await status(payment)).toMatchObject({ status: 'expired' })
    emulator.pay(idOf(payment), 'success')
    await advance(HOUR + MINUTE)
    await read(payment)
    expect((await told(subject)).at(-1)).toBe('payment.late_success')
  })

  it('nothing is reconciled: IppoPay lists nothing', async () => {
    const { reconcile } = await start()
    expect(await reconcile()).toEqual([])
  })
})
