import type { EmulatorKit } from '../kit/emulator.js'
import type { PayopBehaviour } from './behaviour.js'

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** A state as the API shows it: a number or, if a test sets it, any text. */
export type State = number | string

/** What a token may be used for. */
export type Right = 'methods' | 'transactions' | 'refunds' | 'withdrawals' | 'balances'

/** A project (application) of the merchant. */
export interface Project {
  /** The public key without its prefix `application-`. */
  readonly id: string
  /** The public key, which invoices name. */
  readonly publicKey: string
  /** The secret key, which signs invoices. */
  readonly secretKey: string
  /** Ids of the payment methods that are enabled. */
  methods: readonly string[]
}

/** A bearer token. */
export interface Token {
  readonly token: string
  /** Milliseconds since the epoch; null is never. */
  expiresAt: number | null
  readonly rights: readonly Right[]
}

// Times of all records are milliseconds since the epoch, on the emulator's clock.

/** An invoice. */
export interface Invoice {
  /** A UUID. */
  readonly id: string
  /** The project that it belongs to. */
  readonly projectId: string
  /** Decimal text in major units, as it was sent. */
  readonly amount: string
  /** ISO 4217 code. */
  readonly currency: string
  /** The merchant's order id. */
  readonly orderId: string
  /** The items of the order, as they were sent. */
  readonly items: unknown
  /** The description of the order; empty if absent. */
  readonly description: string
  /** Where the payer goes after a success. */
  readonly resultUrl: string
  /** Where the payer goes after a failure. */
  readonly failPath: string
  /** The product's page; empty if absent. */
  readonly productUrl: string
  /** The language of the payer's pages, in lower case. */
  readonly language: string
  /** The payer, as the invoice names them. */
  readonly payer: {
    /** The payer's e-mail address. */
    readonly email: string
    /** The payer's name. */
    readonly name: string
    /** The payer's phone number. */
    readonly phone: string
    /** Further fields, by name. */
    readonly extraFields: Json
  }
  /** The id of the payment method; null if the payer chooses. */
  readonly paymentMethod: string | null
  /** The merchant's metadata. */
  readonly metadata: Json
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch; null if it has not changed. */
  updatedAt: number | null
  /** Whether the payer has opened its page. */
  isSeen: boolean
  /** Its transaction; null before the payer pays. */
  transactionId: string | null
  /** The status that `setInvoiceStatus` set, whatever the transaction says; null if it set none. */
  forcedStatus: State | null
}

/** A transaction: a payer's payment of an invoice. */
export interface Transaction {
  /** A UUID. */
  readonly id: string
  /** Its invoice. */
  readonly invoiceId: string
  /** The id of the payment method. */
  readonly paymentMethod: string
  /** 1 new, 2 accepted, 3 rejected, 4 pending, 5 failed, 9 pre-approved, 15 timed out. */
  state: State
  /** The error text; empty if absent. */
  error: string
  /** What the merchant gets, in major units: net of the fee that the merchant bears. */
  readonly amount: number
  /** ISO 4217 code of `amount`. */
  readonly currency: string
  /** The invoice's amount, in major units. */
  readonly productAmount: number
  /** What the payer is charged, in major units of `chosenCurrency`. */
  readonly chosenAmount: number
  /** ISO 4217 code of what the payer is charged. */
  readonly chosenCurrency: string
  /** The fee, in major units. */
  readonly fee: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch; null if it has not changed. */
  updatedAt: number | null
  /** The payer, as the checkout names them. */
  readonly customer: {
    /** The payer's e-mail address. */
    readonly email: string
    /** The payer's name. */
    readonly name: string
    /** The payer's phone number. */
    readonly phone: string
    /** The payer's IP address. */
    readonly ip: string
  }
  /** The merchant's waiting page; null in the hosted flow. */
  readonly checkStatusUrl: string | null
  /** The first six and the last four digits of the card, and its scheme; null if no card pays. */
  readonly card: {
    /** The first digits of the card. */
    readonly bin: string
    /** The last digits of the card. */
    readonly lastDigits: string
    /** The card scheme. */
    readonly paymentSystem: string
  } | null
  /** The payer's IBAN; null if a card pays. */
  readonly iban: string | null
  /** Number of acquirers that were tried; above 1 with payment routing only. */
  attempts: number
  /** Whether the checkout asked for an authorisation without a capture. */
  readonly authOnly: boolean
  /** Whether it is authorised and waits for its capture. */
  authorized: boolean
  /** Whether it is disputed. */
  hasChargeback: boolean
  /** How often check-invoice-status was called. */
  polls: number
}

