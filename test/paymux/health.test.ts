import { sql } from '../../src/ledger/stores/sql.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { paymux as paymuxPromise } from '../../src/paymux/promises.js'
import { right as expectRight } from '../either.js'
import { eventually } from '../eventually.js'
import { closeShops, configurationOn, createMovableClock, left, openShop, order, payout, right } from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(closeShops)

describe('health', () => {
  it('shows which account has reads that are due, and since when', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    await right(shop.createPayment(order('due')))
    expect(await right(shop.health())).toMatchObject({
      status: 'ok',
      store: { reachable: true, schemaVersion: 1, clockOffsetMs: expect.any(Number) },
      accounts: { europe: { dueReads: 0, share: 1 }, india: { dueReads: 0, share: 1 } },
      dueReads: 0,
      undeliveredEvents: 1,
    })
    advance(3_600_000)
    expect(await right(shop.health())).toMatchObject({
      status: 'degraded',
      reasons: [
        { code: 'reads_late', account: 'europe', since: expect.any(Number) },
        { code: 'events_late', since: expect.any(Number) },
      ],
      dueReads: 1,
      accounts: { europe: { dueReads: 1, oldestDueAt: expect.any(Number) }, india: { dueReads: 0 } },
    })
  })

  it('counts the operations whose outcome is not known, and says since when', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    expect(await right(shop.health())).not.toHaveProperty('oldestIndeterminateAt')
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await left(shop.payout(payout('unknown')))
    const since = clock()
    advance(3_600_000)
    const { indeterminateOperations, oldestIndeterminateAt = 0, unresolvedOperations } = await right(shop.health())
    expect([indeterminateOperations, unresolvedOperations]).toEqual([1, 0])
    expect(Math.abs(oldestIndeterminateAt - since)).toBeLessThan(60_000)
  })

  it('is a report, and no error, if the ledger cannot be read', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const other = expectRight(openConnection(expectRight(await loadDriver()()), config.store.file, Date.now))
    other.exec('alter table paymux_objects rename to elsewhere')
    other.close()
    expect(await right(shop.health())).toEqual({
      status: 'down',
      reasons: [{ code: 'store_unreachable' }],
      store: { reachable: false },
      background: { started: false },
      accounts: {},
      dueReads: 0,
      notifications: { unlistedSource: 0, rejected: 0, quarantined: 0, overQuota: 0 },
      unresolvedOperations: 0,
      indeterminateOperations: 0,
      undeliveredEvents: 0,
      unreadableEvents: 0,
    })
  })

  it('is not given what was counted days ago: the work in the background forgets it', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const connection = expectRight(openConnection(expectRight(await loadDriver()()), config.store.file, Date.now))
    const hour = Math.floor(Date.now() / 3_600_000)
    const hours = () =>
      connection.all(sql`select hour from paymux_notification_counts order by hour`).map((row) => Number(row.hour))
    for (const each of [hour - 100_000, hour - 49, hour - 47, hour])
      connection.exec(`insert into paymux_notification_counts values ('europe', 1, ${each}, 1, 0, 0, 0, 0, 0)`)
    await right(shop.start())
    await eventually(() => hours().length === 2)
    expect(hours()).toEqual([hour - 47, hour])
    expect((await right(shop.health())).accounts.europe?.notifications.unlistedSource).toBe(1)
    connection.close()
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
