import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Paymux, PaymuxConfig } from '../../src/paymux/index.js'
import { closeShops, configurationOn, idOf, left, openShop, order, payout, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, documentOf, type Ran, runCli, shapeOf } from './run.js'

const stage = useStage()

const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 3).toString('base64') } }
const webhooks = { publicUrl: 'http://127.0.0.1:9/paymux', secret: 'made-up-secret-of-32-characters-x' }

/** Something that is awaited, and what makes it so. */
const signalled = (): readonly [Promise<void>, () => void] => {
  let made: () => void = () => undefined
  const awaited = new Promise<void>((done) => {
    made = done
  })
  return [awaited, made]
}

let shop: Paymux
let config: PaymuxConfig
let command: (...argv: readonly string[]) => Promise<Ran>
let unresolved: string

/** A paid and refunded order, one that failed, one that waits, and a payout whose answer was lost. */
beforeAll(async () => {
  config = { ...configurationOn(stage), encryption, webhooks }
  command = commandOn(stage, config)
  shop = await openShop(stage, config)
  writeFileSync(join(stage.folder, 'same.json'), JSON.stringify({ ...config, routes: [{ to: ['europe'] }] }))
  const paid = await right(shop.createPayment({ ...order('paid'), metadata: { basket: 'b-1' } }))
  stage.payop.act(idOf(paid.reference), 'pay')
  await right(shop.getStatus(paid.reference))
  await right(
    shop.refund({ idempotencyKey: 'back', payment: paid.reference, amount: { value: '20.00', currency: 'EUR' } }),
  )
  const failed = await right(shop.createPayment(order('failed')))
  stage.payop.act(idOf(failed.reference), 'decline')
  await right(shop.getStatus(failed.reference))
  await right(shop.createPayment(order('waits')))
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  unresolved = (await left(shop.payout(payout('lost')))).operationId ?? ''
})

afterAll(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

describe('with --json, the document of each command has a fixed shape:', () => {
  it.each([
    ['find', ['find', 'ORD-paid'], 0],
    ['find of nothing', ['find', 'ORD-none'], 3],
    ['list', ['list', '--kind', 'payment'], 0],
    ['show', ['show', 'ORD-paid', '--kind', 'payment'], 0],
    ['explain', ['explain', 'ORD-paid'], 0],
    ['explain of nothing', ['explain', 'ORD-none'], 3],
    ['erase', ['erase', 'ORD-failed', '--dry-run'], 0],
    ['summary', ['summary', '--by', 'day'], 0],
    ['health', ['health'], 0],
    ['status', ['status', 'ORD-waits'], 0],
    ['unresolved', ['unresolved'], 0],
    ['events list', ['events', 'list', '--limit', '100'], 0],
    ['notifications', ['notifications'], 0],
    ['accounts', ['accounts'], 0],
    ['capabilities', ['capabilities', 'europe'], 0],
    ['config check', ['config', 'check'], 0],
    ['reconcile', ['reconcile'], 0],
    ['secret', ['secret'], 0],
    ['doctor', ['doctor'], 7],
    ['config diff', ['config', 'diff', 'same.json'], 0],
    ['ledger backup', ['ledger', 'backup', 'shape.db'], 0],
  ])('%s', async (_, argv, code) => {
    const ran = await command(...argv, '--json')
    expect({ code: ran.code, error: ran.stderr.includes('"error"') }).toEqual({ code, error: false })
    expect(shapeOf(documentOf(ran))).toMatchSnapshot()
  })
})

it('prints with --json what the library gives, with the names of the library', async () => {
  const found = await right(shop.find({ merchantReference: 'ORD-paid' }))
  expect(documentOf(await command('find', 'ORD-paid', '--json'))).toEqual(found)
  const page = await right(shop.list({ limit: 2 }))
  expect(documentOf(await command('list', '--limit', '2', '--json'))).toEqual(page)
  const { nextCursor = '' } = page
  const next = documentOf(await command('list', '--limit', '2', '--cursor', nextCursor, '--json'))
  expect(next).toEqual(await right(shop.list({ limit: 2, cursor: nextCursor })))
})

it('prints lines with tabs into a pipe, and headings if they are asked for', async () => {
  const { stdout } = await command('list', '--kind', 'payment', '--status', 'succeeded')
  expect(stdout.slice(0, -1).split('\t')).toEqual([
    expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    'ORD-paid',
    'payment',
    'succeeded',
    '49.90 EUR',
    '49.90 EUR',
    '0.00 EUR',
    'europe',
    expect.any(String),
    '',
  ])
  const withHeader = await command('list', '--status', 'succeeded', '--header')
  expect(withHeader.stdout.split('\n')[0]?.split('\t').slice(0, 4)).toEqual(['recorded', 'reference', 'kind', 'status'])
})

it('exports every payment as CSV, whatever the size of its pages', async () => {
  const { stdout, stderr, code } = await command('list', '--all', '--csv', '--oldest-first')
  const lines = stdout.split('\r\n')
  expect({ code, stderr, end: lines.at(-1) }).toEqual({ code: 0, stderr: '', end: '' })
  expect(lines[0]).toMatch(/^recorded_at,changed_at,kind,account,id,merchant_reference/)
  expect(lines).toHaveLength(4 + 2)
  expect(lines[1]).toContain(',payment,europe,')
})

it('says on stderr that there are more than it shows', async () => {
  const { stdout, stderr } = await command('list', '--limit', '1')
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(/^1 shown, and there are more: --limit N, --all, or --cursor /)
})

it('prints each entry of all pages on a line of its own with --jsonl', async () => {
  const { stdout } = await command('list', '--all', '--jsonl')
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind),
  ).toHaveLength(4)
})

