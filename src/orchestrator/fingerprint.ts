import { createHash } from 'node:crypto'
import { isObject, type Json, type Operation } from '../core/index.js'
import { requestJson } from '../ledger/index.js'
import type { Requests } from './money-methods.js'

// Field order is no part of what was asked.
const canonical = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, canonical(value[name] ?? null)]))
}

/**
 * 64 hexadecimal digits that stand for what a caller asked for. Neither account nor gateway is in them, nor what says
 * nothing about the wish itself: the deadline of one call, and what a reference is expected to amount to.
 */
export const fingerprintOf = <O extends Operation>(operation: O, request: Requests[O]): string => {
  const asked: Requests[Operation] = request
  const wish = 'payment' in asked ? { ...asked, payment: { ...asked.payment, expected: undefined } } : asked
  return createHash('sha256')
    .update(JSON.stringify(canonical({ operation, request: requestJson({ ...wish, deadline: undefined }) })))
    .digest('hex')
}
