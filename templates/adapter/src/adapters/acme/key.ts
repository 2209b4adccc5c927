import { type AnyReference, asUuid, type OperationName, operationDigest } from '../../core/index.js'
import type { ObjectKey } from './endpoints/index.js'

// TEMPLATE: write the key in the form that the gateway takes: `asBase36` is for letters and digits only.

/** What an operation is known by at Acme: the same call gives the same key for ever, and it tells nothing about the caller's key. */
export const gatewayKey = (account: string, operation: OperationName, idempotencyKey: string): string =>
  asUuid(operationDigest(account, operation, idempotencyKey))

/** Where to find the object that a reference points at: by its id, or by our key if the answer that held the id was lost. */
export const objectKeyOf = (reference: AnyReference, operation: OperationName): ObjectKey =>
  'id' in reference ? { id: reference.id } : { key: gatewayKey(reference.account, operation, reference.idempotencyKey) }

/** Whether an answer is about the object that was asked for. */
export const isAbout =
  (objectKey: ObjectKey) =>
  ({ id, key }: { readonly id: string; readonly key: string }): boolean =>
    'id' in objectKey ? objectKey.id === id : objectKey.key === key
