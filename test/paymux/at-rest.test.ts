import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DEFAULT_BEHAVIOUR } from '../../src/emulators/payop/behaviour.js'
import { type Paymux, type PaymuxConfig, paymux } from '../../src/paymux/index.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  iban,
  idOf,
  left,
  openShop,
  order,
  payer,
  payout,
  right,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const key = () => randomBytes(32).toString('base64')

const bytesOf = (file: string): string =>
  [file, `${file}-wal`, `${file}-shm`]
    .filter(existsSync)
    .map((part) => readFileSync(part, 'latin1'))
    .join()

describe('with a key', () => {
  const seen = { attestedBy: 'ann@shop.example', note: 'asked Pat at the bank' }
  const personal = [...Object.values(payer), iban.iban, iban.name, iban.email, ...Object.values(seen)]

  it('keeps no personal data where it could be read from the disk', async () => {
    const { store } = configurationOn(stage)
    const readable = async (config: PaymuxConfig): Promise<readonly string[]> => {
      const shop = await openShop(stage, config)
      await right(shop.createPayment(order('encrypted-1')))
      await right(shop.payout(payout('encrypted-2')))
      stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
      const lost = await left(shop.payout(payout('encrypted-3')))
      const operationId = 'operationId' in lost ? (lost.operationId ?? '') : ''
      await right(shop.resolve(operationId, { outcome: 'not_executed', ...seen }))
      const body = JSON.stringify({ payer, iban })
      const notification = new Request(await right(shop.webhooks.address('europe')), { method: 'POST', body })
      expect((await shop.webhooks.handle(notification, { address: '203.0.113.7' })).status).toBe(200)
      const bytes = bytesOf(store.file)
      await right(shop.stop())
      return personal.filter((text) => bytes.includes(text) || bytesOf(store.file).includes(text))
    }
    const encryption = { current: 'k1', keys: { k1: key() } }
    const webhooks = { publicUrl: 'https://shop.example', secret: 'made-up-secret-of-32-characters-x' }
    expect(await readable({ accounts, store, encryption, webhooks })).toEqual([])
    // Without one it is there: the search finds what there is.
    const plain = configurationOn(stage)
    const shop = await openShop(stage, plain)
    await right(shop.createPayment(order('plain-1')))
    expect(bytesOf(plain.store.file)).toContain(payer.email)
  })

  it('takes another key from a restart on, and reads what older ones encrypted', async () => {
    const config = configurationOn(stage)
    const [k1, k2] = [key(), key()]
    const once = async (encryption: NonNullable<PaymuxConfig['encryption']>, ...keys: readonly string[]) => {
      const shop = await openShop(stage, { ...config, encryption })
      const payments = []
      for (const idempotencyKey of keys) payments.push(await right(shop.createPayment(order(idempotencyKey))))
      await right(shop.stop())
      return payments
    }
    const [first] = await once({ current: 'k1', keys: { k1 } }, 'turned-1')
    const both = await once({ current: 'k2', keys: { k1, k2 } }, 'turned-1', 'turned-2')
    expect(both).toMatchObject([{ replayed: true, reference: first?.reference }, { status: 'requires_action' }])
    const only = { ...config, encryption: { current: 'k2', keys: { k2 } } }
    expect(await left(paymux(only, { env: stage.env }))).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'encryption.keys', expected: expect.stringContaining('k1') }],
    })
    const rotating = { ...config, encryption: { current: 'k2', keys: { k1, k2 }, migrate: true } }
    await untilEncrypted(await openShop(stage, rotating))
    const shop = await openShop(stage, only)
    expect(await right(shop.createPayment(order('turned-1')))).toMatchObject({ replayed: true })
  })

  /** Starts it, and waits until everything is encrypted. */
  const untilEncrypted = async (shop: Paymux): Promise<void> => {
    const encrypting = async (): Promise<boolean> => (await right(shop.health())).store.reencryption !== undefined
    expect(await encrypting()).toBe(true)
    await right(shop.start())
    while (await encrypting()) await delay(5)
    await right(shop.stop())
  }

  it('encrypts a plain ledger that is told to, keeps its keys answerable, and says how far it is', async () => {
    const config = configurationOn(stage)
    const plain = await openShop(stage, config)
    const { reference } = await right(plain.createPayment(order('older')))
    await right(plain.stop())
    const encryption = { current: 'k1', keys: { k1: key() } }
    const refused = await left(paymux({ ...config, encryption }, { env: stage.env }))
    expect(refused).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'encryption.migrate' }] })
    await untilEncrypted(await openShop(stage, { ...config, encryption: { ...encryption, migrate: true } }))
    const shop = await openShop(stage, { ...config, encryption })
    expect(await right(shop.createPayment(order('older')))).toMatchObject({ replayed: true, reference })
    expect(await left(shop.createPayment({ ...order('older'), payer: { email: 'other@example.com' } }))).toMatchObject({
      _tag: 'Conflict',
    })
  })

  it('says which file the wrong key came from', async () => {
    const config = configurationOn(stage)
    const file = join(stage.folder, 'wrong-key.json')
    const write = (k1: string) =>
      writeFileSync(file, JSON.stringify({ ...config, encryption: { current: 'k1', keys: { k1 } } }))
    write(key())
    await right((await openShop(stage, file)).stop())
    write(key())
    const wrong = await left(paymux(file, { env: stage.env }))
    expect(wrong).toMatchObject({ _tag: 'InvalidConfig', file, issues: [{ path: 'encryption.keys.k1' }] })
  })

  it('and without one warns once, at the start', async () => {
    const warned: unknown[] = []
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation((_text, options) => void warned.push(options))
    const config = configurationOn(stage)
    const plain = await openShop(stage, config)
    await right(plain.createPayment(order('warned-1')))
    expect(warned).toEqual([])
    await right(plain.start())
    await right(plain.start())
    expect(warned).toMatchObject([{ code: 'PAYMUX_NO_ENCRYPTION' }])
    const encryption = { current: 'k1', keys: { k1: key() } }
    await right((await openShop(stage, { ...configurationOn(stage), encryption })).start())
    expect(warned).toHaveLength(1)
    warning.mockRestore()
  })
})

