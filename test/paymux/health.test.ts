import nock from 'nock'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { paymux as paymuxPromise } from '../../src/paymux/promises.js'
import { right as expectRight } from '../either.js'
import {
  closeShops,
  configurationOn,
  createMovableClock,
  left,
  openShop,
  openStage,
  order,
  right,
  type Stage,
} from './stage.js'

let stage: Stage

beforeAll(async () => {
  nock.restore()
  stage = await openStage()
})
afterEach(closeShops)
afterAll(() => stage.close())

describe('health', () => {
  it('shows which account has reads that are due, and since when', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    await right(shop.createPayment(order('due')))
    expect(await right(shop.health())).toMatchObject({
      status: 'ok',
      store: { reachable: true },
      accounts: { europe: { dueReads: 0 }, india: { dueReads: 0 } },
    })
    advance(3_600_000)
    expect(await right(shop.health())).toMatchObject({
      status: 'degraded',
      reasons: ['reads_late'],
      accounts: { europe: { dueReads: 1, oldestDueAt: expect.any(Number) }, india: { dueReads: 0 } },
    })
  })

  it('is a report, and no error, if the ledger cannot be read', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const other = expectRight(openConnection(expectRight(await loadDriver()()), config.store.file, Date.now))
    other.exec('alter table paymux_objects rename to elsewhere')
    other.close()
    expect(await right(shop.health())).toEqual({
      status: 'down',
      reasons: ['store_unreachable'],
      store: { reachable: false },
      background: { started: false },
      accounts: {},
      unresolvedOperations: 0,
      unreadableEvents: 0,
    })
  })

  it('has the same report with Promises, and none after stop', async () => {
    const shop = await paymuxPromise(configurationOn(stage), { env: stage.env })
    expect(await shop.health()).toMatchObject({ status: 'ok', reasons: [] })
    await shop.stop()
    await expect(shop.health()).rejects.toMatchObject({ error: { _tag: 'Unreachable', phase: 'store' } })
    const stopped = await openShop(stage, configurationOn(stage))
    await right(stopped.stop())
    expect(await left(stopped.health())).toMatchObject({ _tag: 'Unreachable', phase: 'store' })
  })
})
