import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import { decode, refine, text } from './decode.js'
import { invalidConfig, type PaymentError } from './error.js'
import { isSecureUrl } from './network.js'
import { Secret } from './secret.js'

const visible = text('text without spaces', (s) => /^[\x21-\x7e]{1,4096}$/.test(s))

/** A credential in a configuration. */
export const SecretText = refine(visible, 'a secret: text without spaces', (s) => new Secret(s))

/** A public key or another short name in a configuration. */
export const Token = visible

/** An origin without a path: `https://api.example.com`. Plain `http:` is taken for loopback addresses only. */
export const Origin = refine(
  text('text', () => true),
  'an https origin without a path (http for loopback addresses only)',
  (s): string | undefined => {
    if (!URL.canParse(s)) return undefined
    const url = new URL(s)
    const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && !s.includes('@')
    return bare && isSecureUrl(url) ? url.origin : undefined
  },
)

const isProxyAddress = (s: string): boolean => {
  if (!/^http:\/\/[\x21-\x7e]+$/.test(s) || /[[\]?#\\]/.test(s) || !URL.canParse(s)) return false
  const { pathname, username, password } = new URL(s)
  try {
    return pathname === '/' && decodeURIComponent(username + password) !== undefined
  } catch {
    return false
  }
}

/** The forward proxy of an account in a configuration. It is a credential: a password may be in it. */
export const ProxyAddress = refine(
  text('text', isProxyAddress),
  'the address of a proxy: http://user:password@host:port, without a path',
  (s) => new Secret(s),
)

/** Decodes a configuration. Gives `InvalidConfig`, which names paths and prints no value. */
export const decodeConfig = <A>(codec: t.Decoder<unknown, A>, config: unknown): E.Either<PaymentError, A> =>
  pipe(decode(codec, config), E.mapLeft(invalidConfig))
