import { exponentOf } from './currency.js'

/** An amount of money as an integer of the currency's minor unit: 19.99 EUR is `{ amount: 1999n, currency: 'EUR' }`. */
export interface Money {
  /** Minor units: cents, paise, fils. */
  readonly amount: bigint
  /** ISO 4217 alphabetic code, upper case. */
  readonly currency: string
}

/** An amount as a caller may write it: decimal text (`'19.99'`, major units) or a bigint (`1999n`, minor units). */
export interface Amount {
  readonly amount: bigint | string
  readonly currency: string
}

const decimalText = /^(-?)(0|[1-9]\d{0,29})(?:\.(\d{1,30}))?$/

/** Reads decimal text as minor units. `undefined` when it is no plain decimal, names no known currency or is more precise than the currency. */
export const fromDecimal = (text: string, currency: string): Money | undefined => {
  const exponent = exponentOf(currency)
  const match = decimalText.exec(text)
  if (exponent === undefined || match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(exponent))) return undefined
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'))
  return { amount: sign === '-' ? -minor : minor, currency }
}

/**
 * Writes an amount as decimal text with exactly the currency's decimals: `19.90`, `1500` (JPY), `12.345` (KWD). Throws a
 * `RangeError` for a currency outside ISO 4217: without its decimals the text would be off by powers of ten.
 */
export const toDecimal = ({ amount, currency }: Money): string => {
  const exponent = exponentOf(currency)
  if (exponent === undefined) throw new RangeError('currency (expected an ISO 4217 code)')
  const digits = (amount < 0n ? -amount : amount).toString().padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`
  return amount < 0n ? `-${text}` : text
}

/**
 * A JSON number as the decimal text it stands for. `undefined` beyond 15 significant digits: a double cannot be
 * trusted to hold what the gateway wrote there.
 */
export const decimalOfNumber = (value: number): string | undefined => {
  const text = String(value)
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '')
  return decimalText.test(text) && digits.length <= 15 ? text : undefined
}

/** An amount as a gateway's JSON gives it, number or decimal text. `undefined` when it cannot be read exactly. */
export const fromWire = (value: number | string, currency: string): Money | undefined => {
  const text = typeof value === 'number' ? decimalOfNumber(value) : value
  return text === undefined ? undefined : fromDecimal(text, currency)
}

/** The JSON number for an amount, or `undefined` where a double would not carry it exactly (15 significant digits). */
export const toNumber = (money: Money): number | undefined => {
  const value = Number(toDecimal(money))
  const text = decimalOfNumber(value)
  const back = text === undefined ? undefined : fromDecimal(text, money.currency)
  return back?.amount === money.amount ? value : undefined
}

/** Same amount of the same currency. */
export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency

/** How an amount reported by a gateway compares with the expected one; `unchecked` where nothing was expected. */
export type AmountCheck = 'exact' | 'mismatch' | 'unchecked'

/** Compares a reported amount with the expected one. An amount that could not be read is a mismatch, not a failed read. */
export const checkAmount = (expected: Money | undefined, reported: Money | undefined): AmountCheck => {
  if (expected === undefined) return 'unchecked'
  return reported !== undefined && sameMoney(expected, reported) ? 'exact' : 'mismatch'
}
