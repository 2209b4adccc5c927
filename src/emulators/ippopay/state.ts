import type { EmulatorKit } from '../kit/emulator.js'
import type { IppoPayBehaviour } from './behaviour.js'
import type { Credentials } from './credentials.js'
import type { NextId } from './ids.js'
import type { Beneficiary, Order, Refund, Transaction, Transfer } from './records.js'

/** Everything that one running emulator knows. Each list is in the order in which its records were made. */
export interface Gateway extends EmulatorKit<IppoPayBehaviour> {
  readonly orders: Map<string, Order>
  readonly transactions: Transaction[]
  readonly refunds: Refund[]
  readonly beneficiaries: Beneficiary[]
  readonly transfers: Transfer[]
  /** What the payout account holds, in paise. */
  balancePaise: number
  readonly nextId: NextId
  readonly credentials: { readonly live: Credentials; readonly test: Credentials }
  /** Notifies the order's `notify_url`, if it has one, of the state of a transaction. */
  readonly notifyPayment: (order: Order, transaction: Transaction) => void
}

export const MERCHANT = { id: 'merchant_emulator', name: 'Emulator Merchant' } as const
