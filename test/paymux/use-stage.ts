import nock from 'nock'
import { closeShops, openStage, openWebhooks, type Stage } from './stage.js'

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

type Webhooks = Awaited<ReturnType<typeof openWebhooks>>

/** A server for notifications, for the tests of a file. Its fields are there once they run. */
export const useWebhooks = (): Webhooks => {
  const webhooks = {} as Webhooks
  beforeAll(async () => {
    Object.assign(webhooks, await openWebhooks())
  })
  afterAll(() => webhooks.close())
  return webhooks
}
