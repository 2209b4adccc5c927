import type { Paymux } from '../../src/paymux/index.js'
import { closeShops, configurationOn, idOf, openShop, order, payout, right, rupees } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, documentOf, type Ran, type RunOptions } from './run.js'

const stage = useStage()

let config: ReturnType<typeof configurationOn>
let shop: Paymux
let command: (...argv: readonly string[]) => Promise<Ran>

/** A payment on each account, one of them paid, refunded and disputed; and a payout. */
beforeAll(async () => {
  config = configurationOn(stage)
  command = commandOn(stage, config)
  shop = await openShop(stage, {
    ...config,
    routes: [{ when: { currency: ['INR'] }, to: ['india'] }, { to: ['europe'] }],
  })
  const paid = await right(shop.createPayment({ ...order('paid'), metadata: { basket: 'b-1' } }))
  stage.payop.act(idOf(paid.reference), 'pay')
  await right(shop.getStatus(paid.reference))
  const amount = { value: '20.00', currency: 'EUR' } as const
  await right(shop.refund({ idempotencyKey: 'back', payment: paid.reference, amount }))
  await right(shop.createPayment(rupees('rupees')))
  await right(shop.payout(payout('out')))
})
afterAll(closeShops)

const onTerminal = (more: Partial<RunOptions> = {}) =>
  commandOn(stage, config, { isTTY: true, columns: 200, env: { ...stage.env, NO_COLOR: '1' }, ...more })
const itemsOf = async (...argv: readonly string[]): Promise<readonly Record<string, unknown>[]> =>
  Object(documentOf(await command('list', ...argv, '--json'))).items
const linesOf = ({ stdout }: Ran): readonly string[] => stdout.split('\n').filter((line) => line !== '')

