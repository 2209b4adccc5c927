import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from '../../src/ledger/stores/sql.js'
import { closeShops, configurationOn, idOf, left, openShop, order, payout, right } from '../paymux/stage.js'
import { useStage, useWebhooks } from '../paymux/use-stage.js'
import { changeLedger } from './change-ledger.js'
import { commandOn, documentOf, type Ran } from './run.js'

const stage = useStage()
const webhooks = useWebhooks()

let config: ReturnType<typeof configurationOn>
let command: (...argv: readonly string[]) => Promise<Ran>
beforeEach(() => {
  config = configurationOn(stage)
  command = commandOn(stage, config)
})
afterEach(async () => {
  jest.restoreAllMocks()
  stage.payop.clearFaults()
  await closeShops()
})

const HOUR = 3_600_000
const laterBy = (ms: number): void => {
  const clock = Date.now.bind(Date)
  jest.spyOn(Date, 'now').mockImplementation(() => clock() + ms)
}

/** A payout whose answer was lost, and which waits for an operator. */
const lost = async () => {
  const shop = await openShop(stage, config)
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  const { operationId = '' } = await left(shop.payout(payout('lost')))
  await changeLedger(config.store.file, sql`update paymux_operations set next_poll_at = null, lease_until = 0`)
  return { shop, operationId }
}

describe('unresolved', () => {
  it('lists what waits, ends with 7 if that is asked for, and says on a terminal what to do', async () => {
    const { operationId } = await lost()
    const { code, stdout, stderr } = await command('unresolved')
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(`\\t${operationId}\\tpayout\\tindeterminate\\t2\\S+Z\\tINV-1\\tlost\\teurope\\t`),
      ),
      stderr: '',
    })
    expect((await command('unresolved', '--exit-code', '--limit', '5', '--json')).code).toBe(7)
    expect(await command('unresolved', '--polled', '--exit-code')).toEqual({ code: 0, stdout: '', stderr: '' })
    const shown = await commandOn(stage, config, { isTTY: true })('unresolved')
    expect(shown.stderr).toContain('then say what you saw: paymux resolve OPERATION')
  })

  it('shows with --polled as many as are asked for, whatever waits for a person before them', async () => {
    const { shop } = await lost()
    const unknown = async (key: string) => {
      stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
      return (await left(shop.payout(payout(key)))).operationId
    }
    const ids = [await unknown('polled-1'), await unknown('polled-2')]
    const shown = async (limit: string) =>
      (
        documentOf(await command('unresolved', '--polled', '--limit', limit, '--json')) as readonly { id: string }[]
      ).map(({ id }) => id)
    expect([await shown('1'), await shown('2')]).toEqual([[ids[0]], ids])
  })
})

describe('resolve', () => {
  const seen = ['--by', 'ann', '--note', 'dashboard']

  it.each([
    [['--executed', '--not-executed', ...seen], 'Give either --executed or --not-executed.'],
    [['--not-executed', '--by', 'ann'], 'Say who saw it and where.'],
    [['--not-executed', '--note', 'seen'], 'Say who saw it and where.'],
    [['--not-executed', '--id', 'x', ...seen], '--id and --status belong to --executed.'],
    [['--not-executed', '--status', 'failed', ...seen], '--id and --status belong to --executed.'],
    [['--executed', ...seen], 'Give --status succeeded, say.'],
  ])('refuses %j before the ledger is opened', async (argv, says) => {
    const { code, stderr } = await command('resolve', 'any', ...argv, '--yes')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) })
  })

  it('shows with --dry-run the operation as it stands, and with --yes what became of it', async () => {
    const { operationId } = await lost()
    const resolve = (...argv: readonly string[]) => command('resolve', operationId, '--not-executed', ...seen, ...argv)
    expect((await resolve('--dry-run')).stdout).toContain(`\t${operationId}\tpayout\tindeterminate\t`)
    expect(documentOf(await resolve('--dry-run', '--json'))).toMatchObject({ id: operationId, state: 'indeterminate' })
    expect((await resolve('--yes')).stdout).toContain(`\t${operationId}\tpayout\tcanceled\t`)
  })

  it('says what becomes of what was executed', async () => {
    const { operationId } = await lost()
    const { stderr } = await command(
      'resolve',
      operationId,
      '--executed',
      '--status',
      'processing',
      ...seen,
      '--dry-run',
    )
    expect(stderr).toBe(
      'payout INV-1 on europe. It will count as executed. A call with its idempotency key gives its result.\n' +
        'Nothing was written (--dry-run).\n',
    )
  })
})

