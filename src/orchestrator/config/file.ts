/**
 * What may stand in a configuration file. The JSON Schema is made from these types and those of the adapters: their
 * comments are what an editor shows, and their tags are limits in it.
 */

/**
 * The name of an account, as references carry it and notification addresses show it.
 * @pattern ^[A-Za-z][\w.-]{0,63}$
 */
type AccountName = string

/**
 * The id of an encryption key: 1 to 32 of `A-Z a-z 0-9 _ -`.
 * @pattern ^[\w-]{1,32}$
 */
type KeyId = string

/**
 * An amount in major units, with no more decimals than its currency's.
 * @pattern ^(0|[1-9]\d{0,17})(\.\d{1,30})?$
 */
type Decimal = string

/**
 * A flow (`hosted`, `direct`, `popup`, `upi_intent`) or a gateway's code of a method.
 * @pattern ^[\w,.-]{1,64}$
 */
type Method = string

/**
 * An address or a CIDR range, IPv4 or IPv6.
 * @pattern ^[0-9A-Fa-f.:]{2,45}(/\d{1,3})?$
 */
type AddressRange = string

/** Bounds of an amount, both included. At least one of them.
 * @minProperties 2
 */
interface AmountRangeInFile {
  /** The currency of both bounds. Other currencies do not match. */
  readonly currency: CurrencyCode
  /** The lowest amount. Default: none. */
  readonly from?: Decimal
  /** The highest amount. Default: none. */
  readonly to?: Decimal
}

/** An ISO 4217 code. */
type CurrencyCode = string

/** An ISO 3166-1 alpha-2 code. */
type CountryCode = string

