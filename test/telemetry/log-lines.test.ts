import { Writable } from 'node:stream'
import { pino } from 'pino'
import {
  type EventMessage,
  type HealthMessage,
  type JobTrace,
  moments,
  type NotificationOutcome,
  type OperationOutcome,
  type Traces,
  traced,
} from '../../src/core/index.js'
import { eventTypes } from '../../src/orchestrator/events/events.js'
import { instrument } from '../../src/paymux/telemetry.js'
import { listen } from '../../src/telemetry/listen.js'
import { createLogLines } from '../../src/telemetry/log-lines.js'
import { eventually } from '../eventually.js'
import {
  closeShops,
  configurationOn,
  createMovableClock,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
} from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { collect, createMemoryLogger } from './collected.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

describe('the lines of a payment', () => {
  it('are one for each change, with the names of the attributes, and the ids of the span', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { lines, only } = collect()
    const { reference, operationId } = await right(shop.createPayment(order('line-1')))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    const { traceId, spanId } = only('paymux.create_payment').spanContext()
    const changed = {
      'paymux.kind': 'payment',
      'paymux.account': 'europe',
      'paymux.object.id': idOf(reference),
      'paymux.operation.id': operationId,
    }
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([
      {
        level: 'info',
        message: 'A status changed.',
        fields: { ...changed, 'paymux.status': 'requires_action', 'paymux.evidence': 'answer' },
      },
      {
        level: 'info',
        message: 'The operation was executed.',
        fields: {
          'paymux.operation.name': 'create_payment',
          'paymux.operation.id': operationId,
          'paymux.account': 'europe',
          'paymux.outcome': 'executed',
          'paymux.replayed': false,
          'paymux.status': 'requires_action',
          duration_ms: expect.any(Number),
          trace_id: traceId,
          span_id: spanId,
        },
      },
      {
        level: 'info',
        message: 'A status changed.',
        fields: {
          ...changed,
          'paymux.status.from': 'requires_action',
          'paymux.status': 'succeeded',
          'paymux.evidence': 'read',
        },
      },
    ])
    expect(lines.filter(({ level }) => level === 'debug').map(({ message }) => message)).toEqual(
      expect.arrayContaining(['A request to a gateway ended.', 'An object was read.']),
    )
  })

  it('need no package of OpenTelemetry', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { logger, lines } = createMemoryLogger()
    const stop = instrument({ logger })
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await left(shop.payout(payout('line-2')))
    stop()
    expect(lines.find(({ level }) => level === 'warn')).toEqual({
      level: 'warn',
      message: 'The outcome of the operation is not known.',
      fields: {
        'paymux.operation.name': 'payout',
        'paymux.operation.id': expect.any(String),
        'paymux.account': 'europe',
        'paymux.outcome': 'unknown',
        'paymux.replayed': false,
        'error.type': 'Indeterminate',
        duration_ms: expect.any(Number),
      },
    })
    const before = lines.length
    await right(shop.createPayment(order('line-3')))
    expect(lines).toHaveLength(before)
  })

  it('are written by pino as it is', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const written: Record<string, unknown>[] = []
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        written.push(JSON.parse(String(chunk)))
        done()
      },
    })
    const stop = instrument({ logger: pino({ level: 'info' }, stream) })
    await right(shop.createPayment(order('line-4')))
    stop()
    expect(written).toMatchObject([
      { level: 30, msg: 'A status changed.', 'paymux.status': 'requires_action' },
      { level: 30, msg: 'The operation was executed.', 'paymux.outcome': 'executed' },
    ])
  })

  it('say that paymux started, has another configuration, and stopped', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const { lines } = collect()
    await right(shop.start())
    await right(shop.reload(config))
    await right(shop.stop())
    const messages = lines.map(({ message }) => message).filter((message) => message.startsWith('paymux'))
    expect(messages).toEqual([
      'paymux started its background work.',
      'paymux has another configuration.',
      'paymux stopped.',
    ])
  })

  it('say how paymux is when that changes', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    await right(shop.createPayment(order('line-5')))
    const { lines } = collect()
    advance(3_600_000)
    await right(shop.start())
    await eventually(() => lines.some(({ fields }) => 'paymux.health' in fields))
    expect(lines.find(({ fields }) => 'paymux.health' in fields)).toEqual({
      level: 'warn',
      message: 'paymux is degraded: an operator should look.',
      fields: { 'paymux.health': 'degraded', 'paymux.reasons': 'reads_late europe, events_late' },
    })
  })
})

/** The lines that a listener writes, with a clock of the test. */
const setUp = () => {
  const { logger, lines } = createMemoryLogger()
  let now = 0
  const end = listen(
    createLogLines(logger, undefined, () => now),
    (error) => {
      throw error
    },
  )
  ends.push(end)
  return {
    lines,
    shown: () => lines.map(({ level, message }) => `${level}: ${message}`),
    pass: (ms: number) => {
      now += ms
    },
  }
}
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

const trace = <Name extends keyof Traces>(name: Name, begun: Traces[Name], ended: Partial<Traces[Name]>) =>
  traced(
    name,
    () => begun,
    async () => undefined,
    () => ended,
  )

