import { exponentOf } from './currency.js'

/** An amount of money as results, events and errors carry it: safe in JSON. */
export interface Money {
  /** Decimal text in major units, with exactly the currency's decimals: `49.90` EUR, `1500` JPY, `12.345` KWD. */
  readonly value: string
  /** ISO 4217 alphabetic code, upper case. */
  readonly currency: string
}

/** An amount of money as an integer of the currency's minor unit: 49.90 EUR is `{ minorUnits: 4990n, currency: 'EUR' }`. */
export interface MinorUnits {
  /** Cents, paise, fils. */
  readonly minorUnits: bigint
  /** ISO 4217 alphabetic code, upper case. */
  readonly currency: string
}

/** An amount as a request may carry it. The decimal text of {@link Money} may leave out zeros at its end. */
export type Amount = Money | MinorUnits

/** The largest amount that is read or recorded, in minor units: 18 digits, so that a sum of several fits 64 bits. */
const MAX_MINOR_UNITS = 10n ** 18n - 1n

/** Whether an amount can be recorded. */
export const isHoldable = ({ minorUnits, currency }: MinorUnits): boolean =>
  minorUnits <= MAX_MINOR_UNITS && minorUnits >= -MAX_MINOR_UNITS && exponentOf(currency) !== undefined

const decimalText = /^(-?)(0|[1-9]\d{0,29})(?:\.(\d{1,30}))?$/

/** Reads decimal text as minor units. `undefined` if it is no plain decimal, names no known currency or is more precise than the currency. */
export const fromDecimal = (text: string, currency: string): MinorUnits | undefined => {
  const exponent = exponentOf(currency)
  const match = decimalText.exec(text)
  if (exponent === undefined || match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(exponent))) return undefined
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'))
  return { minorUnits: sign === '-' ? -minor : minor, currency }
}

/**
 * Writes an amount as decimal text with exactly the currency's decimals: `19.90`, `1500` (JPY), `12.345` (KWD). Throws a
 * `RangeError` for a currency outside ISO 4217: without its decimals the text would be off by powers of ten.
 */
export const toDecimal = ({ minorUnits, currency }: MinorUnits): string => {
  const exponent = exponentOf(currency)
  if (exponent === undefined) throw new RangeError('currency (expected an ISO 4217 code)')
  const digits = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`
  return minorUnits < 0n ? `-${text}` : text
}

/** An amount as results carry it. Throws a `RangeError` for a currency outside ISO 4217. */
export const toMoney = (amount: MinorUnits): Money => ({ value: toDecimal(amount), currency: amount.currency })

/** The minor units of an amount that results carry. `undefined` if it is no amount of a known currency. */
export const fromMoney = ({ value, currency }: Money): MinorUnits | undefined => fromDecimal(value, currency)

/**
 * A JSON number as the decimal text it stands for. `undefined` beyond 15 significant digits: a double cannot be
 * trusted to hold what the gateway wrote there.
 */
export const decimalOfNumber = (value: number): string | undefined => {
  const text = String(value)
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '')
  return decimalText.test(text) && digits.length <= 15 ? text : undefined
}

/** An amount as a gateway's JSON gives it, number or decimal text. `undefined` if it cannot be read exactly, or recorded. */
export const fromWire = (value: number | string, currency: string): MinorUnits | undefined => {
  const text = typeof value === 'number' ? decimalOfNumber(value) : value
  const amount = text === undefined ? undefined : fromDecimal(text, currency)
  return amount !== undefined && isHoldable(amount) ? amount : undefined
}

/** The JSON number for an amount, or `undefined` if a double would not carry it exactly (15 significant digits). */
export const toNumber = (money: MinorUnits): number | undefined => {
  const value = Number(toDecimal(money))
  const text = decimalOfNumber(value)
  const back = text === undefined ? undefined : fromDecimal(text, money.currency)
  return back?.minorUnits === money.minorUnits ? value : undefined
}

/** Same amount of the same currency. */
export const sameAmount = (a: MinorUnits, b: MinorUnits): boolean =>
  a.minorUnits === b.minorUnits && a.currency === b.currency

/** How an amount reported by a gateway compares with the expected one; `unchecked` if no amount was expected. */
export type AmountCheck = 'exact' | 'mismatch' | 'unchecked'

/** Compares a reported amount with the expected one. An amount that could not be read is a mismatch, not a failed read. */
export const checkAmount = (expected: MinorUnits | undefined, reported: MinorUnits | undefined): AmountCheck => {
  if (expected === undefined) return 'unchecked'
  return reported !== undefined && sameAmount(expected, reported) ? 'exact' : 'mismatch'
}
