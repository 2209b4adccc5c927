import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  decodeConfig,
  exactObject,
  Origin,
  type PaymentError,
  ProxyAddress,
  type Secret,
  SecretText,
  text,
} from '../../core/index.js'

// TEMPLATE: replace the fields by those that an account of the gateway has. The JSON Schema of the configuration is made from
// this interface: each member needs a comment, and each default is named in it.

/**
 * One Acme account, as it stands in a configuration file. A field that is wrong, missing or not listed here is
 * `InvalidConfig` at its path.
 */
export interface AcmeConfig {
  /** Which adapter serves the account. */
  readonly adapter: 'acme'
  /** The name that references carry: 1 to 64 of `A-Z a-z 0-9 _ . -`. Default: `acme`. */
  readonly account?: string
  /** Origin of the REST API: https, or http for a loopback address. Default: `https://api.acme.example`. Source: Acme's API. */
  readonly apiUrl?: string
  /**
   * The forward proxy of every request of the account, for gateways that take calls from listed addresses only. TLS goes
   * through it to the gateway. Default: none; environment variables such as `HTTPS_PROXY` are not read.
   * @pattern ^http://[^\s/?#]+/?$
   */
  readonly proxy?: string
  /** The merchant's id. It is no secret, and stays the same when the secret key is replaced. Source: Acme's API. */
  readonly merchantId: string
  /** The secret key. Source: Acme's API. */
  readonly secretKey: string
}

/** A decoded configuration with every default filled in. */
export interface Account {
  /** The name that references carry. */
  readonly account: string
  /** Origin of the REST API. */
  readonly apiUrl: string
  /** The forward proxy of every request. `undefined`: none. */
  readonly proxy: Secret | undefined
  /** The merchant's id, the user of HTTP Basic authentication. */
  readonly merchantId: string
  /** The secret key, the password of HTTP Basic authentication. */
  readonly secretKey: Secret
}

// The user of HTTP Basic authentication; a colon would end it.
const MerchantId = text('text without spaces and colons', (s) => /^[\x21-\x39\x3b-\x7e]{1,64}$/.test(s))

const Fields = exactObject(
  'an Acme account',
  { adapter: t.literal('acme'), merchantId: MerchantId, secretKey: SecretText },
  { account: AccountName, apiUrl: Origin, proxy: ProxyAddress },
)

/** Decodes a configuration. Gives `InvalidConfig`. */
export const decodeAccount = (config: unknown): E.Either<PaymentError, Account> =>
  pipe(
    decodeConfig(Fields, config),
    E.map(({ account, apiUrl, proxy, merchantId, secretKey }) => ({
      account: account ?? 'acme',
      apiUrl: apiUrl ?? 'https://api.acme.example',
      proxy,
      merchantId,
      secretKey,
    })),
  )
