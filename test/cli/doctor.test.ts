import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:tls'
import { sql } from '../../src/ledger/stores/sql.js'
import type { PaymuxConfig } from '../../src/paymux/index.js'
import { closeShops, configurationOn, left, openShop, order, payout, right, rupees } from '../paymux/stage.js'
import { useStage, useWebhooks } from '../paymux/use-stage.js'
import { certificate, key } from '../transport/fixtures/localhost.js'
import { listen } from '../webhooks/listening.js'
import { changeLedger } from './change-ledger.js'
import { commandOn, documentOf, type Ran, runCli } from './run.js'

// The certificate of the tests is trusted by no machine: the checks of a trusted one are told that it is.
let mockTrusted: string | undefined
jest.mock('node:tls', () => {
  const tls = jest.requireActual('node:tls')
  return { ...tls, connect: (options: object, done: () => void) => tls.connect({ ...options, ca: mockTrusted }, done) }
})

const stage = useStage()
const shopServer = useWebhooks()
afterEach(async () => {
  mockTrusted = undefined
  jest.restoreAllMocks()
  stage.payop.clearFaults()
  await closeShops()
})

const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 5).toString('base64') } }
const secret = 'made-up-secret-of-32-characters-d'

/** A configuration that nothing is wrong with. */
const sound = () => ({
  ...configurationOn(stage),
  encryption,
  webhooks: { publicUrl: shopServer.publicUrl, secret },
})

interface Finding {
  readonly check: string
  readonly state: string
  readonly account?: string
  readonly message: string
  readonly advice?: string
}

const doctor = (config: PaymuxConfig, env: Readonly<Record<string, string>> = {}, ...argv: readonly string[]) =>
  commandOn(stage, config, { env: { ...stage.env, ...env } })('doctor', ...argv)

const findingsOf = (ran: Ran): readonly Finding[] => {
  const all = documentOf(ran) as readonly Finding[]
  const found = all.filter(({ state }) => state === 'finding')
  expect(ran.code).toBe(found.length > 0 ? 7 : 0)
  // What an operator reads says what to do, each time.
  for (const { advice } of found) expect(advice).toEqual(expect.stringMatching(/\w{3}/))
  return all
}

const look = async (config: PaymuxConfig, env?: Readonly<Record<string, string>>, ...argv: readonly string[]) =>
  findingsOf(await doctor(config, env, ...argv, '--json'))

const wrong = (all: readonly Finding[]): readonly string[] =>
  all.filter(({ state }) => state === 'finding').map(({ check, message }) => `${check}: ${message}`)

it('finds nothing where all is well, and ends with 0', async () => {
  const config = sound()
  const shop = await openShop(stage, config)
  shopServer.leadsTo(shop)
  await right(shop.createPayment(rupees('well')))
  const all = await look(config)
  expect(wrong(all)).toEqual([])
  expect(all.map(({ check, state, account = '' }) => `${check} ${account} ${state}`.replace('  ', ' '))).toEqual(
    expect.arrayContaining([
      'configuration ok',
      'encryption ok',
      'store ok',
      'clock ok',
      'account europe ok',
      'account india not_checked',
      'webhook europe ok',
      'webhook india ok',
      'tls not_checked',
    ]),
  )
})

it('shows a line for each check, with what to do', async () => {
  const { stdout } = await doctor(configurationOn(stage), {}, '--header')
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'state\tcheck\tfound\twhat to do',
    'ok\tconfiguration\tit can be used\t',
    expect.stringMatching(/^finding\tencryption\tthe ledger keeps names.*\tmake a key with `paymux secret encryption`/),
  ])
})

describe('of the configuration', () => {
  it('finds each variable that is missing, by its name and place', async () => {
    const ran = await commandOn(stage, configurationOn(stage), { env: {} })('doctor', '--json')
    const missing = wrong(findingsOf(ran))
    expect(missing).toContain('configuration: accounts.europe.publicKey')
    expect(ran.stdout).toContain('PAYOP_PUBLIC_KEY')
  })

  it('finds that it has no encryption and no webhooks', async () => {
    expect(wrong(await look(configurationOn(stage)))).toEqual([
      'encryption: the ledger keeps names, addresses and bank accounts in plain text',
      'webhook: notifications are not taken in: paymux learns of payments by its own reads only, later',
    ])
  })

  it('refuses an account that it does not have, and a file that is not there', async () => {
    const { code, stderr } = await doctor(sound(), {}, '--account', 'nowhere')
    expect({ code, stderr }).toEqual({ code: 3, stderr: 'error  The configuration has no such account.\n' })
    expect((await runCli(['doctor'], { cwd: stage.folder, env: {} })).code).toBe(2)
  })
})

