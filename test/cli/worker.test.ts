import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PaymuxConfig } from '../../src/paymux/index.js'
import { closeShops, configurationOn, openShop, order, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, documentOf, type RunOptions } from './run.js'

const stage = useStage()
afterEach(closeShops)

let config: PaymuxConfig
beforeEach(() => {
  config = configurationOn(stage)
})

const worker = (argv: readonly string[], more: Partial<RunOptions> = {}) =>
  commandOn(stage, config, more)('worker', ...argv)

let modules = 0
/** A module of subscribers in the folder of the stage. */
const moduleOf = (text: string): string => {
  modules += 1
  writeFileSync(join(stage.folder, `subscribers-${modules}.cjs`), text)
  return `subscribers-${modules}.cjs`
}
const heard = () => moduleOf('exports.orders = async () => {}\nexports.version = 7\n')

/** Works until something that it prints matches, or says that it works. */
const until = (pattern: RegExp) => {
  let stop: () => void = () => undefined
  const stopped = new Promise<void>((done) => {
    stop = done
  })
  return {
    untilStopped: () => stopped.then(() => 'SIGTERM' as const),
    onWrite: (text: string) => {
      if (pattern.test(text)) stop()
    },
  }
}

const withPayment = async (key: string) => {
  const shop = await openShop(stage, config)
  await right(shop.createPayment({ ...order(key), metadata: { basket: `basket-of-${key}` } }))
  return shop
}

describe('the worker delivers events to the functions that a module exports, and prints each once it is taken:', () => {
  it('a line with time, type and subject', async () => {
    await withPayment('line')
    const { code, stdout, stderr } = await worker(['--subscribers', heard()], until(/payment\./))
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z\tpayment\.requires_action\tpayment:europe:\S+\n$/),
    })
    expect(stderr).toBe('working; stop it with SIGTERM or SIGINT\nSIGTERM: finishing what runs\n')
  })

  it.each([
    ['without personal data', [], '***'],
    ['with personal data, if that is asked for', ['--reveal'], { basket: 'basket-of-json' }],
  ])('a document %s with --jsonl', async (_, flags, metadata) => {
    await withPayment('json')
    const { stdout } = await worker(['--subscribers', heard(), '--jsonl', ...flags], until(/payment\./))
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'payment.requires_action', metadata })
  })

  it('none that a subscriber did not take: it is delivered again', async () => {
    const shop = await withPayment('refused')
    const subscribers = moduleOf('exports.orders = async () => { throw new Error("CANARY") }\n')
    const { code, stdout, stderr } = await worker(['--once', '--subscribers', subscribers])
    expect({ code, leaks: (stdout + stderr).includes('CANARY'), printed: stdout.includes('payment.') }).toEqual({
      code: 0,
      leaks: false,
      printed: false,
    })
    const [event] = (await right(shop.listEvents({ undelivered: true }))).items
    expect(event).toMatchObject({ tries: 1, nextDeliveryAt: expect.any(Number) })
  })
})

describe('the worker does not start', () => {
  it.each([
    ['unless it is said who takes the events', [], 'or --no-subscribers, and events wait'],
    ['with a module that is not there', ['--subscribers', 'nowhere.mjs'], 'There is no module at '],
    ['with a limit of time that is for --once', ['--no-subscribers', '--max-seconds', '30'], 'belongs to --once'],
    ['with a limit that is no number', ['--no-subscribers', '--once', '--max-seconds', 'x'], 'from 1 to 900'],
  ])('%s', async (_, argv, says) => {
    const { code, stdout, stderr } = await worker(argv)
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
  })

  it('with a module that exports no function', async () => {
    const { code, stderr } = await worker(['--subscribers', moduleOf('exports.orders = "later"\n')])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error  The module of --subscribers exports no function.\n',
    })
  })

  it('with a module that throws: --debug shows where, and nothing else does', async () => {
    const argv = ['--subscribers', moduleOf('throw new Error("CANARY")\n')]
    const { code, stderr } = await worker(argv)
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('again with --debug') })
    expect(stderr).not.toContain('CANARY')
    expect((await worker([...argv, '--debug'])).stderr).toMatch(/subscribers-\d+\.cjs:1/)
  })
})

