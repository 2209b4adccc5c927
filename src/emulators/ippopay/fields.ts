import { isRecord } from '../kit/input.js'
import { paiseOf } from './paise.js'
import { Refusal } from './refusal.js'

// Strict reading of a request's fields. A refusal names the field, never its value.

/** The fields of a request. */
export type Fields = Readonly<Record<string, unknown>>

const wrong = (name: string, expected: string): Refusal => new Refusal('invalid', `${name} must be ${expected}`)

/** A string. Returns '' if it is missing or empty. */
export const optionalText = (fields: Fields, name: string): string => {
  const value = fields[name] ?? ''
  if (typeof value !== 'string') throw wrong(name, 'a string')
  return value
}

export const text = (fields: Fields, name: string): string => {
  const value = optionalText(fields, name)
  if (value === '') throw wrong(name, 'a non-empty string')
  return value
}

/** A string or a whole number, as text: merchants send phone numbers as either. */
export const optionalDigits = (fields: Fields, name: string): string => {
  const value = fields[name] ?? ''
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') throw wrong(name, 'a string or a whole number')
  return value
}

export const optionalObject = (fields: Fields, name: string): Fields => {
  const value = fields[name] ?? {}
  if (!isRecord(value)) throw wrong(name, 'an object')
  return value
}

/** An amount in rupees. Returns paise. */
export const amount = (fields: Fields, name: string): number => {
  const paise = paiseOf(fields[name])
  if (paise === undefined) throw wrong(name, 'a positive number with at most two decimals')
  return paise
}

export const matching = (fields: Fields, name: string, pattern: RegExp, expected: string): string => {
  const value = text(fields, name)
  if (!pattern.test(value)) throw wrong(name, expected)
  return value
}

export const oneOf = <A extends string>(fields: Fields, name: string, allowed: readonly A[], missing?: A): A => {
  const value = fields[name] ?? missing
  const found = allowed.find((word) => word === value)
  if (found === undefined) throw wrong(name, `one of ${allowed.join(', ')}`)
  return found
}

/** An absolute http(s) URL. Returns '' if it is missing or empty. */
export const optionalUrl = (fields: Fields, name: string): string => {
  const value = optionalText(fields, name)
  if (value !== '' && !/^https?:$/.test(protocolOf(value))) throw wrong(name, 'an http or https URL')
  return value
}

const protocolOf = (url: string): string => {
  try {
    return new URL(url).protocol
  } catch {
    return ''
  }
}