describe('of the ledger', () => {
  const aboutStore = (all: readonly Finding[]) => all.filter(({ check }) => check === 'store')

  it('says that there is none yet, which is no fault', async () => {
    expect(aboutStore(await look(sound()))).toEqual([
      { check: 'store', state: 'not_checked', message: 'there is no ledger yet: the first start creates it' },
    ])
  })

  it('finds a file that is no ledger', async () => {
    const config = sound()
    writeFileSync(config.store.file, 'no ledger', { mode: 0o600 })
    expect(aboutStore(await look(config))).toMatchObject([{ state: 'finding', advice: 'see docs/concepts/keeping.md' }])
  })

  it('finds a key that the ledger was not written with', async () => {
    const config = sound()
    await openShop(stage, config)
    await closeShops()
    const other = { current: 'k1', keys: { k1: Buffer.alloc(32, 6).toString('base64') } }
    const [found] = aboutStore(await look({ ...config, encryption: other }))
    expect(found).toMatchObject({ state: 'finding', message: expect.stringContaining('encryption.keys.k1') })
  })

  it('finds a ledger of a newer version of paymux', async () => {
    const config = configurationOn(stage)
    await openShop(stage, config)
    await closeShops()
    await changeLedger(
      config.store.file,
      sql`insert into paymux_migrations (id, name, checksum) values (99, 'later', 'x')`,
    )
    const [found] = aboutStore(await look(config))
    expect(found).toMatchObject({ state: 'finding', message: expect.stringContaining('newer version of paymux') })
  })

  it('finds a file that others on the machine can read', async () => {
    const config = sound()
    await openShop(stage, config)
    chmodSync(config.store.file, 0o644)
    const found = aboutStore(await look(config)).filter(({ state }) => state === 'finding')
    expect(found).toEqual([
      {
        check: 'store',
        state: 'finding',
        message: 'other users of the machine can read the file of the ledger',
        advice: `chmod 600 ${config.store.file}`,
      },
    ])
  })

  it('finds reads and events that wait too long because no process works', async () => {
    const config = sound()
    const shop = await openShop(stage, config, { clock: () => Date.now() - 3 * 3_600_000 })
    shopServer.leadsTo(shop)
    await right(shop.createPayment(order('late')))
    const all = await look(config)
    expect(wrong(all)).toEqual(['ledger: reads_late', 'ledger: events_late'])
    expect(all).toContainEqual({
      check: 'ledger',
      state: 'finding',
      account: 'europe',
      message: 'reads_late',
      advice: 'start a process that works (`paymux worker`), or raise readsPerSecond',
    })
  })

  it('finds operations that wait for an operator', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await left(shop.payout(payout('lost')))
    await changeLedger(config.store.file, sql`update paymux_operations set next_poll_at = null, lease_until = 0`)
    expect(await look(config)).toContainEqual(
      expect.objectContaining({ message: 'operations_require_resolution', advice: 'run `paymux unresolved`' }),
    )
  })
})

