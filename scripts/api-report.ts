import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entriesOf } from './surface/entries.js'
import { overLimit } from './surface/limits.js'
import { differenceOf, writeReports } from './surface/report.js'

/**
 * Writes what each entry point exports to `docs/api`, one file per entry point. With `--check` it changes no report, and ends with
 * code 1 if a file there is stale, missing or of no entry point, or if an entry point exports more names than it may. Run in the
 * root of the package.
 */

const root = process.cwd()
const folder = 'docs/api'
const entries = entriesOf(root)

const write = async (): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeReports(root, entries, join(root, folder))
  for (const { name } of entries) console.log(`${folder}/${name}.api.md`)
}

const check = async (): Promise<void> => {
  const fresh = await mkdtemp(join(tmpdir(), 'api-'))
  try {
    await writeReports(root, entries, fresh)
    await mkdir(folder, { recursive: true })
    const difference = await differenceOf(folder, fresh)
    const offences = [
      ...(difference === ''
        ? []
        : [`${difference}\n${folder} is stale. Run "npm run api", and look at what changed before you commit it.`]),
      ...overLimit(root, entries),
    ]
    for (const offence of offences) console.error(offence)
    console.log(`api: ${entries.length} entry points checked, ${offences.length} offences`)
    process.exitCode = offences.length === 0 ? 0 : 1
  } finally {
    await rm(fresh, { recursive: true })
  }
}

await (process.argv.includes('--check') ? check() : write())
