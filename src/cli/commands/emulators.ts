import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import {
  type IppoPayEmulator,
  type PayopEmulator,
  startIppoPayEmulator,
  startPayopEmulator,
} from '../../emulators/index.js'
import { withVariables } from '../env-file.js'
import { CommandError, exitCodes, usageError } from '../exit.js'
import { emulatorVariables, LOCAL_PUBLIC_URL } from '../gateways.js'
import { configFile, type Invocation, openSetup, type Run } from '../open.js'
import { secretLines } from './secret.js'

interface EmulatorOptions {
  readonly env?: string
  readonly payopPort?: string
  readonly ippopayPort?: string
  readonly payopIpnUrl?: string
  readonly yes?: boolean
}

const portsOf = (flag: string, text: string | undefined) => {
  if (text === undefined) return {}
  const api = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (api < 1 || api > 65_533) throw usageError(`${flag} is a port from 1 to 65533: its two neighbours are taken, too.`)
  return { ports: { api, checkout: api + 1, admin: api + 2 } }
}

const addressOf = (text: string | undefined): string | undefined => {
  // `localhost:3000` is an address, too, but of nothing that takes notifications.
  if (text !== undefined && !(URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)))
    throw usageError('--payop-ipn-url is an address with http or https: http://127.0.0.1:3000/paymux')
  return text
}

/** What may be shown of running emulators: no money moves, and the credentials are made up. */
const shownOf = ({ apiUrl, checkoutUrl, adminUrl, credentials }: PayopEmulator | IppoPayEmulator) => ({
  apiUrl,
  checkoutUrl,
  adminUrl,
  credentials,
})

const textAt = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

// What is no address may stand for one of a gateway: it is asked about.
const isEmulated = (address: string | undefined): boolean =>
  address === undefined ||
  address === '' ||
  (URL.canParse(address) && ['127.0.0.1', 'localhost'].includes(new URL(address).hostname))

/** Credentials of a gateway that stand in the file are not replaced without a question. */
const confirmReplacing = async (
  { ask, options }: Invocation<EmulatorOptions>,
  file: string,
  text: string,
): Promise<void> => {
  const { PAYOP_API_URL, PAYOP_PUBLIC_KEY, IPPOPAY_API_URL, IPPOPAY_PUBLIC_KEY } = parseEnv(text)
  const isLive =
    (!isEmulated(PAYOP_API_URL) && (PAYOP_PUBLIC_KEY ?? '') !== '') ||
    (!isEmulated(IPPOPAY_API_URL) && (IPPOPAY_PUBLIC_KEY ?? '') !== '')
  if (!isLive || options.yes === true) return
  if (!(await ask.confirm(`${file} holds credentials of a gateway. Replace them?`, '--yes, or another file to --env')))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was written.')
}

/** Writes what leads to the emulators. What the ledger depends on stays as it is, if it is there. */
const writeEnv = async (
  invocation: Invocation<EmulatorOptions>,
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> => {
  const text = await textAt(path)
  const known = parseEnv(text)
  const own = { ...secretLines(), PAYMUX_PUBLIC_URL: LOCAL_PUBLIC_URL }
  const missing = Object.fromEntries(Object.entries(own).filter(([name]) => (known[name] ?? '') === ''))
  await writeFile(path, withVariables(text, { ...variables, ...missing }), { mode: 0o600 })
  invocation.output.note(`${path} leads to the emulators`)
}

/** Where the notifications of the first gateway go: its account's address in the configuration, if there is one. */
const notificationAddress = async (
  invocation: Invocation<EmulatorOptions>,
  variables: Readonly<Record<string, string>>,
): Promise<string | undefined> => {
  const { host, options } = invocation
  if ((await textAt(configFile(invocation))) === '') return undefined
  const env = {
    ...(options.env === undefined ? {} : parseEnv(await textAt(resolve(host.cwd, options.env)))),
    ...host.env,
  }
  const { configuration } = await openSetup({ options, host: { ...host, env: { ...env, ...variables } } })
  const { webhooks, accounts } = configuration
  const [account] = [...accounts].find(([, { adapter }]) => adapter === 'payop') ?? []
  if (webhooks === undefined || account === undefined) return undefined
  const { accountAddress } = await import('../../webhooks/index.js')
  return accountAddress(webhooks, account)
}

const isTaken = (error: unknown): boolean => Object(error).code === 'EADDRINUSE'

/** Starts both. If one cannot be started, none runs. */
const startBoth = async (options: EmulatorOptions) => {
  const payopPorts = portsOf('--payop-port', options.payopPort)
  const ippopayPorts = portsOf('--ippopay-port', options.ippopayPort)
  // Each run has its own ids: a ledger that is kept longer than the emulators run must not meet the same id twice.
  const seed = randomUUID()
  const started = await Promise.allSettled([
    startPayopEmulator({ seed, ...payopPorts }),
    startIppoPayEmulator({ seed, ...ippopayPorts }),
  ])
  const [payop, ippopay] = started
  if (payop.status === 'fulfilled' && ippopay.status === 'fulfilled')
    return { payop: payop.value, ippopay: ippopay.value }
  for (const one of started) if (one.status === 'fulfilled') await one.value.close()
  const reason: unknown = payop.status === 'rejected' ? payop.reason : Object(ippopay).reason
  throw isTaken(reason)
    ? new CommandError(
        exitCodes.unexpected,
        'A port is taken (EADDRINUSE).',
        'Give other ports, or none: any free ones are used.',
      )
    : reason
}

/** `paymux emulators`: both gateways on this machine, until they are stopped. */
export const run: Run<EmulatorOptions> = async (invocation) => {
  const { host, options, output } = invocation
  const given = addressOf(options.payopIpnUrl)
  const envPath = options.env === undefined ? undefined : resolve(host.cwd, options.env)
  if (envPath !== undefined) await confirmReplacing(invocation, envPath, await textAt(envPath))
  const { payop, ippopay } = await startBoth(options)
  try {
    const variables = emulatorVariables(payop, ippopay)
    if (envPath !== undefined) await writeEnv(invocation, envPath, variables)
    const address = given ?? (await notificationAddress(invocation, variables))
    if (address !== undefined) payop.setIpnUrls({ checkout: address })
    const stopped = host.untilStopped()
    if (options.json === true) output.json({ payop: shownOf(payop), ippopay: shownOf(ippopay) })
    else if (envPath === undefined)
      for (const [name, value] of Object.entries(variables)) output.line(`${name}=${value}`)
    output.note(
      address === undefined
        ? 'Notifications of Payop go nowhere: there is no configuration with webhooks. Payments are found by reads.'
        : `Notifications go to the shop at ${new URL(address).origin}.`,
    )
    output.note('No money moves here. SIGINT or SIGTERM stops the emulators.')
    await stopped
  } finally {
    await Promise.all([payop.close(), ippopay.close()])
  }
  return undefined
}