/** What a request has to be like, all of it; what is absent does not matter. */
interface ConditionInFile {
  /**
   * Refunds and reads are not routed: they go to the account that holds the money.
   * @minItems 1
   */
  readonly operation?: ReadonlyArray<'createPayment' | 'payout'>
  /**
   * The request's currency is one of these.
   * @minItems 1
   */
  readonly currency?: readonly CurrencyCode[]
  /** The request's amount lies in this range. */
  readonly amount?: AmountRangeInFile
  /**
   * The payer's country. A request that does not tell it does not fit.
   * @minItems 1
   */
  readonly country?: readonly CountryCode[]
  /**
   * The flow or the code of the method, whichever is listed. A payment without a method is `hosted`.
   * @minItems 1
   */
  readonly method?: readonly Method[]
  /** The request's metadata has all of these. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** An account with its share. */
interface WeightedTarget {
  /** The account. */
  readonly account: AccountName
  /**
   * Its share of the weighted shuffle.
   * @asType integer
   * @minimum 1
   * @maximum 1000
   */
  readonly weight: number
}

/** Which accounts serve the requests that fit. The first route that fits decides. */
interface RouteInFile {
  /** Which requests it takes. Default: all. */
  readonly when?: ConditionInFile
  /**
   * The accounts in the order they are tried. Where any has a weight, the order is shuffled by the weights, and an account
   * without one counts 1.
   * @minItems 1
   */
  readonly to: ReadonlyArray<AccountName | WeightedTarget>
}

/** A database in one file, for one machine. */
interface SqliteStore {
  /** The kind of store. */
  readonly type: 'sqlite'
  /**
   * Path of the file, from the working directory. Another working directory is another ledger: better an absolute path.
   * `:memory:` is for tests.
   * @minLength 1
   */
  readonly file: string
}

/** PostgreSQL, for several machines. */
interface PostgresStore {
  /** The kind of store. */
  readonly type: 'postgres'
  /**
   * Address of the database.
   * @pattern ^postgres(ql)?://
   */
  readonly url: string
}

/** Encrypts personal data and request bodies in the store. */
interface EncryptionInFile {
  /** The key that new records are encrypted with. The others still open older ones. */
  readonly current: KeyId
  /**
   * Keys by id, each 32 random bytes as Base64.
   * @minProperties 1
   */
  readonly keys: Readonly<Record<string, EncryptionKey>>
  /** After `start`, encrypts what is plain or encrypted with another key with the current one. Default: false. */
  readonly migrate?: boolean
}

/**
 * A key: 32 random bytes as Base64.
 * @pattern ^[A-Za-z0-9+/]{43}=$
 */
type EncryptionKey = string

/** Where an account's notifications come from. */
interface SourceInFile {
  /** `enforce` refuses every other address; `observe` takes the notification. */
  readonly mode: 'enforce' | 'observe'
  /** Absent: what the account's gateway publishes. */
  readonly addresses?: readonly AddressRange[]
}

/** How notifications are taken in. */
interface WebhooksInFile {
  /**
   * Where the gateways reach the handler: an https address without query. Plain http is taken for loopback addresses.
   * @pattern ^https?://[^\s?#@]+$
   */
  readonly publicUrl: string
  /**
   * Notification addresses are derived from it.
   * @minLength 32
   */
  readonly secret: string
  /** Proxies whose X-Forwarded-For is believed. Default: none. */
  readonly trustedProxies?: readonly AddressRange[]
  /** By account. */
  readonly sources?: Readonly<Record<string, SourceInFile>>
}

/**
 * Hours, up to a week.
 * @asType integer
 * @minimum 1
 * @maximum 168
 */
type Hours = number

/** What is done in the background after `start`, and by `tick`. */
interface BackgroundInFile {
  /**
   * Hours from one comparison of what an account's gateway lists with the ledger to the next. `false`: only `reconcile` compares.
   * Default: 24.
   */
  readonly reconcileHours?: Hours | false
  /**
   * How many days before the end of the last comparison the next begins: an object may be listed late. Default: 3.
   * @asType integer
   * @minimum 1
   * @maximum 31
   */
  readonly reconcileDays?: number
  /**
   * Minutes from one round of housekeeping to the next: notifications that no object was found for, and what is too old to be kept. Default: 60.
   * @asType integer
   * @minimum 1
   * @maximum 1440
   */
  readonly housekeepingMinutes?: number
}

/**
 * Whole days.
 * @asType integer
 * @minimum 1
 * @maximum 36500
 */
type Days = number

/** For how long personal data is kept, in whole days. `false` keeps it without limit. */
interface RetentionInFile {
  /**
   * Requests, metadata, what was sent and reported: so long after the payment, refund or payout is over. Never while it is open,
   * disputed, unresolved or under review. Default: 400.
   */
  readonly personalData?: Days | false
  /** Bodies of notifications: so long after they came. Default: 30. */
  readonly notifications?: Days | false
  /** What events hold about a person: so long after they were delivered. Default: 90. */
  readonly events?: Days | false
  /** Lines of the log that decided nothing: polls, say. The others stay. Default: 400. */
  readonly log?: Days | false
}

/** An account: `adapter` names its gateway's adapter, and the rest is that adapter's. */
interface AccountInFile {
  /** The name of the gateway's adapter. */
  readonly adapter: string
  readonly [field: string]: unknown
}

/** The configuration of paymux. In every text, ${NAME} stands for an environment variable and $${ for the characters themselves. */
export interface ConfigurationFile {
  /** Where the JSON Schema of the file is, for editors. */
  readonly $schema?: string
  /**
   * The accounts by name.
   * @minProperties 1
   */
  readonly accounts: Readonly<Record<string, AccountInFile>>
  /**
   * Which accounts serve what. Absent: all of them, in the order of the file.
   * @minItems 1
   */
  readonly routes?: readonly RouteInFile[]
  /** Where the ledger is kept. */
  readonly store: SqliteStore | PostgresStore
  /** Encrypts personal data and request bodies in the store. Default: they are stored as they are. */
  readonly encryption?: EncryptionInFile
  /** How notifications are taken in. Default: they are not. */
  readonly webhooks?: WebhooksInFile
  /** What is done in the background. Default: what each field says. */
  readonly background?: BackgroundInFile
  /** For how long personal data is kept. What proves that money moved once stays: keys, amounts, states, ids. */
  readonly retention?: RetentionInFile
}
