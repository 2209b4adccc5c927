import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEncryptionKeys } from '../../src/ledger/index.js'
import { raw } from '../../src/ledger/stores/sql.js'
import { maintainSqlite } from '../../src/ledger/stores/sqlite/maintain.js'
import { checkLedger, type PaymuxConfig } from '../../src/paymux/index.js'
import { right as rightOf, succeed } from '../either.js'
import { closeShops, configurationOn, openShop, order, payout, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, documentOf, runCli, shapeOf } from './run.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } }

const fresh = () => ({ ...configurationOn(stage), encryption })

/** A ledger with a payment and a payout. No process works on it. */
const traded = async (name: string) => {
  const config = fresh()
  const shop = await openShop(stage, config)
  await right(shop.createPayment(order(`${name}-1`)))
  await right(shop.payout(payout(`${name}-2`)))
  await right(shop.stop())
  return { config, command: commandOn(stage, config) }
}

/** Changes a ledger as another program could. */
const change = async ({ store }: ReturnType<typeof fresh>, ...statements: readonly string[]): Promise<void> => {
  const ledger = await succeed(
    maintainSqlite({ file: store.file, encryption: rightOf(readEncryptionKeys(encryption)) }, { accepted: ['open'] }),
  )
  rightOf(await ledger.commit(statements.map((text) => ({ sql: raw(text), guarded: false }))))
  await ledger.close()
}

/** As a copy leaves it that ended before it had copied anything. */
const interrupted = (config: ReturnType<typeof fresh>) =>
  change(config, "update paymux_ledger set status = 'leaving', copy_id = 'made-up'")

let files = 0
const written = (config: PaymuxConfig, folder = stage.folder): string => {
  files += 1
  const file = join(folder, `ledger-config-${files}.json`)
  writeFileSync(file, JSON.stringify(config))
  return file
}

describe('ledger check', () => {
  it('says that nothing is wrong, and gives what the library gives', async () => {
    const { config, command } = await traded('sound')
    const { code, stdout, stderr } = await command('ledger', 'check')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/rows: 2 operations, 2 attempts, [\s\S]*rows by encryption key: \d+ k1\nNothing is wrong/)
    const report = await right(checkLedger(config, { env: stage.env }))
    expect(documentOf(await command('ledger', 'check', '--json'))).toEqual(report)
  })

  it('lists what is wrong and what to do, and ends with 7', async () => {
    const { config, command } = await traded('wrong')
    await change(config, 'drop trigger paymux_event_kept', 'update paymux_operations set attempt = 2')
    const { code, stdout } = await command('ledger', 'check')
    expect(code).toBe(7)
    expect(stdout).toMatch(/^schema differs\tpaymux_events\t\tpaymux_event_kept\tFind out which program/m)
    expect(stdout).toMatch(/^sequence broken\tpaymux_attempts\t[\w-]+\tn\tFind out which program/m)
    const found = await command('ledger', 'check', '--json')
    expect({ code: found.code, shape: shapeOf(documentOf(found)) }).toMatchSnapshot()
  })

  it('ends with 8 if there is no ledger, and makes none', async () => {
    const { code, stderr } = await commandOn(stage, fresh())('ledger', 'check')
    expect({ code, isSaid: stderr.includes('the file of a ledger') }).toEqual({ code: 8, isSaid: true })
  })
})

