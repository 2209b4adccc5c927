import { data as published } from 'currency-codes'
import { currencies, exponentOf, isWithdrawn } from '../../src/core/index.js'

/** In force since 2025-03-31, younger than the published list that the package carries. */
const younger = { XCG: 2 }

describe('the currency table', () => {
  it.each(published.map(({ code, digits }) => [code, digits] as const))('has %s with %i decimals', (code, digits) => {
    expect(exponentOf(code)).toBe(digits)
  })

  // ISO 4217, list three, with the decimals that list one had for them.
  const historic = ['BGN', 'BYR', 'EEK', 'HRK', 'LTL', 'LVL', 'MRO', 'SLL', 'STD', 'VEF', 'ZMK', 'ZWL']

  it('has nothing that is not published', () => {
    const known = [...new Set([...published.map(({ code }) => code), ...Object.keys(younger), ...historic])]
    expect([...currencies()].sort()).toEqual(known.sort())
    expect(exponentOf('XCG')).toBe(younger.XCG)
  })

  it.each(historic)('has %s, which was withdrawn', (code) => {
    expect(isWithdrawn(code)).toBe(true)
    expect(exponentOf(code)).toBe(code === 'BYR' ? 0 : 2)
  })

  it.each(['EUR', 'INR', 'SLE', 'ZWG', 'toString'])('has not withdrawn %s', (code) => {
    expect(isWithdrawn(code)).toBe(false)
  })

  it.each(['eur', 'EU', 'EURO', '', 'constructor', 'hasOwnProperty', '__proto__'])('does not know %j', (code) => {
    expect(exponentOf(code)).toBeUndefined()
  })
})
