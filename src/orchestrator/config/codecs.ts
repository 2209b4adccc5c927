import { isIP } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { byName, closed, isCountry, refined, Secret, text } from '../../core/index.js'
import type { StoreSettings } from './configuration.js'

const matching = (name: string, pattern: RegExp) => text(name, (value) => pattern.test(value))

/**
 * The name of an account in a configuration file. It begins with a letter: JavaScript reads an object with fields such as
 * `1` in another order than it was written, and `..` would climb in the path of an address.
 */
export const accountName = /^[A-Za-z][\w.-]{0,63}$/
export const AccountName = matching('a letter, then up to 63 of A-Z a-z 0-9 _ . -', accountName)

export const CountryCode = text('an ISO 3166-1 alpha-2 code', isCountry)

/** A list with something in it: an empty one would fit nothing. */
export const someOf = <A>(codec: t.Type<A, unknown>, name: string): t.Type<readonly A[], unknown> =>
  refined(t.readonlyArray(codec, name), `${name}, at least one`, (list) => (list.length > 0 ? list : undefined))

/** Reads a value with the codec it asks for, so that the issues are those of the form that was meant. */
export const chosen = <A>(name: string, codecFor: (value: unknown) => t.Decoder<unknown, A>): t.Type<A> => {
  const validate: t.Validate<unknown, A> = (value, context) => codecFor(value).validate(value, context)
  return new t.Type<A>(name, (value): value is A => E.isRight(validate(value, [])), validate, t.identity)
}

const Sqlite = closed(
  'a SQLite store',
  { type: t.literal('sqlite'), file: matching('the path of a file, or :memory:', /^[^\0]{0,4095}[^\0\s]$/) },
  {},
)

const isPostgresUrl = (value: string): boolean =>
  URL.canParse(value) && ['postgres:', 'postgresql:'].includes(new URL(value).protocol)

const Postgres = closed(
  'a PostgreSQL store',
  {
    type: t.literal('postgres'),
    url: refined(text('text', isPostgresUrl), 'a postgres: address', (url) => new Secret(url)),
  },
  {},
)

const stores: { readonly [T in StoreSettings['type']]: t.Decoder<unknown, StoreSettings> } = {
  sqlite: Sqlite,
  postgres: Postgres,
}

const StoreType = t.type({ type: t.keyof({ sqlite: null, postgres: null }, 'sqlite or postgres') }, 'a store')
const NoStore = refined(StoreType, 'a store', (): StoreSettings | undefined => undefined)

export const Store = chosen<StoreSettings>('a store', (value) => (StoreType.is(value) ? stores[value.type] : NoStore))

const KeyId = matching('1 to 32 of A-Z a-z 0-9 _ -', /^[\w-]{1,32}$/)

const is32Bytes = (base64: string): boolean => {
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length === 32 && bytes.toString('base64') === base64
}

const SealingKey = refined(text('text', is32Bytes), '32 bytes as Base64', (key) => new Secret(key))

export const Encryption = closed(
  'keys for encryption',
  { current: KeyId, keys: byName('keys by id', KeyId, SealingKey) },
  {},
)

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))

const isPublicUrl = (value: string): boolean => {
  if (!URL.canParse(value) || /[?#@\s]/.test(value)) return false
  const { protocol, hostname } = new URL(value)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

// A range of everything would trust everyone.
const isAddressRange = (value: string): boolean => {
  const [address = '', bits, ...more] = value.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || more.length > 0) return false
  if (bits === undefined) return true
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

const AddressRanges = t.readonlyArray(
  text('an address or a CIDR range, not of everything', isAddressRange),
  'addresses',
)

export const webhooks = (KnownAccount: t.Type<string>) =>
  closed(
    'webhooks',
    {
      publicUrl: text('an https address without query (http for loopback addresses only)', isPublicUrl),
      secret: refined(
        matching('text', /^[\x21-\x7e]{32,4096}$/),
        'a secret of at least 32 characters, without spaces',
        (secret) => new Secret(secret),
      ),
    },
    {
      trustedProxies: AddressRanges,
      sources: byName(
        'settings by account',
        KnownAccount,
        closed(
          'where notifications come from',
          { mode: t.keyof({ enforce: null, observe: null }, 'enforce or observe') },
          { addresses: AddressRanges },
        ),
      ),
    },
  )
