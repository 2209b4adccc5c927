import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  decodeConfig,
  exactObject,
  invalidConfig,
  Origin,
  type PaymentError,
  ProxyAddress,
  refine,
  type Secret,
  SecretText,
  text,
} from '../../core/index.js'
import { NOT_REQUESTED, normalized, type RefundStatuses } from './status.js'

/**
 * One IppoPay account, as it stands in a configuration file. A field that is wrong, missing or not listed here is
 * `InvalidConfig` at its path.
 */
export interface IppopayConfig {
  /** Which adapter serves the account. */
  readonly adapter: 'ippopay'
  /** The name that references carry: 1 to 64 of `A-Z a-z 0-9 _ . -`. Default: `ippopay`. */
  readonly account?: string
  /** Which keys these are. */
  readonly mode: 'live' | 'test'
  /** Origin of the REST API: https, or http for a loopback address. Default: `https://api.ippopay.com`. Source: IppoPay, docs-api. */
  readonly apiUrl?: string
  /**
   * Origin of the hosted page: https, or http for a loopback address. Default: `https://pay.ippopay.com`. Source: the
   * official PrestaShop module.
   */
  readonly checkoutUrl?: string
  /**
   * The forward proxy of every request of the account, for gateways that take calls from listed addresses only. TLS goes
   * through it to the gateway. Default: none; environment variables such as `HTTPS_PROXY` are not read.
   * @pattern ^http://[^\s/?#]+/?$
   */
  readonly proxy?: string
  /**
   * The path that every path of the REST API starts with. Default: `/v1` for mode `live`, `/apitest/v1/pg` for mode `test`.
   * Source: IppoPay, docs-api, and, for test keys, the official Node client; there docs-api and the PHP client use `/v1`.
   */
  readonly pathPrefix?: string
  /**
   * The public key of the collections product. Safe for browsers. Errors: `InvalidConfig` if it begins with the other mode's
   * prefix, `pk_live_` or `pk_test_`. Source: the dashboard, https://app.ippopay.com/settings/api.
   */
  readonly publicKey: string
  /** The secret key of the collections product. Source: the dashboard, https://app.ippopay.com/settings/api. */
  readonly secretKey: string
  /**
   * What words in a transaction's `refund_status` stand for, compared without case. Default: every word but `not_requested`
   * is `processing`, so that no refund ends by itself. Errors: `InvalidConfig` for `not_requested`, and for a word that
   * stands twice. Source: the merchant's own observation; IppoPay documents `not_requested` only.
   */
  readonly refundStatuses?: Readonly<Record<string, 'processing' | 'succeeded' | 'failed'>>
  /** The key pair of the payout product. Default: the account offers no payouts. Source: IppoPay, docs-api, Payouts. */
  readonly payouts?: {
    /** The public key of the payout product. Source: the payout dashboard. */
    readonly publicKey: string
    /** The secret key of the payout product. Source: the payout dashboard. */
    readonly secretKey: string
    /**
     * Whether a real transfer has proved that IppoPay refuses a second one under the same `trans_ref`. If `true`, a payout
     * whose answer was lost may be sent again under its key within a day. Default: `false`.
     */
    readonly uniqueRefsProven?: boolean
  }
}

/** A key pair for HTTP Basic authentication. */
export interface Keys {
  /** The user. */
  readonly publicKey: string
  /** The password. */
  readonly secretKey: Secret
}

/** A decoded configuration with every default filled in. */
export interface Account extends Keys {
  /** The name that references carry. */
  readonly account: string
  /** Which keys these are. */
  readonly mode: 'live' | 'test'
  /** Origin of the REST API. */
  readonly apiUrl: string
  /** The forward proxy of every request. `undefined`: none. */
  readonly proxy: Secret | undefined
  /** Origin of the hosted page. */
  readonly checkoutUrl: string
  /** The path that every path of the REST API starts with. */
  readonly pathPrefix: string
  /** What words in `refund_status` stand for. */
  readonly refundStatuses: RefundStatuses
  /** The key pair of the payout product. `undefined`: the account offers no payouts. */
  readonly payouts: (Keys & { readonly uniqueRefsProven: boolean }) | undefined
}

// The user of HTTP Basic authentication; a colon would end it.
const PublicKey = text('text without spaces and colons', (s) => /^[\x21-\x39\x3b-\x7e]{1,256}$/.test(s))

const PathPrefix = text('a path such as /v1', (s) => s.length <= 128 && /^(\/[\w-]+)+$/.test(s))

const Words = refine(
  t.record(t.string, t.keyof({ processing: null, succeeded: null, failed: null }, 'processing, succeeded or failed')),
  `statuses by word, each word once and other than ${NOT_REQUESTED}`,
  (words): RefundStatuses | undefined => {
    const entries = Object.entries(words).map(([word, status]) => [normalized(word), status] as const)
    const statuses = new Map(entries)
    const isFine = statuses.size === entries.length && !statuses.has('') && !statuses.has(NOT_REQUESTED)
    return isFine ? statuses : undefined
  },
)

const Fields = exactObject(
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
    proxy: ProxyAddress,
    checkoutUrl: Origin,
    pathPrefix: PathPrefix,
    refundStatuses: Words,
    payouts: exactObject(
      'payout keys',
      { publicKey: PublicKey, secretKey: SecretText },
      { uniqueRefsProven: t.boolean },
    ),
  },
)

// Source: IppoPay, docs-api, Authentication: the dashboard shows live keys as pk_live_…; the official Node client tells the
// modes apart by the same text.
const prefixes = { live: 'pk_live_', test: 'pk_test_' } as const
const pathPrefixes = { live: '/v1', test: '/apitest/v1/pg' } as const

/**
 * Decodes a configuration. Gives `InvalidConfig`, also if the prefix of the public key belongs to the other mode: to take
 * one mode for the other sells goods for test money, or moves real money in a test.
 */
export const decodeAccount = (config: unknown): E.Either<PaymentError, Account> =>
  pipe(
    decodeConfig(Fields, config),
    E.filterOrElse(
      ({ mode, publicKey }) => !publicKey.startsWith(prefixes[mode === 'live' ? 'test' : 'live']),
      ({ mode }): PaymentError => invalidConfig([{ path: 'publicKey', expected: `a key of mode ${mode}` }]),
    ),
    E.map(
      ({ account, mode, apiUrl, proxy, checkoutUrl, pathPrefix, publicKey, secretKey, refundStatuses, payouts }) => ({
        account: account ?? 'ippopay',
        mode,
        apiUrl: apiUrl ?? 'https://api.ippopay.com',
        proxy,
        checkoutUrl: checkoutUrl ?? 'https://pay.ippopay.com',
        pathPrefix: pathPrefix ?? pathPrefixes[mode],
        publicKey,
        secretKey,
        refundStatuses: refundStatuses ?? new Map(),
        payouts: payouts && { ...payouts, uniqueRefsProven: payouts.uniqueRefsProven ?? false },
      }),
    ),
  )
