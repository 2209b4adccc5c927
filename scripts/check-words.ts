import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { offencesIn } from './words/offences.js'

/**
 * Looks for names and phrases that have been replaced by others (`scripts/words/rules.ts`). Run in the root of the repository; ends
 * with code 1 and the list of offences.
 */

const places = ['src', 'docs', 'examples', 'test', 'bench', 'scripts', 'templates', '.']

/** They keep their history, are generated, or are about the words themselves. */
const skipped =
  /^(docs\/(decisions|api)\/|docs\/proof\.md$|scripts\/(check-words|words\/)|test\/scripts\/check-words|scripts\/ci-verdict\.ts$)/

const below = (place: string): readonly string[] =>
  readdirSync(place, { recursive: place !== '.', encoding: 'utf8' }).map((path) =>
    place === '.' ? path : `${place}/${path.replaceAll('\\', '/')}`,
  )

const files = places
  .filter((place) => existsSync(place))
  .flatMap(below)
  .filter((path) => /\.(ts|mts|cts|js|mjs|cjs|md)$/.test(path) && !skipped.test(path) && statSync(path).isFile())

const offences = files.flatMap((path) =>
  offencesIn(path, readFileSync(path, 'utf8')).map(
    ({ line, word, instead }) => `${path}:${line}: "${word}": write ${instead}`,
  ),
)

for (const offence of offences) console.error(offence)
console.log(`words: ${files.length} files checked, ${offences.length} offences`)
process.exitCode = offences.length === 0 && files.length > 0 ? 0 : 1
