import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { ended } from '../packaging/ended.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { install, newFolder, tarball } from './packed.js'

const ranges = Object.entries(manifest.peerDependencies)

/** The oldest version of each part of a range, the oldest part first. */
const oldest = (range: string): readonly string[] =>
  range.split(' || ').map((part) => /\d+\.\d+\.\d+/.exec(part)?.[0] ?? part)

const rounds = Math.max(...ranges.map(([, range]) => oldest(range).length))

describeWithPostgres('optional peers', (server) => {
  it.each(Array.from({ length: rounds }, (_, round) => round))(
    'work in the oldest version of each part of their ranges: %i',
    async (round) => {
      const folder = await newFolder(`peers-${round}`)
      const versions = ranges.map(([name, range]) => {
        const parts = oldest(range)
        return `${name}@${parts[round] ?? range}`
      })
      // npm refuses what is in no range.
      await install(folder, tarball(), ...versions)
      await cp(join(__dirname, 'peers-process.mjs'), join(folder, 'peers-process.mjs'))
      const url = await createDatabase(server)
      const stores = [
        { type: 'sqlite', file: ':memory:' },
        { type: 'postgres', url },
      ]
      const run = `env STORES='${JSON.stringify(stores)}' ${process.execPath} peers-process.mjs`
      const { stdout, output } = await ended(folder, 'sh', '-c', run)
      await dropDatabase(server, url)
      expect(stdout || output).toBe('ORD-sqlite processing\nORD-postgres processing\n')
    },
  )
})
