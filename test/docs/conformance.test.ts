import { afterwardsRequirements } from '../../src/conformance/afterwards.js'
import { readRequirements } from '../../src/conformance/readings.js'
import { submissionRequirements } from '../../src/conformance/submissions.js'
import { unsentRequirements } from '../../src/conformance/unsent.js'
import { codeIn, documentAt, tablesUnder } from './markdown.js'

const page = documentAt('docs/conformance.md')

const requirementsUnder = (heading: string): readonly string[] => {
  const [requirements = [], faults = []] = tablesUnder(page, heading)
  return requirements.flatMap(({ Requirement = '' }) =>
    Requirement.includes('`<fault>`')
      ? faults.flatMap(({ Fault }) => codeIn(Fault).map((fault) => Requirement.replace('`<fault>`', fault)))
      : [Requirement],
  )
}

describe('docs/conformance.md', () => {
  it.each([
    ['Of each submission', submissionRequirements],
    ['Before anything is sent', unsentRequirements],
    ['Of reading', readRequirements],
    ['Afterwards', afterwardsRequirements],
  ])('lists the requirements under "%s"', (heading, requirements) => {
    expect([...requirementsUnder(heading)].sort()).toEqual(requirements.map(({ name }) => name).sort())
  })
})