it('finds by an idempotency key, and by account and id', async () => {
  const byKey = documentOf(await command('find', '--operation', 'payout', '--idempotency-key', 'lost', '--json'))
  expect(byKey).toMatchObject({ operations: [{ id: unresolved }] })
  const [payment] = (await right(shop.list({ status: 'succeeded' }))).items
  const byId = await command('find', '--account', 'europe', '--id', payment?.id ?? '', '--json')
  expect(documentOf(byId)).toMatchObject({ objects: [{ id: payment?.id }, { kind: 'refund' }] })
})

it('asks which one is meant if a name stands for several', async () => {
  const { code, stderr } = await command('show', 'ORD-paid')
  expect(code).toBe(2)
  expect(stderr).toMatch(/There are 2 of this name: payment:europe:\S+, refund:europe:/)
  const [, name = ''] = /(refund:europe:\S+)/.exec(stderr) ?? []
  expect(documentOf(await command('show', name.replace(',', ''), '--json'))).toMatchObject({ kind: 'refund' })
})

it.each([
  [['show', 'ORD-none'], 3],
  [['status', 'payment:europe:none'], 3],
  [['resolve', 'none', '--not-executed', '--by', 'ann', '--note', 'seen', '--yes'], 3],
  [['events', 'redeliver', 'none', '--yes'], 3],
  [['capabilities', 'nowhere'], 3],
  [['find'], 2],
  [['list', '--from', 'yesterday'], 2],
  [['list', '--all', '--json'], 2],
  [['resolve', 'none'], 2],
  [['worker'], 2],
  [['explain', 'ORD-none'], 3],
  [['explain', 'ORD-paid', '--time-zone', 'Nowhere'], 2],
  [['erase', 'ORD-none', '--yes'], 3],
  [['erase', 'ORD-failed'], 2],
  [['erase', 'ORD-waits', '--dry-run'], 7],
  [['worker', '--once', '--no-subscribers', '--max-seconds', '0'], 2],
  [['unknown-command'], 2],
])('ends %j with code %i', async (argv, code) => {
  expect((await command(...argv)).code).toBe(code)
})

