import { type HealthMessage, moments } from '../../src/core/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { listen } from '../../src/telemetry/listen.js'
import { createMetrics } from '../../src/telemetry/metrics.js'
import { codeIn, documentAt, tableUnder } from '../docs/markdown.js'
import { right as expectRight } from '../either.js'
import { eventually } from '../eventually.js'
import {
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
} from '../paymux/stage.js'
import { useStage, useWebhooks } from '../paymux/use-stage.js'
import { collect, createMemoryMeters } from './collected.js'

const stage = useStage()
const webhooks = useWebhooks()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
const conventional = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const refuse = (status: number, body: object): void =>
  void stage.payop.inject({
    route: 'POST /v1/invoices/create',
    fault: { kind: 'status', status, effect: false, body: { ...body } },
  })

describe('the metrics of operations', () => {
  it('count each call by how it ended', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { meters } = collect()
    await right(shop.createPayment(order('metric-1')))
    await right(shop.createPayment(order('metric-1')))
    await left(shop.createPayment({ ...order('metric-1'), merchantReference: 'another' }))
    await left(shop.createPayment({ ...order('metric-2'), merchantReference: '' }))
    refuse(422, { message: 'Wrong amount', status: 0 })
    await left(shop.createPayment(order('metric-3')))
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await left(shop.payout(payout('metric-4')))
    const counted = await meters.points('paymux.operations')
    expect(counted).toHaveLength(6)
    const created = (outcome: string, account?: string) => [
      1,
      { operation: 'create_payment', outcome, ...(account === undefined ? {} : { account }) },
    ]
    expect(counted).toEqual(
      expect.arrayContaining([
        created('executed', 'europe'),
        created('replayed', 'europe'),
        created('conflict'),
        created('not_sent'),
        created('refused', 'europe'),
        [1, { operation: 'payout', outcome: 'unknown', account: 'europe' }],
      ]),
    )
    const measured = await meters.points('paymux.operation.duration')
    expect(measured).toContainEqual([1, { operation: 'payout', outcome: 'unknown' }])
    expect(measured).toHaveLength(6)
  })

  it('count a call whose operation another worker executes as in progress, and not as unknown', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { meters } = collect()
    stage.payop.inject({ route: 'POST /v1/invoices/create', fault: { kind: 'latency', ms: 200 } })
    await Promise.all([right(shop.createPayment(order('metric-5'))), left(shop.createPayment(order('metric-5')))])
    expect(await meters.points('paymux.operations')).toContainEqual([
      1,
      { operation: 'create_payment', outcome: 'in_progress' },
    ])
  })

  it('count what the ledger cannot say as unknown', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const { meters } = collect()
    const other = expectRight(openConnection(expectRight(await loadDriver()()), config.store.file, Date.now))
    other.exec('alter table paymux_operations rename to elsewhere')
    other.close()
    expect(await left(shop.createPayment(order('metric-6')))).toMatchObject({ _tag: 'InProgress' })
    expect(await meters.points('paymux.operations')).toEqual([[1, { operation: 'create_payment', outcome: 'unknown' }]])
  })

  it('measure requests to gateways by exchange and status, and commits by store', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { meters } = collect()
    await right(shop.createPayment(order('metric-7')))
    refuse(422, { message: 'Wrong amount', status: 0 })
    await left(shop.createPayment(order('metric-8')))
    const of = {
      'http.request.method': 'POST',
      'paymux.exchange': 'payop.invoices.create',
      'server.address': '127.0.0.1',
    }
    const measured = await meters.points('http.client.request.duration')
    expect(measured).toHaveLength(2)
    expect(measured).toContainEqual([1, { ...of, 'http.response.status_code': 200 }])
    expect(measured).toContainEqual([1, { ...of, 'http.response.status_code': 422, 'error.type': '422' }])
    expect(await meters.points('paymux.commit.duration')).toEqual([[6, { store: 'sqlite' }]])
    const histogram = (await meters.collect()).find(({ descriptor }) => descriptor.name.startsWith('http'))
    expect(histogram?.descriptor.unit).toBe('s')
    expect(histogram?.dataPoints[0]?.value).toMatchObject({ buckets: { boundaries: conventional } })
  })
})

