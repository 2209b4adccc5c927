import * as TE from 'fp-ts/lib/TaskEither.js'
import nock from 'nock'
import { ippopay } from '../../src/adapters/ippopay/index.js'
import { payop } from '../../src/adapters/payop/index.js'
import {
  type Adapter,
  checkPaymentRequest,
  checkRefundRequest,
  createStatelessProvider,
  type PaymentRequest,
  type Reference,
  type RefundRequest,
} from '../../src/core/index.js'
import { startIppoPayEmulator, startPayopEmulator } from '../../src/emulators/index.js'
import { objectKeyOf } from '../../src/ledger/index.js'
import type { Context } from '../../src/orchestrator/context.js'
import { deliverEvents } from '../../src/orchestrator/events/deliver-events.js'
import type { PaymuxEvent } from '../../src/orchestrator/events/events.js'
import { startOperation } from '../../src/orchestrator/operations/start-operation.js'
import { createObjectReader, UNPAID_EXPIRES_MS } from '../../src/orchestrator/reads/read-object.js'
import { readStatus } from '../../src/orchestrator/reads/read-status.js'
import { reconcile } from '../../src/orchestrator/reads/reconcile.js'
import { right, succeed } from '../either.js'
import { openLedger } from './open-ledger.js'
import { DAY, HOUR, MINUTE } from './reading-stage.js'

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
  const { store } = await openLedger(clock.now)
  const context: Context = {
    store,
    adapter: (account) => (account === adapter.account ? adapter : undefined),
    now: clock.now,
    attemptAddress: () => undefined,
    recordOutcome: () => undefined,
  }
  right(await store.commit([{ write: 'account', account: { name: adapter.account, identity: {} } }])())
  const plan = TE.right({ accounts: [adapter.account] })
  const readObject = createObjectReader(context)
  const taken: PaymuxEvent[] = []
  const subscribers = new Map([['test', async (event: PaymuxEvent) => void taken.push(event)]])
  return {
    adapter,
    context,
    pay: async (request: PaymentRequest) => {
      const checked = right(checkPaymentRequest(request))
      return right(await startOperation({ name: 'createPayment', request: checked, plan, waitMs: 0 }, context))
    },
    refund: async (request: RefundRequest) => {
      const checked = right(checkRefundRequest(request))
      return right(await startOperation({ name: 'refund', request: checked, plan, waitMs: 0 }, context))
    },
    status: async (reference: Reference<'payment' | 'refund'>) => right(await readStatus(reference, context)()),
    requestRefresh: async (reference: Reference<'payment' | 'refund'>) => {
      right(await store.commit([{ write: 'request_refresh', object: objectKeyOf(reference), at: clock.now() }])())
    },
    /** Lets time pass, and reads whatever comes to be due in it. */
    readAsScheduled: async (ms: number) => {
      for (const end = clock.now() + ms; clock.now() < end; ) {
        for (const key of right(await store.acquireReads(adapter.account, { perSecond: 100, limit: 100 })()))
          await readObject(key)
        await clock.advance(Math.min(end - clock.now(), HOUR))
      }
      for (const key of right(await store.acquireReads(adapter.account, { perSecond: 100, limit: 100 })()))
        await readObject(key)
    },
    /** Reads the object if it is due. */
    read: async (reference: Reference<'payment' | 'refund'>) => {
      const { id } = objectKeyOf(reference)
      const acquired = right(await store.acquireReads(adapter.account, { perSecond: 100, limit: 100 })())
      for (const key of acquired) if (key.id === id) await readObject(key)
    },
    reconcile: () => reconcile([adapter], { from: 0, to: Number.MAX_SAFE_INTEGER }, context),
    /** Types of the events about a subject that subscribers got, in order. */
    eventTypes: async (subject: string) => {
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
      amount: { value: '49.90', currency: 'EUR' },
      merchantReference: 'ORD-1001',
      payer: { email: 'ann.buyer@example.com' },
      urls,
    })
    const payment = reference as Reference<'payment'>
    const subject = `payment:payop:${idOf(payment)}`
    return { ...world, emulator, payment, subject }
  }

  it('a payment is reported when a refresh was requested, and not before', async () => {
    const { emulator, payment, subject, read, requestRefresh, eventTypes } = await start()
    emulator.act(idOf(payment), 'pay')
    await read(payment)
    expect(await eventTypes(subject)).toEqual(['payment.requires_action'])
    await requestRefresh(payment)
    await read(payment)
    expect(await eventTypes(subject)).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('a payment is reported when a caller asks', async () => {
    const { emulator, payment, subject, status, eventTypes } = await start()
    emulator.act(idOf(payment), 'pay')
    expect(await status(payment)).toMatchObject({ status: 'succeeded', amountCheck: 'exact' })
    expect(await eventTypes(subject)).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('a refund of ours that went further is read back, and one that Payop made itself is reported', async () => {
    const { emulator, payment, status, refund, reconcile, read, eventTypes, advance } = await start()
    emulator.act(idOf(payment), 'pay')
    await status(payment)
    const ten = { value: '10.00', currency: 'EUR' }
    const ours = await refund({ idempotencyKey: 'refund-1', payment, amount: ten })
    const transactionId = emulator.invoice(idOf(payment)).transactionId ?? ''
    const theirs = emulator.autoRefund(transactionId, 5)
    emulator.decideRefund(idOf(ours.reference), 2)
    await advance(11 * MINUTE)

    const [refunds, payouts] = await reconcile()
    expect(refunds).toMatchObject({
      kind: 'refund',
      listed: 2,
      staleInLedger: [{ reference: ours.reference, status: 'succeeded' }],
      missingInLedger: [{ reference: { kind: 'refund', account: 'payop', id: theirs.id } }],
    })
    expect(payouts).toMatchObject({ kind: 'payout', listed: 0 })

    const mine = ours.reference as Reference<'refund'>
    await read(mine)
    expect(await eventTypes(`refund:payop:${idOf(mine)}`)).toEqual(['refund.processing', 'refund.succeeded'])
    expect(await eventTypes(`listed:refund:payop:${theirs.id}`)).toEqual(['reconciliation.missing_in_ledger'])
    expect((await reconcile())[0]).toMatchObject({
      staleInLedger: [],
      missingInLedger: [{ reference: { id: theirs.id } }],
    })
    expect(await eventTypes(`listed:refund:payop:${theirs.id}`)).toHaveLength(1)
  })

  it('a refund that another program made at the same account is reported', async () => {
    const { emulator, payment, adapter, reconcile, advance, status } = await start()
    emulator.act(idOf(payment), 'pay')
    await status(payment)
    const { reference } = await succeed(
      createStatelessProvider(adapter).refund({ idempotencyKey: 'elsewhere', payment }),
    )
    await advance(11 * MINUTE)
    const amount = { value: '49.90', currency: 'EUR' }
    expect((await reconcile())[0]?.missingInLedger).toEqual([{ reference, status: 'succeeded', amount }])
  })

  it('a chargeback is found by the schedule months later', async () => {
    const { emulator, payment, subject, status, eventTypes, readAsScheduled } = await start()
    emulator.act(idOf(payment), 'pay')
    await status(payment)
    await readAsScheduled(120 * DAY)
    emulator.setChargeback(emulator.invoice(idOf(payment)).transactionId ?? '', true)
    await readAsScheduled(8 * DAY)
    expect((await eventTypes(subject)).at(-1)).toBe('payment.disputed')
  })

  it('an invoice that Payop calls overdue expires by its word', async () => {
    const { payment, subject, read, eventTypes, advance } = await start()
    await advance(DAY + HOUR)
    await read(payment)
    expect(await eventTypes(subject)).toEqual(['payment.requires_action', 'payment.expired'])
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
      amount: { value: '4990.00', currency: 'INR' },
      merchantReference: 'ORD-1001',
      payer: {},
      urls,
    })
    const payment = reference as Reference<'payment'>
    return { ...world, emulator, payment, subject: `payment:ippopay:${idOf(payment)}` }
  }

  it('an order expires when nobody has paid it for seven days, and a late payment is reported', async () => {
    const { emulator, payment, subject, read, status, eventTypes, advance } = await start()
    await advance(UNPAID_EXPIRES_MS - MINUTE)
    await read(payment)
    expect(await eventTypes(subject)).toEqual(['payment.requires_action'])
    await advance(DAY)
    await read(payment)
    expect(await eventTypes(subject)).toEqual(['payment.requires_action', 'payment.expired'])
    expect(await status(payment)).toMatchObject({ status: 'expired' })
    emulator.pay(idOf(payment), 'success')
    await advance(HOUR + MINUTE)
    await read(payment)
    expect((await eventTypes(subject)).at(-1)).toBe('payment.late_success')
  })

  it('an order that is paid days after a transaction failed is found by the schedule, without a notification', async () => {
    const { emulator, payment, subject, eventTypes, readAsScheduled } = await start()
    emulator.pay(idOf(payment), 'failure')
    await readAsScheduled(4 * DAY)
    expect((await eventTypes(subject)).at(-1)).toBe('payment.failed')
    emulator.pay(idOf(payment), 'success')
    await readAsScheduled(DAY + MINUTE)
    expect((await eventTypes(subject)).at(-1)).toBe('payment.late_success')
  })

  it('a refund that was started in the dashboard is found by the schedule, and said once', async () => {
    const { emulator, payment, subject, status, eventTypes, readAsScheduled } = await start()
    emulator.pay(idOf(payment), 'success')
    await readAsScheduled(DAY)
    emulator.decideRefund(idOf(payment), 'initiated')
    await readAsScheduled(3 * DAY)
    expect((await eventTypes(subject)).slice(-2)).toEqual(['payment.succeeded', 'payment.review'])
    expect(await status(payment)).toMatchObject({ status: 'succeeded', review: ['refund_reported'] })
  })

  it('nothing is reconciled: IppoPay lists nothing', async () => {
    const { reconcile } = await start()
    expect(await reconcile()).toEqual([])
  })
})
