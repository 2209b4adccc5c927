import * as t from 'io-ts'
import {
  AddressRangeText,
  chosen,
  exactObject,
  exactObjectOf,
  fromPredicate,
  isWebhookSecret,
  PublicUrl,
  recordOf,
  refine,
  Secret,
  type SourceSettings,
  text,
  wholeBetween,
} from '../../core/index.js'
import { isEncryptionKey, KeyId } from '../../ledger/index.js'
import type { RetentionSettings, StoreSettings } from './configuration.js'

const matching = (name: string, pattern: RegExp) => text(name, (value) => pattern.test(value))

/** A list with something in it: an empty one would fit nothing. */
export const someOf = <A>(codec: t.Type<A, unknown>, name: string): t.Type<readonly A[], unknown> =>
  refine(t.readonlyArray(codec, name), `${name}, at least one`, (list) => (list.length > 0 ? list : undefined))

const Sqlite = exactObject(
  'a SQLite store',
  { type: t.literal('sqlite'), file: matching('the path of a file, or :memory:', /^[^\0]{0,4095}[^\0\s]$/) },
  {},
)

const isPostgresUrl = (value: string): boolean =>
  URL.canParse(value) && ['postgres:', 'postgresql:'].includes(new URL(value).protocol)

const Postgres = exactObject(
  'a PostgreSQL store',
  {
    type: t.literal('postgres'),
    url: refine(text('text', isPostgresUrl), 'a postgres: address', (url) => new Secret(url)),
  },
  {},
)

const stores: { readonly [T in StoreSettings['type']]: t.Decoder<unknown, StoreSettings> } = {
  sqlite: Sqlite,
  postgres: Postgres,
}

const StoreType = t.type({ type: t.keyof({ sqlite: null, postgres: null }, 'sqlite or postgres') }, 'a store')
const NoStore = refine(StoreType, 'a store', (): StoreSettings | undefined => undefined)

/** The store section of a configuration. */
export const Store = chosen<StoreSettings>('a store', (value) => (StoreType.is(value) ? stores[value.type] : NoStore))

const EncryptionKey = refine(text('text', isEncryptionKey), '32 bytes as Base64', (key) => new Secret(key))

/** The encryption section of a configuration. */
export const Encryption = exactObject(
  'keys for encryption',
  { current: KeyId, keys: recordOf('keys by id', KeyId, EncryptionKey) },
  { migrate: t.boolean },
)

/** A whole number between two bounds, both included, or `false`. */
const wholeOrFalse = (what: string, least: number, most: number): t.Type<number | false> =>
  fromPredicate(
    `${what} from ${least} to ${most}, or false`,
    (value): value is number | false => value === false || wholeBetween(least, most).is(value),
  )

/** The background section of a configuration. */
export const Background = exactObject(
  'settings of the background work',
  {},
  {
    reconcileHours: wholeOrFalse('a whole number', 1, 168),
    reconcileDays: wholeBetween(1, 31),
    housekeepingMinutes: wholeBetween(1, 1440),
  },
)

// SEPA claims end after 13 months, and disputes of cards mostly before.
const retentionDefaults: RetentionSettings = { personalData: 400, notifications: 30, events: 90, log: 400 }

const Days = wholeOrFalse('a whole number of days', 1, 36_500)

/** The retention section of a configuration, with its defaults. */
export const Retention = exactObjectOf<Partial<RetentionSettings>>(
  'retention',
  {},
  { personalData: Days, notifications: Days, events: Days, log: Days },
)

/** What holds of it if the configuration says nothing else. */
export const retentionOf = (settings: Partial<RetentionSettings> = {}): RetentionSettings => ({
  ...retentionDefaults,
  ...settings,
})

const sourceModes: Readonly<Record<SourceSettings['mode'], null>> = { enforce: null, observe: null }
const SourceMode = t.keyof(sourceModes, 'enforce or observe')
const AddressRanges = t.readonlyArray(AddressRangeText, 'addresses')

/** The webhooks section of a configuration, about accounts that it has. */
export const webhooks = (KnownAccount: t.Type<string>) =>
  exactObject(
    'webhooks',
    {
      publicUrl: PublicUrl,
      secret: refine(
        text('text', isWebhookSecret),
        'a secret of at least 32 characters, without spaces',
        (secret) => new Secret(secret),
      ),
    },
    {
      trustedProxies: AddressRanges,
      sources: recordOf(
        'settings by account',
        KnownAccount,
        exactObject('where notifications come from', { mode: SourceMode }, { addresses: AddressRanges }),
      ),
    },
  )
