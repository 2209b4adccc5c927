import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type PaymuxConfig, paymux } from '../../src/paymux/index.js'
import { toNodeHandler } from '../../src/webhooks/index.js'
import { ask, listen } from '../webhooks/listening.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createMovableClock,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
  rupees,
  spareAccount,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const { europe, india } = accounts
const secret = 'made-up-secret-of-32-characters-x'

describe('a swap of the configuration', () => {
  it('changes the order of the accounts for the calls that follow', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const served = async (key: string) => (await right(shop.createPayment(rupees(key)))).reference.account
    expect(await served('order-1')).toBe('europe')
    const routes = [{ to: ['india', 'europe'] }]
    expect(await right(shop.reload({ ...config, routes }))).toEqual([{ path: 'routes.0.to', change: 'changed' }])
    expect(await served('order-2')).toBe('india')
    expect(await served('order-1')).toBe('europe')
  })

  it('adds an account, also from a file', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const file = join(stage.folder, 'added.json')
    const added = { ...config, accounts: { spare: spareAccount, ...accounts } }
    writeFileSync(file, JSON.stringify(added))
    const differences = await right(shop.reload(file))
    expect(differences).toContainEqual({ path: 'accounts.spare', change: 'added' })
    expect((await right(shop.createPayment(order('added-1')))).reference.account).toBe('spare')
    expect(await right(shop.reload(file))).toEqual([])
  })

  it('takes a new secret for the next call, and tells where it differs, not what it is', async () => {
    const { store } = configurationOn(stage)
    const mistyped = { ...india, secretKey: 'mistyped-secret-key-0001' }
    const shop = await openShop(stage, { accounts: { india: mistyped }, store })
    expect(await left(shop.createPayment(rupees('rotated-1')))).toMatchObject({ reason: 'authentication' })
    const differences = await right(shop.reload({ accounts: { india }, store }))
    expect(differences).toEqual([{ path: 'accounts.india.secretKey', change: 'changed' }])
    expect(await right(shop.createPayment(rupees('rotated-1')))).toMatchObject({ status: 'requires_action' })
  })

  it('takes an account away that nothing is open at', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('unused-1')))
    const differences = await right(shop.reload({ ...config, accounts: { europe } }))
    expect(differences).toContainEqual({ path: 'accounts.india', change: 'removed' })
    expect(await left(shop.getStatus({ kind: 'payment', account: 'india', id: 'x' }))).toMatchObject({
      issues: [{ path: 'account' }],
    })
  })

  it('tells of a refund at an account that was taken away, and takes it when the account is back', async () => {
    const config = { ...configurationOn(stage), routes: [{ to: ['india', 'europe'] }] }
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, config, { clock })
    const { reference: payment } = await right(shop.createPayment(rupees('gone-1')))
    stage.ippopay.pay(idOf(payment), 'success')
    await right(shop.getStatus(payment))
    // A payment is followed for half a year.
    advance(181 * 86_400_000)
    await right(shop.getStatus(payment))
    const refund = shop.refund({ idempotencyKey: 'gone-2', payment, amount: { value: '10.00', currency: 'INR' } })
    await right(shop.reload({ ...config, accounts: { europe }, routes: [{ to: ['europe'] }] }))
    expect(await left(refund)).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'payment.account' }] })
    await right(shop.reload(config))
    expect(await right(refund)).toMatchObject({ reference: { account: 'india' } })
    await right(shop.reload({ ...config, accounts: { europe, india } }))
    expect(await right(refund)).toMatchObject({ replayed: true })
  })

  it('is refused where it would strand a payment, with the payment; out of the routes it may go', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const { reference } = await right(shop.createPayment(order('open-1')))
    const refused = await left(shop.reload({ ...config, accounts: { india } }))
    const subject = `payment:europe:${idOf(reference)}`
    expect(refused).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'accounts.europe', expected: expect.stringContaining(subject) }],
    })
    expect(await right(shop.getStatus(reference))).toMatchObject({ status: 'requires_action' })
    expect((await right(shop.createPayment(rupees('open-2')))).reference.account).toBe('europe')
    await right(shop.reload({ ...config, routes: [{ to: ['india'] }] }))
    expect((await right(shop.createPayment(rupees('open-3')))).reference.account).toBe('india')
    expect(await right(shop.getStatus(reference))).toMatchObject({ status: 'requires_action' })
  })

  it('is refused where it would strand an operation, with the operation', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    const lost = await left(shop.payout(payout('lost-1')))
    const id = lost._tag === 'Indeterminate' ? lost.operationId : undefined
    expect(await left(shop.reload({ ...config, accounts: { india } }))).toMatchObject({
      issues: [{ path: 'accounts.europe', expected: expect.stringContaining(`operation:${id}`) }],
    })
  })

  it('does not strand what is called while it is made', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const paying = right(shop.createPayment(order('meanwhile-1')))
    const refused = await left(shop.reload({ ...config, accounts: { india } }))
    const { reference } = await paying
    expect(refused).toMatchObject({ issues: [{ path: 'accounts.europe' }] })
    expect(await right(shop.getStatus(reference))).toMatchObject({ status: 'requires_action' })
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 8])(
    'does not strand a refund that begins while running calls are waited for, or %i turns after they ended',
    async (turns) => {
      const config = { ...configurationOn(stage), routes: [{ to: ['india', 'europe'] }] }
      const shop = await openShop(stage, config)
      const { reference: payment } = await right(shop.createPayment(rupees('turns-1')))
      stage.ippopay.pay(idOf(payment), 'success')
      await right(shop.getStatus(payment))
      stage.payop.inject({ route: 'POST /v1/invoices/create', fault: { kind: 'latency', ms: 50 } })
      const paying = right(shop.createPayment(order('turns-2')))
      const reloading = shop.reload({ ...config, accounts: { europe }, routes: [{ to: ['europe'] }] })()
      const refunding = paying.then(async () => {
        for (let turn = 0; turn < turns; turn += 1) await undefined
        return shop.refund({ idempotencyKey: 'turns-3', payment, amount: { value: '1.00', currency: 'INR' } })()
      })
      const [reloaded, refunded] = await Promise.all([reloading, refunding])
      const recorded = await shop.operation({ name: 'refund', idempotencyKey: 'turns-3' })()
      // Either the account is gone and nothing is there, or it stays and the refund is made.
      if (E.isRight(reloaded)) {
        expect(recorded).toMatchObject({ left: { _tag: 'InvalidRequest' } })
        expect(refunded).toMatchObject({ left: { _tag: 'InvalidRequest', issues: [{ path: 'payment.account' }] } })
      } else {
        expect(reloaded.left).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'accounts.india' }] })
        expect(recorded).toMatchObject({ right: { state: expect.stringMatching(/executed|prepared/) } })
      }
    },
  )

  it('is refused where a name would come to mean another merchant, and leaves everything as it was', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const other = { ...config, accounts: { europe: spareAccount, india } }
    expect(await left(shop.reload(other))).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'accounts.europe', expected: expect.stringContaining('another account takes another name') }],
    })
    const before = stage.payop.executions().length
    await right(shop.createPayment(order('same-1')))
    expect(stage.payop.executions()).toHaveLength(before + 1)
  })

  it('is refused for another store or other keys', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const { store } = configurationOn(stage)
    const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 1).toString('base64') } }
    expect(await left(shop.reload({ ...config, store }))).toMatchObject({ issues: [{ path: 'store.file' }] })
    expect(await left(shop.reload({ ...config, encryption }))).toMatchObject({ issues: [{ path: 'encryption' }] })
  })

  it('is refused for what is no configuration, with what is wrong', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const wrong = { ...config, routes: [{ to: ['nobody'] }] }
    expect(await left(shop.reload(wrong))).toMatchObject({ issues: [{ path: 'routes.0.to.0' }] })
    expect(await left(shop.reload(join(stage.folder, 'none.json')))).toMatchObject({ issues: [{ path: '(file)' }] })
    expect((await right(shop.createPayment(rupees('wrong-1')))).reference.account).toBe('europe')
  })

  it('leaves 50 running calls at the accounts they began with', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    stage.payop.inject({ route: 'POST /v1/invoices/create', fault: { kind: 'latency', ms: 30 }, times: 25 })
    const keys = Array.from({ length: 50 }, (_, n) => `busy-${n}`)
    const calls = keys.map((key) => right(shop.createPayment(rupees(key))))
    await right(shop.reload({ ...config, routes: [{ to: ['india', 'europe'] }] }))
    const after = await right(shop.createPayment(rupees('busy-after')))
    const payments = await Promise.all(calls)
    expect(new Set(payments.map(({ reference }) => reference.account))).toEqual(new Set(['europe']))
    expect(new Set(payments.map(({ reference }) => idOf(reference))).size).toBe(50)
    expect(after.reference.account).toBe('india')
  })
})

