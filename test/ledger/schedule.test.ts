import type { Afterwards } from '../../src/core/index.js'
import { nextRead, nothingAfterwards } from '../../src/ledger/index.js'
import { DAY, HOUR, MINUTE, START } from '../orchestrator/reading-stage.js'

type Status = Parameters<typeof nextRead>[1]

/** The times of all reads of a payment that keeps its status, in days, if each is made when it is due. */
const readsOf = (status: Status, afterwards: Partial<Afterwards>): readonly number[] => {
  const since = { createdAt: START, statusSince: START }
  const times: number[] = []
  let now = START
  for (;;) {
    const next = nextRead('payment', status, since, { ...nothingAfterwards, ...afterwards }, now)
    if (next === undefined) return times
    times.push((next - START) / DAY)
    now = next
  }
}

const widestGap = (times: readonly number[], from: number, to: number): number => {
  const within = times.filter((time) => time >= from && time <= to)
  return Math.max(...within.slice(1).map((time, index) => time - (within[index] ?? 0)))
}

describe('the schedule of reads', () => {
  it.each(['failed', 'expired', 'canceled'] as const)(
    'follows what is %s for as long as the gateway lets it be paid, thinning out, and 180 days at most',
    (status) => {
      const times = readsOf(status, { payableMs: 'unlimited' })
      expect(widestGap(times, 0, 14)).toBeLessThanOrEqual(1)
      expect(widestGap(times, 61, 180)).toBeGreaterThan(6)
      expect(times.at(-1)).toBeGreaterThan(170)
      expect(times.at(-1)).toBeLessThan(190)
      expect(times.length).toBeLessThan(80)
      expect(readsOf('failed', { payableMs: 10 * DAY }).at(-1)).toBeLessThanOrEqual(11)
      expect(readsOf('failed', {}).at(-1)).toBe(3)
    },
  )

  it.each([{ disputes: true }, { refundsElsewhere: true }])(
    'follows what is paid for 180 days if the account shows %p',
    (can) => {
      const times = readsOf('succeeded', can)
      expect(widestGap(times, 0, 30)).toBe(1)
      expect(times.at(-1)).toBeGreaterThan(170)
      expect(times.length).toBeLessThan(80)
      expect(readsOf('succeeded', { payableMs: 'unlimited' })).toEqual([])
    },
  )

  it('reads an open payment often, whatever may come afterwards', () => {
    const times = readsOf('requires_action', { payableMs: 'unlimited' })
    expect(times[0]).toBe((5 * MINUTE) / DAY)
    expect(widestGap(times, 2, 6)).toBeLessThanOrEqual(HOUR / DAY + 0.0001)
  })
})