describe('ledger copy', () => {
  it('moves the ledger, shows how far it is, and says what comes next', async () => {
    const { command } = await traded('moved')
    const to = written(fresh())
    const { code, stdout, stderr } = await command('ledger', 'copy', '--to', to, '--yes')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^operations\t2\t[0-9a-f]{64}$/m) })
    expect(stderr).toMatch(/copying rows: \d+ of \d+[\s\S]*comparing rows: \d+ of \d+/)
    expect(stderr).toContain('run the same command again: it goes on. To give it up, run it with --cancel')
    expect(stderr).toContain(`Start every process with ${to}.`)
    const inNew = await runCli(['find', 'ORD-moved-1', '--config', to], { cwd: stage.folder, env: stage.env })
    expect(inNew.code).toBe(0)
    // The old one can be read, says that it has moved, and takes no call.
    expect(await command('health')).toMatchObject({ code: 7, stdout: expect.stringContaining('ledger_moved') })
    expect((await command('doctor')).stdout).toContain('use the configuration of the store that it was copied to')
    expect(await command('worker', '--once', '--no-subscribers')).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('ERR_LEDGER_MOVED'),
    })
    expect((await command('ledger', 'copy', '--to', to, '--yes')).code).toBe(8)
  })

  it('copies nothing without a yes', async () => {
    const { command } = await traded('asked')
    const { code, stderr } = await command('ledger', 'copy', '--to', written(fresh()))
    expect({ code, isSaid: stderr.includes('Give --yes') }).toEqual({ code: 2, isSaid: true })
    expect((await command('health')).code).toBe(0)
  })

  it('goes on with a copy that was interrupted', async () => {
    const { config, command } = await traded('interrupted')
    await interrupted(config)
    expect((await command('worker', '--once', '--no-subscribers')).stderr).toContain('ERR_LEDGER_LEAVING')
    const ran = await command('ledger', 'copy', '--to', written(fresh()), '--yes', '--json')
    expect(documentOf(ran)).toMatchObject({ resumed: true })
    expect({ code: ran.code, shape: shapeOf(documentOf(ran)) }).toMatchSnapshot()
  })

  it('is given up with --cancel, and the ledger is open again', async () => {
    const { config, command } = await traded('canceled')
    await interrupted(config)
    const unsure = await command('ledger', 'copy', '--cancel')
    expect({ code: unsure.code, isSaid: unsure.stderr.includes('Give --yes') }).toEqual({ code: 2, isSaid: true })
    const ran = await command('ledger', 'copy', '--from', written(config), '--cancel', '--yes', '--json')
    expect({ code: ran.code, document: documentOf(ran) }).toEqual({ code: 0, document: { canceled: true } })
    expect((await command('worker', '--once', '--no-subscribers')).code).toBe(0)
    expect((await command('ledger', 'copy', '--cancel', '--yes')).code).toBe(8)
  })

  it.each([[['--yes']], [['--to', 'next.json', '--cancel', '--yes']], [['--to', 'not-there.json', '--yes']]])(
    '%j is wrong usage',
    async (flags) => {
      const command = commandOn(stage, fresh())
      expect((await command('ledger', 'copy', ...flags)).code).toBe(2)
    },
  )

  it('is refused if one variable stands for two values', async () => {
    const folders = ['old', 'new'].map((name) => join(stage.folder, name))
    for (const folder of folders) {
      mkdirSync(folder)
      writeFileSync(join(folder, '.env'), `LEDGER_KEY=${folder}\n`)
    }
    const [from = '', to = ''] = folders.map((folder) => written(fresh(), folder))
    const argv = ['ledger', 'copy', '--from', from, '--to', to, '--yes']
    const { code, stderr } = await runCli(argv, { cwd: stage.folder, env: stage.env })
    expect(code).toBe(2)
    expect(stderr).toContain('something else of LEDGER_KEY')
    expect(stderr).not.toContain(folders[0])
  })
})

describe('ledger restored', () => {
  it('marks the ledger: a new key is not sent, and health and doctor say why', async () => {
    const { command } = await traded('restored')
    const ran = await command('ledger', 'restored', '--taken-at', '1h', '--yes')
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^taken at\t\S+Z\nlooks keys up until\t\S+Z\nopen operations\t0\n$/),
    })
    expect(ran.stderr).toContain('paymux reconcile')
    const before = stage.payop.executions().length
    writeFileSync(join(stage.folder, 'restored.json'), JSON.stringify(order('restored-3')))
    const money = ['--request', 'restored.json', '--idempotency-key', 'restored-3', '--confirm', 'create 49.90 EUR']
    const refused = await command('create', ...money)
    expect({ code: refused.code, isSaid: refused.stderr.includes('restored from a backup') }).toEqual({
      code: 6,
      isSaid: true,
    })
    expect(stage.payop.executions()).toHaveLength(before)
    expect(await command('health')).toMatchObject({ code: 7, stdout: expect.stringContaining('ledger_restored') })
    expect((await command('doctor')).stdout).toContain('with their old keys')
  })

  it('prints one document with --json, with the times of the library', async () => {
    const { command } = await traded('times')
    const until = '2099-01-01T00:00:00Z'
    const argv = ['ledger', 'restored', '--taken-at', '2026-01-01T00:00:00Z', '--until', until, '--yes', '--json']
    expect(documentOf(await command(...argv))).toEqual({
      takenAt: Date.parse('2026-01-01T00:00:00Z'),
      until: Date.parse(until),
      open: 0,
    })
  })

  it.each([
    [[]],
    [['--taken-at', '2026-01-01']],
    [['--taken-at', 'yesterday', '--yes']],
    [['--taken-at', '2099-01-01', '--yes']],
    // It could be meant either way.
    [['--taken-at', '25h', '--until', '24h', '--yes']],
    [['--taken-at', '1h', '--until', '2026-01-01', '--yes']],
  ])('%j is wrong usage, and marks nothing', async (flags) => {
    const { config, command } = await traded(`usage-${flags.join('-')}`)
    expect((await command('ledger', 'restored', ...flags)).code).toBe(2)
    const shop = await openShop(stage, config)
    expect((await right(shop.health())).store.restoration).toBeUndefined()
  })
})
