import nock from 'nock'
import { type Play, plays } from '../stage/plays.js'
import type { NewPlace } from '../stage/stores.js'
import { type Ground, startGround } from './ground.js'
import { playReads, readPlays } from './reads.js'
import { playColumn } from './run.js'

/** Describes the columns of one gateway over one store. A file of its own for each, so that they run side by side. */
export const describeColumns = (gateway: Play['gateway'], newPlace: NewPlace, prefix: string): void => {
  let ground: Ground
  beforeAll(async () => {
    nock.restore()
    ground = await startGround()
  })
  afterAll(() => ground.close())

  it.each(plays.flatMap((play, n) => (play.gateway === gateway ? [[play.name, play, n] as const] : [])))(
    'every fault of a %s',
    async (_name, play, n) => {
      const { cells, problems } = await playColumn(ground, { newPlace, play, prefix: `${prefix}-matrix-${n}` })

      expect(problems).toEqual([])
      expect(cells).toBeGreaterThan(80)
    },
  )

  it.each(readPlays.flatMap((play, n) => (play.gateway === gateway ? [[play.name, play, n] as const] : [])))(
    'every fault of a read of a %s',
    async (_name, play, n) => {
      const { cells, problems } = await playReads(ground, { newPlace, play, prefix: `${prefix}-reads-${n}` })

      expect(problems).toEqual([])
      expect(cells).toBeGreaterThan(70)
    },
  )
}
