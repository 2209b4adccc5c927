import { compileExamples } from './docs/examples.js'
import { gapsIn } from './surface/documented.js'
import { entriesOf } from './surface/entries.js'
import { programOf } from './surface/exported.js'

/**
 * Checks that every exported name and every member of an exported type has a doc comment, and that the examples in doc comments
 * and documents compile. Run in the root of the package; ends with code 1 and the list of offences.
 */

const root = process.cwd()
const entries = entriesOf(root)
const program = programOf(root, entries)

const gaps = gapsIn(program, root, entries).map(({ place, name }) => `${place}: ${name} has no doc comment`)
const { count, complaints } = compileExamples(root, entries, program)

for (const offence of [...gaps, ...complaints]) console.error(offence)
console.log(
  `docs: ${entries.length} entry points, ${gaps.length} names without a doc comment; ` +
    `${count} examples, ${complaints.length} errors in them`,
)
process.exitCode = gaps.length + complaints.length === 0 ? 0 : 1
