import { decideTransition, REVERSAL_CONFIRMATION_MS } from '../../src/core/index.js'

describe.each([
  ['payment', 'reversed'],
  ['payout', 'returned'],
] as const)('a %s that succeeded and is then called failed', (kind, end) => {
  const after = (suspectedForMs?: number) => decideTransition(kind, 'succeeded', 'failed', suspectedForMs)

  it('is suspected by the first read, to be read again in ten minutes', () => {
    expect(after()).toEqual({ action: 'suspect', confirmAfterMs: 600_000, alert: true })
  })

  it('is still suspected one millisecond before ten minutes have passed', () => {
    expect(after(599_999)).toEqual({ action: 'suspect', confirmAfterMs: 1, alert: true })
  })

  it(`is ${end} at ten minutes, and later`, () => {
    expect(REVERSAL_CONFIRMATION_MS).toBe(600_000)
    expect(after(600_000)).toEqual({ action: 'advance', to: end, late: false, alert: true })
    expect(after(86_400_000)).toEqual({ action: 'advance', to: end, late: false, alert: true })
  })

  it('is not waited for longer when the clock jumped back', () => {
    expect(after(-1e12)).toEqual({ action: 'suspect', confirmAfterMs: 600_000, alert: true })
  })

  it('is cleared by a read that agrees with the success', () => {
    expect(decideTransition(kind, 'succeeded', 'succeeded', 599_999)).toEqual({
      action: 'keep',
      alert: false,
      review: false,
    })
  })
})

it('a time of suspicion means nothing where nothing is suspected', () => {
  expect(decideTransition('refund', 'succeeded', 'failed', 86_400_000)).toEqual({
    action: 'keep',
    alert: true,
    review: false,
  })
  expect(decideTransition('payment', 'processing', 'failed', 86_400_000)).toEqual({
    action: 'advance',
    to: 'failed',
    late: false,
    alert: false,
  })
})
