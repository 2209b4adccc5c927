import type { Amount, Money } from './money.js'
import type { Reference } from './reference.js'

/** How the payer is brought to pay. */
export type Flow =
  /** On a page of the gateway's. */
  | 'hosted'
  /** On the payer's bank or wallet, without the gateway's page, or with a card token and 3-D Secure. */
  | 'direct'
  /** In the gateway's popup on the merchant's page. */
  | 'popup'
  /** In a UPI app on the payer's phone. */
  | 'upi_intent'

/** Who pays. */
export interface Payer {
  readonly name?: string
  readonly email?: string
  /** With country code, digits and a leading plus: `+4915112345678`. */
  readonly phone?: string
  /** BCP 47 language of the gateway's pages: `en`, `pt-BR`. */
  readonly locale?: string
  /** The payer's own address, for the gateway's fraud check. */
  readonly ip?: string
  /** ISO 3166-1 alpha-2 code of the payer's country: `DE`. Decides which account is asked; no gateway is told. */
  readonly country?: string
  /** Further fields that a payment method asks for, by the gateway's names (`date_of_birth`). */
  readonly extra?: Readonly<Record<string, string>>
}

/** Which way to pay, if the merchant chooses. */
export interface PaymentMethod {
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

interface Intent {
  /** The caller's name for this one intent, reused on every repeat: 1 to 128 of `A-Z a-z 0-9 _ : . -`. */
  readonly idempotencyKey: string
  /** Nothing is sent after this time, milliseconds since the epoch. */
  readonly deadline?: number
  /** The merchant's own data, echoed by gateways that keep it. At most 4 KiB as JSON. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** A wish to collect an amount once. */
export interface PaymentRequest extends Intent {
  readonly amount: Amount
  /** The merchant's order number: 1 to 64 of `A-Z a-z 0-9 _ . -`. */
  readonly merchantReference: string
  readonly description?: string
  readonly payer: Payer
  /** Absent: the gateway's hosted page with every method it offers. */
  readonly method?: PaymentMethod
  readonly urls: Urls
}

/** A wish to give captured money back. */
export interface RefundRequest extends Intent {
  readonly payment: Reference<'payment'>
  /** Absent: all of it. */
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
  | { readonly type: 'iban'; readonly iban: string; readonly name: string; readonly email: string }
  | {
      readonly type: 'indian_bank_account'
      readonly accountNumber: string
      readonly ifsc: string
      readonly name: string
    }

/** A wish to send money from the merchant's balance. */
export interface PayoutRequest extends Intent {
  readonly amount: Amount
  readonly merchantReference: string
  /** Shown to the beneficiary, where the gateway has a place for it. */
  readonly description?: string
  readonly beneficiary: Beneficiary
  /** The gateway's code of the way the money travels (`IMPS`), where it offers several. */
  readonly method?: string
}

/** A request that passed the checks every gateway shares: amounts are minor units. */
export type Checked<R> = { readonly [P in keyof R]: P extends 'amount' ? Money : R[P] }
