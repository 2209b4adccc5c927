import type * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Capabilities } from './capabilities.js'
import type { PaymentError } from './error.js'
import type { Call, Procedure, Send } from './exchange.js'
import type { StatusOf } from './lifecycle.js'
import type { MinorUnits } from './money.js'
import type { AnyReference, Kind, Reference } from './reference.js'
import type { Checked, PaymentRequest, PayoutRequest, RefundRequest } from './request.js'
import type { Snapshot, Snapshots } from './result.js'

/** A notification as it arrived. */
export interface RawNotification {
  /** HTTP method. */
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Header values by name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text. */
  readonly body: string
}

/** What a notification points at: a reason to read this object. What it reports is kept for de-duplication and never believed. */
export interface NotificationTarget {
  /** The object to read. */
  readonly reference: AnyReference
  /** The gateway's words or numbers as reported, by resource. */
  readonly reported: Readonly<Record<string, string>>
}

/** An object as a gateway's own list shows it. */
export interface Listed<K extends Kind> {
  /** Points at the object. */
  readonly reference: Reference<K>
  /** Where the object stands according to the list. */
  readonly status: StatusOf<K>
  /** Its amount, if the list shows it. */
  readonly amount?: MinorUnits
  /** What it belongs to, if the list shows it, as in a draft. Without `key`, the object was not made by paymux. */
  readonly names?: Readonly<Record<string, string>>
}

/** What a gateway lists. Absence from a list proves nothing: no gateway documents how complete its lists are, and how soon. */
export interface Listing<K extends Kind> {
  /** The entries that could be read. */
  readonly objects: readonly Listed<K>[]
  /** How many entries could not be read. */
  readonly unreadable: number
}

/** When the objects of a list were made. */
export interface Period {
  /** Milliseconds since the epoch, included. */
  readonly from: number
  /** Milliseconds since the epoch, not included. */
  readonly to: number
}

/** Lists the objects of one kind. An entry that does not show its time is in every period. */
export type List<K extends Kind> = (period: Period, call: Call) => TE.TaskEither<PaymentError, Listing<K>>

/** One account of one gateway, with each money method split at its submission. */
export interface Adapter {
  /** The version of this interface. An adapter of another version is not loaded. */
  readonly contract: 1
  /** The account's name, as references carry it. */
  readonly account: string
  /**
   * Who the account is: adapter, hosts, mode, public keys, project. Holds no secret, and stays the same when secrets are
   * rotated.
   */
  readonly identity: Readonly<Record<string, string>>
  /** The gateway's name as people write it, for texts that an operator reads. Default: the adapter's name. */
  readonly gateway?: string
  /** What the account can do. */
  readonly capabilities: Capabilities
  /** Sends requests with the account's credentials. */
  readonly send: Send
  /** Starts a payment. */
  readonly createPayment: Procedure<Checked<PaymentRequest>, Snapshot<'payment'>>
  /** Gives captured money back. */
  readonly refund: Procedure<Checked<RefundRequest>, Snapshot<'refund'>>
  /** Sends money to a beneficiary. */
  readonly payout: Procedure<Checked<PayoutRequest>, Snapshot<'payout'>>
  /** Reads an object back, by kind. */
  readonly read: {
    readonly [K in Kind]: (reference: Reference<K>, call: Call) => TE.TaskEither<PaymentError, Snapshots[K]>
  }
  /** What a notification points at. Gives `InvalidRequest` for a body that names no object of this gateway. */
  readonly notification: (raw: RawNotification) => E.Either<PaymentError, NotificationTarget>
  /** The addresses that the gateway says it posts notifications from: single ones, or ranges in CIDR notation. */
  readonly notificationSources?: readonly string[]
  /** The lists of the gateway, for the kinds it has one of. */
  readonly list?: { readonly [K in Kind]?: List<K> }
}

/** Makes an adapter from the plain configuration of one account. Gives `InvalidConfig`. */
export type AdapterFactory = (config: unknown) => E.Either<PaymentError, Adapter>

/** The adapters by the name the configuration uses, loaded when one is named. */
export type Catalog = Readonly<Record<string, () => Promise<AdapterFactory>>>
