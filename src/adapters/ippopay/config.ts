import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  closed,
  decodeConfig,
  invalidConfig,
  Origin,
  type PaymentError,
  refined,
  type Secret,
  SecretText,
  text,
} from '../../core/index.js'
import { NOT_REQUESTED, normalized, type RefundStatuses } from './status.js'

/** One IppoPay account, as it stands in a configuration file. */
export interface IppopayConfig {
  readonly adapter: 'ippopay'
  /** The name that references carry. `ippopay` unless told. */
  readonly account?: string
  /** Which keys these are. A key that begins with the other mode's documented prefix is refused. */
  readonly mode: 'live' | 'test'
  /** Origin of the REST API. `https://api.ippopay.com` unless told. */
  readonly apiUrl?: string
  /** Origin of the hosted page. `https://pay.ippopay.com` unless told. */
  readonly checkoutUrl?: string
  /**
   * What stands before every path of the REST API. `/v1` for live and `/apitest/v1/pg` for test keys unless told. For test
   * keys the sources differ: the official Node client uses the latter; the documentation and the PHP client, `/v1`.
   */
  readonly pathPrefix?: string
  /** Begins with `pk_live_` or `pk_test_`. Safe for browsers. */
  readonly publicKey: string
  readonly secretKey: string
  /**
   * What words in a transaction's `refund_status` stand for. IppoPay documents none of them; without this every refund
   * stays `processing`.
   */
  readonly refundStatuses?: Readonly<Record<string, 'processing' | 'succeeded' | 'failed'>>
  /** The key pair of the payout product. Without it the account offers no payouts. */
  readonly payouts?: {
    readonly publicKey: string
    readonly secretKey: string
    /** Whether a real transfer has proved that a second one under the same `trans_ref` is refused. `false` unless told. */
    readonly uniqueRefsProven?: boolean
  }
}

/** A key pair for HTTP Basic authentication. */
export interface Keys {
  readonly publicKey: string
  readonly secretKey: Secret
}

/** A decoded configuration with every default filled in. */
export interface Account extends Keys {
  readonly account: string
  readonly mode: 'live' | 'test'
  readonly apiUrl: string
  readonly checkoutUrl: string
  readonly pathPrefix: string
  readonly refundStatuses: RefundStatuses
  readonly payouts: (Keys & { readonly uniqueRefsProven: boolean }) | undefined
}

// The user of HTTP Basic authentication; a colon would end it.
const PublicKey = text('text without spaces and colons', (s) => /^[\x21-\x39\x3b-\x7e]{1,256}$/.test(s))

const PathPrefix = text('a path such as /v1', (s) => s.length <= 128 && /^(\/[\w-]+)+$/.test(s))

const Words = refined(
  t.record(t.string, t.keyof({ processing: null, succeeded: null, failed: null }, 'processing, succeeded or failed')),
  `statuses by word, each word once and other than ${NOT_REQUESTED}`,
  (words): RefundStatuses | undefined => {
    const entries = Object.entries(words).map(([word, status]) => [normalized(word), status] as const)
    const statuses = new Map(entries)
    const isFine = statuses.size === entries.length && !statuses.has('') && !statuses.has(NOT_REQUESTED)
    return isFine ? statuses : undefined
  },
)

const Fields = closed(
  'an IppoPay account',
  {
    adapter: t.literal('ippopay'),
    mode: t.keyof({ live: null, test: null }, 'live or test'),
    publicKey: PublicKey,
    secretKey: SecretText,
  },
  {
    account: AccountName,
    apiUrl: Origin,
    checkoutUrl: Origin,
    pathPrefix: PathPrefix,
    refundStatuses: Words,
    payouts: closed('payout keys', { publicKey: PublicKey, secretKey: SecretText }, { uniqueRefsProven: t.boolean }),
  },
)

// IppoPay, docs-api, Authentication: https://app.ippopay.com/settings/api shows live keys as pk_live_…; the official Node
// client tells the modes apart by the same text.
const prefixes = { live: 'pk_live_', test: 'pk_test_' } as const
const pathPrefixes = { live: '/v1', test: '/apitest/v1/pg' } as const

/**
 * Decodes a configuration. Gives `InvalidConfig`, also where the public key says that it belongs to the other mode:
 * taking one for the other sells goods for test money, or moves real money in a test.
 */
export const decodeAccount = (config: unknown): E.Either<PaymentError, Account> =>
  pipe(
    decodeConfig(Fields, config),
    E.filterOrElse(
      ({ mode, publicKey }) => !publicKey.startsWith(prefixes[mode === 'live' ? 'test' : 'live']),
      ({ mode }): PaymentError => invalidConfig([{ path: 'publicKey', expected: `a key of mode ${mode}` }]),
    ),
    E.map(({ account, mode, apiUrl, checkoutUrl, pathPrefix, publicKey, secretKey, refundStatuses, payouts }) => ({
      account: account ?? 'ippopay',
      mode,
      apiUrl: apiUrl ?? 'https://api.ippopay.com',
      checkoutUrl: checkoutUrl ?? 'https://pay.ippopay.com',
      pathPrefix: pathPrefix ?? pathPrefixes[mode],
      publicKey,
      secretKey,
      refundStatuses: refundStatuses ?? new Map(),
      payouts: payouts && { ...payouts, uniqueRefsProven: payouts.uniqueRefsProven ?? false },
    })),
  )
