import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  decodeConfig,
  exactObject,
  fromPredicate,
  Origin,
  type PaymentError,
  ProxyAddress,
  refine,
  type Secret,
  SecretText,
} from '../../core/index.js'
import { ProjectId, PublicKey, projectIdOf } from './codecs.js'

/**
 * The configuration of one Payop account. Hosted payments need `publicKey` and `secretKey` only. A field that is missing,
 * wrong or unknown is `InvalidConfig` at its path.
 */
export interface PayopConfig {
  /** Names the adapter. */
  readonly adapter: 'payop'
  /** The account's name, as references carry it: 1 to 64 of `A-Z a-z 0-9 _ . -`. Default: `payop`. */
  readonly account?: string
  /** The origin of the API, https (http for loopback addresses only), without a path. Default: `https://api.payop.com`. */
  readonly apiUrl?: string
  /**
   * The origin of the payer's pages, https (http for loopback addresses only), without a path. Default:
   * `https://checkout.payop.com`.
   */
  readonly checkoutUrl?: string
  /**
   * The forward proxy of every request of the account, for gateways that take calls from listed addresses only. TLS goes
   * through it to the gateway. Default: none; environment variables such as `HTTPS_PROXY` are not read.
   * @pattern ^http://[^\s/?#]+/?$
   */
  readonly proxy?: string
  /** The project's public key: `application-` and an id. Source: Payop's dashboard, Projects, Details. */
  readonly publicKey: string
  /** The project's secret key. It signs invoices and is never sent. Source: Payop's dashboard, Projects, Details. */
  readonly secretKey: string
  /**
   * The account's JWT, without `Bearer`. Default: none; then refunds and payouts are `Unsupported`, payments are read by their
   * invoice alone, and disputes, `paid` and `fee` are not known. Source: Payop's dashboard, where it is shown once.
   */
  readonly token?: string
  /**
   * The project's id: 1 to 64 letters, digits or hyphens. Invoices of another project are refused. Default: `publicKey`
   * without `application-`.
   */
  readonly projectId?: string
  /**
   * The certificate that payouts are sealed for, `x25519.pub`: its 32 bytes, or their Base64 text of 44 characters. Default:
   * none; then payouts are `Unsupported`. Source: Payop's dashboard, Settings, Certificates.
   */
  readonly certificate?: string | Uint8Array
}

/** A checked configuration, with its defaults. */
export interface Account {
  readonly account: string
  readonly apiUrl: string
  readonly proxy: Secret | undefined
  readonly checkoutUrl: string
  readonly publicKey: string
  readonly secretKey: Secret
  readonly token?: Secret
  readonly projectId: string
  readonly certificate?: Uint8Array
}

const bytesOf = (certificate: string | Uint8Array): Uint8Array | undefined => {
  if (typeof certificate !== 'string' && certificate.length === 32) return Uint8Array.from(certificate)
  const base64 = Buffer.from(certificate).toString('latin1').trim()
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length === 32 && bytes.toString('base64') === base64 ? Uint8Array.from(bytes) : undefined
}

const Certificate = refine(
  fromPredicate(
    'a certificate',
    (value): value is string | Uint8Array => typeof value === 'string' || value instanceof Uint8Array,
  ),
  'an x25519 certificate: 32 bytes, or 44 characters of Base64',
  (certificate) => {
    const bytes = bytesOf(certificate)
    return bytes?.some((byte) => byte !== 0) === true ? bytes : undefined
  },
)

const Config = exactObject(
  'the configuration of a Payop account',
  {
    adapter: t.literal('payop', "'payop'"),
    publicKey: PublicKey,
    secretKey: SecretText,
  },
  {
    account: AccountName,
    apiUrl: Origin,
    proxy: ProxyAddress,
    checkoutUrl: Origin,
    token: SecretText,
    projectId: ProjectId,
    certificate: Certificate,
  },
)

/** Checks a configuration. Gives `InvalidConfig`, which names paths and prints no value. */
export const decodeAccount = (config: unknown): E.Either<PaymentError, Account> =>
  pipe(
    decodeConfig(Config, config),
    E.map(({ adapter, ...given }) => ({
      account: adapter,
      proxy: undefined,
      apiUrl: 'https://api.payop.com',
      checkoutUrl: 'https://checkout.payop.com',
      projectId: projectIdOf(given.publicKey),
      ...given,
    })),
  )
