import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTime, referenceOf } from '../../src/cli/format.js'
import { runCli } from './run.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymux-usage-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (...argv: readonly string[]) => runCli(argv, { cwd: folder })
const file = (content: string): readonly string[] => {
  writeFileSync(join(folder, 'request.json'), content)
  return ['--request', 'request.json']
}

describe('what is asked for without a command', () => {
  it('is the version: a line of stdout', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: '0.0.0\n', stderr: '' })
  })

  it('is told by the help', async () => {
    expect((await run('--help')).stdout).toContain('--version  ')
  })

  it.each([[['--help']], [['events', '--help']], [['list', '--help']]])('is help, on stdout: %j', async (argv) => {
    const { code, stdout, stderr } = await run(...argv)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringContaining('Usage: paymux'), stderr: '' })
  })

  it.each([[[]], [['events']], [['ledger']], [['config']]])(
    'is wrong if it is no help: %j ends with 2, and shows the commands on stderr',
    async (argv) => {
      const { code, stdout, stderr } = await run(...argv)
      expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('Commands:') })
    },
  )

  it('begins the help of a command with its examples', async () => {
    expect((await run('list', '--help')).stdout).toMatch(/^ {2}\$ paymux list --status failed/)
  })
})

describe('an error of the arguments', () => {
  it('suggests the command that was meant', async () => {
    const { code, stdout, stderr } = await run('lst')
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Did you mean list?'),
    })
  })

  it.each([
    [['list', '--nope'], "unknown option '--nope'"],
    [['list', '--kind', 'invoice'], 'Allowed choices are payment, refund, payout.'],
    [['secret', 'password'], 'Allowed choices are encryption, webhook.'],
  ])('is one JSON line with --json, and no other: %j', async (argv, says) => {
    const { code, stdout, stderr } = await run(...argv, '--json')
    expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 })
    expect(JSON.parse(stderr)).toMatchObject({
      error: { _tag: 'CommandError', message: expect.stringContaining(says) },
    })
    expect((await run(...argv)).stderr).toContain(says)
  })

  it('is one JSON line with --jsonl, with what to do', async () => {
    const { code, stderr } = await run('list', '--jsonl')
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toEqual({
      error: {
        _tag: 'CommandError',
        message: `There is no configuration at ${join(folder, 'paymux.config.json')}.`,
        advice: 'Give --config FILE, or make one with `paymux init`.',
      },
    })
  })
})

describe('a request', () => {
  const payout = ['payout', '--idempotency-key', 'k-1']

  it.each([
    ['that is not there', ['--request', 'nowhere.json'], 'The file of --request cannot be read.'],
    ['that is no JSON', file, 'does not hold a JSON object', '{ "iban": CANARY }'],
    ['that is a list', file, 'does not hold a JSON object', '["CANARY"]'],
    ['whose amount is a text', file, 'The amount of the file of --request is no', '{ "amount": "CANARY EUR" }'],
    ['whose amount is nothing', file, 'The amount of the file of --request is no', '{ "amount": null }'],
    ['whose amount has no currency', file, 'is no decimal number with', '{ "amount": { "value": "2.00" } }'],
    ['without an amount', file, 'Give --amount', '{ "note": "CANARY" }'],
  ])('of a file %s is refused, and nothing of it is repeated', async (_, flags, says, content = '') => {
    const { code, stdout, stderr } = await run(...payout, ...(typeof flags === 'function' ? flags(content) : flags))
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
    expect(stderr).not.toContain('CANARY')
  })

  it.each([
    ['a part of a cent', '2.005 EUR', 'The amount is no amount of EUR that can be paid exactly.'],
    ['a currency that is none', '2.00 QQQ', 'The amount is no amount of QQQ that can be paid exactly.'],
    ['two amounts', '1 EUR 2 EUR', 'The --amount is no decimal number with a currency'],
  ])('of %s is refused', async (_, amount, says) => {
    const { code, stderr } = await run(...payout, '--amount', amount)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) })
  })

  it.each(['basket', '=b-1'])('with the metadata %j is refused: it is a name and a value', async (pair) => {
    const { code, stderr } = await run(...payout, '--amount', '2.00 EUR', '--metadata', 'a=1', '--metadata', pair)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--metadata name=value') })
  })

  it('of a payout names whom it pays, from the file', async () => {
    const { stderr } = await run(...payout, '--amount', '2.00 EUR', ...file('{ "payee": "CANARY" }'))
    expect(stderr).toContain('Give --request FILE with the beneficiary')
    expect(stderr).not.toContain('CANARY')
  })

  it.each([
    ['an account number', { type: 'indian_bank_account', accountNumber: '000111222333' }, 'indian_bank_account …2333'],
    ['nothing that can be shown', { iban: 7 }, 'beneficiary'],
  ])('is asked about with no more than the end of %s', async (_, beneficiary, shown) => {
    const { stderr } = await run(...payout, '--amount', '2.00 EUR', ...file(JSON.stringify({ beneficiary })))
    expect(stderr).toContain(`Pay 2.00 EUR to ${shown}, under the key k-1?`)
    expect(stderr).not.toContain('000111222333')
  })
})

describe('a time', () => {
  const now = Date.parse('2026-11-28T12:00:00Z')

  it.each([
    ['2026-11-28', '2026-11-28T00:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
    ['2026-11-28T09:00Z', '2026-11-28T09:00:00Z'],
    ['2026-11-28T09:00:00.5+01:00', '2026-11-28T08:00:00.5Z'],
    ['90m', '2026-11-28T10:30:00Z'],
    ['24h', '2026-11-27T12:00:00Z'],
    ['7d', '2026-11-21T12:00:00Z'],
  ])('%s is %s', (text, at) => {
    expect(readTime('--from', text, now)).toBe(Date.parse(at))
  })

  it.each(['2026-11-31', '2026-02-29', '2026-13-01', '2026-11-28T25:00Z', '2026-11-28T09:00', '28.11.2026', '7w', ''])(
    '%j is none, and no other is taken for it',
    (text) => {
      expect(() => readTime('--from', text, now)).toThrow('--from is a date, a time with its zone, or how long ago')
    },
  )
})

it.each([
  ['8a6e1f', { id: '8a6e1f' }],
  ['key:back-1', { idempotencyKey: 'back-1' }],
  ['key:back-1@8a6e1f', { idempotencyKey: 'back-1', paymentId: '8a6e1f' }],
])('an object of the id %j is referred to by %j', (id, by) => {
  expect(referenceOf({ kind: 'refund', account: 'europe', id })).toEqual({ kind: 'refund', account: 'europe', ...by })
})

describe('secret', () => {
  const key = /^[A-Za-z0-9+/]{43}=$/
  const hex = /^[0-9a-f]{64}$/

  it('makes both as lines of an .env, other ones each time', async () => {
    const [first, second] = [await run('secret'), await run('secret')]
    expect(first.stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^PAYMUX_ENCRYPTION_KEY=[A-Za-z0-9+/]{43}=$/),
      expect.stringMatching(/^PAYMUX_WEBHOOK_SECRET=[0-9a-f]{64}$/),
    ])
    expect(second.stdout).not.toBe(first.stdout)
  })

  it.each([
    ['encryption', key],
    ['webhook', hex],
  ])('makes one, for a pipe or for a program: %s', async (name, pattern) => {
    expect((await run('secret', name)).stdout.trimEnd()).toMatch(pattern)
    expect(JSON.parse((await run('secret', name, '--json')).stdout)).toEqual({ [name]: expect.stringMatching(pattern) })
  })
})