describe('explain', () => {
  it('shows what an operator attested with --reveal only', async () => {
    const { operationId } = await lost()
    const attested = ['--not-executed', '--by', 'ann@shop.example', '--note', 'the mail of the gateway']
    await command('resolve', operationId, ...attested, '--yes')
    const masked = await command('explain', 'INV-1')
    expect(masked.stdout).toContain('***')
    expect(masked.stdout).not.toMatch(/ann@shop|the mail of/)
    expect((await command('explain', 'INV-1', '--reveal')).stdout).toMatch(
      /ann@shop\.example[\s\S]*the mail of the gateway/,
    )
  })
})

describe('health', () => {
  it('is ok, and ends with 0', async () => {
    await openShop(stage, config)
    const { code, stdout } = await command('health')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^status\tok\nschema\t1\nclock offset\t/),
    })
  })

  it('is not ok, with each reason in a line, and ends with 7', async () => {
    const shop = await openShop(stage, config, { clock: () => Date.now() - 3 * HOUR })
    await right(shop.createPayment(order('late')))
    const { code, stdout } = await command('health')
    expect(code).toBe(7)
    expect(stdout).toMatch(/^status\tdegraded\n/)
    expect(stdout).toMatch(/\noldest due since\t\d{4}-\S+Z\n/)
    expect(stdout).toMatch(/\nreads_late\teurope\t\d{4}-\S+Z\nevents_late\t\t\d{4}-\S+Z\n$/)
    expect((await command('health', '--json')).code).toBe(7)
  })
})

describe('reconcile', () => {
  it('says how much each gateway listed, and ends with 0 if the ledger has it all', async () => {
    await openShop(stage, config)
    const { code, stdout, stderr } = await command('reconcile', '--from', '1m', '--to', '2030-01-01')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/^europe: \d+ of kind refund listed$/m)
  })

  it('finds what a gateway lists and the ledger does not have, and ends with 7', async () => {
    const shop = await openShop(stage, config)
    const made = await right(shop.payout(payout('elsewhere')))
    const other = commandOn(stage, configurationOn(stage))
    laterBy(HOUR)
    const { code, stdout } = await other('reconcile', '--from', '24h', '--csv')
    expect({ code, heading: stdout.split('\r\n')[0] }).toEqual({
      code: 7,
      heading: 'account,kind,finding,id,status,amount,error',
    })
    expect(stdout).toContain(`europe,payout,missing in ledger,${idOf(made.reference)},processing,25.00 EUR,`)
  })

  it('finds a list that cannot be read, and says why', async () => {
    await openShop(stage, config)
    const wrong = commandOn(stage, config, { env: { ...stage.env, PAYOP_TOKEN: 'e30.e30.made-up' } })
    const { code, stdout } = await wrong('reconcile')
    expect({ code, stdout }).toEqual({
      code: 7,
      stdout: expect.stringMatching(/^europe\trefund\tnot listed\t\t\t\t.*authentication/),
    })
    expect(stdout).not.toContain('made-up')
  })

  it('says so if no account has a list', async () => {
    const { india } = config.accounts
    const only = commandOn(stage, { ...config, accounts: { india } })
    expect(await only('reconcile')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'No account has a list to compare with.\n',
    })
  })

  it('shows on a terminal what is awaited, and clears it', async () => {
    await openShop(stage, config)
    const { stderr } = await commandOn(stage, config, { isTTY: true })('reconcile', '--from', '1m')
    const [, progress = ''] = stderr.split('\r\u001b[2K')
    expect(progress).toMatch(/^comparing \d{4}-\S+Z to \d{4}-\S+Z: 0 s$/)
    expect(stderr).toContain('\r\u001b[2Keurope: ')
  })

  it('refuses a period that ends before it begins', async () => {
    expect((await command('reconcile', '--from', '1h', '--to', '2h')).code).toBe(2)
    expect((await command('reconcile', '--from', 'then')).code).toBe(2)
  })
})

