import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { StoreSettings } from '../orchestrator/index.js'
import type { Paymux } from '../paymux/promises.js'
import { type Ask, createAsk } from './ask.js'
import { CommandError, exitCodes, isPaymentFailure, usageError } from './exit.js'
import type { Host } from './host.js'
import { createOutput, type Output, type OutputOptions } from './output.js'

/** The options that every command with a configuration has. */
export interface CommonOptions extends OutputOptions {
  /** The configuration file. */
  readonly config?: string
  /** Whether `.env` beside it is read. */
  readonly envFile?: boolean
  /** Whether questions may be asked. */
  readonly input?: boolean
}

/** What a command works with. */
export interface Invocation<Options> {
  readonly host: Host
  readonly options: Options & CommonOptions
  readonly output: Output
  readonly ask: Ask
  /** The arguments that are no options. */
  readonly args: readonly string[]
}

/** A command. It gives the code to end with. Default: 0. */
export type Run<Options = unknown> = (invocation: Invocation<Options>) => Promise<number | undefined>

/** What a command works with, from its host and its options. */
export const invocationOf = <Options>(
  host: Host,
  options: Options & CommonOptions,
  args: readonly string[],
): Invocation<Options> => ({
  host,
  options,
  output: createOutput(host, options),
  ask: createAsk(host, options.input ?? true),
  args,
})

const DEFAULT_FILE = 'paymux.config.json'

/** The path of the configuration. It is never looked for in folders above: another folder is another ledger. */
export const configFile = ({ host, options }: Pick<Invocation<unknown>, 'host' | 'options'>): string =>
  resolve(host.cwd, options.config ?? host.env.PAYMUX_CONFIG ?? DEFAULT_FILE)

const textAt = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The variables that the configuration may refer to: those of `.env` beside it, and over them those of the environment. */
export const environment = async (
  invocation: Pick<Invocation<unknown>, 'host' | 'options'>,
  file: string = configFile(invocation),
): Promise<Host['env']> => {
  const { host, options } = invocation
  if (options.envFile === false) return host.env
  const text = await textAt(join(dirname(file), '.env'))
  return text === undefined ? host.env : { ...parseEnv(text), ...host.env }
}

const requireFile = async (path: string): Promise<void> => {
  if ((await textAt(path)) === undefined)
    throw usageError(`There is no configuration at ${path}.`, 'Give --config FILE, or make one with `paymux init`.')
}

/** A configuration, read and checked, without its ledger. */
export const openSetup = async (
  invocation: Pick<Invocation<unknown>, 'host' | 'options'>,
  file: string = configFile(invocation),
  env?: Host['env'],
) => {
  await requireFile(file)
  const { readSetup } = await import('../paymux/setup.js')
  const setup = await readSetup(file, env ?? (await environment(invocation)), undefined)()
  if (setup._tag === 'Right') return setup.right
  const { PaymentFailure } = await import('../paymux/promises.js')
  throw new CommandError(exitCodes.configuration, setup.left.message, undefined, new PaymentFailure(setup.left))
}

/** Where a ledger is, without the address of a server, which holds a password. */
export const storeName = (store: StoreSettings): string =>
  store.type === 'sqlite' ? `SQLite ledger ${store.file}` : 'PostgreSQL ledger'

/** What a command works on that takes a ledger as a whole. */
export interface NamedLedger {
  /** The path of its configuration. */
  readonly file: string
  /** The variables that the configuration may refer to. */
  readonly env: Host['env']
  /** Where it is. */
  readonly name: string
}

/** The ledger of a configuration that can be used. It is not opened. */
export const namedLedger = async (
  invocation: Pick<Invocation<unknown>, 'host' | 'options'>,
  file: string = configFile(invocation),
): Promise<NamedLedger> => {
  const env = await environment(invocation, file)
  const { configuration } = await openSetup(invocation, file, env)
  return { file, env, name: storeName(configuration.store) }
}

/** Opens the ledger of the configuration, hands it to `use`, and closes it. */
export const withLedger = async <A>(
  invocation: Invocation<unknown>,
  readOnly: boolean,
  use: (ledger: Paymux) => Promise<A>,
): Promise<A> => {
  const { host, output } = invocation
  const file = configFile(invocation)
  // Read first: what is wrong after that is wrong with the ledger.
  const { configuration } = await openSetup(invocation, file)
  const { paymux } = await import('../paymux/promises.js')
  const ledger = await paymux(file, { env: await environment(invocation), readOnly })
  if (host.stderr.isTTY === true) output.note(`${storeName(configuration.store)}, by ${file}`)
  try {
    return await use(ledger)
  } finally {
    await ledger.stop().catch((error: unknown) => {
      // What the command found out counts. A ledger that does not close is closed by the end of the process.
      if (!isPaymentFailure(error)) throw error
    })
  }
}
