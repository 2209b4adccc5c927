import type { Context } from '../context.js'
import { amount, type Fields } from '../fields.js'
import type { Order, Refund, Transaction } from '../records.js'
import { Refusal } from '../refusal.js'

/** Accepts a refund: in full without an amount. The answer tells neither an id nor a state; there is no read of refunds. */
export const requestRefund = (context: Context, order: Order, fields: Fields): Refund => {
  const { books, clock, behaviour } = context
  const full = fields.refund_amt === undefined
  const asked = full ? undefined : amount(fields, 'refund_amt')
  const transaction = paidTransaction(context, order)
  const refunded = refundsOf(context, order.orderId).reduce((sum, refund) => sum + refund.amountPaise, 0)
  const amountPaise = asked ?? transaction.paidPaise
  if (refunded + amountPaise > transaction.paidPaise)
    throw new Refusal('conflict', 'Refund amount exceeds what is left of the payment')

  const refund: Refund = { orderId: order.orderId, amountPaise, full, createdAt: clock.now() }
  books.refunds.push(refund)
  decideRefund(context, order, behaviour.refundStatus)
  if (behaviour.refundDecision !== null) {
    const { status, afterMs } = behaviour.refundDecision
    clock.after(afterMs, () => decideRefund(context, order, status))
  }
  return refund
}

/** Writes a word into the `refund_status` of the paid transaction, the only place where a refund can be seen. */
export const decideRefund = (context: Context, order: Order, status: string): void => {
  const transaction = paidTransaction(context, order)
  transaction.refundStatus = status
  transaction.updatedAt = context.clock.now()
}

export const refundsOf = ({ books }: Context, orderId: string): readonly Refund[] =>
  books.refunds.filter((refund) => refund.orderId === orderId)

const paidTransaction = ({ books }: Context, { orderId }: Order): Transaction => {
  const paid = books.transactions.find(
    (transaction) => transaction.orderId === orderId && transaction.status === 'success',
  )
  if (paid === undefined) throw new Refusal('conflict', 'Order is not paid')
  return paid
}
