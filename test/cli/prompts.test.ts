import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Paymux, PaymuxConfig } from '../../src/paymux/index.js'
import { closeShops, configurationOn, iban, idOf, left, openShop, order, payout, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, type RunOptions, runCli } from './run.js'

const stage = useStage()

const DOWN = '\u001b[B'
const ENTER = '\r'
const CANCEL = '\u0003'

let shop: Paymux
let config: PaymuxConfig
beforeAll(async () => {
  config = configurationOn(stage)
  shop = await openShop(stage, config)
  writeFileSync(join(stage.folder, 'payout.json'), JSON.stringify({ beneficiary: iban }))
})
afterAll(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

/** The command on a terminal, where a person answers. */
const answering = (answers: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = stage.env) =>
  commandOn(stage, config, { isTTY: true, env, answers })

describe('init, without flags on a terminal,', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paymux-prompts-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const init = (answers: Readonly<Record<string, string>>, argv: readonly string[] = [], more?: Partial<RunOptions>) =>
    runCli(['init', ...argv], { cwd: folder, isTTY: true, columns: 100, answers, ...more })
  const answers = {
    'Which gateways?': `${DOWN} ${ENTER}`,
    'Where is the ledger kept?': `${DOWN}${ENTER}`,
    'Which web framework?': ENTER,
    'Payouts, too?': 'y',
  }

  it('asks for everything, and writes what was chosen', async () => {
    expect((await init(answers)).code).toBe(0)
    const written = JSON.parse(readFileSync(join(folder, 'paymux.config.json'), 'utf8'))
    expect({ accounts: Object.keys(written.accounts), store: written.store.type }).toEqual({
      accounts: ['ippopay'],
      store: 'postgres',
    })
    expect(written.accounts.ippopay).toHaveProperty('payouts')
    expect(readFileSync(join(folder, 'server.mjs'), 'utf8')).toContain("from 'node:http'")
  })

  it('asks no further once a question is canceled, and writes nothing', async () => {
    const { code, stderr } = await init({ ...answers, 'Where is the ledger kept?': CANCEL })
    expect({ code, files: readdirSync(folder) }).toEqual({ code: 130, files: [] })
    expect(stderr).toContain('Canceled. Nothing was done.')
    expect(stderr).not.toContain('Which web framework?')
  })

  it.each([
    ['no', 'n', 2, '// mine\n'],
    ['yes', 'y', 0, expect.stringContaining('paymux/promises')],
  ])('asks before it replaces a file, and takes the answer: %s', async (_, key, code, text) => {
    writeFileSync(join(folder, 'server.mjs'), '// mine\n')
    const ran = await init({ ...answers, 'Replace server.mjs?': key })
    expect({ code: ran.code, text: readFileSync(join(folder, 'server.mjs'), 'utf8') }).toEqual({ code, text })
  })

  it.each([
    ['--no-input', ['--no-input'], {}],
    ['a CI job', [], { env: { CI: 'true' } }],
  ])('asks nothing with %s, and names the flag', async (_, argv, more) => {
    const { code, stderr } = await init(answers, argv, more)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Give --gateway NAME…') })
  })
})

describe('what moves money', () => {
  const pay = (key: string) => [
    ...['payout', '--amount', '25.00 EUR', '--reference', `PO-${key}`, '--idempotency-key', key],
    ...['--request', 'payout.json'],
  ]

  it.each([
    ['no', 'n', 2, 0],
    ['nothing but Enter', ENTER, 2, 0],
    ['yes', 'y', 0, 1],
  ])(
    'asks with method, amount and the end of the account, and takes the answer: %s',
    async (answer, key, code, sent) => {
      const before = stage.payop.executions().length
      const ran = await answering({ 'Pay 25.00 EUR': key })(...pay(`asked-${answer.replaceAll(' ', '-')}`))
      expect({ code: ran.code, sent: stage.payop.executions().length - before }).toEqual({ code, sent })
      expect(ran.stderr).toContain('Pay 25.00 EUR to iban …3000, under the key asked-')
      expect(ran.stderr).not.toContain(iban.iban)
    },
  )

  it('is asked about a payment and a refund, too, each by its order number', async () => {
    const paid = await right(shop.createPayment(order('asked')))
    stage.payop.act(idOf(paid.reference), 'pay')
    await right(shop.getStatus(paid.reference))
    const refund = await answering({ 'Refund 49.90 EUR of ORD-asked': 'n' })(
      ...['refund', 'ORD-asked', '--idempotency-key', 'asked-back'],
    )
    expect({ code: refund.code, isSaid: refund.stderr.includes('Not confirmed. Nothing was sent.') }).toEqual({
      code: 2,
      isSaid: true,
    })
    const create = await answering({ 'Create a payment of 5.00 EUR for ORD-new': 'n' })(
      ...['create', '--amount', '5.00 EUR', '--reference', 'ORD-new', '--idempotency-key', 'new'],
    )
    expect(create.code).toBe(2)
    expect((await right(shop.find({ merchantReference: 'ORD-new' }))).operations).toEqual([])
  })
})

describe('what changes the ledger', () => {
  it.each([
    ['no', 'n', 2, 'indeterminate'],
    ['yes', 'y', 0, 'canceled'],
  ])('is asked about before an operation is resolved, and takes the answer: %s', async (_, key, code, state) => {
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    const { operationId = '' } = await left(shop.payout(payout(`lost-${key}`)))
    const ran = await answering({ 'Resolve it?': key })(
      ...['resolve', operationId, '--not-executed', '--by', 'ann', '--note', 'seen'],
    )
    expect({ code: ran.code, state: (await right(shop.operation(operationId))).state }).toEqual({ code, state })
    expect(ran.stderr).toContain(`SQLite ledger ${Object(config.store).file}, by `)
  })

  it.each([
    ['no', 'n', 2],
    ['yes', 'y', 0],
  ])('is asked about before an order is erased, and takes the answer: %s', async (_, key, code) => {
    const { reference } = await right(shop.createPayment(order(`gone-${key}`)))
    stage.payop.act(idOf(reference), 'decline')
    await right(shop.getStatus(reference))
    const ran = await answering({ 'Erase the personal data': key })('erase', `ORD-gone-${key}`)
    expect(ran.code).toBe(code)
    expect((await right(shop.recorded(reference))).erasedAt !== undefined).toBe(code === 0)
  })

  it('is asked about before an event is delivered once more: no leaves it, and Ctrl-C ends with 130', async () => {
    const [event] = (await right(shop.listEvents({ limit: 1 }))).items
    const redeliver = (key: string) =>
      answering({ 'Deliver the event once more': key })('events', 'redeliver', event?.id ?? '')
    expect((await redeliver('n')).code).toBe(2)
    expect((await redeliver(CANCEL)).code).toBe(130)
    expect((await right(shop.listEvents({ limit: 1 }))).items[0]).toEqual(event)
  })
})
