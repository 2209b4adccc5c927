import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import type * as Emulators from '../../src/emulators/index.js'
import type * as Promises from '../../src/paymux/promises.js'
import { eventually } from '../eventually.js'
import { install, merchant, newFolder, tarball } from './packed.js'

const examples = resolve(__dirname, '../../examples/hosts')

/** An example in a folder of its own, with the packed package and the versions that its `package.json` pins. */
export const installExample = async (name: string, host = name): Promise<string> => {
  const folder = await newFolder(host)
  await cp(join(examples, 'paymux.config.json'), join(folder, 'paymux.config.json'))
  await cp(join(examples, name), folder, { recursive: true })
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  manifest.dependencies.paymux = `file:${tarball()}`
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await install(folder)
  return folder
}

// By its path: jest takes the name of an entry point for the source.
const load = <M>(entry: string): M =>
  jest.requireActual<M & {}>(join(merchant(), `node_modules/paymux/dist/cjs/${entry}.js`))

/** An emulator of the packed package, and the environment of a shop that takes payments there. */
export interface Gateway {
  readonly payop: Emulators.PayopEmulator
  readonly port: number
  /** Where the shop takes notifications. */
  readonly address: string
  readonly env: Readonly<Record<string, string>>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}

export const startGateway = async (): Promise<Gateway> => {
  const { startPayopEmulator } = load<typeof Emulators>('emulators/index')
  const { paymux } = load<typeof Promises>('paymux/promises')
  const payop = await startPayopEmulator()
  const port = await freePort()
  const env = {
    PORT: String(port),
    SHOP_URL: `http://127.0.0.1:${port}`,
    PAYMUX_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    PAYMUX_WEBHOOK_SECRET: 'made-up-'.repeat(8),
    PAYOP_API_URL: payop.apiUrl,
    PAYOP_CHECKOUT_URL: payop.checkoutUrl,
    PAYOP_PUBLIC_KEY: payop.credentials.publicKey,
    PAYOP_SECRET_KEY: payop.credentials.secretKey,
    PAYOP_TOKEN: payop.credentials.token,
  }
  // As a merchant asks for the address that is entered at the gateway.
  const config = JSON.parse(await readFile(join(examples, 'paymux.config.json'), 'utf8'))
  const shop = await paymux({ ...config, store: { type: 'sqlite', file: ':memory:' } }, { env })
  const address = await shop.webhooks.address('europe')
  await shop.stop()
  payop.setIpnUrls({ checkout: address })
  return { payop, port, address, env }
}

/** A process of an example. */
export interface Running {
  readonly child: ChildProcess
  /** Waits until it printed a text. */
  readonly untilPrinted: (text: string) => Promise<void>
  readonly output: () => string
  /** Ends it by SIGTERM, and gives how it ended. A shell says 143. */
  readonly terminate: () => Promise<number | NodeJS.Signals | null>
}

/** Starts a command of an example's `package.json`, as npm does, and waits until it listens. */
export const startExample = async (folder: string, { port, env }: Gateway): Promise<Running> => {
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const PATH = `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`
  const child = spawn('sh', ['-c', `exec env ${scripts.start}`], {
    cwd: folder,
    env: { ...env, PATH, HOME: process.env.HOME },
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed += chunk
    })
  const exited = once(child, 'exit')
  const isListening = async () => {
    if (child.exitCode !== null) throw new Error(`the example ended: ${printed}`)
    return fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    )
  }
  await eventually(isListening)
  return {
    child,
    output: () => printed,
    untilPrinted: (text) => eventually(() => printed.includes(text)),
    terminate: async () => {
      child.kill('SIGTERM')
      const [code, signal] = await exited
      return code ?? signal
    },
  }
}