describe('a configuration that throws when it is read', () => {
  const throwing = (): never => {
    throw new Error('a made-up secret')
  }
  const throws = new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing })
  const cases: ReadonlyArray<readonly [string, (config: ReturnType<typeof configurationOn>) => unknown, string]> = [
    [
      'in a getter',
      (config) => Object.defineProperty({ ...config }, 'webhooks', { get: throwing, enumerable: true }),
      '(root)',
    ],
    ['in a proxy', () => throws, '(root)'],
    ['in an account', (config) => ({ ...config, accounts: { ...accounts, odd: throws } }), 'accounts.odd'],
  ]

  it.each(cases)('is refused, and neither a later swap nor the stop suffers: %s', async (_what, made, path) => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const bad = made(config) as PaymuxConfig
    for (const error of [await left(shop.reload(bad)), await left(paymux(bad, { env: stage.env }))]) {
      expect(error).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path }] })
      expect(JSON.stringify(error)).not.toContain('made-up')
    }
    expect(await right(shop.reload(config))).toEqual([])
    await right(shop.stop())
  })

  it('is refused where an adapter throws at its settings, and names the account', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config, { catalog: { odd: async () => throwing } })
    const odd: unknown = { ...config, accounts: { ...accounts, odd: { adapter: 'odd' } } }
    expect(await left(shop.reload(odd as PaymuxConfig))).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'accounts.odd.adapter' }],
    })
    expect(await right(shop.reload(config))).toEqual([])
    await right(shop.stop())
  })
})

