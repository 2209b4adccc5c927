import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  closed,
  decodeConfig,
  guarded,
  Origin,
  type PaymentError,
  refined,
  type Secret,
  SecretText,
} from '../../core/index.js'
import { ProjectId, PublicKey, projectIdOf } from './codecs.js'

/** The configuration of one Payop account. Hosted payments need the two keys only. */
export interface PayopConfig {
  readonly adapter: 'payop'
  /** The account's name in references. `payop` unless told. */
  readonly account?: string
  /** Origin of the API. `https://api.payop.com` unless told. */
  readonly apiUrl?: string
  /** Origin of the payer's pages. `https://checkout.payop.com` unless told. */
  readonly checkoutUrl?: string
  /** `application-…`: Payop, Projects, Details. */
  readonly publicKey: string
  /** Signs invoices and is never sent: Payop, Projects, Details. */
  readonly secretKey: string
  /** The JWT, without `Bearer`. Without it there are no refunds, payouts, transaction details or disputes. */
  readonly token?: string
  /** The project's id, where it is not the public key without `application-`. */
  readonly projectId?: string
  /** The certificate that payouts are sealed for, `x25519.pub`: its 32 bytes, or their Base64 text. Payop, Settings, Certificates. */
  readonly certificate?: string | Uint8Array
}

/** A checked configuration with its defaults filled in. */
export interface Account {
  readonly account: string
  readonly apiUrl: string
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

const Certificate = refined(
  guarded(
    'a certificate',
    (value): value is string | Uint8Array => typeof value === 'string' || value instanceof Uint8Array,
  ),
  'an x25519 certificate: 32 bytes, or 44 characters of Base64',
  (certificate) => {
    const bytes = bytesOf(certificate)
    return bytes?.some((byte) => byte !== 0) === true ? bytes : undefined
  },
)

const Config = closed(
  'the configuration of a Payop account',
  {
    adapter: t.literal('payop', "'payop'"),
    publicKey: PublicKey,
    secretKey: SecretText,
  },
  {
    account: AccountName,
    apiUrl: Origin,
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
      apiUrl: 'https://api.payop.com',
      checkoutUrl: 'https://checkout.payop.com',
      projectId: projectIdOf(given.publicKey),
      ...given,
    })),
  )
