import { isCountry } from './country.js'
import { exponentOf } from './currency.js'
import { text } from './decode.js'

// A control character or line break in a description is an injection into somebody's header or bank statement; half a
// surrogate pair becomes another character on its way, and a signature over it fails.
export const isOneLine = (s: string): boolean => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(s)

/** A text of one line that is not blank. */
export const line = (max: number) =>
  text(`one line of 1 to ${max} characters`, (s) => s.trim() !== '' && s.length <= max && isOneLine(s))

/** An address that a browser or a gateway is sent to. */
export const HttpUrl = text(
  'an http or https address of at most 2000 characters',
  (s) => s.length <= 2000 && /^https?:\/\/\S+$/.test(s) && isOneLine(s) && URL.canParse(s),
)

/** A currency's alphabetic code. */
export const CurrencyCode = text('an ISO 4217 code', (s) => exponentOf(s) !== undefined)

/** A country's two-letter code. */
export const CountryCode = text('an ISO 3166-1 alpha-2 code', isCountry)

/** A merchant's own order number. */
export const MerchantReference = text('1 to 64 of A-Z a-z 0-9 _ . -', (s) => /^[\w.-]{1,64}$/.test(s))