describe('notifications', () => {
  it('are listed with what they report, and what was not as it should be is counted', async () => {
    const secret = 'made-up-secret-of-32-characters-n'
    const taking = { ...config, webhooks: { publicUrl: webhooks.publicUrl, secret } }
    const shop = await openShop(stage, taking)
    webhooks.leadsTo(shop)
    const post = async (body: string) =>
      (await fetch(await right(shop.webhooks.address('europe')), { method: 'POST', body })).status
    const invoice = 'ec62e75b-e370-42fc-82f2-25ab2050a163'
    expect(await post(JSON.stringify({ invoice: { id: invoice, status: 1 } }))).toBe(200)
    await post(JSON.stringify({ note: 'CANARY' }))
    const notifications = (...argv: readonly string[]) => commandOn(stage, taking)('notifications', ...argv)
    const { code, stdout, stderr } = await notifications()
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'In the last 24 hours:\n' })
    expect(stdout).toMatch(
      new RegExp(`^\\d{4}-\\S+Z\\teurope\\tpayment:europe:${invoice}\\t.*\\t1\\t\\w+\\tunlisted\\n`),
    )
    expect(stdout).toMatch(/^europe(\t\d+){4}$/m)
    expect(stdout).not.toContain('CANARY')
    expect((await notifications('--limit', '1', '--header')).stdout).toMatch(/^received\taccount\tabout\treports\t/)
    expect(documentOf(await notifications('--account', 'india', '--json'))).toEqual({
      unmatched: [],
      last24Hours: { india: expect.objectContaining({ rejected: 0 }) },
    })
    expect((await notifications('--limit', 'all')).code).toBe(2)
  })
})

describe('config diff', () => {
  const diff = async (next: object, ...argv: readonly string[]) => {
    writeFileSync(join(stage.folder, 'after.json'), JSON.stringify(next))
    return command('config', 'diff', 'after.json', ...argv)
  }

  it('says nothing of a configuration that is the same', async () => {
    expect(await diff(config)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('lets an account go that the ledger follows nothing at', async () => {
    await openShop(stage, config)
    const { europe } = config.accounts
    expect(await diff({ ...config, accounts: { europe } })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^removed\taccounts\.india\t$/m),
      stderr: '',
    })
  })

  it('says what changes with a restart only', async () => {
    const { stdout, stderr } = await diff({ ...config, store: { ...config.store, file: 'other.db' } }, '--json')
    expect(JSON.parse(stdout)).toEqual([{ change: 'changed', path: 'store.file' }])
    expect(stderr).toBe('store and encryption change with a restart only; reload refuses them.\n')
  })

  it.each([
    ['is not there', async () => command('config', 'diff', 'nowhere.json'), 2, 'There is no configuration at'],
    ['cannot be used', async () => diff({ accounts: {} }), 4, 'store'],
  ])('ends with a code of its own if the other one %s', async (_, ran, code, says) => {
    expect(await ran()).toEqual({ code, stdout: '', stderr: expect.stringContaining(says) })
  })

  it('needs the ledger only if an account is taken away', async () => {
    const { europe } = config.accounts
    expect((await diff({ ...config, accounts: { europe } })).code).toBe(8)
    expect((await diff({ ...config, routes: [{ to: ['europe'] }] })).code).toBe(0)
  })
})

describe('a ledger that cannot be opened', () => {
  const every = [
    ['list'],
    ['find', 'ORD-1'],
    ['summary'],
    ['health'],
    ['unresolved'],
    ['events', 'list'],
    ['notifications'],
    ['ledger', 'backup', 'copy.db'],
  ]

  it.each(every)('is an error of the store for a read, as one JSON line: %s %s', async (...argv) => {
    const { code, stdout, stderr } = await command(...argv.filter((word) => word !== undefined), '--json')
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')
    expect({ code, stdout, tag: error._tag }).toEqual({ code: 8, stdout: '', tag: 'InvalidConfig' })
  })

  it('is one if it is of a newer version of paymux', async () => {
    await openShop(stage, config)
    await closeShops()
    const file = config.store.file
    await changeLedger(file, sql`insert into paymux_migrations (id, name, checksum) values (99, 'later', 'x')`)
    for (const argv of [['list'], ['worker', '--once', '--no-subscribers']])
      expect(await command(...argv)).toMatchObject({
        code: 8,
        stderr: expect.stringContaining('newer version of paymux'),
      })
  })

  it('is one for the configuration if the key is another', async () => {
    const keyOf = (byte: number) => ({ current: 'k1', keys: { k1: Buffer.alloc(32, byte).toString('base64') } })
    await openShop(stage, { ...config, encryption: keyOf(1) })
    await closeShops()
    const { code, stderr } = await commandOn(stage, { ...config, encryption: keyOf(2) })('list')
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('encryption.keys.k1') })
    expect(stderr).not.toContain(keyOf(2).keys.k1)
  })

  it('is one if a part of it is missing', async () => {
    await openShop(stage, config)
    await closeShops()
    await changeLedger(config.store.file, sql`alter table paymux_objects rename to elsewhere`)
    const { code, stdout } = await command('list')
    expect({ code, stdout }).toEqual({ code: 8, stdout: '' })
  })
})
