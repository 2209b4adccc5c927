import type { Kind, Money, Reference } from '../core/index.js'
import { usageError } from './exit.js'

/** A time as people and spreadsheets read it: ISO 8601, UTC, whole seconds. */
export const time = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : `${new Date(at).toISOString().slice(0, 19)}Z`

/** An amount with its currency: `49.90 EUR`. */
export const money = (amount: Money | undefined): string | undefined =>
  amount === undefined ? undefined : `${amount.value} ${amount.currency}`

/** An amount as a person types it: `49.90 EUR`. `what` names it in an error. */
export const readMoney = (what: string, text: string): Money => {
  const [, value, currency] = /^(\d+(?:\.\d+)?)\s*([A-Z]{3})$/.exec(text.trim()) ?? []
  if (value === undefined || currency === undefined)
    throw usageError(`The ${what} is no decimal number with a currency: --amount "49.90 EUR"`)
  return { value, currency }
}

const units: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

const dateOrTime = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/

/** Whether the calendar has a day: JavaScript takes 31 November for 1 December. */
const isDay = (date: string): boolean => {
  const at = Date.parse(date)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}

const readDate = (text: string): number | undefined => {
  const [, date] = dateOrTime.exec(text) ?? []
  const at = date !== undefined && isDay(date) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

/** A point in time as a person types it: `2026-11-28`, `2026-11-28T09:00:00Z`, or how long ago: `90m`, `24h`, `7d`. */
export const readTime = (flag: string, text: string, now: number): number => {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const unitMs = units.get(unit ?? '')
  if (count !== undefined && unitMs !== undefined) return now - Number(count) * unitMs
  const at = readDate(text)
  if (at === undefined)
    throw usageError(`${flag} is a date, a time with its zone, or how long ago: 2026-11-28, 2026-11-28T09:00:00Z, 24h`)
  return at
}

/** A point in time that may be to come: `2026-11-28`, `2026-11-28T09:00:00Z`. How long is not taken: it could be meant either way. */
export const readAbsoluteTime = (flag: string, text: string): number => {
  const at = readDate(text)
  if (at === undefined) throw usageError(`${flag} is a date, or a time with its zone: 2026-11-28, 2026-11-28T09:00:00Z`)
  return at
}

/** Points at an object, as the rest of the program names it. */
export const subject = ({ kind, account, id }: { kind: Kind; account: string; id: string }): string =>
  `${kind}:${account}:${id}`

/** The reference of an object of a list. An object that its gateway gives no id is named by the key that made it. */
export const referenceOf = ({ kind, account, id }: { kind: Kind; account: string; id: string }): Reference<Kind> => {
  if (!id.startsWith('key:')) return { kind, account, id }
  const [idempotencyKey = '', paymentId] = id.slice('key:'.length).split('@')
  return { kind, account, idempotencyKey, ...(paymentId === undefined ? {} : { paymentId }) }
}
