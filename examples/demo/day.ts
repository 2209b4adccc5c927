import {
  finality,
  fromDecimal,
  type Kind,
  type Money,
  type PromisedProvider,
  type Reference,
  type Results,
  toDecimal,
} from 'paymux'
import { type Market, payer } from './orders.js'
import type { World } from './world.js'

/** Resolves when the ledger told that something became of this object. */
export type Told = (reference: Reference<Kind>) => Promise<void>

const idOf = (reference: Reference<Kind>): string => ('id' in reference ? reference.id : reference.key)

const priceOf = ({ amount, currency }: { readonly amount: string; readonly currency: string }): Money => {
  const price = fromDecimal(amount, currency)
  if (price === undefined) throw new Error('a price is no amount of its currency')
  return price
}

/**
 * One day of the shop in one market. It knows no gateway, and it may be run again after the process died: every call has
 * its own key, and the same key never moves money twice.
 */
export const trade = async (
  provider: PromisedProvider,
  market: Market,
  world: World,
  told: Told,
  print: (line: string) => void,
): Promise<void> => {
  const line = (what: string, status: string, amount: Money | undefined, note: string) => {
    const price = amount === undefined ? '' : `${toDecimal(amount)} ${amount.currency}`
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
      payer,
      urls: market.urls,
    })

  const untilItRests = async <K extends Kind>(reference: Reference<K>): Promise<Results[K]> => {
    let seen = await provider.getStatus(reference)
    for (let look = 1; look < 5 && finality(reference.kind, seen.status) === 'open'; look += 1) {
      await world.timePasses(market.name)
      seen = await provider.getStatus(reference)
    }
    return seen
  }

  const payOut = async (invoice: string, note: string): Promise<Results['payout']> => {
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
    const notified = told(started.reference)
    await world.pay(started.nextAction.url)
    line('', '', undefined, 'the payer pays on the page')
    await notified
    line('', '', undefined, 'a notification came; it was stored, answered 200 and read back')
  } else line('payment', started.status, started.amount, again(started, ''))
  const payment = await provider.getStatus({ ...started.reference, expected: priceOf(market.sale) })
  line('payment', payment.status, payment.amount, `amount ${payment.amountCheck}`)

  const open = await startPayment('ORD-1002')
  if (open.nextAction?.type !== 'redirect') throw new Error('the shop sends its payers to a page of the gateway')
  await world.forge(market.name, idOf(open.reference), idOf(payment.reference))
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

  const inBooks = (what: string, { status, amount }: Results[Kind], asked: Market['sale']): string =>
    `${what} ${status} ${amount === undefined ? `${asked.amount} ${asked.currency}` : `${toDecimal(amount)} ${amount.currency}`}`
  const payoutPrice = market.payout.amount
  await world.over(
    market.name,
    [
      inBooks('payment', payment, market.sale),
      inBooks('payment', unpaid, market.sale),
      // Where a gateway tells no amount of a refund, what was asked for is compared.
      inBooks('refund', refund, market.refund),
      inBooks('payout', first, payoutPrice),
      inBooks('payout', second, payoutPrice),
    ],
    open.nextAction.url,
  )
}
