import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { eventually } from '../eventually.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createMovableClock,
  left,
  openShop,
  payout,
  right,
} from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { collect, shown } from './collected.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

/** Lets a process die while it waits for the answer to a payout that the gateway executed. Gives the id of its trace. */
const die = async (store: object, key: string): Promise<string> => {
  const before = stage.payop.executions().length
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'silence_after_executing' } })
  const child = fork(resolve('test/telemetry/traced-process.ts'), {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH, ...stage.env },
  })
  child.send({ config: { accounts, store }, key })
  const [traceId] = await once(child, 'message')
  await eventually(() =>
    stage.payop
      .executions()
      .slice(before)
      .some(({ executed }) => executed),
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  return traceId
}

describe('the span of a recovery', () => {
  it('has a link to the trace of the call whose process was killed', async () => {
    const { store } = configurationOn(stage)
    const traceId = await die(store, 'killed-1')
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, { accounts, store }, { clock })
    const { until, beneath, named } = collect()
    await right(shop.start())
    advance(60_000)
    const recovery = await until('paymux.job.recover')
    const [link, ...others] = recovery.links
    expect(others).toEqual([])
    expect(link?.context).toEqual({
      traceId,
      spanId: expect.stringMatching(/^[\da-f]{16}$/),
      traceFlags: 1,
      isRemote: true,
    })
    expect(recovery.spanContext().traceId).not.toBe(traceId)
    expect(recovery.parentSpanContext).toBeUndefined()
    expect(shown(recovery)).toEqual({
      name: 'paymux.job.recover',
      kind: 'INTERNAL',
      status: 'UNSET',
      attributes: {
        'paymux.job': 'recover',
        'paymux.account': 'europe',
        'paymux.operation.id': expect.any(String),
        'paymux.operation.open': false,
      },
    })
    expect(beneath(recovery)).toEqual(['commit paymux_ledger', 'paymux.poll', 'commit paymux_ledger'])
    expect(named('paymux.poll')[0]?.attributes).toMatchObject({
      'paymux.poll.reason': 'recovery',
      'paymux.poll.changed': true,
    })
  })

  it('of a call that repeats the key is beneath that call, with the same link', async () => {
    const { store } = configurationOn(stage)
    const traceId = await die(store, 'killed-2')
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, { accounts, store }, { clock })
    const { only } = collect()
    advance(60_000)
    await right(shop.payout(payout('killed-2')))
    const recovery = only('paymux.job.recover')
    expect(recovery.links.map((link) => link.context.traceId)).toEqual([traceId])
    expect(recovery.parentSpanContext?.spanId).toBe(only('paymux.payout').spanContext().spanId)
  })

  it('keeps the link to the first dispatch, however often the operation is gone on with', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    const { only, named, until } = collect()
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_before_reading' } })
    await left(shop.payout(payout('again-1')))
    const { traceId } = only('paymux.payout').spanContext()
    // Payop keeps no key of it: a resend is the second dispatch.
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_before_reading' } })
    await right(shop.start())
    advance(10_000)
    await until('paymux.job.recover')
    advance(60_000)
    await eventually(() => named('paymux.job.recover').length > 1)
    const links = named('paymux.job.recover').map((span) => span.links.map((link) => link.context.traceId))
    expect(links.slice(0, 2)).toEqual([[traceId], [traceId]])
    expect(named('POST payop.withdrawals.create').length).toBeGreaterThan(1)
  })
})

describe('without a listener', () => {
  it('a dispatch has no place in a trace, and its recovery no link', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await left(shop.payout(payout('unheard-1')))
    const { until } = collect()
    await right(shop.start())
    advance(10_000)
    expect((await until('paymux.job.recover')).links).toEqual([])
  })
})
