import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { Ask, CallResult, Message, Order, Resolution, Settings } from './messages.js'

/** A program as one file, which starts several times faster than its sources. */
export interface Program {
  readonly file: string
  readonly remove: () => void
}

/** Puts a program of this folder together, by default the merchant's. It stands where it finds the packages that are not in it. */
export const bundle = async (name = 'merchant-process'): Promise<Program> => {
  const cache = resolve('node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'paymux-proof-'))
  const file = join(folder, `${name}.mjs`)
  await build({
    entryPoints: [resolve(`test/proof/workers/${name}.ts`)],
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
  /** Copies a file in the process. */
  readonly copy: (from: string, to: string) => Promise<void>
  /** Stops it where it is, until it is continued. */
  readonly pause: () => void
  readonly continue: () => void
  /** Ends it at once, and waits until it has ended. */
  readonly kill: () => Promise<void>
  /** Asks it to end, and gives its exit code. */
  readonly stop: () => Promise<number | null>
}

type EventMessage = Extract<Message, { readonly says: 'event' }>
type Body = Order extends infer O ? (O extends Order ? Omit<O, 'order'> : never) : never

/** What a process of a proof starts with: Jest's own settings are not for it. */
export const withoutJest = (): NodeJS.ProcessEnv => {
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
        if (isAlive()) child.send({ what: 'heard', event: message.event, order: 0 } satisfies Order, () => {})
        break
      case 'copied':
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
    copy: async (from, to) => {
      await send({ what: 'copy', from, to })
    },
    pause: () => {
      child.kill('SIGSTOP')
    },
    continue: () => {
      child.kill('SIGCONT')
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
