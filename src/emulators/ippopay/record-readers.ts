import { refundsOf } from './collections/refunds.js'
import { transactionOf } from './collections/transactions.js'
import type { Context } from './context.js'
import { lookUpBeneficiary } from './payouts/beneficiaries.js'
import { lookUpTransfer } from './payouts/transfers.js'
import type { Beneficiary, Order, Refund, Transaction, Transfer } from './records.js'

/** The emulator's own records, to compare with. Each answer is a copy; amounts are integer paise. */
export interface Records {
  readonly order: (orderId: string) => Order | undefined
  readonly orders: () => readonly Order[]
  /** The transaction that the gateway shows for the order. */
  readonly transactionOf: (orderId: string) => Transaction | undefined
  /** Every try to pay the order, the earliest first. */
  readonly transactions: (orderId: string) => readonly Transaction[]
  readonly refunds: (orderId: string) => readonly Refund[]
  /** By `trans_ref`; the latest, where references need not be unique. */
  readonly transfer: (transRef: string) => Transfer | undefined
  readonly transfers: () => readonly Transfer[]
  /** By `beneficiary_ref`; the latest, where references need not be unique. */
  readonly beneficiary: (beneficiaryRef: string) => Beneficiary | undefined
  readonly beneficiaries: () => readonly Beneficiary[]
  readonly balancePaise: () => number
}

export const recordsOf = (context: Context): Records => {
  const { books } = context
  const shown = (orderId: string) => {
    const order = books.orders.get(orderId)
    return order === undefined ? undefined : transactionOf(context, order)
  }
  return {
    order: (orderId) => structuredClone(books.orders.get(orderId)),
    orders: () => structuredClone([...books.orders.values()]),
    transactionOf: (orderId) => structuredClone(shown(orderId)),
    transactions: (orderId) => structuredClone(books.transactions.filter((tried) => tried.orderId === orderId)),
    refunds: (orderId) => structuredClone(refundsOf(context, orderId)),
    transfer: (transRef) => structuredClone(lookUpTransfer(context, transRef)),
    transfers: () => structuredClone(books.transfers),
    beneficiary: (beneficiaryRef) => structuredClone(lookUpBeneficiary(context, beneficiaryRef)),
    beneficiaries: () => structuredClone(books.beneficiaries),
    balancePaise: () => books.balancePaise,
  }
}
