import { statusTable } from '../../src/core/index.js'

describe('a status table', () => {
  const byNumber = statusTable([
    [1, 'processing'],
    [2, 'succeeded'],
  ] as const)
  const byWord = statusTable([['paid', 'succeeded']] as const)

  it('gives the status of a row', () => {
    expect(byNumber(2)).toBe('succeeded')
    expect(byWord('paid')).toBe('succeeded')
  })

  it.each([3, 0, -2, Number.NaN, '2', ''])('never guesses from %j', (wire) => {
    expect(byNumber(wire)).toBe('unknown')
  })

  it.each(['Paid', ' paid', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'never guesses from %j',
    (wire) => {
      expect(byWord(wire)).toBe('unknown')
    },
  )
})
