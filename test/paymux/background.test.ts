import { type PaymentError, unreachable } from '../../src/core/index.js'
import { watchBackground } from '../../src/paymux/background.js'
import { eventually } from '../eventually.js'
import { connect } from '../ledger/postgres-open.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { accounts, closeShops, createListener, openShop, order, right } from './stage.js'
import { useStage } from './use-stage.js'

const full = unreachable('store', { code: '53300' })
const gone = unreachable('store', { code: 'ECONNREFUSED' })

describe('background work that the store holds up', () => {
  const watching = () => {
    let at = 1_000_000
    const reports: PaymentError[] = []
    const watch = watchBackground(
      () => at,
      (error) => reports.push(error),
    )
    const pass = (ms: number): void => {
      at += ms
    }
    watch.start()
    return { ...watch, reports, pass }
  }

  it('is reported when it begins, when the reason changes and once a minute, and not for each failure', async () => {
    const { observe, reports, pass, health } = watching()
    observe(full)
    pass(1_000)
    observe(full)
    observe(gone)
    pass(59_999)
    observe(gone)
    pass(1)
    observe(gone)
    await Promise.resolve()
    expect(reports).toEqual([full, gone, gone])
    expect(health()).toEqual({ started: true, failingSince: 1_000_000, error: gone })
    observe(undefined)
    expect(health()).toEqual({ started: true })
  })

  it('is a warning of the process where no option takes it, or the option throws', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const silent = watchBackground(() => 0)
    silent.start()
    silent.observe(full)
    const throwing = watchBackground(
      () => 0,
      () => {
        throw new Error('of the merchant')
      },
    )
    throwing.start()
    throwing.observe(gone)
    await eventually(() => warned.mock.calls.length === 2)
    const [first, second] = warned.mock.calls
    warned.mockRestore()
    expect(first).toMatchObject([expect.stringContaining('53300'), { code: 'PAYMUX_BACKGROUND' }])
    expect(second).toMatchObject([expect.stringContaining('ECONNREFUSED'), { code: 'PAYMUX_BACKGROUND' }])
  })
})

describeWithPostgres('a start that gets no connection', (server) => {
  const stage = useStage()
  let url: string
  beforeEach(async () => {
    url = await createDatabase(server)
  })
  afterEach(async () => {
    await closeShops()
    await dropDatabase(server, url)
  })

  it('is told by the option and by health(), and works by itself once it gets one', async () => {
    const admin = await connect(url)
    const role = `${new URL(url).pathname.slice(1)}_role`
    await admin.query(`create role ${role} login password 'made-up'`)
    await admin.query(`grant create on database ${new URL(url).pathname.slice(1)} to ${role}`)
    await admin.query(`grant create on schema public to ${role}`)
    const asRole = Object.assign(new URL(url), { username: role, password: 'made-up' }).toString()
    const failures: PaymentError[] = []
    const shop = await openShop(
      stage,
      { accounts, store: { type: 'postgres', url: asRole } },
      { onBackgroundFailure: (error) => failures.push(error) },
    )
    const { hear, until } = createListener()
    await right(shop.subscribe('shop', hear))
    await right(shop.createPayment(order('held-up')))
    await admin.query(`alter role ${role} connection limit 1`)
    await right(shop.start())
    await eventually(() => failures.length > 0)
    expect(failures[0]).toMatchObject({ _tag: 'Unreachable', phase: 'store', code: '53300' })
    // The one connection may be in use when health asks for it.
    await eventually(async () => (await right(shop.health())).status === 'degraded')
    expect(await right(shop.health())).toMatchObject({
      reasons: [{ code: 'background_failing', since: expect.any(Number) }],
      background: { started: true, failingSince: expect.any(Number), error: { code: '53300' } },
    })
    await admin.query(`alter role ${role} connection limit -1`)
    await until(({ type }) => type === 'payment.requires_action')
    await eventually(async () => (await right(shop.health())).status === 'ok')
    await closeShops()
    await admin.query(`drop owned by ${role} cascade; drop role ${role}`)
    await admin.end()
  })
})
