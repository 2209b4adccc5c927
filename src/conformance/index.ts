import assert from 'node:assert/strict'
import { afterwardsClauses } from './afterwards.js'
import { type Clause, nameOf } from './clause.js'
import { decisionClauses } from './decisions.js'
import { readingClauses } from './readings.js'
import { decisionsOf, withRig } from './rig.js'
import type { Subject } from './subject.js'
import { unsentClauses } from './unsent.js'

export type { Decision, Execution, Fault, Gateway, Samples, Stage, Subject } from './subject.js'

/** The two functions of a test runner (jest, vitest, mocha, node:test) that the suite needs. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

const clausesFor = ({ decisions }: Subject): readonly Clause[] => [
  ...decisions.flatMap((decision) =>
    decisionClauses.map(({ name, run }) => ({
      name: `${nameOf(decision)}: ${name}`,
      run: (rig: Parameters<typeof run>[0]) => run(rig, decision),
    })),
  ),
  ...[...unsentClauses, ...readingClauses, ...afterwardsClauses].filter(
    ({ needs }) => needs === undefined || decisions.some(({ operation }) => operation === needs),
  ),
]

/**
 * Registers the laws that every adapter must obey, each against a fresh account at a fresh stand-in gateway. An
 * exempted clause is run, too, and has to fail: an exemption that is no longer needed is an error.
 */
export const conformance = (subject: Subject, { describe, it }: Runner): void => {
  const clauses = clausesFor(subject)
  describe(`${subject.name} obeys the laws of adapters`, () => {
    it('declares what the suite was told', () =>
      withRig(subject, async (rig) => assert.deepEqual(subject.decisions, decisionsOf(rig))))
    it('names no exemption that is no clause', async () => {
      const names = clauses.map(({ name }) => name)
      for (const name of Object.keys(subject.exemptions)) assert.ok(names.includes(name), name)
    })
    for (const { name, run } of clauses) {
      const reason = subject.exemptions[name]
      if (reason === undefined) it(name, () => withRig(subject, run))
      else it(`exempt: ${name} (${reason})`, () => assert.rejects(withRig(subject, run)))
    }
  })
}
