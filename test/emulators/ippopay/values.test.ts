import { idsOf } from '../../../src/emulators/ippopay/ids.js'
import { paiseOf, rupeesOf, rupeeText, shareOf } from '../../../src/emulators/ippopay/paise.js'
import { createIds } from '../../../src/emulators/kit/ids.js'

describe('paise', () => {
  it.each([
    [0.01, 1],
    [0.29, 29],
    [19.99, 1999],
    [1000, 100_000],
    [1439.6, 143_960],
    [90_071_992_547_410, undefined],
    [1.005, undefined],
    [0.979_999_999_9, undefined],
    [0, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['1', 100],
    ['104.48', 10_448],
    ['104.5', 10_450],
    ['1.005', undefined],
    ['0.00', undefined],
    [' 1', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['', undefined],
    [null, undefined],
  ])('of %p rupees are %p', (rupees, paise) => {
    expect(paiseOf(rupees)).toBe(paise)
  })

  it('come back as the same number of rupees', () => {
    for (let paise = 1; paise <= 100_000; paise += 7) expect(paiseOf(rupeesOf(paise))).toBe(paise)
  })

  it('are written with two decimals as text', () => {
    expect([0, 5, 4750, 100_000, -5].map(rupeeText)).toEqual(['0.00', '0.05', '47.50', '1000.00', '-0.05'])
  })

  it('are shared half up', () => {
    expect([100, 1999, 0].map((paise) => shareOf(paise, 175))).toEqual([2, 35, 0])
  })
})

describe('ids', () => {
  const ids = (seed: string) => {
    const next = idsOf(createIds(seed))
    return Array.from({ length: 300 }, () => next('order'))
  }

  it('are nine characters after their prefix, and differ', () => {
    for (const id of ids('a')) expect(id).toMatch(/^order_[0-9A-Za-z@!]{9}$/)
    expect(new Set(ids('a')).size).toBe(300)
  })

  it('hold the signs that clients stumble over, often', () => {
    expect(ids('a').filter((id) => id.includes('@')).length).toBeGreaterThanOrEqual(100)
    expect(ids('a').filter((id) => id.includes('!')).length).toBeGreaterThanOrEqual(100)
  })

  it('come out the same for the same seed', () => {
    expect(ids('a')).toEqual(ids('a'))
    expect(ids('a')).not.toEqual(ids('b'))
  })
})
