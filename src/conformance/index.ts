import assert from 'node:assert/strict'
import { afterwardsRequirements } from './afterwards.js'
import { submissionsOf, withHarness } from './harness.js'
import { readRequirements } from './readings.js'
import { nameOf, type Requirement } from './requirement.js'
import type { Subject } from './subject.js'
import { submissionRequirements } from './submissions.js'
import { unsentRequirements } from './unsent.js'

export type { Execution, Fault, Fixture, Gateway, Samples, Subject, Submission } from './subject.js'

/** The two functions of a test runner (jest, vitest, mocha, node:test) that the suite needs. */
export interface Runner {
  /** Groups requirements under a name. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Registers one requirement. */
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

const requirementsFor = ({ submissions }: Subject): readonly Requirement[] => [
  ...submissions.flatMap((submission) =>
    submissionRequirements.map(({ name, run }) => ({
      name: `${nameOf(submission)}: ${name}`,
      run: (harness: Parameters<typeof run>[0]) => run(harness, submission),
    })),
  ),
  ...[...unsentRequirements, ...readRequirements, ...afterwardsRequirements].filter(
    ({ needs }) => needs === undefined || submissions.some(({ operation }) => operation === needs),
  ),
]

/**
 * Registers the requirements that every adapter must meet, each against a fresh account at a fresh test gateway. An
 * exempted requirement is run, too, and has to fail: an exemption that is no longer needed is an error.
 */
export const conformance = (subject: Subject, { describe, it }: Runner): void => {
  const requirements = requirementsFor(subject)
  describe(`${subject.name} meets the requirements of adapters`, () => {
    it('declares what the suite was told', () =>
      withHarness(subject, async (harness) => assert.deepEqual(subject.submissions, submissionsOf(harness))))
    it('names no exemption that is no requirement', async () => {
      const names = requirements.map(({ name }) => name)
      for (const name of Object.keys(subject.exemptions)) assert.ok(names.includes(name), name)
    })
    for (const { name, run } of requirements) {
      const reason = subject.exemptions[name]
      if (reason === undefined) it(name, () => withHarness(subject, run))
      else it(`exempt: ${name} (${reason})`, () => assert.rejects(withHarness(subject, run)))
    }
  })
}