describe('the metrics of what happens later', () => {
  it('count statuses that changed by what the change rests on', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { meters } = collect()
    const { reference } = await right(shop.createPayment(order('later-1')))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    await right(shop.getStatus(reference))
    expect(await meters.points('paymux.transitions')).toEqual([
      [1, { kind: 'payment', to: 'requires_action', evidence: 'answer', account: 'europe' }],
      [1, { kind: 'payment', to: 'succeeded', evidence: 'read', account: 'europe' }],
    ])
  })

  it('count deliveries by type and result', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { meters } = collect()
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(
      shop.subscribe('broken', async () => {
        throw new Error('made up')
      }),
    )
    await right(shop.start())
    await right(shop.createPayment(order('later-2')))
    await eventually(async () => (await meters.points('paymux.event.deliveries')).length === 2)
    expect(await meters.points('paymux.event.deliveries')).toEqual(
      expect.arrayContaining([
        [1, { type: 'payment.requires_action', result: 'taken' }],
        [1, { type: 'payment.requires_action', result: 'failed' }],
      ]),
    )
  })

  it('count notifications by what became of them', async () => {
    const settings = { publicUrl: webhooks.publicUrl, secret: 'made-up-secret-of-32-characters-x' }
    const shop = await openShop(stage, { ...configurationOn(stage), webhooks: settings })
    const enforcing = await openShop(stage, {
      ...configurationOn(stage),
      webhooks: { ...settings, sources: { europe: { mode: 'enforce' } } },
    })
    const { meters } = collect()
    const { reference } = await right(shop.createPayment(order('later-3')))
    const address = await right(shop.webhooks.address('europe'))
    const post = (body: string, to = address, by = shop) =>
      by.webhooks.handle(new Request(to, { method: 'POST', body }), { address: '203.0.113.9' })
    const about = (id: string) => JSON.stringify({ invoice: { id, status: 1 } })
    await post(about(idOf(reference)))
    await post(about(idOf(reference)))
    await post(about('ec62e75b-e370-42fc-82f2-25ab2050a163'))
    await post('no JSON')
    await post('x'.repeat(300 * 1024))
    await post(about('1'), `${address}x`)
    await post(about('1'), address, enforcing)
    await right(shop.stop())
    await post(about('1'))
    const counted = (decision: string, account = { account: 'europe' }) => [1, { decision, ...account }]
    expect(await meters.points('paymux.notifications')).toEqual([
      counted('accepted'),
      counted('duplicate'),
      counted('unmatched'),
      counted('quarantined'),
      counted('rejected_body'),
      [1, { decision: 'rejected_address' }],
      counted('rejected_source'),
      [1, { decision: 'unavailable' }],
    ])
  })

  it('show the findings of the last comparison with a gateway, and its age', async () => {
    const { clock, advance } = createMovableClock()
    const elsewhere = await openShop(stage, configurationOn(stage))
    const shop = await openShop(stage, configurationOn(stage), { clock })
    const { meters } = collect()
    await right(elsewhere.payout(payout('found-1')))
    advance(61 * 60_000)
    await stage.payop.clock.advance(61 * 60_000)
    await right(shop.start())
    const found = () => meters.points('paymux.reconcile.findings')
    await eventually(async () => (await found()).length > 0)
    expect((await found()).map(([, of]) => of)).toEqual([
      { account: 'europe', finding: 'missing_in_ledger' },
      { account: 'europe', finding: 'stale_in_ledger' },
    ])
    expect((await found())[0]?.[0]).toBeGreaterThan(0)
    expect(await meters.points('paymux.reconcile.age')).toEqual([[expect.any(Number), { account: 'europe' }]])
  })
})

describe('the gauges', () => {
  it('show the ledger of a paymux that has started, and of none before', async () => {
    const { clock, advance } = createMovableClock()
    const { meters } = collect()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    await right(shop.createPayment(order('gauge-1')))
    expect(await meters.points('paymux.read.lag')).toEqual([])
    advance(3_600_000)
    await right(shop.start())
    await eventually(async () => (await meters.points('paymux.read.lag')).length > 0)
    expect(await meters.points('paymux.read.backlog')).toEqual(
      expect.arrayContaining([
        [expect.any(Number), { account: 'europe' }],
        [0, { account: 'india' }],
      ]),
    )
    expect(await meters.points('paymux.read.lag')).toContainEqual([0, { account: 'india' }])
    expect(await meters.points('paymux.account.failing')).toEqual([
      [0, { account: 'europe' }],
      [0, { account: 'india' }],
    ])
    expect(await meters.points('paymux.unresolved')).toEqual([[0, {}]])
    const [[offset] = [Number.NaN]] = await meters.points('paymux.store.clock_offset')
    expect(Math.abs(offset)).toBeLessThan(60)
    const [[age] = [-1]] = await meters.points('paymux.health.age')
    expect(age).toBeGreaterThanOrEqual(0)
  })
})

describe('every metric of the page', () => {
  const metrics = tableUnder(documentAt('docs/concepts/monitoring.md'), 'Metrics').flatMap(({ Metric }) =>
    codeIn(Metric).slice(0, 1),
  )

  it('has a value in a shop that takes payments, notifications and lists, and whose gateway and subscriber fail', async () => {
    const { clock, advance } = createMovableClock()
    const settings = { publicUrl: webhooks.publicUrl, secret: 'made-up-secret-of-32-characters-x' }
    const shop = await openShop(stage, { ...configurationOn(stage), webhooks: settings }, { clock })
    const { meters } = collect()
    const { reference } = await right(shop.createPayment(order('every-1')))
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await left(shop.payout(payout('every-2')))
    const body = JSON.stringify({ invoice: { id: idOf(reference), status: 1 } })
    const address = await right(shop.webhooks.address('europe'))
    await shop.webhooks.handle(new Request(address, { method: 'POST', body }), { address: '203.0.113.9' })
    await right(
      shop.subscribe('books', async () => {
        throw new Error('made up')
      }),
    )
    advance(3_600_000)
    await right(shop.start())
    const values = async (name: string) => (await meters.points(name)).map(([value]) => value)
    const empty = async () => {
      const all = await Promise.all(metrics.map(async (name) => [name, await values(name)] as const))
      return all.filter(([, found]) => found.length === 0 || !found.every(Number.isFinite)).map(([name]) => name)
    }
    await eventually(async () => (await empty()).length === 0)
    expect(await empty()).toEqual([])
    expect(metrics.length).toBeGreaterThan(15)
    // Its two events wait for the subscriber for an hour.
    expect((await values('paymux.event.lag'))[0]).toBeGreaterThan(3_500)
  })
})

