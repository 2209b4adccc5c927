import { afterwardsClauses } from '../../src/conformance/afterwards.js'
import { decisionClauses } from '../../src/conformance/decisions.js'
import { readingClauses } from '../../src/conformance/readings.js'
import { unsentClauses } from '../../src/conformance/unsent.js'
import { codeIn, documentAt, tablesUnder } from './markdown.js'

const page = documentAt('docs/conformance.md')

const lawsUnder = (heading: string): readonly string[] => {
  const [laws = [], faults = []] = tablesUnder(page, heading)
  return laws.flatMap(({ Law = '' }) =>
    Law.includes('`<fault>`')
      ? faults.flatMap(({ Fault }) => codeIn(Fault).map((fault) => Law.replace('`<fault>`', fault)))
      : [Law],
  )
}

describe('docs/conformance.md', () => {
  it.each([
    ['Of each decisive request', decisionClauses],
    ['Before anything is sent', unsentClauses],
    ['Of reading', readingClauses],
    ['Afterwards', afterwardsClauses],
  ])('lists the laws under "%s"', (heading, clauses) => {
    expect([...lawsUnder(heading)].sort()).toEqual(clauses.map(({ name }) => name).sort())
  })
})
