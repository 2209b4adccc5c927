import type { Clock } from '../kit/clock.js'
import type { Behaviour } from './behaviour.js'
import type { Credentials } from './credentials.js'
import type { NextId } from './ids.js'
import type { Beneficiary, Order, Refund, Transaction, Transfer } from './records.js'

/** Everything the gateway remembers, each list in the order things happened. */
export interface Books {
  readonly orders: Map<string, Order>
  readonly transactions: Transaction[]
  readonly refunds: Refund[]
  readonly beneficiaries: Beneficiary[]
  readonly transfers: Transfer[]
  balancePaise: number
}

/** What every room of the emulator works with. */
export interface Context {
  readonly books: Books
  readonly clock: Clock
  readonly behaviour: Behaviour
  readonly nextId: NextId
  readonly credentials: { readonly live: Credentials; readonly test: Credentials }
  /** The origin of the hosted pages. */
  readonly checkoutUrl: () => string
  /** Posts to the order's `notify_url`, if it has one. */
  readonly notify: (order: Order, transaction: Transaction) => void
}

export const MERCHANT = { id: 'merchant_emulator', name: 'Emulator Merchant' } as const

export const openBooks = (balancePaise: number): Books => ({
  orders: new Map(),
  transactions: [],
  refunds: [],
  beneficiaries: [],
  transfers: [],
  balancePaise,
})
