import { document, type Outcome } from '../../scripts/prove/document.js'

const outcome = (name: string, passed = true): Outcome => ({ name, passed, counted: { kills: 5000 }, seconds: 12.3 })
const run = (commit: string) => ({ seed: 7, commit, date: '2026-11-28' })

const rowsOf = (page: string): readonly string[] =>
  page
    .split('\n')
    .filter((line) => line.endsWith('|'))
    .slice(2)

describe('the page of proofs', () => {
  it('has a row for each, with the run that it is of', () => {
    expect(rowsOf(document([outcome('a'), outcome('b', false)], run('abc'), ''))).toEqual([
      '| a | passed | 5,000 kills | 12 s | 2026-11-28, abc, seed 7 |',
      '| b | FAILED | 5,000 kills | 12 s | 2026-11-28, abc, seed 7 |',
    ])
  })

  it('keeps the rows of those that did not run', () => {
    const first = document([outcome('a'), outcome('b')], run('abc'), '')
    expect(rowsOf(document([outcome('b', false), outcome('c')], run('def'), first))).toEqual([
      '| a | passed | 5,000 kills | 12 s | 2026-11-28, abc, seed 7 |',
      '| b | FAILED | 5,000 kills | 12 s | 2026-11-28, def, seed 7 |',
      '| c | passed | 5,000 kills | 12 s | 2026-11-28, def, seed 7 |',
    ])
  })
})