const healthy: HealthMessage = {
  at: 1_000_000,
  store: { reachable: true, clockOffsetMs: -1_500 },
  status: 'degraded',
  reasons: [],
  accounts: {
    europe: { dueReads: 3, oldestDueAt: 940_000, failingSince: 999_000 },
    india: { dueReads: 0 },
  },
  unresolvedOperations: 2,
  undeliveredEvents: 0,
}

describe('a gauge', () => {
  const setUp = () => {
    let now = 0
    const meters = createMemoryMeters()
    const metrics = createMetrics(meters.provider.getMeter('paymux'), () => now)
    const end = listen(metrics, (error) => {
      throw error
    })
    open.push(() => {
      end()
      metrics.stop()
    })
    return {
      ...meters,
      pass: (ms: number) => {
        now += ms
      },
    }
  }
  const open: (() => void)[] = []
  afterEach(() => {
    for (const end of open.splice(0)) end()
  })

  it('is in seconds, and 0 for what has not begun', async () => {
    const { points } = setUp()
    moments.health.publish(() => healthy)
    expect(await points('paymux.read.lag')).toEqual([
      [60, { account: 'europe' }],
      [0, { account: 'india' }],
    ])
    expect(await points('paymux.account.failing')).toEqual([
      [1, { account: 'europe' }],
      [0, { account: 'india' }],
    ])
    expect(await points('paymux.store.clock_offset')).toEqual([[-1.5, {}]])
    expect(await points('paymux.unresolved')).toEqual([[2, {}]])
  })

  it('of events and of unknown outcomes shows what the report has', async () => {
    const { points } = setUp()
    moments.health.publish(() => healthy)
    for (const name of ['paymux.event.backlog', 'paymux.event.lag', 'paymux.indeterminate.age'])
      expect(await points(name)).toEqual([[0, {}]])
    moments.health.publish(() => ({
      ...healthy,
      undeliveredEvents: 7,
      oldestUndeliveredAt: 700_000,
      oldestIndeterminateAt: 400_000,
    }))
    expect(await points('paymux.event.backlog')).toEqual([[7, {}]])
    expect(await points('paymux.event.lag')).toEqual([[300, {}]])
    expect(await points('paymux.indeterminate.age')).toEqual([[600, {}]])
  })

  it('is no number any more a minute after it was measured last: the SDK would repeat it for ever', async () => {
    const { points, pass } = setUp()
    moments.health.publish(() => healthy)
    pass(59_999)
    expect(await points('paymux.unresolved')).toEqual([[2, {}]])
    pass(1)
    expect(await points('paymux.unresolved')).toEqual([[Number.NaN, {}]])
    expect(await points('paymux.health.age')).toEqual([[60, {}]])
    moments.health.publish(() => ({ ...healthy, unresolvedOperations: 1 }))
    expect(await points('paymux.unresolved')).toEqual([[1, {}]])
  })

  it('is not measured by a ledger that does not answer', async () => {
    const { points, pass } = setUp()
    moments.health.publish(() => healthy)
    pass(30_000)
    moments.health.publish(() => ({ ...healthy, store: { reachable: false }, accounts: {}, unresolvedOperations: 0 }))
    expect(await points('paymux.unresolved')).toEqual([[2, {}]])
    expect(await points('paymux.health.age')).toEqual([[30, {}]])
  })

  it('of findings is what the ledger has of the last comparison', async () => {
    const { points } = setUp()
    const reconciliation = { comparedTo: 940_000, missingInLedger: 3, staleInLedger: 0 }
    const failed = { missingInLedger: 0, staleInLedger: 0 }
    const accounts = {
      europe: { dueReads: 0, reconciliation },
      india: { dueReads: 0 },
      spare: { dueReads: 0, reconciliation: failed },
    }
    moments.health.publish(() => ({ ...healthy, accounts }))
    expect(await points('paymux.reconcile.findings')).toEqual([
      [3, { account: 'europe', finding: 'missing_in_ledger' }],
      [0, { account: 'europe', finding: 'stale_in_ledger' }],
      [0, { account: 'spare', finding: 'missing_in_ledger' }],
      [0, { account: 'spare', finding: 'stale_in_ledger' }],
    ])
    expect(await points('paymux.reconcile.age')).toEqual([[60, { account: 'europe' }]])
  })
})