describe('swaps at once', () => {
  it('are made one after the other', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, { ...config, accounts: { europe } })
    const [first, second] = await Promise.all([
      right(shop.reload(config)),
      right(shop.reload({ ...config, routes: [{ to: ['india'] }] })),
    ])
    expect(first).toContainEqual({ path: 'accounts.india', change: 'added' })
    expect(second.map(({ path }) => path)).toEqual(['routes.0.to'])
    expect((await right(shop.createPayment(rupees('at-once-1')))).reference.account).toBe('india')
  })
})

describe('a swap of the webhooks', () => {
  const listenFor = async (shop: Awaited<ReturnType<typeof openShop>>) => {
    const server = await listen(createServer(toNodeHandler(shop.webhooks)))
    const post = async (address: string) => {
      const { pathname } = new URL(address)
      return (await ask(`${server.url}${pathname}`, { body: '{}' })).status
    }
    return { post, close: server.close }
  }

  it('keeps addresses under the same secret, and gives new ones under another', async () => {
    const config = configurationOn(stage)
    const webhooks = { publicUrl: 'https://shop.example/one', secret }
    const shop = await openShop(stage, { ...config, webhooks })
    const { post, close } = await listenFor(shop)
    const first = await right(shop.webhooks.address('europe'))
    await right(shop.reload({ ...config, webhooks: { ...webhooks, publicUrl: 'https://shop.example/two' } }))
    expect(await right(shop.webhooks.address('europe'))).toBe(first.replace('/one/', '/two/'))
    expect(await post(first)).toBe(200)
    await right(shop.reload({ ...config, webhooks: { ...webhooks, secret: secret.toUpperCase() } }))
    expect(await post(first)).toBe(404)
    expect(await post(await right(shop.webhooks.address('europe')))).toBe(200)
    await close()
  })

  it('may begin, and may name an account that comes with it', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, { ...config, accounts: { india } })
    const webhooks = { publicUrl: 'https://shop.example', secret, sources: { europe: { mode: 'enforce' } } } as const
    await right(shop.reload({ ...config, webhooks }))
    expect(await right(shop.webhooks.address('europe'))).toMatch(/^https:\/\/shop\.example\/europe\//)
  })
})

describe('an account that tells more than before', () => {
  const { payouts: _payouts, ...collectsOnly } = india

  it('is the same account, in a swap and at a start', async () => {
    const { store } = configurationOn(stage)
    const shop = await openShop(stage, { accounts: { india: collectsOnly }, store })
    await right(shop.createPayment(rupees('more-1')))
    expect(await right(shop.reload({ accounts: { india }, store }))).toEqual([
      { path: 'accounts.india.payouts', change: 'added' },
    ])
    await right(shop.stop())
    const again = await openShop(stage, { accounts: { india }, store })
    expect(await right(again.createPayment(rupees('more-1')))).toMatchObject({ replayed: true })
    await right(again.stop())
  })

  it('is another one where it tells less, or something else', async () => {
    const { store } = configurationOn(stage)
    const shop = await openShop(stage, { accounts: { india }, store })
    const other = { ...india, payouts: { publicKey: 'pk_live_other0000001', secretKey: 'sk_live_other0000001' } }
    for (const account of [collectsOnly, other])
      expect(await left(shop.reload({ accounts: { india: account }, store }))).toMatchObject({
        issues: [{ path: 'accounts.india' }],
      })
  })
})
