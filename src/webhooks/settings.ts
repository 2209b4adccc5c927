import * as E from 'fp-ts/lib/Either.js'
import {
  type Adapter,
  invalidConfig,
  issueUnless,
  isWebhookSecret,
  omitUndefined,
  type PaymentError,
  PublicUrl,
  Secret,
  type SourceSettings,
  type WebhookSettings,
} from '../core/index.js'
import { type AddressList, addressList } from './address-list.js'

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

/** A public address without a slash at its end. */
export const withoutSlash = (publicUrl: string): string => publicUrl.replace(/\/+$/, '')

const ADDRESSES = 'addresses and CIDR ranges'

/**
 * Checks settings. Gives `InvalidConfig`, which names paths under `webhooks` and prints no value: also if sources are
 * enforced and neither the settings nor the account's gateway list them.
 */
export const checkSettings = (
  { publicUrl, secret, trustedProxies = [], sources = {} }: WebhookSettings,
  adapters: (account: string) => Adapter | undefined,
): E.Either<PaymentError, CheckedSettings> => {
  // A caller in JavaScript may leave it out, or give text.
  const revealed = secret instanceof Secret ? secret.reveal() : ''
  const isTrusted = addressList(trustedProxies)
  const checked = new Map<string, CheckedSource>()
  const issues = [
    ...issueUnless(PublicUrl.is(publicUrl), 'webhooks.publicUrl', PublicUrl.name),
    ...issueUnless(isWebhookSecret(revealed), 'webhooks.secret', 'a secret of at least 32 characters, without spaces'),
    ...issueUnless(isTrusted !== undefined, 'webhooks.trustedProxies', ADDRESSES),
  ]
  for (const [account, { mode, addresses }] of Object.entries(sources)) {
    const list = addresses && addressList(addresses)
    const isListed = addresses !== undefined || adapters(account)?.notificationSources !== undefined
    const path = `webhooks.sources.${account}`
    issues.push(...issueUnless(addresses === undefined || list !== undefined, `${path}.addresses`, ADDRESSES))
    issues.push(
      ...issueUnless(
        mode === 'observe' || isListed,
        `${path}.addresses`,
        `${ADDRESSES}: its gateway publishes none to enforce`,
      ),
    )
    checked.set(account, { mode, ...omitUndefined({ list }) })
  }
  return issues.length > 0 || isTrusted === undefined
    ? E.left(invalidConfig(issues))
    : E.right({ publicUrl: withoutSlash(publicUrl), secret: revealed, isTrusted, sources: checked })
}
