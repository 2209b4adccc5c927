import { refundsOf } from './collections/refunds.js'
import { transactionOf } from './collections/transactions.js'
import { latestBeneficiary } from './payouts/beneficiaries.js'
import { latestTransfer } from './payouts/transfers.js'
import type { Beneficiary, Order, Refund, Transaction, Transfer } from './records.js'
import type { Gateway } from './state.js'

/** The emulator's records, for tests to compare with. Every result is a copy. Amounts are integer paise. */
export interface Records {
  /** Returns an order by its id. */
  readonly order: (orderId: string) => Order | undefined
  /** Lists all orders, the earliest first. */
  readonly orders: () => readonly Order[]
  /** Returns the transaction that the API shows for an order. */
  readonly transactionOf: (orderId: string) => Transaction | undefined
  /** Lists all attempts to pay an order, the earliest first. */
  readonly transactions: (orderId: string) => readonly Transaction[]
  /** Lists the refunds of an order, the earliest first. */
  readonly refunds: (orderId: string) => readonly Refund[]
  /** Returns a transfer by its `trans_ref`; the latest, if several have it. */
  readonly transfer: (transRef: string) => Transfer | undefined
  /** Lists all transfers, the earliest first. */
  readonly transfers: () => readonly Transfer[]
  /** Returns a beneficiary by its `beneficiary_ref`; the latest, if several have it. */
  readonly beneficiary: (beneficiaryRef: string) => Beneficiary | undefined
  /** Lists all beneficiaries, the earliest first. */
  readonly beneficiaries: () => readonly Beneficiary[]
  /** Returns what the payout account holds, in paise. */
  readonly balancePaise: () => number
}

export const recordsOf = (gateway: Gateway): Records => {
  const { orders, transactions, transfers, beneficiaries } = gateway
  const shown = (orderId: string) => {
    const order = orders.get(orderId)
    return order === undefined ? undefined : transactionOf(gateway, order)
  }
  return {
    order: (orderId) => structuredClone(orders.get(orderId)),
    orders: () => structuredClone([...orders.values()]),
    transactionOf: (orderId) => structuredClone(shown(orderId)),
    transactions: (orderId) => structuredClone(transactions.filter((tried) => tried.orderId === orderId)),
    refunds: (orderId) => structuredClone(refundsOf(gateway, orderId)),
    transfer: (transRef) => structuredClone(latestTransfer(gateway, transRef)),
    transfers: () => structuredClone(transfers),
    beneficiary: (beneficiaryRef) => structuredClone(latestBeneficiary(gateway, beneficiaryRef)),
    beneficiaries: () => structuredClone(beneficiaries),
    balancePaise: () => gateway.balancePaise,
  }
}
