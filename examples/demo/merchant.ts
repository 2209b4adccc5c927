import {
  finality,
  fromDecimal,
  type PaymentFailure,
  type Payout,
  type PromisedProvider,
  type Reference,
  type Results,
} from 'paymux'
import type { AccountSettings } from './settings.js'
import type { Timeline } from './timeline.js'

/** What the shop's code meets outside: the payer, and time passing. The demo plays both. */
export interface World {
  readonly payAsPayer: (link: string) => Promise<void>
  /** Resolves when a notification about this payment was received, read back and answered. */
  readonly notified: (payment: Reference<'payment'>) => Promise<void>
  /** Posts a notification that says this payment was paid, as a stranger could. */
  readonly forgeNotification: (about: Reference<'payment'>, genuine: Reference<'payment'>) => Promise<void>
  readonly timePasses: () => Promise<void>
  /** Makes the gateway execute the next payout and lose its answer. */
  readonly losePayoutAnswer: () => void
}

/** What the shop knows of one account when the day is over. */
export interface Books {
  readonly payment: Results['payment']
  readonly unpaid: Results['payment']
  readonly refund: Results['refund']
  readonly payouts: readonly Results['payout'][]
}

const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }

/** One day of the shop. The same code for every gateway: nothing in here knows which one it is. */
export const trade = async (
  provider: PromisedProvider,
  settings: AccountSettings,
  world: World,
  timeline: Timeline,
): Promise<Books> => {
  const { account } = settings.provider

  const startPayment = (order: string) =>
    provider.createPayment({
      idempotencyKey: `${account}:${order}`,
      amount: settings.sale,
      merchantReference: order,
      description: `Order ${order}`,
      payer,
      urls: settings.urls,
    })

  const untilItRests = async <K extends 'refund' | 'payout'>(reference: Reference<K>): Promise<Results[K]> => {
    let seen = await provider.getStatus(reference)
    for (let look = 1; look < 5 && finality(reference.kind, seen.status) === 'open'; look += 1) {
      await world.timePasses()
      seen = await provider.getStatus(reference)
    }
    timeline.add(reference.kind, seen.status, seen.amount, 'read until it rests')
    return seen
  }

  const started = await startPayment('ORD-1001')
  if (started.nextAction?.type !== 'redirect') throw new Error('the shop sends its payers to a page of the gateway')
  timeline.add('payment', started.status, started.amount, started.nextAction.url)

  const paid = world.notified(started.reference)
  await world.payAsPayer(started.nextAction.url)
  timeline.note('the payer pays on the page')
  await paid
  timeline.note('a notification came; answered 200 after the read-back')
  const price = fromDecimal(settings.sale.amount, settings.sale.currency)
  if (price === undefined) throw new Error('the price is no amount of its currency')
  const payment = await provider.getStatus({ ...started.reference, expected: price })
  timeline.add('payment', payment.status, payment.amount, `amount ${payment.amountCheck}`)

  const open = await startPayment('ORD-1002')
  await world.forgeNotification(open.reference, started.reference)
  const unpaid = await provider.getStatus(open.reference)
  timeline.add('payment', unpaid.status, unpaid.amount, 'a forged notification said paid; the read says no: ignored')

  const refunding = await provider.refund({
    idempotencyKey: `${account}:ORD-1001:refund`,
    payment: payment.reference,
    amount: settings.refund,
  })
  timeline.add('refund', refunding.status, refunding.amount, 'part of it')
  const refund = await untilItRests(refunding.reference)

  const payOut = (reference: string) =>
    provider.payout({
      idempotencyKey: `${account}:${reference}`,
      merchantReference: reference,
      description: 'Supplier invoice',
      ...settings.payout,
    })
  const sent = await payOut('INV-77')
  timeline.add('payout', sent.status, sent.amount, 'to a supplier')
  const first = await untilItRests(sent.reference)

  world.losePayoutAnswer()
  const lost = await payOut('INV-78').then(
    () => Promise.reject(new Error('the answer of this payout was to be lost')),
    (failure: PaymentFailure) => failure.error,
  )
  if (lost._tag !== 'Indeterminate' || lost.reference?.kind !== 'payout') throw new Error(lost.message)
  timeline.add(
    'payout',
    lost.outcome,
    undefined,
    'the answer was lost: nothing is sent again, it is looked up by its key',
  )
  const second: Payout = await untilItRests(lost.reference)

  return { payment, unpaid, refund, payouts: [first, second] }
}
