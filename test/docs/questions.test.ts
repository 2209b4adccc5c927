import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { linesOf } from '../../scripts/docs/code-blocks.js'
import { exitCodes } from '../../src/cli/exit.js'
import type { PaymuxConfig } from '../../src/paymux/index.js'
import { paymux } from '../../src/paymux/promises.js'
import { instrument } from '../../src/paymux/telemetry.js'
import { runCli } from '../cli/run.js'
import { eventually } from '../eventually.js'
import { accounts, from, idOf, order, payout, spareAccount } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { documentAt } from './markdown.js'

interface Block {
  readonly language: string
  readonly code: string
}

/** The blocks of code under each heading of the page. */
const sections = (): ReadonlyMap<string, readonly Block[]> => {
  const found = new Map<string, Block[]>()
  let heading = ''
  const byStart = new Map<number, Block>()
  for (const { text, block, language = '' } of linesOf(documentAt('docs/questions.md').lines)) {
    if (block === undefined && text.startsWith('## ')) heading = text.slice(3)
    if (block === undefined) continue
    const before = byStart.get(block)
    const known = { language, code: `${before?.code ?? ''}${text}\n` }
    byStart.set(block, known)
    const blocks = found.get(heading) ?? []
    found.set(heading, before === undefined ? [...blocks, known] : [...blocks.slice(0, -1), known])
  }
  return found
}

const loggedLines: string[] = []

const logLine = (_fields: object, message: string): void => {
  loggedLines.push(message)
}

const logger = { error: logLine, warn: logLine, info: logLine, debug: logLine }

/** What the examples import. The log goes to a list in place of stdout. */
const load = (name: string): unknown => (name === 'pino' ? { pino: () => logger } : jest.requireActual(name))

/** The commands of which the page says that they ask. */
const asking = ['erase', 'ledger restored', 'ledger copy'].map((name) => `npx paymux ${name} `)

