import type { Secret } from './secret.js'

/** Where an account's notifications come from. */
export interface SourceSettings {
  /** `enforce` answers 403 to every other address; `observe` takes the notification. */
  readonly mode: 'enforce' | 'observe'
  /** Addresses and CIDR ranges. Default: what the account's gateway publishes. */
  readonly addresses?: readonly string[]
}

/** How notifications are taken in, as decoded from a configuration. */
export interface WebhookSettings {
  /** Where the gateways reach the handler: an https address without query (http for loopback addresses only). */
  readonly publicUrl: string
  /** Every account's address is derived from it: at least 32 characters without spaces. There is no default. */
  readonly secret: Secret
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is believed. Default: none. */
  readonly trustedProxies?: readonly string[]
  /** Sources by account. Default: each account has the sources that its gateway publishes, and they are observed. */
  readonly sources?: Readonly<Record<string, SourceSettings>>
}

/** Whether a text may be the secret that webhook addresses are derived from. */
export const isWebhookSecret = (value: string): boolean => /^[\x21-\x7e]{32,4096}$/.test(value)
