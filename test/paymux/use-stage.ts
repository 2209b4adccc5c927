import nock from 'nock'
import { closeShops, openStage, type Stage } from './stage.js'

/** A stage for the tests of a file or a group. Its fields are there once they run; shops that are open are closed before it. */
export const useStage = (): Stage => {
  const stage = {} as Stage
  beforeAll(async () => {
    nock.restore()
    Object.assign(stage, await openStage())
  })
  afterAll(async () => {
    await closeShops()
    await stage.close()
  })
  return stage
}
