import type { Context } from '../context.js'
import type { Order, Outcome, PayMode, Transaction } from '../records.js'
import { Refusal } from '../refusal.js'

export interface Conclusion {
  /** What was really paid, by default the amount of the order. */
  readonly paidPaise?: number
  readonly failureReason?: string
}

/** A payer begins to pay. An order may see many tries, one after the other or side by side, until one succeeds. */
export const beginTransaction = (context: Context, order: Order, payMode: PayMode): Transaction => {
  refuseIfPaid(order)
  const now = context.clock.now()
  const transaction: Transaction = {
    transId: context.nextId('trans'),
    orderId: order.orderId,
    status: 'pending',
    failureReason: '',
    payMode,
    paidPaise: 0,
    refundStatus: 'not_requested',
    createdAt: now,
    updatedAt: now,
  }
  context.books.transactions.push(transaction)
  return transaction
}

/** The bank answers a try. A success pays the order, and a paid order stays paid. */
export const concludeTransaction = (
  context: Context,
  order: Order,
  transaction: Transaction,
  outcome: Outcome,
  { paidPaise = order.amountPaise, failureReason = 'Declined by the bank' }: Conclusion = {},
): void => {
  if (transaction.status !== 'pending') throw new Refusal('conflict', 'The transaction is concluded already')
  if (outcome === 'success') {
    refuseIfPaid(order)
    transaction.paidPaise = paidPaise
    order.status = 'paid'
  } else {
    transaction.failureReason = failureReason
  }
  transaction.status = outcome
  transaction.updatedAt = context.clock.now()
  context.notify(order, transaction)
}

/** A whole try at once; one that stays pending waits for its bank. */
export const tryToPay = (
  context: Context,
  order: Order,
  payMode: PayMode,
  outcome: Outcome | 'pending',
  conclusion?: Conclusion,
): Transaction => {
  const transaction = beginTransaction(context, order, payMode)
  if (outcome === 'pending') context.notify(order, transaction)
  else concludeTransaction(context, order, transaction, outcome, conclusion)
  return transaction
}

export const findTransaction = ({ books }: Context, transId: string): Transaction => {
  const transaction = books.transactions.find((candidate) => candidate.transId === transId)
  if (transaction === undefined) throw new Refusal('not_found', 'Transaction not found')
  return transaction
}

/** The try that stands for the order where IppoPay shows only one. */
export const transactionOf = ({ books, behaviour }: Context, { orderId }: Order): Transaction | undefined => {
  const tries = books.transactions.filter((transaction) => transaction.orderId === orderId)
  const latest = tries.at(-1)
  switch (behaviour.transactionChoice) {
    case 'first':
      return tries[0]
    case 'latest':
      return latest
    case 'success_wins':
      return tries.find(({ status }) => status === 'success') ?? latest
  }
}

const refuseIfPaid = ({ status }: Order): void => {
  if (status === 'paid') throw new Refusal('conflict', 'Order is already paid')
}