describe('of an account', () => {
  it('reads what the ledger has of it, if its gateway has no list', async () => {
    const config = { ...sound(), routes: [{ to: ['india'] }] }
    const shop = await openShop(stage, config)
    await right(shop.createPayment(rupees('read')))
    const ofIndia = async (env?: Readonly<Record<string, string>>) =>
      (await look(config, env, '--account', 'india')).filter(({ check }) => check === 'account')
    expect(await ofIndia()).toEqual([
      { check: 'account', state: 'ok', account: 'india', message: 'it shows a payment for these credentials' },
    ])
    const refused = await ofIndia({ IPPOPAY_SECRET_KEY: 'made-up' })
    expect(refused).toMatchObject([{ state: 'finding', message: expect.stringContaining('authentication') }])
    expect(JSON.stringify(refused)).not.toContain('made-up')
  })

  it('finds a gateway whose name does not resolve', async () => {
    const all = await look(sound(), { PAYOP_API_URL: 'https://gateway.invalid' }, '--account', 'europe')
    expect(wrong(all)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^account: /),
        expect.stringMatching(/^tls: no secure connection to gateway\.invalid \(E\w+\)$/),
        'webhook: publicUrl is an address of this machine, which the gateway cannot reach',
      ]),
    )
  })

  it('looks at the one that is asked for', async () => {
    const all = await look(sound(), {}, '--account', 'india')
    expect(all.filter(({ account }) => account !== undefined).map(({ account }) => account)).toEqual([
      'india',
      'india',
      'india',
    ])
  })

  it.each([
    [3_600_000, 'finding', /^this machine is 3[56]\d{5} ms ahead of its gateway's clock$/],
    [0, 'ok', /^-?\d{1,4} ms apart from its gateway's$/],
  ])(
    'compares the clocks by an answer that is %i ms behind, to a request without credentials',
    async (behind, state, says) => {
      const asked: unknown[] = []
      const gateway = await listen(
        createServer(({ method, headers: { authorization } }, response) => {
          if (method === 'HEAD') asked.push(authorization)
          response.writeHead(404, { date: new Date(Date.now() - behind).toUTCString() }).end()
        }),
      )
      const all = await look(sound(), { PAYOP_API_URL: gateway.url }, '--account', 'europe')
      await gateway.close()
      expect(all.filter(({ check, account }) => check === 'clock' && account === 'europe')).toMatchObject([
        { state, message: expect.stringMatching(says) },
      ])
      expect(asked).toEqual([undefined])
    },
  )
})

describe('of a secure connection', () => {
  /** What is said of the gateway's, which answers on this machine. */
  const aboutTls = async () => {
    const server = createSecureServer({ key, cert: certificate }, (socket) => void socket.end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = Object(server.address())
    const config = sound()
    try {
      const env = { PAYOP_API_URL: `https://localhost:${port}` }
      return (await look(config, env, '--account', 'europe')).filter(({ check }) => check === 'tls')[0]
    } finally {
      server.close()
    }
  }

  it('finds a certificate that is not trusted', async () => {
    expect(await aboutTls()).toMatchObject({
      state: 'finding',
      message: 'no secure connection to localhost (DEPTH_ZERO_SELF_SIGNED_CERT)',
    })
  })

  it('says how long a certificate holds', async () => {
    mockTrusted = certificate
    expect(await aboutTls()).toMatchObject({
      state: 'ok',
      message: expect.stringMatching(/^the certificate of localhost holds for \d{5} days$/),
    })
  })

  it('finds a certificate that ends soon', async () => {
    mockTrusted = certificate
    const ahead = Date.parse('2099-12-25T12:00:00Z') - Date.now()
    const clock = Date.now.bind(Date)
    jest.spyOn(Date, 'now').mockImplementation(() => clock() + ahead)
    expect(await aboutTls()).toEqual({
      check: 'tls',
      state: 'finding',
      message: 'the certificate of localhost ends in 6 days',
      advice: 'renew it',
    })
  })
})

describe('of the address for notifications', () => {
  const aboutWebhook = async (publicUrl: string) => {
    const all = await look({ ...sound(), webhooks: { publicUrl, secret } }, {}, '--account', 'europe')
    return all.filter(({ check }) => check === 'webhook')
  }

  it('finds a shop that has another secret', async () => {
    shopServer.leadsTo(
      await openShop(stage, { ...sound(), webhooks: { publicUrl: shopServer.publicUrl, secret: `${secret}-other` } }),
    )
    expect(await aboutWebhook(shopServer.publicUrl)).toMatchObject([
      { state: 'finding', message: 'something answers that does not know its address' },
    ])
  })

  it.each([
    [503, 'its address answers 503'],
    [302, 'its address answers 302'],
  ])('finds a proxy that answers %i in place of the shop, and follows it nowhere', async (status, message) => {
    const proxy = await listen(
      createServer((_, response) => void response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end('x')),
    )
    const found = await aboutWebhook(proxy.url)
    await proxy.close()
    expect(found).toMatchObject([{ state: 'finding', account: 'europe', message }])
  })

  it('finds that nothing answers, and prints no address', async () => {
    const found = await aboutWebhook('http://127.0.0.1:9/paymux')
    expect(found).toMatchObject([{ state: 'finding', message: 'nothing answers at its address' }])
    expect(JSON.stringify(found)).not.toContain('127.0.0.1')
  })
})