describeWithPostgres('docs/questions.md', (server) => {
  const stage = useStage()
  const page = sections()
  const started = process.cwd()
  let config: PaymuxConfig
  let env: Readonly<Record<string, string>>
  let database: string

  const write = (name: string, content: PaymuxConfig): void =>
    writeFileSync(join(stage.folder, name), JSON.stringify(content))

  const open = () => paymux('paymux.config.json', { env })

  /** An order that was paid and refunded in part, one that failed, and a payout whose answer was lost. */
  beforeAll(async () => {
    database = await createDatabase(server)
    env = { ...stage.env, PAYMUX_ENCRYPTION_KEY_2: Buffer.alloc(32, 2).toString('base64') }
    config = {
      accounts: { ...accounts, spare: spareAccount },
      routes: [{ to: ['europe'] }],
      store: { type: 'sqlite', file: 'ledger.db' },
      encryption: { current: 'k1', keys: { k1: from('PAYMUX_ENCRYPTION_KEY') } },
    }
    process.chdir(stage.folder)
    write('paymux.config.json', config)
    write('paymux.next.json', { ...config, accounts })
    const shop = await open()
    const paid = await shop.createPayment(order('1001'))
    stage.payop.act(idOf(paid.reference), 'pay')
    await shop.getStatus(paid.reference)
    const amount = { value: '20.00', currency: 'EUR' }
    const back = await shop.refund({ idempotencyKey: 'back', payment: paid.reference, amount })
    await eventually(async () => (await shop.getStatus(back.reference)).status === 'succeeded')
    await shop.getStatus(paid.reference)
    const failed = await shop.createPayment(order('1002'))
    stage.payop.act(idOf(failed.reference), 'decline')
    await shop.getStatus(failed.reference)
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await expect(shop.payout(payout('lost'))).rejects.toThrow()
    stage.payop.clearFaults()
    await shop.stop()
  })

  afterAll(async () => {
    process.chdir(started)
    instrument({ logger })()
    await dropDatabase(server, database)
  })

  /** Runs the commands of a block, and gives what they print. */
  const runCommands = async (code: string): Promise<string> => {
    let printed = ''
    for (const line of code.trim().split('\n')) {
      const [command = '', file] = line.replace(/ +#.*/, '').split(' > ')
      const confirmed =
        asking.some((begin) => command.startsWith(begin)) && !command.includes('--dry-run') ? ' --yes' : ''
      const [npx, name, ...argv] = `${command}${confirmed}`.split(' ')
      expect([npx, name]).toEqual(['npx', 'paymux'])
      const ran = await runCli(argv, { cwd: stage.folder, env })
      const found: number = exitCodes.findings
      if (![0, found].includes(ran.code)) throw new Error(`${line}: ${ran.code} ${ran.stderr}`)
      if (file !== undefined) writeFileSync(join(stage.folder, file), ran.stdout)
      printed += `$ ${command}: ${ran.code}\n${ran.stdout}`
    }
    return printed
  }

  /** Runs an example over the shop, and gives what it prints. */
  const runExample = async (code: string): Promise<string> => {
    const withoutImports = code
      .replace(/^import \* as (\w+) from ('[^']+')$/gm, 'const $1 = load($2)')
      .replace(/^import (\{.*\}) from ('[^']+')$/gm, 'const $1 = load($2)')
    const { code: body } = await transform(`const example = async () => {\n${withoutImports}\n}`, { loader: 'ts' })
    const run = new Function('shop', 'load', 'console', `${body}\nreturn example()`)
    const shop = await open()
    let printed = ''
    const log = (...values: readonly unknown[]): void => {
      printed += `${values.map(String).join(' ')}\n`
    }
    try {
      await run(shop, load, { log })
    } finally {
      await shop.stop()
    }
    return printed
  }

  const runBlock = async ({ language, code }: Block): Promise<string> => {
    switch (language) {
      case 'sh':
        return runCommands(code)
      case 'ts':
        return runExample(code)
      case 'json':
        config = { ...config, ...JSON.parse(code) }
        write('paymux.config.json', config)
        return ''
    }
    throw new Error(`the page has a block of ${language}`)
  }

  /** What is logged of a payment. */
  const linesOfPayment = async (): Promise<string> => {
    const shop = await open()
    await shop.createPayment(order('logged'))
    await shop.stop()
    return loggedLines.join('\n')
  }

  const answers: Readonly<Record<string, readonly RegExp[]>> = {
    'Where is the money of ORD-1001?': [
      /find ORD-1001: 0\n.*ORD-1001\tpayment\tsucceeded\t.*\n.*ORD-1001\trefund\tsucceeded\t20\.00 EUR/,
      /ORD-1001 \(49\.90 EUR\), on europe \(Payop\): paid\./,
      /Money: 49\.90 EUR captured, 20\.00 EUR refunded, .* 29\.90 EUR can be refunded\./,
    ],
    'How much of it was refunded?': [/captured\trefunded\t.*\n.*\t49\.90 EUR\t20\.00 EUR\t/, /^20\.00 of 49\.90 EUR$/m],
    'Which payments failed today?': [/24h: 0\n.*ORD-1002\tpayment\tfailed\t.*\nORD-1002 49\.90 EUR\n$/],
    'What is unknown, and since when?': [
      /unresolved: 0\n.*unresolved --polled: 0\n.*\tpayout\tindeterminate\t2.*\teurope/,
      /^payout europe 2\d{3}-\d\d-\d\dT/m,
    ],
    'What does accounting get?': [
      /--all --csv: 0\nrecorded_at,[\s\S]*,payment,europe,[^,]+,ORD-1001,/,
      /--by day --csv: 0\nday,[\s\S]*,europe,payment,failed,1,/,
      /reconcile --from 48h --csv: [07]\n/,
    ],
    'Is paymux well?': [/health: 0\nstatus\tok\n/, /doctor: 7\n(.*\n)*ok\tstore\t/, /^200 $/m],
    'How do logs, metrics and traces get to my tools?': [/^The operation was executed\.$/m],
    'How is an account removed?': [/accounts\.spare/, /accounts\.spare removed/],
    'A customer wants to be forgotten': [
      /--dry-run: 0\nto erase\tpayment/,
      /erase ORD-1001: 0\n(to erase.*\n)*erased\tpayment/,
      /^1 erased/m,
    ],
    'How long is personal data kept?': [/--no-subscribers: 0\n\{"more":false,/],
    'How is an encryption key changed?': [
      /health --json: [07]\n(?!.*reencryption)/,
      /ledger check --json: 0\n.*"rowsByKey":\{"k2":\d+\}/,
    ],
    'How is a backup taken, and restored?': [/backup-1\.db: 0\n/, /restored .*: 0\n/],
    'How does the ledger move to PostgreSQL?': [
      /--to paymux\.postgres\.json: 0\n/,
      /find ORD-1001 --config paymux\.postgres\.json: 0\n.*ORD-1001\tpayment\tsucceeded/,
    ],
  }

  it('answers each question that this test knows', () => {
    expect([...page.keys()]).toEqual(Object.keys(answers))
  })

  it.each(Object.entries(answers))('%s', async (question, expected) => {
    if (question.includes('PostgreSQL'))
      write('paymux.postgres.json', { ...config, store: { type: 'postgres', url: database } })
    let printed = ''
    for (const block of page.get(question) ?? []) printed += await runBlock(block)
    if (question.includes('logs')) printed += await linesOfPayment()
    for (const pattern of expected) expect(printed).toMatch(pattern)
  })
})
