import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { closeShops, configurationOn, openShop, order, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'

const stage = useStage()
afterEach(closeShops)

const entry = ['--import', 'tsx', resolve('src/cli/paymux.ts')]

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** What a process prints, and how it ends. */
const watch = (child: ChildProcess) => {
  const texts = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    texts.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    texts.stderr += chunk
  })
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, ...texts }))
  const prints = async (text: string): Promise<void> => {
    while (!`${texts.stdout}${texts.stderr}`.includes(text))
      await Promise.race([
        once(child.stderr ?? child, 'data'),
        once(child.stdout ?? child, 'data'),
        ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
      ])
  }
  return { ended, prints }
}

const environment = () => ({
  ...stage.env,
  PATH: process.env.PATH ?? '',
  HOME: tmpdir(),
  npm_lifecycle_event: undefined,
})

let config: ReturnType<typeof configurationOn>
let folder: string
beforeEach(() => {
  config = configurationOn(stage)
  folder = mkdtempSync(join(tmpdir(), 'paymux-process-'))
  writeFileSync(join(folder, 'paymux.config.json'), JSON.stringify(config))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const start = (argv: readonly string[], stdin: 'pipe' | number = 'pipe'): ChildProcess =>
  spawn(process.execPath, [...entry, ...argv], {
    cwd: process.cwd(),
    env: { ...environment(), PAYMUX_CONFIG: join(folder, 'paymux.config.json') },
    stdio: [stdin, 'pipe', 'pipe'],
  })

const run = (argv: readonly string[], stdin?: 'pipe' | number): Promise<Ended> => watch(start(argv, stdin)).ended

it('ends with the code of what it came to', async () => {
  const [help, unknown, nothing] = await Promise.all([run(['--help']), run(['nope']), run(['list'])])
  expect([help, unknown, nothing].map(({ code }) => code)).toEqual([0, 2, 8])
  expect(unknown.stdout).toBe('')
})

describe('a command that writes, without a terminal,', () => {
  it.each([
    ['an empty stdin', openSync('/dev/null', 'r'), ''],
    ['a pipe that answers yes', 'pipe', 'y\n'],
  ] as const)('does not take %s for a confirmation, and names the flag', async (_, stdin, answer) => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('w-1')))
    const [event] = (await right(shop.listEvents())).items
    const child = start(['events', 'redeliver', event?.id ?? ''], stdin)
    child.stdin?.end(answer)
    const { code, stdout, stderr } = await watch(child).ended
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('Give --yes.') })
    const [unchanged] = (await right(shop.listEvents())).items
    expect(unchanged?.redeliverAt).toBeUndefined()
  })
})

// util-linux has `script`, which gives a program a terminal. Elsewhere nothing here has one.
const onTerminal = existsSync('/usr/bin/script') ? describe : describe.skip

onTerminal('on a terminal', () => {
  const inTerminal = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const words = [process.execPath, ...entry, ...argv].map((word) => `'${word}'`).join(' ')
    // Without a size of its own the terminal is as wide as none.
    return spawn('/usr/bin/script', ['-qec', `stty cols 100 rows 30; exec ${words}`, '/dev/null'], {
      env: { ...environment(), PAYMUX_CONFIG: join(folder, 'paymux.config.json'), TERM: 'xterm', ...env },
    })
  }

  it.each([
    ['no, which is the default', '\r', 2],
    ['yes', 'y', 0],
  ])('asks, and takes the answer: %s', async (_, answer, code) => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('t-1')))
    const [event] = (await right(shop.listEvents())).items
    const child = inTerminal(['events', 'redeliver', event?.id ?? ''])
    const watched = watch(child)
    await watched.prints('Deliver the event once more')
    child.stdin.write(answer)
    expect((await watched.ended).code).toBe(code)
    const [after] = (await right(shop.listEvents())).items
    expect(after?.redeliverAt !== undefined || (after?.nextDeliveryAt ?? 0) > (event?.nextDeliveryAt ?? 0)).toBe(
      code === 0,
    )
  })

  it('ends with 130 if the question is canceled, and writes nothing', async () => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('t-2')))
    const [event] = (await right(shop.listEvents())).items
    const child = inTerminal(['events', 'redeliver', event?.id ?? ''])
    const watched = watch(child)
    await watched.prints('Deliver the event once more')
    child.stdin.write('\u0003')
    expect((await watched.ended).code).toBe(130)
    expect((await right(shop.listEvents())).items[0]).toEqual(event)
  })

  it('does not ask with --no-input, nor in a CI job', async () => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('t-3')))
    const ended = [
      watch(inTerminal(['events', 'redeliver', 'any', '--no-input'])).ended,
      watch(inTerminal(['events', 'redeliver', 'any'], { CI: 'true' })).ended,
    ]
    for (const { code, stdout } of await Promise.all(ended)) {
      expect(code).toBe(2)
      expect(stdout).toContain('Give --yes.')
    }
  })

  it('shows a table with headings, in colour unless NO_COLOR is set', async () => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('t-4')))
    const [coloured, plain] = await Promise.all([
      watch(inTerminal(['list'])).ended,
      watch(inTerminal(['list'], { NO_COLOR: '1' })).ended,
    ])
    expect(plain.stdout).toMatch(/recorded +reference +kind +status/)
    expect(plain.stdout).not.toContain('\u001b[1m')
    expect(coloured.stdout).toContain('\u001b[1m')
  })
})

describe('the worker', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('works until %s, finishes, and ends by that signal', async (signal) => {
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order(`s-${signal}`)))
    writeFileSync(join(folder, 'subscribers.mjs'), 'export const orders = async () => {}\n')
    const child = start(['worker', '--subscribers', join(folder, 'subscribers.mjs'), '--jsonl'])
    const watched = watch(child)
    await watched.prints('payment.')
    child.kill(signal)
    const { signal: endedBy, stderr, stdout } = await watched.ended
    expect({ endedBy, isSaid: stderr.includes('finishing what runs') }).toEqual({ endedBy: signal, isSaid: true })
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ merchantReference: `ORD-s-${signal}` })
  })
})

it('ends quietly if the reader of its output has seen enough', async () => {
  const shop = await openShop(stage, config)
  for (let n = 0; n < 3; n += 1) await right(shop.createPayment(order(`e-${n}`)))
  const child = start(['list', '--all', '--jsonl'])
  child.stdout?.destroy()
  const { code, stderr } = await watch(child).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