describe('worker --once', () => {
  const once = (argv: readonly string[] = [], more?: Partial<RunOptions>) => worker(['--once', ...argv], more)

  it('says on a terminal what it did, in words', async () => {
    await withPayment('words')
    const { code, stdout, stderr } = await once(['--subscribers', heard()], { isTTY: true })
    expect(code).toBe(0)
    expect(stdout.split('\n').at(-2)).toBe('0 operations, 1 subjects, 0 reads, 0 reconciled')
    expect(stderr).not.toContain('More is due')
  })
})

describe('events list', () => {
  const events = (...argv: readonly string[]) => commandOn(stage, config)('events', 'list', ...argv)

  it('tells what became of each delivery', async () => {
    const shop = await withPayment('delivery')
    expect((await events()).stdout).toMatch(/\t0\twaits until \d{4}-\S+Z\tpayment:europe:\S+#1\n$/)
    await worker(['--once', '--subscribers', heard()])
    expect((await events()).stdout).toMatch(/\tdelivered \d{4}-\S+Z\t/)
    const [event] = (await right(shop.listEvents())).items
    await commandOn(stage, config)('events', 'redeliver', event?.id ?? '', '--yes')
    expect((await events()).stdout).toMatch(/\tonce more at \d{4}-\S+Z\t/)
  })

  it('gives what is of a subject, a type, or not delivered', async () => {
    const shop = await withPayment('first')
    await right(shop.createPayment(order('second')))
    const [latest] = (await right(shop.listEvents())).items
    const idsOf = async (...argv: readonly string[]) =>
      Object(documentOf(await events(...argv, '--json'))).items.map(({ id }: { id: string }) => id)
    expect(await idsOf('--subject', latest?.subject ?? '')).toEqual([latest?.id])
    expect(await idsOf('--type', 'payment.requires_action')).toHaveLength(2)
    expect(await idsOf('--type', 'payment.succeeded')).toEqual([])
    await worker(['--once', '--subscribers', heard()])
    expect(await idsOf('--undelivered')).toEqual([])
  })

  it('refuses a type that is none, and one document of what has no end', async () => {
    await withPayment('refused')
    expect((await events('--type', 'payment.nope')).code).toBe(2)
    const { code, stderr } = await events('--follow', '--json')
    expect({ code, message: JSON.parse(stderr).error.message }).toEqual({
      code: 2,
      message: '--follow has no end: give --jsonl.',
    })
  })

  it('prints with --follow a line for each new event, once, with headings if they are asked for', async () => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('before')))
    const { untilStopped, onWrite } = until(/\tpayment\.\w+\t.*#1\n/)
    const following = commandOn(stage, config, {
      untilStopped,
      onWrite: (text) => {
        if (text.startsWith('Waiting')) void right(shop.createPayment(order('after')))
        onWrite(text)
      },
    })('events', 'list', '--follow', '--header', '--type', 'payment.requires_action')
    const { code, stdout } = await following
    const lines = stdout.trimEnd().split('\n')
    expect({ code, heading: lines[0] }).toEqual({ code: 0, heading: 'at\ttype\tsubject\tn\ttries\tdelivery\tevent' })
    expect(new Set(lines).size).toBe(lines.length)
  })
})

describe('events redeliver --dry-run', () => {
  const dryRun = (id: string, ...argv: readonly string[]) =>
    commandOn(stage, config)('events', 'redeliver', id, '--dry-run', ...argv)

  it('names the event that would be delivered, and changes nothing', async () => {
    const shop = await withPayment('dry')
    const [event] = (await right(shop.listEvents())).items
    const { code, stdout, stderr } = await dryRun(event?.id ?? '')
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining(`payment.requires_action of ${event?.subject} would be delivered once more`),
    })
    expect(documentOf(await dryRun(event?.id ?? '', '--json'))).toEqual({ id: event?.id })
    expect((await right(shop.listEvents())).items).toEqual([event])
  })

  it.each(['payment:europe:none#1', 'none'])('says that the ledger has no such event: %s', async (id) => {
    await openShop(stage, config)
    const { code, stderr } = await dryRun(id)
    expect({ code, stderr }).toEqual({ code: 3, stderr: 'error  The ledger has no such event.\n' })
  })
})
