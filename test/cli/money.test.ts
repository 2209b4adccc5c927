import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { closeShops, configurationOn, iban, idOf, openShop, order, payer, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, documentOf, type Ran, shapeOf } from './run.js'

const stage = useStage()

let config: ReturnType<typeof configurationOn>
let command: (...argv: readonly string[]) => Promise<Ran>

beforeEach(() => {
  config = configurationOn(stage)
  command = commandOn(stage, config)
  for (const name of ['order', 'beneficiary'])
    writeFileSync(
      join(stage.folder, `${name}.json`),
      JSON.stringify(
        name === 'order'
          ? { payer, urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/thanks' } }
          : { beneficiary: iban },
      ),
    )
})
afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const executed = () => stage.payop.executions().length

const payment = (key: string) => [
  ...['create', '--amount', '49.90 EUR', '--reference', `ORD-${key}`, '--idempotency-key', key],
  ...['--request', 'order.json'],
]
const payout = (key: string) => [
  ...['payout', '--amount', '25.00 EUR', '--reference', `PO-${key}`, '--idempotency-key', key],
  ...['--request', 'beneficiary.json'],
]

it('creates a payment, and prints the link that the payer pays by', async () => {
  const ran = await command(...payment('c-1'), '--confirm', 'create 49.90 EUR', '--json')
  expect(ran.code).toBe(0)
  expect(documentOf(ran)).toMatchObject({
    kind: 'payment',
    status: 'requires_action',
    merchantReference: 'ORD-c-1',
    nextAction: { type: 'redirect', url: expect.stringMatching(/^http:/) },
  })
  expect(shapeOf(documentOf(ran))).toMatchSnapshot()
})

it('takes the fields of a payment from flags, and over those of the file', async () => {
  const flags = [
    ...['--description', 'two boxes', '--metadata', 'basket=b-1', 'shelf=s-2', '--payer-name', 'Ben Buyer'],
    ...['--payer-email', 'ben.buyer@example.com', '--payer-phone', '+4915100000000', '--payer-country', 'DE'],
    ...['--flow', 'hosted', '--success-url', 'https://shop.example/ok', '--failure-url', 'https://shop.example/no'],
  ]
  const ran = await command(...payment('c-2'), ...flags, '--confirm', 'create 49.90 EUR', '--reveal')
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^next action\t\{"type":"redirect","url":"http:/m),
  })
  expect(ran.stdout).toContain('metadata\t{"basket":"b-1","shelf":"s-2"}\n')
  const [invoice] = stage.payop.invoices().slice(-1)
  expect(JSON.stringify(invoice)).toMatch(/Ben Buyer.*ben\.buyer@example\.com|ben\.buyer@example\.com.*Ben Buyer/)
  expect(JSON.stringify(invoice)).toContain('https://shop.example/ok')
})

it.each([
  ['a flow that the gateway does not have', ['--flow', 'popup'], 5],
  ['a flow that there is not', ['--flow', 'sideways'], 2],
  ['a method that is no number of the gateway', ['--method', 'made-up'], 2],
  ['an address of mail that is none', ['--payer-email', 'nowhere'], 2],
])('sends nothing with %s', async (_, flags, code) => {
  const ran = await command(...payment('c-3'), ...flags, '--confirm', 'create 49.90 EUR')
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' })
  expect(ran.stderr).not.toContain('nowhere')
})

it('shows a result in lines: the second call moved no money, and says so', async () => {
  await command(...payout('p-0'), '--confirm', 'payout 25.00 EUR')
  const { code, stdout } = await command(...payout('p-0'), '--confirm', 'payout 25.00 EUR')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^kind\tpayout\nreference\tPO-p-0\n/) })
  expect(stdout).toMatch(/\nreplayed\tyes: nothing was sent\n$/)
})

it('ends with 5 if the gateway is down: nothing was sent', async () => {
  const down = commandOn(stage, config, { env: { ...stage.env, PAYOP_API_URL: 'http://127.0.0.1:9' } })
  const { code, stdout, stderr } = await down(...payout('p-7'), '--confirm', 'payout 25.00 EUR', '--json')
  expect({ code, stdout, error: JSON.parse(stderr).error }).toMatchObject({
    code: 5,
    stdout: '',
    error: { _tag: 'Unreachable', outcome: 'not_sent', account: 'europe' },
  })
})

it('ends with 4 if the gateway refuses the credentials, and prints none of them', async () => {
  const wrong = commandOn(stage, config, { env: { ...stage.env, PAYOP_TOKEN: 'e30.e30.made-up' } })
  const { code, stdout, stderr } = await wrong(...payout('p-8'), '--confirm', 'payout 25.00 EUR')
  expect({ code, stdout, stderr }).toEqual({ code: 4, stdout: '', stderr: expect.stringContaining('authentication') })
  expect(stderr).not.toContain('made-up')
})

