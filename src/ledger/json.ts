import type { Json, Kind, PaymentError, Reference, Results } from '../core/index.js'
import type { ObjectKey } from './records.js'

/** Minor units are bigints, which JSON has no place for: they travel as `{ "$minor": "1999" }`. */
const encode = (value: unknown): Json => {
  if (typeof value === 'bigint') return { $minor: value.toString() }
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return Object.fromEntries(fields.map(([name, field]) => [name, encode(field)]))
  }
  return value as Json
}

const decode = (value: Json): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decode)
  const fields = Object.entries(value as { readonly [key: string]: Json })
  const [first] = fields
  if (fields.length === 1 && first?.[0] === '$minor' && typeof first[1] === 'string') return BigInt(first[1])
  return Object.fromEntries(fields.map(([name, field]) => [name, decode(field)]))
}

/** A checked request as JSON. */
export const requestJson = (request: object): Json => encode(request)

/** The checked request that {@link requestJson} wrote. */
export const requestOf = <R extends object>(json: Json): R => decode(json) as R

/** A result as JSON. */
export const resultJson = <K extends Kind>(result: Results[K]): Json => encode(result)

/** The result that {@link resultJson} wrote. */
export const resultOf = <K extends Kind>(json: Json): Results[K] => decode(json) as Results[K]

/** An error as JSON. */
export const errorJson = (error: PaymentError): Json => encode(error)

/** The error that {@link errorJson} wrote. */
export const errorOf = (json: Json): PaymentError => decode(json) as PaymentError

/** The key under which the ledger keeps the object that a reference points at. */
export const objectKeyOf = <K extends Kind>(reference: Reference<K>): ObjectKey & { readonly kind: K } => ({
  account: reference.account,
  kind: reference.kind,
  id: 'id' in reference ? reference.id : `key:${reference.key}${reference.paymentId ? `@${reference.paymentId}` : ''}`,
})
