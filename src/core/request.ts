import type { Amount, MinorUnits } from './money.js'
import type { Reference } from './reference.js'

/** How the payer is brought to pay. */
export type Flow =
  /** On a page of the gateway. */
  | 'hosted'
  /** On the payer's bank or wallet, without the gateway's page, or with a card token and 3-D Secure. */
  | 'direct'
  /** In the gateway's popup on the merchant's page. */
  | 'popup'
  /** In a UPI app on the payer's phone. */
  | 'upi_intent'

// Complete by its type: a flow that is added and not listed here fails to compile.
const everyFlow: Readonly<Record<Flow, true>> = { hosted: true, direct: true, popup: true, upi_intent: true }

/** Every flow. */
export const flowNames = Object.keys(everyFlow) as readonly Flow[]

/** Who pays. */
export interface Payer {
  /** The payer's full name. */
  readonly name?: string
  /** The payer's e-mail address. */
  readonly email?: string
  /** With country code, digits and a leading plus: `+4915112345678`. */
  readonly phone?: string
  /** BCP 47 language of the gateway's pages: `en`, `pt-BR`. */
  readonly locale?: string
  /** The payer's own address, for the gateway's fraud check. */
  readonly ip?: string
  /** ISO 3166-1 alpha-2 code of the payer's country: `DE`. It is for routing; no gateway gets it. */
  readonly country?: string
  /** Further fields that a payment method needs, by the gateway's names (`date_of_birth`). */
  readonly extra?: Readonly<Record<string, string>>
}

/** Which way to pay, if the merchant chooses. */
export interface PaymentMethod {
  /** How the payer is brought to pay. */
  readonly flow: Flow
  /** The gateway's code of the method. */
  readonly code?: string
  /** What the flow needs beside the payer's fields, by name. */
  readonly fields?: Readonly<Record<string, string>>
}

/** Where the payer's browser and the gateway's notifications go. */
export interface Urls {
  /** The payer's browser after paying. Proves nothing. */
  readonly success?: string
  /** The payer's browser after giving up or failing. */
  readonly failure?: string
  /** Where the gateway posts notifications about this payment, for gateways that take the address per payment. */
  readonly notification?: string
}

/** What every request of a money method has. */
export interface Intent {
  /** The caller's name for this one intent, reused on every repeat: 1 to 128 of `A-Z a-z 0-9 _ : . -`. */
  readonly idempotencyKey: string
  /** Nothing is sent after this time, in milliseconds since the epoch. Default: 15 minutes after the call with `paymux(config)`, none without a ledger. */
  readonly deadline?: number
  /** The merchant's own data: at most 4 KiB as JSON. With `paymux(config)` results and events carry it whichever gateway served. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Asks a payer for an amount, once. */
export interface PaymentRequest extends Intent {
  /** How much. */
  readonly amount: Amount
  /** The merchant's order number: 1 to 64 of `A-Z a-z 0-9 _ . -`. */
  readonly merchantReference: string
  /** What is paid for, in one line of at most 255 characters. */
  readonly description?: string
  /** Who pays. `requirements()` says what the gateways of a route need of it. Default: nothing is known. */
  readonly payer?: Payer
  /** How the payer pays. Default: the gateway's hosted page with every method it offers. */
  readonly method?: PaymentMethod
  /** Where the payer's browser goes. Default: the gateway's own pages. */
  readonly urls?: Urls
}

/** Gives captured money back. */
export interface RefundRequest extends Intent {
  /** The payment: the `reference` of its result or event. */
  readonly payment: Reference<'payment'>
  /** How much. Default: all that was captured. */
  readonly amount?: Amount
}

/** Who receives a payout. */
export type Beneficiary =
  | {
      readonly type: 'paydo_account'
      /** The account's id, or its e-mail address. */
      readonly account: string
      /** Needed, and allowed, with an e-mail address only. */
      readonly holder?: 'personal' | 'business'
    }
  | {
      readonly type: 'iban'
      /** IBAN without spaces, with right check digits. */
      readonly iban: string
      /** The account holder's name. */
      readonly name: string
      /** The account holder's e-mail address. */
      readonly email: string
    }
  | {
      readonly type: 'indian_bank_account'
      /** 6 to 20 digits or letters. */
      readonly accountNumber: string
      /** The bank branch's IFSC, upper case. */
      readonly ifsc: string
      /** The account holder's name. */
      readonly name: string
    }

/** Sends money from the merchant's balance. */
export interface PayoutRequest extends Intent {
  /** How much. */
  readonly amount: Amount
  /** The merchant's number of the payout: 1 to 64 of `A-Z a-z 0-9 _ . -`. */
  readonly merchantReference: string
  /** Shown to the beneficiary if the gateway has a place for it. */
  readonly description?: string
  /** Who receives the money. */
  readonly beneficiary: Beneficiary
  /** The gateway's code of the way the money travels (`IMPS`). Default: the gateway's own choice. */
  readonly method?: string
}

/** What is known of a payment before it is requested. What is absent is not decided yet. */
export interface PaymentQuery {
  /** ISO 4217 code. */
  readonly currency: string
  /** How the payer will pay. Default: the gateway's hosted page. */
  readonly method?: Pick<PaymentMethod, 'flow' | 'code'>
}

/** A request that passed the checks that every gateway shares: its amount is in minor units. */
export type Checked<R> = { readonly [P in keyof R]: P extends 'amount' ? MinorUnits : R[P] } & (R extends PaymentRequest
  ? {
      /** Who pays. Empty if the request has no payer. */
      readonly payer: Payer
      /** Where the payer's browser goes. Empty if the request has no addresses. */
      readonly urls: Urls
    }
  : unknown)

/** The checked request of each money method. */
export interface CheckedRequests {
  /** A checked payment request. */
  readonly createPayment: Checked<PaymentRequest>
  /** A checked refund request. */
  readonly refund: Checked<RefundRequest>
  /** A checked payout request. */
  readonly payout: Checked<PayoutRequest>
}

/** The names of the fields that may be absent. */
type OptionalKey<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T] & string

/**
 * The optional fields of a payment request that a gateway may have a place for, by path. `deadline` and `payer.country` are
 * for paymux itself. The flow is not among them: an account that does not offer it cannot serve the request.
 */
export type PaymentField =
  | Exclude<OptionalKey<PaymentRequest>, 'deadline' | 'method' | 'payer' | 'urls'>
  | `payer.${Exclude<OptionalKey<Payer>, 'country'>}`
  | `method.${OptionalKey<PaymentMethod>}`
  | `urls.${OptionalKey<Urls>}`

/** The optional fields of a refund request that a gateway may have a place for. */
export type RefundField = Exclude<OptionalKey<RefundRequest>, 'deadline' | 'amount'>

/** The optional fields of a payout request that a gateway may have a place for. `method` is not among them: it is asked for. */
export type PayoutField = Exclude<OptionalKey<PayoutRequest>, 'deadline' | 'method'>