/** A refund. */
export interface Refund {
  /** A UUID. */
  readonly id: string
  /** The transaction that is refunded. */
  readonly transactionId: string
  /** 1 new, 2 accepted, 3 and 4 rejected. */
  status: State
  /** 1 full, 2 partial. */
  readonly type: number
  /** In major units. */
  readonly amount: number
  /** ISO 4217 code. */
  readonly currency: string
  /** The merchant's metadata, or `isAutoRefund`. */
  readonly metadata: Json
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch; null if it has not changed. */
  updatedAt: number | null
  /** Why it was rejected; null if no reason was given. */
  error: string | null
}

/** A withdrawal: a payout. */
export interface Withdrawal {
  /** A UUID. */
  readonly id: string
  /** The id of its transaction in the wallet. */
  readonly transactionId: string
  /** The batch that it came in; null if it came alone. */
  readonly groupId: string | null
  /** 1 and 4 pending, 2 accepted, 3 rejected. */
  status: State
  /** 1 fee from the wallet, 2 fee from the amount. */
  readonly type: number
  /** The withdrawal method: 15 PayDo, 20 bank transfer. */
  readonly method: number
  /** In major units. */
  readonly amount: number
  /** What leaves the wallet, in major units. */
  readonly payAmount: number
  /** ISO 4217 code. */
  readonly currency: string
  /** The beneficiary, as it was sent. */
  readonly additionalData: Json
  /** The merchant's metadata. */
  readonly metadata: Json
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch; null if it has not changed. */
  updatedAt: number | null
  /** Payop's comment on the decision; null if absent. */
  comment: string | null
}

/** What a card token stands for: the first six and the last four digits, never the number. */
export interface CardToken {
  readonly invoiceId: string
  readonly expiresAt: number
  readonly card: NonNullable<Transaction['card']>
}

/** Where notifications (IPNs) go; null is nowhere. */
export interface IpnUrls {
  /** Where notifications of payments go. */
  checkout: string | null
  /** Where notifications of refunds go; if null, to `checkout`. */
  refund: string | null
  /** Where notifications of withdrawals go; if null, to `checkout`. */
  withdrawal: string | null
}

/** Everything that one running emulator knows. */
export interface Gateway extends EmulatorKit<PayopBehaviour> {
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
  /** The X25519 secret key, 32 bytes, that decrypts sealed boxes. */
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

export const TIMEOUT = 'timeout'

/** State and error of a transaction as reads show them: with `documented_failed`, a timeout is a failure with that text. */
export const shown = ({ behaviour }: Gateway, { state, error }: Transaction): Pick<Transaction, 'state' | 'error'> =>
  state === TX.timeout && behaviour.timeout === 'documented_failed'
    ? { state: TX.failed, error: TIMEOUT }
    : { state, error }

/** Whether the invoice is 24 hours old and neither paid nor being paid. */
export const isOverdue = (gateway: Gateway, invoice: Invoice): boolean => {
  const state = transactionOf(gateway, invoice)?.state
  return (state === undefined || state === TX.timeout) && gateway.clock.now() >= invoice.createdAt + DAY_MS
}

/** The invoice's status as it follows from its transaction. It does not consider whether the invoice is overdue. */
export const invoiceStatus = (gateway: Gateway, invoice: Invoice): State => {
  if (invoice.forcedStatus !== null) return invoice.forcedStatus
  const state = transactionOf(gateway, invoice)?.state
  switch (state) {
    case undefined:
    case TX.new:
      return 0
    case TX.accepted:
      return 1
    case TX.preApproved:
      return gateway.behaviour.preApprovedInvoiceStatus
    case TX.rejected:
    case TX.failed:
      return 5
    case TX.timeout:
      return gateway.behaviour.timeout === 'plugins' ? 2 : 5
    default:
      return 4
  }
}
