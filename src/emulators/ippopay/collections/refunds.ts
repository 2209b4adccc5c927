import { amount, type Fields } from '../fields.js'
import type { Order, Refund, Transaction } from '../records.js'
import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'

/** Accepts a refund: in full if there is no amount. The answer has neither an id nor a state, and refunds cannot be read. */
export const requestRefund = (gateway: Gateway, order: Order, fields: Fields): Refund =>
  startRefund(gateway, order, fields.refund_amt === undefined ? undefined : amount(fields, 'refund_amt'))

/** Starts a refund: for a request, or for the staff of the merchant in the dashboard. Default: in full. */
export const startRefund = (gateway: Gateway, order: Order, requested?: number): Refund => {
  const { clock, behaviour } = gateway
  const full = requested === undefined
  const transaction = paidTransaction(gateway, order)
  const refunded = refundsOf(gateway, order.orderId).reduce((sum, refund) => sum + refund.amountPaise, 0)
  const amountPaise = requested ?? transaction.paidPaise
  if (refunded + amountPaise > transaction.paidPaise)
    throw new Refusal('conflict', 'Refund amount exceeds what is left of the payment')

  const refund: Refund = { orderId: order.orderId, amountPaise, full, createdAt: clock.now() }
  gateway.refunds.push(refund)
  decideRefund(gateway, order, behaviour.refundStatus)
  if (behaviour.refundDecision !== null) {
    const { status, afterMs } = behaviour.refundDecision
    clock.after(afterMs, () => decideRefund(gateway, order, status))
  }
  return refund
}

/** Writes a status into `refund_status` of the paid transaction, the only place where the API shows a refund. */
export const decideRefund = (gateway: Gateway, order: Order, status: string): void => {
  const transaction = paidTransaction(gateway, order)
  transaction.refundStatus = status
  transaction.updatedAt = gateway.clock.now()
}

export const refundsOf = ({ refunds }: Gateway, orderId: string): readonly Refund[] =>
  refunds.filter((refund) => refund.orderId === orderId)

const paidTransaction = ({ transactions }: Gateway, { orderId }: Order): Transaction => {
  const paid = transactions.find((transaction) => transaction.orderId === orderId && transaction.status === 'success')
  if (paid === undefined) throw new Refusal('conflict', 'Order is not paid')
  return paid
}
