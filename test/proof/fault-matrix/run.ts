import type { Adapter } from '../../../src/core/index.js'
import { sharedPostgres } from '../../postgres/server.js'
import type { Prove } from '../proof.js'
import { type Play, plays } from '../stage/plays.js'
import { type NewPlace, postgresOn, sqliteFile } from '../stage/stores.js'
import { openCell } from './cell.js'
import { type Fault, faults } from './faults.js'
import { playCell } from './findings.js'
import { type Ground, startGround } from './ground.js'
import { playReads, readPlays } from './reads.js'
import { setScene } from './scene.js'

/**
 * The fault matrix: every fault, at every submission of both adapters and at every first read, over both stores. Each cell checks what the
 * caller gets, how often the gateway executed, what the ledger holds of the operation and its attempts, what a refund
 * holds back, which events there are, and that the same key then does the right thing and never executes twice.
 * Of reads: that the record stays as it is.
 */

interface Column {
  readonly newPlace: NewPlace
  readonly play: Play
  readonly faults?: readonly Fault[]
  /** Begins the keys. */
  readonly prefix: string
  /** Breaks the adapters: a test's way to see the matrix fail. */
  readonly changed?: (adapter: Adapter) => Adapter
}

/** Plays the faults at one submission over one store. Gives how many cells there were, and what was wrong. */
export const playColumn = async (ground: Ground, column: Column): Promise<{ cells: number; problems: string[] }> => {
  const { gateways, servers } = ground
  const { newPlace, play, prefix, changed } = column
  const scene = await setScene(newPlace, play.gateway, gateways, servers, changed)
  const struck = (column.faults ?? faults).filter(({ strikes }) => strikes?.(play) ?? true)
  const problems: string[] = []
  for (const [n, fault] of struck.entries()) {
    const cell = await openCell(scene, fault, play, `${prefix}-${String(n).padStart(4, '0')}`)
    const found = await playCell(cell)
    problems.push(...found.map((problem) => `${play.name}, ${fault.row} ${fault.name}: ${problem}`))
  }
  await scene.close()
  return { cells: struck.length, problems }
}

/** The proof: the same in both forms. */
export const run: Prove = async ({ seed, print }) => {
  const ground = await startGround()
  const server = sharedPostgres()
  const places: readonly (readonly [string, NewPlace])[] = [
    ['sqlite', sqliteFile],
    ...('url' in server ? ([['postgres', postgresOn(server)]] as const) : []),
  ]
  const counted = {
    faults: faults.length,
    submissions: plays.length,
    reads: readPlays.length,
    stores: places.length,
    cells: 0,
    problems: 0,
  }
  const count = (what: string, { cells, problems }: { cells: number; problems: readonly string[] }): void => {
    print(`${what}: ${cells} cells, ${problems.length} problems`)
    for (const problem of problems.slice(0, 10)) print(problem)
    counted.cells += cells
    counted.problems += problems.length
  }
  for (const [name, newPlace] of places) {
    for (const [n, play] of plays.entries())
      count(`${name}, ${play.name}`, await playColumn(ground, { newPlace, play, prefix: `${name}-${seed}-${n}` }))
    for (const [n, play] of readPlays.entries())
      count(
        `${name}, read of ${play.name}`,
        await playReads(ground, { newPlace, play, prefix: `${name}-${seed}-reads-${n}` }),
      )
  }
  await ground.close()
  return { name: 'fault matrix', counted, passed: counted.problems === 0 && counted.cells > 0 }
}