it('moves no money twice when it is repeated: the second time it shows what the first did', async () => {
  const first = documentOf(await command(...payout('p-1'), '--confirm', 'payout 25.00 EUR', '--json'))
  expect(shapeOf(first)).toMatchSnapshot()
  const sent = executed()
  const second = documentOf(await command(...payout('p-1'), '--confirm', 'payout 25.00 EUR', '--json'))
  expect(second).toMatchObject({ id: Object(first).id, replayed: true })
  expect(executed()).toBe(sent)
})

it.each([
  ['no confirmation', [], 'Give --confirm "payout 25.00 EUR". --yes is not enough'],
  ['--yes', ['--yes'], "unknown option '--yes'"],
  ['another amount', ['--confirm', 'payout 2.50 EUR'], 'that is "payout 25.00 EUR"'],
  ['another method', ['--confirm', 'refund 25.00 EUR'], 'that is "payout 25.00 EUR"'],
])('sends nothing without a terminal and with %s', async (_, flags, says) => {
  const sent = executed()
  const { code, stderr } = await command(...payout('p-2'), ...flags)
  expect({ code, stderr, sent: executed() }).toEqual({ code: 2, stderr: expect.stringContaining(says), sent })
})

it('never makes up an idempotency key', async () => {
  const sent = executed()
  const flags = ['--amount', '25.00 EUR', '--request', 'beneficiary.json', '--confirm', 'payout 25.00 EUR']
  const { code, stderr } = await command('payout', ...flags)
  expect({ code, stderr, sent: executed() }).toEqual({
    code: 2,
    stderr: expect.stringContaining('Give --idempotency-key'),
    sent,
  })
})

it('takes no beneficiary from flags, which the history of the shell keeps', async () => {
  const { code, stderr } = await command('payout', '--amount', '25.00 EUR', '--idempotency-key', 'p-3')
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Give --request FILE') })
})

it.each(['2,50 EUR', '25 eur', '25.001 EUR', 'EUR 25', '-25 EUR', '25.00'])(
  'refuses the amount %j before anything is opened',
  async (amount) => {
    const { code } = await command(
      'payout',
      '--amount',
      amount,
      '--idempotency-key',
      'p-4',
      '--request',
      'beneficiary.json',
    )
    expect(code).toBe(2)
  },
)

describe('a refund', () => {
  const paid = async (key: string) => {
    const shop = await openShop(stage, config)
    const { reference } = await right(shop.createPayment(order(key)))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
  }

  it('is of all that was captured by default, which the confirmation names', async () => {
    await paid('r-1')
    const refund = ['refund', 'ORD-r-1', '--idempotency-key', 'back-1', '--json']
    expect((await command(...refund, '--confirm', 'refund 20.00 EUR')).stderr).toContain('refund 49.90 EUR')
    const made = documentOf(await command(...refund, '--confirm', 'refund 49.90 EUR'))
    expect(made).toMatchObject({ kind: 'refund' })
    expect(shapeOf(made)).toMatchSnapshot()
  })

  it('needs an amount if the ledger knows of nothing that was captured', async () => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('r-3')))
    const { code, stderr } = await command('refund', 'ORD-r-3', '--idempotency-key', 'back-3')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('give --amount') })
  })

  it('is of a payment only, and of one that the ledger has', async () => {
    await paid('r-4')
    const key = ['--idempotency-key', 'back-4', '--amount', '1.00 EUR', '--confirm', 'refund 1.00 EUR']
    expect(await command('refund', 'ORD-none', ...key)).toMatchObject({
      code: 3,
      stderr: 'error  The ledger has no such payment.\n',
    })
    expect((await command('refund', 'ORD-r-4', '--kind', 'payout', ...key)).code).toBe(3)
    expect((await command('refund', '--idempotency-key', 'back-4')).stderr).toContain('Say what to look for.')
  })

  it('may be of a part', async () => {
    await paid('r-2')
    const part = ['--amount', '20.00 EUR', '--confirm', 'refund 20.00 EUR', '--json']
    expect((await command('refund', 'ORD-r-2', '--idempotency-key', 'back-2', ...part)).code).toBe(0)
    const { items } = Object(documentOf(await command('list', '--kind', 'refund', '--json')))
    expect(items).toMatchObject([{ merchantReference: 'ORD-r-2', amount: { value: '20.00', currency: 'EUR' } }])
  })
})

it('ends with a code of its own for an unknown outcome, and keeps the key', async () => {
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  const { code, stderr } = await command(...payout('p-5'), '--confirm', 'payout 25.00 EUR', '--json')
  expect(code).toBe(6)
  expect(JSON.parse(stderr)).toMatchObject({
    error: { _tag: 'Indeterminate', outcome: 'unknown', retry: 'after_read' },
  })
  expect((await command('unresolved', '--exit-code')).code).toBe(0)
  expect((await command('find', 'PO-p-5')).stdout).toContain('indeterminate')
})

it('ends with the code of a refusal if the gateway refuses', async () => {
  const much = ['payout', '--amount', '9999999.00 EUR', '--reference', 'PO-p-6', '--idempotency-key', 'p-6']
  const { code } = await command(...much, '--request', 'beneficiary.json', '--confirm', 'payout 9999999.00 EUR')
  expect(code).toBe(5)
})
