import { type CheckedRequests, isObject, type Json, type OperationName } from '../../core/index.js'
import { type Store, toStoredJson } from '../../ledger/index.js'

// The order of fields is no part of the intent.
const canonical = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, canonical(value[name] ?? null)]))
}

/**
 * 64 hexadecimal digits that stand for a caller's intent. Neither account nor gateway is in them, nor what says
 * nothing about the intent: the deadline of one call, and the expected amount of a reference.
 */
export const fingerprintOf = <O extends OperationName>(
  operation: O,
  request: CheckedRequests[O],
  { fingerprint }: Pick<Store, 'fingerprint'>,
): string => {
  const call: CheckedRequests[OperationName] = request
  const intent = 'payment' in call ? { ...call, payment: { ...call.payment, expectedAmount: undefined } } : call
  return fingerprint(
    JSON.stringify(canonical({ operation, request: toStoredJson({ ...intent, deadline: undefined }) })),
  )
}