describe('explain', () => {
  it('tells the story of an order and of its refund, in the zone that is asked for', async () => {
    const { stdout } = await command('explain', 'ORD-paid', '--time-zone', 'Europe/Berlin')
    expect(stdout).toMatch(/^ORD-paid \(49\.90 EUR\), on europe \(Payop\): paid/)
    expect(stdout).toContain('Times are in Europe/Berlin.')
    expect(stdout).toContain('Your shop asked to refund 20.00 EUR')
    expect((await command('explain', 'ORD-paid', '--kind', 'refund')).stdout).not.toContain('asked for 49.90 EUR')
  })
})

describe('erase', () => {
  it('lists what it would erase, erases nothing without a yes, and all of it with one', async () => {
    const gone = await right(shop.createPayment(order('gone')))
    stage.payop.act(idOf(gone.reference), 'decline')
    await right(shop.getStatus(gone.reference))
    const erasedAt = async () => (await right(shop.recorded(gone.reference))).erasedAt
    expect((await command('erase', 'ORD-gone', '--dry-run')).stdout).toMatch(/to erase\tpayment\teurope/)
    expect((await command('erase', 'ORD-gone')).stderr).toContain('Give --yes')
    expect(await erasedAt()).toBeUndefined()
    const { stdout, stderr } = await command('erase', 'ORD-gone', '--yes')
    expect(stdout).toMatch(/erased\tpayment\teurope/)
    expect(stderr).toContain('also in gateway')
    expect(await erasedAt()).toEqual(expect.any(Number))
  })
})

describe('worker --once', () => {
  it('does what is due, says what it did, and ends', async () => {
    const fresh = { ...configurationOn(stage), encryption }
    const owner = await openShop(stage, fresh)
    await right(owner.createPayment(order('once')))
    const once = () => commandOn(stage, fresh)('worker', '--once', '--no-subscribers')
    const nothing = { operations: 0, subjects: 0, reads: 0, reconciled: 0 }
    const first = await once()
    expect({ code: first.code, report: documentOf(first) }).toEqual({
      code: 0,
      report: { more: false, deferred: 0, did: { ...nothing, subjects: 1 } },
    })
    expect(documentOf(await once())).toEqual({ more: false, deferred: 0, did: nothing })
  })
})

