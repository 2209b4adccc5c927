import { countries, isCountry } from '../../src/core/index.js'

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const pairs = letters.flatMap((first) => letters.map((second) => first + second))

// CLDR names every officially assigned code, and some that ISO 3166-1 reserves, has withdrawn or leaves to users.
const notAssigned =
  'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH QO RH SU TA TP UK UN VD XA XB XK YD YU ZR ZZ'.split(' ')

describe('the country table', () => {
  it('has the 249 officially assigned codes, each once', () => {
    expect(countries()).toHaveLength(249)
    expect(new Set(countries()).size).toBe(249)
  })

  it('has no code without a name, and every name that is assigned', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
    const named = pairs.filter((code) => names.of(code) !== undefined)
    expect(countries().filter((code) => !named.includes(code))).toEqual([])
    expect(named.filter((code) => !isCountry(code) && !notAssigned.includes(code))).toEqual([])
  })

  it.each(['de', 'D', 'DEU', '', 'UK', 'constructor', '__proto__'])('does not know %j', (code) => {
    expect(isCountry(code)).toBe(false)
  })
})
