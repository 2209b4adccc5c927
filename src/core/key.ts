import { hash } from 'node:crypto'
import type { Kind } from './reference.js'

/** The three money methods. */
export type OperationName = 'createPayment' | 'refund' | 'payout'

/** What each money method makes. */
export const kindOf = { createPayment: 'payment', refund: 'refund', payout: 'payout' } as const satisfies Record<
  OperationName,
  Kind
>

/** The money method that makes each kind of object. */
export const operationOf = { payment: 'createPayment', refund: 'refund', payout: 'payout' } as const satisfies Record<
  Kind,
  OperationName
>

/** Every money method. */
export const operationNames = Object.keys(kindOf) as readonly OperationName[]

/** 32 bytes that stand for a list of texts: the same texts in the same order give the same bytes for ever. */
export const digestOf = (...texts: readonly string[]): Uint8Array => hash('sha256', JSON.stringify(texts), 'buffer')

/**
 * 32 bytes that stand for one operation of one account: the same intent gives the same bytes for ever, and they tell
 * nothing about the caller's key. Adapters write them in the form their gateway takes.
 */
export const operationDigest = (account: string, operation: OperationName, idempotencyKey: string): Uint8Array =>
  digestOf(account, operation, idempotencyKey)

/** A digest as an RFC 9562 version 8 UUID. */
export const asUuid = (digest: Uint8Array): string => {
  const hex = Buffer.from(digest).toString('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

/** A digest as 24 lower-case base36 characters, for gateways that take letters and digits only. */
export const asBase36 = (digest: Uint8Array): string =>
  BigInt(`0x${Buffer.from(digest).toString('hex')}`)
    .toString(36)
    .padStart(50, '0')
    .slice(-24)
