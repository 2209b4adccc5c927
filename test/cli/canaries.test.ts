import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.js'
import type { PaymentRequest } from '../../src/core/index.js'
import { closeShops, configurationOn, idOf, left, openShop, order, payout, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, type Ran } from './run.js'

const stage = useStage()

const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } }
const webhooks = { publicUrl: 'http://127.0.0.1:9/paymux', secret: 'made-up-secret-of-32-characters-y' }

const personal = {
  name: 'Canary Nameson',
  email: 'canary.address@example.com',
  phone: '+4915119990001',
  metadata: 'canary-metadata-value',
  iban: 'DE89370400440532013000',
  payee: 'Canary Payee',
  attestedBy: 'canary.operator@shop.example',
  note: 'canary note of an operator',
} as const

const secrets = (): readonly string[] => [
  encryption.keys.k1,
  webhooks.secret,
  ...Object.entries(stage.env).flatMap(([name, value]) => (/SECRET|TOKEN/.test(name) ? [value] : [])),
]

let command: (...argv: readonly string[]) => Promise<Ran>
let lost: string
let event: string

const request = (key: string): PaymentRequest => ({
  ...order(key),
  payer: { name: personal.name, email: personal.email, phone: personal.phone },
  metadata: { basket: personal.metadata },
})
const beneficiary = { type: 'iban', iban: personal.iban, name: personal.payee, email: personal.email } as const

beforeAll(async () => {
  const config = { ...configurationOn(stage), encryption, webhooks }
  command = commandOn(stage, config)
  const shop = await openShop(stage, config)
  const { reference } = await right(shop.createPayment(request('c-1')))
  stage.payop.act(idOf(reference), 'pay')
  await right(shop.getStatus(reference))
  const declined = await right(shop.createPayment(request('c-7')))
  stage.payop.act(idOf(declined.reference), 'decline')
  await right(shop.getStatus(declined.reference))
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  const attested = { attestedBy: personal.attestedBy, note: personal.note }
  const unknown = await left(shop.payout({ ...payout('c-2'), beneficiary }))
  await right(shop.resolve(unknown.operationId ?? '', { outcome: 'executed', status: 'processing', ...attested }))
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  lost = (await left(shop.payout({ ...payout('c-3'), beneficiary }))).operationId ?? ''
  event = (await right(shop.listEvents())).items[0]?.id ?? ''
  writeFileSync(join(stage.folder, 'request.json'), JSON.stringify({ ...request('c-4'), beneficiary }))
  writeFileSync(
    join(stage.folder, 'next.json'),
    JSON.stringify({ ...config, webhooks: { ...webhooks, secret: `${webhooks.secret}-2` } }),
  )
})
afterAll(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const file = ['--request', 'request.json']

/** Every command, by its name, with arguments that make it say as much as it can. What it changes comes last. */
const calls: Readonly<Record<string, () => readonly string[]>> = {
  find: () => ['find', 'ORD-c-1'],
  list: () => ['list', '--limit', '100'],
  show: () => ['show', 'ORD-c-1', '--kind', 'payment'],
  summary: () => ['summary'],
  health: () => ['health'],
  unresolved: () => ['unresolved'],
  'events list': () => ['events', 'list', '--limit', '100'],
  'events redeliver': () => ['events', 'redeliver', event, '--yes'],
  notifications: () => ['notifications'],
  explain: () => ['explain', 'INV-1'],
  'ledger backup': () => ['ledger', 'backup', `copy-${Math.random()}.db`],
  'ledger check': () => ['ledger', 'check'],
  'ledger copy': () => ['ledger', 'copy', '--to', 'next.json', '--yes'],
  accounts: () => ['accounts'],
  capabilities: () => ['capabilities'],
  'config check': () => ['config', 'check'],
  'config diff': () => ['config', 'diff', 'next.json'],
  doctor: () => ['doctor'],
  reconcile: () => ['reconcile'],
  status: () => ['status', 'ORD-c-1', '--kind', 'payment'],
  create: () => ['create', ...file, '--idempotency-key', 'c-4', '--confirm', 'create 49.90 EUR'],
  refund: () => [
    'refund',
    'ORD-c-1',
    '--idempotency-key',
    'c-5',
    '--confirm',
    'refund 49.90 EUR',
    '--metadata',
    `a=${personal.metadata}`,
  ],
  payout: () => ['payout', ...file, '--idempotency-key', 'c-6', '--confirm', 'payout 49.90 EUR'],
  erase: () => ['erase', 'ORD-c-7', '--yes'],
  resolve: () => ['resolve', lost, '--not-executed', '--by', personal.attestedBy, '--note', personal.note, '--yes'],
  'ledger restored': () => ['ledger', 'restored', '--taken-at', '1h', '--until', new Date().toISOString(), '--yes'],
}

/** They run until they are stopped, print what they are for, or know no ledger. */
const others = ['worker', 'emulators', 'secret', 'init', 'diagram']

const namesOf = (command: Command, prefix = ''): readonly string[] =>
  command.commands.flatMap((one) =>
    one.commands.length > 0 ? namesOf(one, `${one.name()} `) : [`${prefix}${one.name()}`],
  )

it('is asked about every command that there is', () => {
  const program = createProgram({
    argv: [],
    env: {},
    cwd: '/',
    stdin: {},
    stdout: process.stdout,
    stderr: process.stderr,
    version: () => '',
    untilStopped: () => new Promise(() => {}),
  })
  expect([...Object.keys(calls), ...others].sort()).toEqual([...namesOf(program)].sort())
})

describe.each([
  ['text', []],
  ['JSON', ['--json']],
  ['text with a stack', ['--debug']],
])('as %s, no personal value and no secret is in what it prints:', (_, flags) => {
  it.each(Object.keys(calls))('%s', async (name) => {
    const { stdout, stderr } = await command(...(calls[name]?.() ?? []), ...flags)
    const printed = stdout + stderr
    if (name !== 'unresolved') expect(printed).not.toBe('')
    for (const value of [...Object.values(personal), ...secrets()]) expect(printed).not.toContain(value)
  })
})

it('shows personal values with --reveal, and no secret', async () => {
  const shown = await command('show', 'ORD-c-1', '--kind', 'payment', '--reveal')
  expect(shown.stdout).toContain(personal.metadata)
  const events = await command('events', 'list', '--limit', '100', '--json', '--reveal')
  expect(events.stdout).toContain(personal.metadata)
  for (const secret of secrets()) expect(shown.stdout + events.stdout).not.toContain(secret)
})

it('shows the notification address of an account with --reveal only', async () => {
  const address = /http:\/\/127\.0\.0\.1:9\/paymux\/europe\/[\w-]{43}/
  expect((await command('accounts')).stdout).not.toMatch(address)
  expect((await command('accounts', '--reveal')).stdout).toMatch(address)
})
