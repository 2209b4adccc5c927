import { createReadBudget } from '../../src/ledger/index.js'
import fc from '../property.js'

const START = Date.UTC(2026, 0, 1)

describe('a read budget', () => {
  it('lets a burst through at once, then one read each interval', () => {
    const wait = createReadBudget({ perSecond: 5, burst: 3 })
    expect(Array.from({ length: 6 }, () => wait('main', START))).toEqual([0, 0, 0, 200, 400, 600])
  })

  it('fills up again in a quiet time, and not over its burst', () => {
    const wait = createReadBudget({ perSecond: 5, burst: 2 })
    wait('main', START)
    wait('main', START)
    expect([1, 2, 3].map(() => wait('main', START + 60_000))).toEqual([0, 0, 200])
  })

  it('is each account’s own', () => {
    const wait = createReadBudget({ perSecond: 1, burst: 1 })
    wait('main', START)
    expect([wait('main', START), wait('other', START)]).toEqual([1000, 0])
  })

  it('never makes more reads than its rate allows, and never drops one', () => {
    const calls = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 }), (gaps, perSecond, burst) => {
        const wait = createReadBudget({ perSecond, burst })
        let now = START
        const reads = gaps.map((gap) => {
          now += gap
          return now + wait('main', now)
        })
        expect(reads).toEqual([...reads].sort((a, b) => a - b))
        reads.forEach((read, index) => {
          const inOneSecond = reads.slice(index).filter((other) => other < read + 1000).length
          expect(inOneSecond).toBeLessThanOrEqual(perSecond + burst)
        })
      }),
    )
  })
})
