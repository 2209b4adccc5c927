import {
  finality,
  type Kind,
  type Money,
  type PaymentProvider,
  type Payout,
  type Reference,
  type Result,
} from 'paymux/promises'
import { type Market, payer } from './orders.js'
import type { World } from './world.js'

/** Resolves when an event said that the payment of an order, `<market> <order>`, succeeded. */
export type UntilReported = (order: string) => Promise<void>

/**
 * One day of the shop in one market. It knows no gateway, and it may be run again after the process died: every call has
 * its own key, and the same key never moves money twice.
 */
export const trade = async (
  provider: PaymentProvider,
  market: Market,
  world: World,
  untilReported: UntilReported,
  print: (line: string) => void,
): Promise<void> => {
  const line = (what: string, status: string, amount: Money | undefined, note: string) => {
    const price = amount === undefined ? '' : `${amount.value} ${amount.currency}`
    print(`  ${market.name.padEnd(8)} ${what.padEnd(8)} ${status.padEnd(16)} ${price.padStart(12)}  ${note}`)
  }
  const again = ({ replayed }: { readonly replayed?: true }, note: string): string =>
    replayed === true ? 'the same key as before: nothing was sent' : note

  const startPayment = (order: string) =>
    provider.createPayment({
      idempotencyKey: `${market.name}:${order}`,
      amount: market.sale,
      merchantReference: order,
      description: `Order ${order}`,
      metadata: { market: market.name },
      payer,
      urls: market.urls,
    })

  const untilItRests = async <K extends Kind>(reference: Reference<K>): Promise<Result<K>> => {
    let read = await provider.getStatus(reference)
    for (let count = 1; count < 5 && finality(reference.kind, read.status) === 'open'; count += 1) {
      await world.timePasses(market.name)
      read = await provider.getStatus(reference)
    }
    return read
  }

  const payOut = async (invoice: string, note: string): Promise<Payout> => {
    const sent = await provider.payout({
      idempotencyKey: `${market.name}:${invoice}`,
      merchantReference: invoice,
      description: 'Supplier invoice',
      ...market.payout,
    })
    line('payout', sent.status, sent.amount, note)
    const payout = await untilItRests(sent.reference)
    line('payout', payout.status, payout.amount, `${again(sent, 'sent')}; read until it rests`)
    return payout
  }

  const started = await startPayment('ORD-1001')
  if (started.nextAction?.type === 'redirect' && started.status === 'requires_action') {
    line('payment', started.status, started.amount, started.nextAction.url)
    const reported = untilReported(`${market.name} ORD-1001`)
    await world.pay(started.nextAction.url)
    line('', '', undefined, 'the payer pays on the page')
    await reported
    line('', '', undefined, 'a notification came; it was stored, answered 200 and read back')
  } else line('payment', started.status, started.amount, again(started, ''))
  const payment = await provider.getStatus({ ...started.reference, expectedAmount: market.sale })
  line('payment', payment.status, payment.amount, `amount ${payment.amountCheck}`)

  const open = await startPayment('ORD-1002')
  if (open.nextAction?.type !== 'redirect') throw new Error('the shop sends its payers to a page of the gateway')
  await world.forge(market.name, open.id, payment.id)
  const unpaid = await provider.getStatus(open.reference)
  line('payment', unpaid.status, unpaid.amount, 'a forged notification said paid; the read says no: ignored')

  const refunding = await provider.refund({
    idempotencyKey: `${market.name}:ORD-1001:refund`,
    payment: payment.reference,
    amount: market.refund,
  })
  line('refund', refunding.status, refunding.amount, again(refunding, 'part of it'))
  const refund = await untilItRests(refunding.reference)
  line('refund', refund.status, refund.amount, 'read until it rests')

  const first = await payOut('INV-77', 'to a supplier')
  await world.killAfterPayout(market.name)
  const second = await payOut('INV-78', 'it was under way when the shop died: found by its key')

  const inBooks = (what: string, { status, amount }: Result<Kind>, requested: Money): string => {
    const { value, currency } = amount ?? requested
    return `${what} ${status} ${value} ${currency}`
  }
  const payoutPrice = market.payout.amount
  await world.over(
    market.name,
    [
      inBooks('payment', payment, market.sale),
      inBooks('payment', unpaid, market.sale),
      // If a gateway reports no amount of a refund, the requested one is compared.
      inBooks('refund', refund, market.refund),
      inBooks('payout', first, payoutPrice),
      inBooks('payout', second, payoutPrice),
    ],
    open.nextAction.url,
  )
}
