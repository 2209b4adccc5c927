import type { MinorUnits, Secret, WebhookSettings } from '../../core/index.js'

/** The operations that routes decide about. Refunds and reads go to the account that holds the money. */
export type RoutedOperation = 'createPayment' | 'payout'

/** Bounds of an amount, both included. */
export interface AmountRange {
  readonly currency: string
  readonly from?: MinorUnits
  readonly to?: MinorUnits
}

/** What a request has to be like; what is absent does not matter. */
export interface Condition {
  readonly operation?: readonly RoutedOperation[]
  readonly currency?: readonly string[]
  readonly amount?: AmountRange
  readonly country?: readonly string[]
  readonly method?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
}

/** An account of a route. */
export interface Target {
  readonly account: string
  /** Its share in the weighted shuffle. */
  readonly weight?: number
}

/** Which accounts serve the requests that fit. */
export interface Route {
  readonly when: Condition
  readonly to: readonly Target[]
}

/** One account, for its adapter to decode. */
export interface AccountSettings {
  readonly adapter: string
  /** A function, so that what prints a configuration does not print credentials. */
  readonly settings: () => unknown
}

/** Where the ledger is kept. */
export type StoreSettings =
  | { readonly type: 'sqlite'; readonly file: string }
  | { readonly type: 'postgres'; readonly url: Secret }

/** What encrypts personal data and request bodies in the store. */
export interface EncryptionSettings {
  /** The id of the key that new records are encrypted with. */
  readonly current: string
  /** By id: 32 bytes as Base64. */
  readonly keys: Readonly<Record<string, Secret>>
  /** Rows that are not encrypted with the current key are to be. */
  readonly migrate?: boolean
}

/** What is done in the background, and when. */
export interface BackgroundSettings {
  /** Hours from one comparison of an account's lists with the ledger to the next. `false`: only `reconcile` compares. */
  readonly reconcileHours: number | false
  /** How many days before the end of the last comparison the next begins. */
  readonly reconcileDays: number
  /** Minutes from one round of housekeeping to the next: what has waited for too long, or is too old. */
  readonly housekeepingMinutes: number
}

/** For how long personal data is kept, in whole days. `false`: without limit. */
export interface RetentionSettings {
  /** Of payments, refunds, payouts and operations, since they are over. */
  readonly personalData: number | false
  /** Bodies of notifications, since they came. */
  readonly notifications: number | false
  /** What events hold, since they were delivered. */
  readonly events: number | false
  /** Lines of the log that decided nothing. */
  readonly log: number | false
}

/** A checked configuration, with what it refers to in place and its defaults filled in. */
export interface Configuration {
  /** By name, in the order of the file. */
  readonly accounts: ReadonlyMap<string, AccountSettings>
  readonly routes: readonly Route[]
  readonly store: StoreSettings
  readonly encryption?: EncryptionSettings
  readonly webhooks?: WebhookSettings
  readonly background: BackgroundSettings
  readonly retention: RetentionSettings
}
