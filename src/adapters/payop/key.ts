import { asUuid, type OperationName, operationDigest } from '../../core/index.js'
import type { Account } from './config.js'

// Invoices, refunds and withdrawals all keep metadata and show it again; only withdrawals have a key of their own besides.
const FIELD = 'paymux'

type Texts = Readonly<Record<string, string>>
type Metadata = Readonly<Record<string, unknown>> | undefined

/** What an operation is known by at Payop: the same intent gives the same UUID for ever. */
export const gatewayKey = ({ account }: Account, operation: OperationName, idempotencyKey: string): string =>
  asUuid(operationDigest(account, operation, idempotencyKey))

/** Metadata that carries the gateway's key of an operation beside the caller's own. */
export const withKey = (metadata: Texts | undefined, key: string): Texts => ({ ...metadata, [FIELD]: key })

/** The path of the caller's metadata that {@link withKey} replaces, if the caller uses that name. */
export const replacedIn = (metadata: Texts | undefined): readonly string[] =>
  metadata !== undefined && Object.hasOwn(metadata, FIELD) ? [`metadata.${FIELD}`] : []

/** The gateway's key in an object's metadata, if it carries one. */
export const keyIn = (metadata: Metadata): string | undefined => {
  const key = metadata?.[FIELD]
  return typeof key === 'string' ? key : undefined
}

/** Whether an object's metadata carries this key. */
export const hasKey = (metadata: Metadata, key: string): boolean => metadata?.[FIELD] === key

/** Whether an object's metadata carries the key of another operation. */
export const hasOtherKey = (metadata: Metadata, key: string): boolean =>
  metadata?.[FIELD] !== undefined && !hasKey(metadata, key)
