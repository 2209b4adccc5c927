import { data as published } from 'currency-codes'
import { currencies, exponentOf } from '../../src/core/index.js'

/** In force since 2025-03-31, younger than the published list that the package carries. */
const younger = { XCG: 2 }

describe('the currency table', () => {
  it.each(published.map(({ code, digits }) => [code, digits] as const))('has %s with %i decimals', (code, digits) => {
    expect(exponentOf(code)).toBe(digits)
  })

  it('has nothing that is not published', () => {
    const known = [...published.map(({ code }) => code), ...Object.keys(younger)]
    expect([...currencies()].sort()).toEqual(known.sort())
    expect(exponentOf('XCG')).toBe(younger.XCG)
  })

  it.each(['eur', 'EU', 'EURO', '', 'constructor', 'hasOwnProperty', '__proto__'])('does not know %j', (code) => {
    expect(exponentOf(code)).toBeUndefined()
  })
})