describe('the level of a line', () => {
  it.each<[OperationOutcome, string]>([
    ['executed', 'info'],
    ['declined', 'info'],
    ['refused', 'info'],
    ['not_sent', 'info'],
    ['in_progress', 'info'],
    ['replayed', 'debug'],
    ['conflict', 'warn'],
    ['unknown', 'warn'],
  ])('of an operation that ended as %s is %s', async (outcome, level) => {
    const { lines } = setUp()
    await trace('operation', { operation: 'refund' }, { outcome })
    expect(lines).toMatchObject([{ level, fields: { 'paymux.outcome': outcome } }])
  })

  it.each<[NotificationOutcome, string]>([
    ['accepted', 'debug'],
    ['duplicate', 'debug'],
    ['unmatched', 'debug'],
    ['rejected_address', 'debug'],
    ['quarantined', 'warn'],
    ['rejected_source', 'warn'],
    ['rejected_body', 'warn'],
    ['over_quota', 'warn'],
    ['unavailable', 'warn'],
  ])('of a notification that was %s is %s', async (decision, level) => {
    const { lines } = setUp()
    await trace('notification', {}, { decision })
    expect(lines).toMatchObject([{ level, fields: { 'paymux.notification.decision': decision } }])
  })

  it.each<[number, boolean, string]>([
    [0, true, 'debug'],
    [0, false, 'warn'],
    [8, false, 'warn'],
    [9, false, 'error'],
    [30, false, 'error'],
  ])('of a delivery after %s others, taken: %s, is %s', async (tries, taken, level) => {
    const { lines } = setUp()
    await trace('delivery', { type: 'payment.succeeded', subscriber: 'books', tries }, { taken })
    expect(lines).toMatchObject([{ level, fields: { 'paymux.subscriber': 'books' } }])
  })

  it.each<[JobTrace, Partial<JobTrace>, string]>([
    [{ job: 'recover', by: 'worker' }, { isOpen: false }, 'info'],
    [{ job: 'recover', by: 'worker' }, { isOpen: true }, 'debug'],
    [{ job: 'reconcile', by: 'caller' }, { found: 1 }, 'info'],
    [{ job: 'reconcile', by: 'caller' }, { unreadable: 1 }, 'warn'],
    [{ job: 'reconcile', by: 'caller' }, { errorType: 'Unreachable' }, 'warn'],
    [{ job: 'claim_abandoned', by: 'worker' }, { did: 0 }, 'debug'],
    [{ job: 'claim_abandoned', by: 'worker' }, { did: 1 }, 'info'],
    [{ job: 'deliver_events', by: 'worker' }, { did: 1 }, 'debug'],
    [{ job: 'redeliver_event', by: 'worker' }, { did: 1 }, 'debug'],
  ])('of the job %j that ended with %j is %s', async (job, ended, level) => {
    const { lines } = setUp()
    await trace('job', job, ended)
    expect(lines).toMatchObject([{ level, fields: { 'paymux.job': job.job } }])
  })

  const levels: Readonly<Record<string, string>> = {
    'operation.requires_resolution': 'error',
    'operation.resolved': 'info',
    'account.failing': 'warn',
    'account.recovered': 'info',
    'notification.unmatched': 'warn',
    'reconciliation.missing_in_ledger': 'error',
    'payment.alert': 'error',
    'payment.review': 'error',
    'payment.disputed': 'warn',
    'payment.duplicate': 'error',
    'payment.on_abandoned_attempt': 'error',
    'refund.alert': 'error',
    'refund.review': 'error',
    'refund.disputed': 'warn',
    'refund.on_abandoned_attempt': 'error',
    'refund.duplicate': 'error',
    'payout.duplicate': 'error',
    'payout.alert': 'error',
    'payout.review': 'error',
    'payout.disputed': 'warn',
    'payout.on_abandoned_attempt': 'error',
  }

  it('of an event is in the table, and those that a change or a call tells already have no line', () => {
    const { lines } = setUp()
    for (const type of eventTypes) moments.event.publish((): EventMessage => ({ type }))
    expect(Object.fromEntries(lines.map(({ level, fields }) => [fields['paymux.event.type'], level]))).toEqual(levels)
  })

  it('of how paymux is follows its status', () => {
    const { shown } = setUp()
    const health = (status: HealthMessage['status'], ...reasons: string[]) =>
      moments.health.publish(() => ({
        at: 0,
        store: { reachable: status !== 'down' },
        status,
        reasons: reasons.map((code) => ({ code, account: 'europe' })),
        accounts: {},
        unresolvedOperations: 0,
        undeliveredEvents: 0,
      }))
    health('ok')
    health('degraded', 'reads_late')
    health('degraded', 'reads_late')
    health('degraded', 'reads_late', 'account_failing')
    health('down', 'store_unreachable')
    health('ok')
    expect(shown()).toEqual([
      'warn: paymux is degraded: an operator should look.',
      'warn: paymux is degraded: an operator should look.',
      'error: paymux is down: its ledger does not answer.',
      'info: paymux is well.',
    ])
  })
})

describe('a flood', () => {
  it('of notifications is one line for each account and minute, with the number of those between', async () => {
    const { lines, pass } = setUp()
    const unlisted = (account: string) =>
      trace('notification', {}, { decision: 'accepted', account, unlistedSource: true })
    for (let n = 0; n < 5; n += 1) await unlisted('europe')
    await unlisted('india')
    pass(60_000)
    await unlisted('europe')
    expect(lines).toMatchObject([
      {
        level: 'warn',
        fields: { 'paymux.account': 'europe' },
        message: 'A notification came from an unlisted source.',
      },
      { level: 'warn', fields: { 'paymux.account': 'india' } },
      { level: 'warn', fields: { 'paymux.account': 'europe', 'paymux.held_back': 4 } },
    ])
  })

  it('of commits that fail is one line a minute', async () => {
    const { lines, pass } = setUp()
    const failed = () => trace('commit', { store: 'sqlite', writes: 1 }, { outcome: 'not_sent', code: 'SQLITE_FULL' })
    await failed()
    await failed()
    pass(60_000)
    await failed()
    expect(lines).toMatchObject([
      { level: 'error', fields: { 'error.type': 'SQLITE_FULL' }, message: 'The ledger did not take a commit.' },
      { level: 'error', fields: { 'paymux.held_back': 1 } },
    ])
  })
})