describe('a read', () => {
  it('leaves the ledger as it is: no schema, no account, no event', async () => {
    const fresh = configurationOn(stage)
    const read = commandOn(stage, { ...fresh, encryption })
    const { code, stderr } = await read('list')
    expect({ code, isSaid: stderr.includes('ledger that is there') }).toEqual({ code: 8, isSaid: true })
    expect(statSync(fresh.store.file, { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('resolve', () => {
  it('says with --dry-run what it would do, and writes nothing', async () => {
    const attested = ['--not-executed', '--by', 'ann', '--note', 'seen', '--dry-run']
    const { code, stderr } = await command('resolve', unresolved, ...attested)
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('if money has moved, it moves twice') })
    expect((await right(shop.operation(unresolved))).state).toBe('indeterminate')
  })

  it('closes the operation, and gives its record', async () => {
    const [withdrawal] = stage.payop.withdrawals()
    const attested = ['--executed', '--status', 'processing', '--by', 'ann', '--note', 'dashboard', '--yes', '--json']
    const ran = await command('resolve', unresolved, '--id', withdrawal?.id ?? '', ...attested)
    expect(documentOf(ran)).toMatchObject({ id: unresolved, state: 'executed' })
    expect(shapeOf(documentOf(ran))).toMatchSnapshot()
    const again = await command('resolve', unresolved, ...attested)
    expect({ code: again.code, stderr: again.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('nothing to resolve'),
    })
  })
})

describe('events', () => {
  it('are printed as they are recorded, until the command is stopped', async () => {
    const [waits, isWaiting] = signalled()
    const [stops, stop] = signalled()
    const config = configurationOn(stage)
    const other = await openShop(stage, config)
    const follow = commandOn(stage, config, {
      untilStopped: () => stops.then(() => 'SIGTERM'),
      onWrite: (text) => {
        if (text.startsWith('Waiting')) isWaiting()
        if (text.includes('"payment.')) stop()
      },
    })
    const following = follow('events', 'list', '--follow', '--jsonl')
    await waits
    await right(other.createPayment(order('followed')))
    const { stdout, code } = await following
    expect(code).toBe(0)
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ type: expect.stringMatching(/^payment\./) })
  })

  it('are delivered once more', async () => {
    const [event] = (await right(shop.listEvents({ limit: 1 }))).items
    expect((await command('events', 'redeliver', event?.id ?? '', '--yes')).code).toBe(0)
    const [again] = (await right(shop.listEvents({ limit: 1 }))).items
    expect(again).toMatchObject({ id: event?.id })
  })
})

describe('the configuration', () => {
  const inFolder = async (config: unknown, ...argv: readonly string[]) => {
    const cwd = mkdtempSync(join(tmpdir(), 'paymux-config-'))
    try {
      writeFileSync(join(cwd, 'paymux.config.json'), JSON.stringify(config))
      return await runCli(argv, { cwd, env: stage.env })
    } finally {
      rmSync(cwd, { recursive: true })
    }
  }

  it('is checked: each path that is wrong, and no value', async () => {
    const { code, stdout } = await inFolder(
      { accounts: { europe: { adapter: 'payop', secretKey: 'CANARY' } } },
      'config',
      'check',
    )
    expect({ code, hasPath: stdout.includes('store\t'), hasValue: stdout.includes('CANARY') }).toEqual({
      code: 7,
      hasPath: true,
      hasValue: false,
    })
    const { code: ofOthers } = await inFolder({ accounts: {} }, 'list')
    expect(ofOthers).toBe(4)
  })

  it('is compared with another: what would change, and what stands against it', async () => {
    const next = join(stage.folder, 'next.json')
    writeFileSync(next, JSON.stringify({ ...config, accounts: { india: config.accounts.india } }))
    const { code, stdout, stderr } = await command('config', 'diff', next)
    expect({ code, stdout, stderr }).toEqual({
      code: 7,
      stdout: expect.stringMatching(/^removed\taccounts\.europe\tpayment:europe:/m),
      stderr: expect.stringContaining('while the ledger follows something at it'),
    })
    expect(stdout).not.toContain(stage.env.PAYOP_SECRET_KEY)
  })
})

it('copies the ledger to a new file that only its owner can read', async () => {
  const file = join(stage.folder, 'backup.db')
  expect(await command('ledger', 'backup', file)).toMatchObject({ code: 0, stdout: `${file}\n` })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await command('ledger', 'backup', file)).code).toBe(2)
})

describe('doctor', () => {
  it('finds what is wrong, and says what to do', async () => {
    const findings = documentOf(await command('doctor', '--json'))
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'account', state: 'ok', account: 'europe' }),
        expect.objectContaining({ check: 'webhook', state: 'finding', message: 'nothing answers at its address' }),
      ]),
    )
    for (const finding of findings as readonly { readonly state: string; readonly advice?: string }[])
      if (finding.state === 'finding') expect(finding.advice).toBeDefined()
  })

  it('finds credentials that the gateway refuses', async () => {
    const wrong = commandOn(stage, configurationOn(stage), { env: { ...stage.env, PAYOP_TOKEN: 'e30.e30.made-up' } })
    const { code, stdout } = await wrong('doctor', '--account', 'europe')
    expect({ code, stdout }).toEqual({
      code: 7,
      stdout: expect.stringMatching(/^finding\taccount europe\t.*authentication/m),
    })
  })
})

it.each(['payment', 'refund', 'payout'])('draws the statuses of a %s, as the documents do', async (kind) => {
  const [svg, mermaid] = [await command('diagram', kind), await command('diagram', kind, '--format', 'mermaid')]
  expect(svg.stdout).toMatch(/^<svg [^>]*role="img"/)
  expect(svg.stdout).toContain('>succeeded</text>')
  expect(readFileSync('docs/concepts/lifecycle.md', 'utf8')).toContain(mermaid.stdout.trim())
})