describe('an operation whose process died while the answer was under way', () => {
  const { decideAfterMs } = DEFAULT_BEHAVIOUR
  beforeAll(() => {
    stage.payop.behaviour.decideAfterMs = null
  })
  afterAll(() => {
    stage.payop.behaviour.decideAfterMs = decideAfterMs
  })

  const die = async (store: object): Promise<void> => {
    const before = stage.payop.executions().length
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'silence_after_executing' } })
    const child = fork(resolve('test/paymux/dying-process.ts'), {
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env.PATH, ...stage.env },
    })
    child.send({ accounts, store })
    while (
      !stage.payop
        .executions()
        .slice(before)
        .some(({ executed }) => executed)
    )
      await delay(5)
    const gone = new Promise((exited) => child.once('exit', exited))
    child.kill('SIGKILL')
    await gone
  }

  it('is looked up by the next one, told, and not sent again', async () => {
    const { store } = configurationOn(stage)
    await die(store)
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, { accounts, store }, { clock })
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(shop.start())
    // The dead process holds its lease for half a minute.
    expect(await left(shop.payout(payout('dying-1')))).toMatchObject({ _tag: 'InProgress', retry: 'same_key' })
    const before = stage.payop.executions().length
    advance(31_000)
    const told = await listener.until(({ type }) => type === 'payout.processing')
    expect(await right(shop.payout(payout('dying-1')))).toMatchObject({ status: 'processing', replayed: true })
    expect(told).toMatchObject({ object: { amount: { value: '25.00', currency: 'EUR' } } })
    expect(stage.payop.executions()).toHaveLength(before)
  })
})

describeWithPostgres('with PostgreSQL', (server) => {
  it('goes the same round: order, restart, payment, refund, once each', async () => {
    const store = { type: 'postgres', url: await createDatabase(server) } as const
    const encryption = { current: 'k1', keys: { k1: key() } }
    const config = { accounts, store, encryption }
    const first = await openShop(stage, config)
    const { reference } = await right(first.createPayment(order('pg-1')))
    await right(first.stop())
    stage.payop.act(idOf(reference), 'pay')
    const [one, other] = [await openShop(stage, config), await openShop(stage, config)]
    const listener = createListener()
    for (const shop of [one, other]) {
      await right(shop.subscribe('books', listener.hear))
      await right(shop.start())
    }
    expect(await right(one.createPayment(order('pg-1')))).toMatchObject({ replayed: true, reference })
    expect(await right(other.getStatus(reference))).toMatchObject({ status: 'succeeded' })
    await listener.until(({ type }) => type === 'payment.succeeded')
    const refunds = await Promise.all(
      [one, other].map((shop) => shop.refund({ idempotencyKey: 'pg-2', payment: reference })()),
    )
    expect(refunds.some(({ _tag }) => _tag === 'Right')).toBe(true)
    expect(stage.payop.refunds()).toHaveLength(1)
    const { accounts: _gone, ...rest } = config
    expect(await left(one.reload({ ...rest, accounts: { india: accounts.india } }))).toMatchObject({
      issues: [{ path: 'accounts.europe', expected: expect.stringContaining(`payment:europe:${idOf(reference)}`) }],
    })
    await closeShops()
    expect(listener.types().filter((type) => type === 'payment.succeeded')).toHaveLength(1)
  })
})
