import type { Order, Outcome, PayMode, Transaction } from '../records.js'
import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'

/** What a bank decides beside the outcome. */
export interface PaymentDecision {
  /** What was paid, in paise. Default: the amount of the order. */
  readonly paidPaise?: number
  /** Why the payment failed. Default: `Declined by the bank`. */
  readonly failureReason?: string
}

/** Made up: how fast IppoPay settles is not documented. */
const SETTLED_AFTER_MS = 24 * 60 * 60_000

/** Starts an attempt to pay. An order may have several, one after the other or at once, until one succeeds. */
export const beginTransaction = (gateway: Gateway, order: Order, payMode: PayMode): Transaction => {
  refuseIfPaid(order)
  const now = gateway.clock.now()
  const transaction: Transaction = {
    transId: gateway.nextId('trans'),
    orderId: order.orderId,
    status: 'pending',
    forcedStatus: null,
    failureReason: '',
    payMode,
    paidPaise: 0,
    refundStatus: 'not_requested',
    settlement: null,
    createdAt: now,
    updatedAt: now,
  }
  gateway.transactions.push(transaction)
  return transaction
}

/** Decides an attempt, as the bank does. A success pays the order; a paid order stays paid. */
export const decideTransaction = (
  gateway: Gateway,
  order: Order,
  transaction: Transaction,
  outcome: Outcome,
  { paidPaise = order.amountPaise, failureReason = 'Declined by the bank' }: PaymentDecision = {},
): void => {
  if (transaction.status !== 'pending') throw new Refusal('conflict', 'The transaction is decided already')
  if (outcome === 'success') {
    refuseIfPaid(order)
    transaction.paidPaise = paidPaise
    order.status = 'paid'
    gateway.clock.after(SETTLED_AFTER_MS, () => {
      transaction.settlement = { id: gateway.nextId('settlement'), at: gateway.clock.now() }
    })
  } else {
    transaction.failureReason = failureReason
  }
  transaction.status = outcome
  transaction.updatedAt = gateway.clock.now()
  gateway.notifyPayment(order, transaction)
}

/** Starts an attempt to pay and decides it, unless it stays pending. */
export const tryToPay = (
  gateway: Gateway,
  order: Order,
  payMode: PayMode,
  outcome: Outcome | 'pending',
  decision?: PaymentDecision,
): Transaction => {
  const transaction = beginTransaction(gateway, order, payMode)
  if (outcome === 'pending') gateway.notifyPayment(order, transaction)
  else decideTransaction(gateway, order, transaction, outcome, decision)
  return transaction
}

export const findTransaction = ({ transactions }: Gateway, transId: string): Transaction => {
  const transaction = transactions.find((candidate) => candidate.transId === transId)
  if (transaction === undefined) throw new Refusal('not_found', 'Transaction not found')
  return transaction
}

/** The transaction that IppoPay shows for the order; it shows only one. */
export const transactionOf = ({ transactions, behaviour }: Gateway, { orderId }: Order): Transaction | undefined => {
  const tries = transactions.filter((transaction) => transaction.orderId === orderId)
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
