import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { Ask, CallResult, Message, Order, Resolution, Settings } from './messages.js'

/** The merchant's program as one file, which starts several times faster than its sources. */
export interface Program {
  readonly file: string
  readonly remove: () => void
}

/** Puts the program together. It stands where it finds the packages that are not in it. */
export const bundle = async (): Promise<Program> => {
  const cache = resolve('node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'paymux-proof-'))
  const file = join(folder, 'merchant.mjs')
  await build({
    entryPoints: [resolve('test/proof/workers/merchant-process.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['libsql', 'pg', 'graphile-worker', 'libsodium-wrappers'],
    banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
    logLevel: 'silent',
  })
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A running process of the merchant's. */
export interface Merchant {
  /** Lets it open the ledger and work: it was started ahead, for it takes longer to load than to begin. `false` where it ended first. */
  readonly begin: () => Promise<boolean>
  readonly isAlive: () => boolean
  /** `undefined` where it ended before it told anything. */
  readonly ask: (ask: Ask) => Promise<CallResult | undefined>
  /** What kept it from resolving; `'gone'` where it ended first. */
  readonly resolve: (operationId: string, resolution: Resolution) => Promise<string | undefined>
  /** The ids of what requires resolution. */
  readonly unresolved: () => Promise<readonly string[]>
  /** Ends it at once, and waits until it has ended. */
  readonly kill: () => Promise<void>
  /** Asks it to end, and gives its exit code. */
  readonly stop: () => Promise<number | null>
}

type EventMessage = Extract<Message, { readonly says: 'event' }>
type Body = Order extends infer O ? (O extends Order ? Omit<O, 'order'> : never) : never

const withoutJest = (): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...env } = process.env
  return env
}

/** Starts a process, which waits to begin. */
export const startMerchant = (
  program: Program,
  settings: Settings,
  onEvent: (event: EventMessage) => void = () => {},
): Merchant => {
  const child = fork(program.file, [], {
    env: { ...withoutJest(), MERCHANT: JSON.stringify(settings) },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, (message: Message | undefined) => void>()
  // Not `once` of events: it rejects where a message could not be handed to a process that was killed just then.
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null && child.connected
  let orders = 0
  let isReady = (_ready: boolean): void => {}
  const ready = new Promise<boolean>((resolveReady) => {
    isReady = resolveReady
  })

  const listen = (message: Message): void => {
    switch (message.says) {
      case 'ready':
        isReady(true)
        break
      case 'event':
        onEvent(message)
        break
      case 'result':
      case 'resolved':
      case 'unresolved': {
        waiting.get(message.order)?.(message)
        waiting.delete(message.order)
      }
    }
  }
  child.on('message', listen)
  child.on('error', () => {})
  void exited.then(() => {
    isReady(false)
    for (const give of waiting.values()) give(undefined)
    waiting.clear()
  })

  const send = (body: Body): Promise<Message | undefined> =>
    new Promise((give) => {
      if (!isAlive()) return give(undefined)
      orders += 1
      waiting.set(orders, give)
      child.send({ ...body, order: orders } satisfies Order, () => {})
    })

  return {
    begin: () => {
      void send({ what: 'begin' })
      return ready
    },
    isAlive,
    ask: async (ask) => {
      const message = await send({ what: 'ask', ...ask })
      return message?.says === 'result' ? message.result : undefined
    },
    resolve: async (operationId, resolution) => {
      const message = await send({ what: 'resolve', operationId, resolution })
      return message?.says === 'resolved' ? message.problem : 'gone'
    },
    unresolved: async () => {
      const message = await send({ what: 'unresolved' })
      return message?.says === 'unresolved' ? message.ids : []
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
      return child.exitCode
    },
  }
}
