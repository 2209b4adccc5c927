import type { Clock } from '../kit/clock.js'
import type { ExecutionLog } from '../kit/execution-log.js'
import type { Ids } from '../kit/ids.js'
import type { Notifications } from '../kit/notifications.js'
import type { PayopBehaviour } from './behaviour.js'

export type Json = Readonly<Record<string, unknown>>

/** What a token may be used for. */
export type Right = 'methods' | 'transactions' | 'refunds' | 'withdrawals' | 'balances'

export interface Project {
  /** The public key without its prefix `application-`. */
  readonly id: string
  readonly publicKey: string
  readonly secretKey: string
  /** Ids of the payment methods that are enabled. */
  methods: readonly string[]
}

export interface Token {
  readonly token: string
  /** Milliseconds since the epoch; null never expires. */
  readonly expiresAt: number | null
  readonly rights: readonly Right[]
}

/** Times of all records are milliseconds since the epoch. */
export interface Invoice {
  readonly id: string
  readonly projectId: string
  /** The text that was sent. */
  readonly amount: string
  readonly currency: string
  readonly orderId: string
  readonly items: unknown
  readonly description: string
  readonly resultUrl: string
  readonly failPath: string
  readonly productUrl: string
  readonly language: string
  readonly payer: { readonly email: string; readonly name: string; readonly phone: string; readonly extraFields: Json }
  readonly paymentMethod: string | null
  readonly metadata: Json
  readonly createdAt: number
  updatedAt: number | null
  isSeen: boolean
  transactionId: string | null
  /** Set by admin to show any status whatever the transaction says. */
  forcedStatus: number | null
}

export interface Transaction {
  readonly id: string
  readonly invoiceId: string
  readonly paymentMethod: string
  state: number
  error: string
  /** The ledger amount, net of the fee that the merchant bears. */
  readonly amount: number
  readonly currency: string
  readonly productAmount: number
  readonly chosenAmount: number
  readonly chosenCurrency: string
  readonly fee: number
  readonly createdAt: number
  updatedAt: number | null
  readonly customer: { readonly email: string; readonly name: string; readonly phone: string; readonly ip: string }
  /** The merchant's waiting page; null in the hosted flow. */
  readonly checkStatusUrl: string | null
  readonly card: { readonly bin: string; readonly lastDigits: string; readonly paymentSystem: string } | null
  readonly iban: string | null
  /** Acquirers tried so far; more than one with payment routing. */
  attempts: number
  readonly authOnly: boolean
  /** Authorised and waiting for its capture. */
  authorized: boolean
  hasChargeback: boolean
  /** How often check-invoice-status was asked. */
  polls: number
}

export interface Refund {
  readonly id: string
  readonly transactionId: string
  /** 1 new, 2 accepted, 3 and 4 rejected. */
  status: number
  /** 1 full, 2 partial. */
  readonly type: number
  readonly amount: number
  readonly currency: string
  readonly metadata: Json
  readonly createdAt: number
  updatedAt: number | null
  error: string | null
}

export interface Withdrawal {
  readonly id: string
  readonly transactionId: string
  readonly groupId: string | null
  /** 1 and 4 pending, 2 accepted, 3 rejected. */
  status: number
  /** 1 fee from the wallet, 2 fee from the amount. */
  readonly type: number
  readonly method: number
  readonly amount: number
  /** What leaves the wallet. */
  readonly payAmount: number
  readonly currency: string
  readonly additionalData: Json
  readonly metadata: Json
  readonly createdAt: number
  updatedAt: number | null
  comment: string | null
}

/** No card number is in here: what the token stands for is its first six and last four digits. */
export interface CardToken {
  readonly invoiceId: string
  readonly expiresAt: number
  readonly card: NonNullable<Transaction['card']>
}

/** Where IPNs go. Refund and withdrawal fall back to checkout. */
export interface IpnUrls {
  checkout: string | null
  refund: string | null
  withdrawal: string | null
}

/** Everything that one running emulator knows. */
export interface Gateway {
  readonly clock: Clock
  readonly ids: Ids
  readonly behaviour: PayopBehaviour
  readonly log: ExecutionLog
  readonly notifications: Notifications
  readonly projects: Map<string, Project>
  readonly tokens: Map<string, Token>
  readonly invoices: Map<string, Invoice>
  readonly transactions: Map<string, Transaction>
  readonly refunds: Map<string, Refund>
  readonly withdrawals: Map<string, Withdrawal>
  readonly cardTokens: Map<string, CardToken>
  readonly idempotencyKeys: Set<string>
  /** Available funds in ten-thousandths of the currency's unit. */
  readonly balances: Map<string, number>
  readonly ipnUrls: IpnUrls
  /** The origin of the payer's pages, known once they are served. */
  checkoutUrl: string
  /** The X25519 secret key, 32 bytes, that opens sealed boxes. */
  readonly boxSecretKey: Uint8Array
}

export const TX = { new: 1, accepted: 2, rejected: 3, pending: 4, failed: 5, preApproved: 9, timeout: 15 } as const
export const REFUND = { new: 1, accepted: 2 } as const
export const WITHDRAWAL = { new: 1, accepted: 2, rejected: 3, pending: 4 } as const

const DAY_MS = 24 * 60 * 60_000

export const transactionOf = ({ transactions }: Gateway, { transactionId }: Invoice): Transaction | undefined =>
  transactionId === null ? undefined : transactions.get(transactionId)

export const invoiceOf = ({ invoices }: Gateway, { invoiceId }: Transaction): Invoice => {
  const invoice = invoices.get(invoiceId)
  if (invoice === undefined) throw new Error('a transaction without its invoice')
  return invoice
}

/** Nothing was paid, nothing is under way, and the 24 hours are over. */
export const isOverdue = (gateway: Gateway, invoice: Invoice): boolean => {
  const state = transactionOf(gateway, invoice)?.state
  return (state === undefined || state === TX.timeout) && gateway.clock.now() >= invoice.createdAt + DAY_MS
}

/** The invoice's status as its transaction makes it, overdue aside. */
export const invoiceStatus = (gateway: Gateway, invoice: Invoice): number => {
  if (invoice.forcedStatus !== null) return invoice.forcedStatus
  const state = transactionOf(gateway, invoice)?.state
  switch (state) {
    case undefined:
      return 0
    case TX.accepted:
      return 1
    case TX.preApproved:
      return gateway.behaviour.preApprovedInvoiceStatus
    case TX.rejected:
    case TX.failed:
    case TX.timeout:
      return 5
    default:
      return 4
  }
}
