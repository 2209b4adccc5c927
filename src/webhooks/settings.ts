import * as E from 'fp-ts/lib/Either.js'
import { type Adapter, given, invalidConfig, type PaymentError, Secret, unless } from '../core/index.js'
import { type AddressList, addressList } from './address-list.js'

/** Where an account's notifications come from. */
export interface SourceSettings {
  /** `enforce` answers 403 to every other address; `observe`, which is the default, takes the notification and counts it. */
  readonly mode: 'enforce' | 'observe'
  /** Addresses and CIDR ranges. Absent: what the account's gateway publishes. */
  readonly addresses?: readonly string[]
}

/** How notifications are taken in, as decoded from a configuration. */
export interface WebhookSettings {
  /** Where the gateways reach the handler: an https address without query (http for loopback addresses only). */
  readonly publicUrl: string
  /** Every account's address is derived from it: at least 32 characters. There is no default, and never will be. */
  readonly secret: Secret
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is believed. None unless told. */
  readonly trustedProxies?: readonly string[]
  /** By account. */
  readonly sources?: Readonly<Record<string, SourceSettings>>
}

interface CheckedSource {
  readonly mode: SourceSettings['mode']
  /** Absent: what the account's gateway publishes. */
  readonly list?: AddressList
}

/** Settings that were found usable. */
export interface CheckedSettings {
  /** Without a slash at its end. */
  readonly publicUrl: string
  readonly secret: string
  readonly isTrusted: AddressList
  readonly sources: ReadonlyMap<string, CheckedSource>
}

const MIN_SECRET = 32
const ADDRESSES = 'addresses and CIDR ranges'

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)

const isPublicUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const isBare = url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  return isBare && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
}

/**
 * Checks settings. Gives `InvalidConfig`, which names paths under `webhooks` and prints no value: also where sources are to
 * be enforced, and neither the settings nor the account's gateway tell them.
 */
export const checkSettings = (
  { publicUrl, secret, trustedProxies = [], sources = {} }: WebhookSettings,
  adapters: (account: string) => Adapter | undefined,
): E.Either<PaymentError, CheckedSettings> => {
  // Also of a caller whom no compiler tells that there is no default.
  const revealed = secret instanceof Secret ? secret.reveal() : ''
  const isTrusted = addressList(trustedProxies)
  const checked = new Map<string, CheckedSource>()
  const issues = [
    ...unless(isPublicUrl(publicUrl), 'webhooks.publicUrl', 'an https address without query'),
    ...unless(revealed.length >= MIN_SECRET, 'webhooks.secret', `a secret of at least ${MIN_SECRET} characters`),
    ...unless(isTrusted !== undefined, 'webhooks.trustedProxies', ADDRESSES),
  ]
  for (const [account, { mode, addresses }] of Object.entries(sources)) {
    const list = addresses && addressList(addresses)
    const isTold = addresses !== undefined || adapters(account)?.notificationSources !== undefined
    const path = `webhooks.sources.${account}`
    issues.push(...unless(addresses === undefined || list !== undefined, `${path}.addresses`, ADDRESSES))
    issues.push(
      ...unless(
        mode === 'observe' || isTold,
        `${path}.addresses`,
        `${ADDRESSES}: its gateway publishes none to enforce`,
      ),
    )
    checked.set(account, { mode, ...given({ list }) })
  }
  return issues.length > 0 || isTrusted === undefined
    ? E.left(invalidConfig(issues))
    : E.right({ publicUrl: publicUrl.replace(/\/+$/, ''), secret: revealed, isTrusted, sources: checked })
}
