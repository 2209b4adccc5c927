import * as E from 'fp-ts/lib/Either.js'
import { unreachable } from '../../src/core/index.js'
import { createSteadyClock, openStoreClock } from '../../src/ledger/index.js'
import { succeed } from '../either.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const START = Date.UTC(2026, 0, 2)

describe('a steady clock', () => {
  const setUp = () => {
    let wall = START
    let elapsed = 0
    const clock = createSteadyClock(
      () => wall,
      () => elapsed,
    )
    return {
      clock,
      pass: (ms: number) => {
        wall += ms
        elapsed += ms
      },
      jump: (ms: number) => {
        wall += ms
      },
      wall: () => wall,
    }
  }

  it('is the machine’s, as long as that does not jump', () => {
    const { clock, pass, wall } = setUp()
    for (let n = 0; n < 10; n += 1) {
      pass(SECOND)
      expect(clock()).toBe(wall())
    }
  })

  it.each([10 * MINUTE, -10 * MINUTE])('goes on, and agrees again in time, after a jump of %d ms', (ms) => {
    const { clock, pass, jump, wall } = setUp()
    jump(ms)
    let last = clock()
    expect(last).toBe(START)
    for (let n = 0; n < 25 * 60; n += 1) {
      pass(SECOND)
      const now = clock()
      expect(now - last).toBeGreaterThanOrEqual(SECOND / 2)
      expect(now - last).toBeLessThanOrEqual(2 * SECOND)
      last = now
    }
    expect(last).toBe(wall())
  })
})

describe('the store’s clock', () => {
  it('counts, however wrong the machine’s is, and whatever jumps there', async () => {
    let machine = START - 10 * MINUTE
    let store = START
    const now = await succeed(openStoreClock({ now: () => async () => E.right(store) }, () => machine))
    expect(now()).toBe(START)
    machine += 5 * SECOND
    expect(now()).toBe(START + 5 * SECOND)
    machine += 20 * MINUTE
    store += 6 * SECOND
    now()
    await new Promise(setImmediate)
    expect(now()).toBe(store)
  })

  it('is the last that is known while the store does not answer, and an error if it never did', async () => {
    let machine = START
    let isDown = false
    const store = { now: () => async () => (isDown ? E.left(unreachable('store')) : E.right(START + MINUTE)) }
    const now = await succeed(openStoreClock(store, () => machine))
    isDown = true
    machine += MINUTE
    now()
    await new Promise(setImmediate)
    expect(now()).toBe(START + 2 * MINUTE)
    expect(E.isLeft(await openStoreClock(store, () => machine)())).toBe(true)
  })
})
