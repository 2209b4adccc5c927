import { isCountry } from './country.js'
import { exponentOf } from './currency.js'
import { text } from './decode.js'

// A control character or line break in a description is an injection into a header or a bank statement; half a surrogate
// pair becomes another character on its way, and a signature over it fails.
export const isOneLine = (s: string): boolean => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(s)

/** A text of one line that is not blank. */
export const line = (max: number) =>
  text(`one line of 1 to ${max} characters`, (s) => s.trim() !== '' && s.length <= max && isOneLine(s))

/** An address that a browser or a gateway is sent to. */
export const HttpUrl = text(
  'an http or https address of at most 2000 characters',
  (s) => s.length <= 2000 && /^https?:\/\/\S+$/.test(s) && isOneLine(s) && URL.canParse(s),
)

// Only texts: what is no text may throw, or run the caller's code, when it is made one.
const inUpperCase = (value: unknown, accepts: (value: string) => boolean): string | undefined =>
  typeof value === 'string' && accepts(value.toUpperCase()) ? 'in upper case' : undefined

/** A currency's alphabetic code. */
export const CurrencyCode = text(
  'an ISO 4217 code',
  (s) => exponentOf(s) !== undefined,
  (value) => inUpperCase(value, (s) => exponentOf(s) !== undefined),
)

/** A country's two-letter code. */
export const CountryCode = text('an ISO 3166-1 alpha-2 code', isCountry, (value) => inUpperCase(value, isCountry))

/**
 * What the name of an account looks like. It begins with a letter: JavaScript reads an object with fields such as `1` in
 * another order than it was written, and `..` would climb in the path of an address.
 */
export const accountName = /^[A-Za-z][\w.-]{0,63}$/

/** The name of an account, as references carry it and notification addresses show it. */
export const AccountName = text('a letter, then up to 63 of A-Z a-z 0-9 _ . -', (s) => accountName.test(s))

/** A merchant's own order number. */
export const MerchantReference = text('1 to 64 of A-Z a-z 0-9 _ . -', (s) => /^[\w.-]{1,64}$/.test(s))
