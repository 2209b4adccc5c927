import { asUuid, type Issue, type Operation, operationDigest, unless } from '../../core/index.js'
import type { Account } from './config.js'

// Invoices, refunds and withdrawals all keep metadata and tell it again; only withdrawals have a key besides.
const FIELD = 'paymux'

type Texts = Readonly<Record<string, string>>

/** What an operation is known by at Payop: the same intent gives the same UUID for ever. */
export const gatewayKey = ({ account }: Account, operation: Operation, idempotencyKey: string): string =>
  asUuid(operationDigest(account, operation, idempotencyKey))

/** Metadata that carries the gateway's key of an operation beside the caller's own. */
export const withKey = (metadata: Texts | undefined, key: string): Texts => ({ ...metadata, [FIELD]: key })

/** The gateway's key in an object's metadata, where it carries one. */
export const keyIn = (metadata: Readonly<Record<string, unknown>> | undefined): string | undefined => {
  const key = metadata?.[FIELD]
  return typeof key === 'string' ? key : undefined
}

/** Whether an object's metadata carries this key. */
export const hasKey = (metadata: Readonly<Record<string, unknown>> | undefined, key: string): boolean =>
  metadata?.[FIELD] === key

/** Whether an object's metadata carries the key of another operation. */
export const hasOtherKey = (metadata: Readonly<Record<string, unknown>> | undefined, key: string): boolean =>
  metadata?.[FIELD] !== undefined && !hasKey(metadata, key)

/** The metadata's name that is ours, where a caller uses it. */
export const unlessReserved = (metadata: Texts | undefined): readonly Issue[] =>
  unless(!Object.hasOwn(metadata ?? {}, FIELD), `metadata.${FIELD}`, 'another name: this one is reserved')