describe('list', () => {
  it.each([
    [['--kind', 'refund'], ['refund']],
    [
      ['--kind', 'payment', '--oldest-first'],
      ['payment', 'payment'],
    ],
    [['--account', 'india'], ['payment']],
    [['--currency', 'INR'], ['payment']],
    [['--reference', 'INV-1'], ['payout']],
    [['--review'], []],
    [['--disputed'], []],
    [['--from', '1h', '--to', '2030-01-01', '--kind', 'payout'], ['payout']],
    [['--to', '1h'], []],
  ])('gives with %j what fits', async (argv, kinds) => {
    expect((await itemsOf(...argv)).map(({ kind }) => kind)).toEqual(kinds)
  })

  it('prints nothing if nothing fits, and that is no error', async () => {
    expect(await command('list', '--disputed')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await command('list', '--disputed', '--jsonl')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect((await onTerminal()('list', '--disputed')).stdout).toBe('')
    expect((await command('list', '--disputed', '--csv')).stdout).toMatch(/^recorded_at,[^\n]*\r\n$/)
  })

  it('goes on where the page before ended, and says nothing once all was shown', async () => {
    const pages = [await command('list', '--limit', '3', '--oldest-first')]
    const [, cursor = ''] = /--cursor (\S+)/.exec(pages[0]?.stderr ?? '') ?? []
    pages.push(await command('list', '--limit', '3', '--oldest-first', '--cursor', cursor))
    expect(pages.flatMap(linesOf)).toEqual(linesOf(await command('list', '--all', '--oldest-first')))
    expect(pages[1]?.stderr).toBe('')
  })

  it.each([
    [['--limit', '0'], '--limit is a whole number from 1 to 1000.'],
    [['--limit', '1001'], '--limit is a whole number from 1 to 1000.'],
    [['--limit', 'ten'], '--limit is a whole number from 1 to 1000.'],
    [['--all', '--limit', '5'], '--all gives every page'],
    [['--all', '--cursor', 'x'], '--all gives every page'],
    [['--all', '--json'], 'Give --jsonl'],
    [['--csv', '--json'], '--csv and --json exclude each other.'],
    [['--cursor', 'made-up'], 'cursor'],
    [['--from', '1h', '--to', '2h'], 'a time range that ends after it begins'],
    [['--currency', 'euro'], 'currency'],
  ])('refuses %j, and says what is wrong', async (argv, says) => {
    const { code, stdout, stderr } = await command('list', ...argv)
    const { message = '', advice = '' } = argv.includes('--json') ? JSON.parse(stderr).error : { message: stderr }
    expect({ code, stdout, said: `${message} ${advice}` }).toEqual({
      code: 2,
      stdout: '',
      said: expect.stringContaining(says),
    })
  })

  it('shows on a terminal a table with headings, and the ledger that it comes from', async () => {
    const { stdout, stderr } = await onTerminal()('list', '--kind', 'payout')
    const [heading = '', ...rows] = stdout.trimEnd().split('\n')
    expect(heading).toMatch(/^recorded +reference +kind +status +amount +captured +refunded +account +id +flags$/)
    expect(rows).toEqual([expect.stringMatching(/INV-1 +payout +processing +25\.00 EUR/)])
    expect(stderr).toMatch(/^SQLite ledger \S+\.db, by \S+\.json\n$/)
  })
})

it('what the payer took back is marked in lists, and in what is shown of it', async () => {
  const [transaction] = stage.payop.transactions()
  stage.payop.setChargeback(transaction?.id ?? '', true)
  expect((await command('status', 'ORD-paid', '--kind', 'payment')).stdout).toMatch(/^disputed\tyes$/m)
  expect(linesOf(await command('list', '--disputed'))).toEqual([expect.stringMatching(/\tORD-paid\t.*\tdisputed\b/)])
  expect(linesOf(await command('list', '--disputed', '--csv'))[1]).toMatch(/,true,(true|false)\r$/)
})

describe('summary', () => {
  it('adds up today by default, and each day with --by', async () => {
    const today = new Date().toISOString().slice(0, 10)
    expect(linesOf(await command('summary'))).toContainEqual(expect.stringMatching(/^europe\tpayout\t/))
    const days = linesOf(await command('summary', '--from', '1h', '--to', '2030-01-01', '--by', 'day', '--header'))
    expect(days[0]).toBe('day\taccount\tkind\tstatus\tcount\tamount\tcaptured\trefunded')
    expect(days).toContainEqual(`${today}\teurope\tpayment\tsucceeded\t1\t49.90 EUR\t49.90 EUR\t0.00 EUR`)
    expect((await command('summary', '--to', '2026-01-01', '--from', '2025-01-01')).stdout).toBe('')
  })
})

describe('show', () => {
  it('tells a person how it came about: the attempts and each step', async () => {
    const { stdout } = await onTerminal()('show', 'ORD-paid', '--kind', 'payment')
    expect(stdout).toMatch(/^kind +payment\n/)
    expect(stdout).toMatch(/\nmetadata +\*\*\*\n/)
    expect(stdout).toMatch(/attempt +account +state +dispatches +ended by\n +1 +europe/)
    expect(stdout).toMatch(/at +attempt +step +detail\n\d{4}-/)
  })

  it('gives a pipe a line for each field, and personal data with --reveal only', async () => {
    const { stdout } = await command('show', 'ORD-paid', '--kind', 'payment', '--reveal')
    expect(stdout).toContain('metadata\t{"basket":"b-1"}\n')
    expect(stdout).not.toContain('dispatches')
  })
})

describe('what the configuration has', () => {
  it('is listed by account, without the address for notifications', async () => {
    const [heading, europe] = linesOf(await command('accounts', '--header'))
    expect(heading).toBe('account\tadapter\tpayments\trefunds\tpayouts\tlists\tis\tnotification address')
    expect(europe).toMatch(/^europe\tpayop\tyes\tyes\tyes\trefund payout\t/)
    const shown = Object(documentOf(await command('accounts', '--json')))
    expect(shown).toMatchObject([{ account: 'europe' }, { account: 'india', lists: [] }])
    expect(shown[0]).not.toHaveProperty('notificationAddress')
  })

  it('has a payout only where its credentials are', async () => {
    const { payouts: _without, ...india } = config.accounts.india
    const ran = await commandOn(stage, { ...config, accounts: { india } })('accounts')
    expect(linesOf(ran)).toEqual([expect.stringMatching(/^india\tippopay\tyes\tyes\tno\tnone\t/)])
  })

  it('is listed fact by fact: what each account is capable of', async () => {
    const lines = linesOf(await command('capabilities', 'europe'))
    expect(lines).toContain('europe\tadapter\tpayop')
    for (const line of lines) expect(line).toMatch(/^europe\t[\w.]+\t.+$/)
  })

  it('can be checked without its ledger: in words, and as a document', async () => {
    const fresh = commandOn(stage, configurationOn(stage))
    expect((await fresh('config', 'check')).stdout).toMatch(/can be used: europe, india; SQLite ledger \S+\.db\n$/)
    expect(documentOf(await fresh('config', 'check', '--json'))).toMatchObject({ issues: [] })
    const { code, stdout } = await commandOn(stage, { ...config, routes: [{ to: ['nowhere'] }] })(
      ...['config', 'check', '--json'],
    )
    expect({ code, document: JSON.parse(stdout) }).toMatchObject({
      code: 7,
      document: { issues: [{ path: expect.stringContaining('routes'), expected: expect.any(String) }] },
    })
  })

  it('on PostgreSQL, the address of the server, which holds a password, is not printed', async () => {
    const store = { type: 'postgres', url: 'postgres://user:CANARY@127.0.0.1:9/paymux' } as const
    const other = commandOn(stage, { ...config, store }, { isTTY: true })
    const ran = await other('config', 'check')
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/; PostgreSQL ledger\n$/),
    })
    const down = await other('list')
    expect(down.code).toBe(8)
    expect(ran.stdout + ran.stderr + down.stdout + down.stderr).not.toContain('CANARY')
  })
})

describe('unresolved', () => {
  it('is empty, which is no finding, if no operation waits', async () => {
    expect(await command('unresolved', '--exit-code')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await command('unresolved', '--limit', '0')).toMatchObject({ code: 2 })
  })
})
