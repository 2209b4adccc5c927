import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startIppoPayEmulator } from './ippopay/index.js'
import { startPayopEmulator } from './payop/index.js'

const HELP = `Starts the local emulators of Payop and IppoPay and runs them until SIGINT or SIGTERM.

  --json                  print one line of JSON: the addresses and the credentials
  --payop-port <n>        API on port n, payer's pages on n + 1, admin on n + 2. Default: any free ports
  --ippopay-port <n>      the same for IppoPay
  --payop-ipn-url <url>   where Payop's notifications go; each order says where IppoPay's go. Default: nowhere
  --help                  print this
`

const OPTIONS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  'payop-port': { type: 'string' },
  'ippopay-port': { type: 'string' },
  'payop-ipn-url': { type: 'string' },
} as const

class UsageError extends Error {
  override readonly name = 'UsageError'
}

const readArguments = () => {
  try {
    return parseArgs({ options: OPTIONS, strict: true }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'unknown arguments')
  }
}

const readPorts = (flag: string, text: string | undefined) => {
  if (text === undefined) return {}
  const api = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (api < 1 || api > 65_533) throw new UsageError(`--${flag} takes a port number from 1 to 65533`)
  return { ports: { api, checkout: api + 1, admin: api + 2 } }
}

const readIpnUrl = (text: string | undefined) => {
  if (text !== undefined && !URL.canParse(text)) throw new UsageError('--payop-ipn-url takes an address')
  return text === undefined ? {} : { ipnUrls: { checkout: text } }
}

interface Running {
  readonly apiUrl: string
  readonly checkoutUrl: string
  readonly adminUrl: string
  readonly credentials: object
}

const addressesOf = ({ apiUrl, checkoutUrl, adminUrl, credentials }: Running): Running => ({
  apiUrl,
  checkoutUrl,
  adminUrl,
  credentials,
})

/** Each credential by its path. */
const rows = (credentials: object, prefix = ''): readonly (readonly [string, string])[] =>
  Object.entries(credentials).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? rows(value, `${prefix}${name}.`) : [[prefix + name, String(value)]],
  )

const describe = (gateway: string, { apiUrl, checkoutUrl, adminUrl, credentials }: Running): string => {
  const addresses = [
    ['API', apiUrl],
    ["payer's pages", checkoutUrl],
    ['admin', adminUrl],
  ] as const
  return [gateway, ...[...addresses, ...rows(credentials)].map(([name, value]) => `  ${name.padEnd(18)}${value}`)].join(
    '\n',
  )
}

const PARENT_POLL_MS = 500

/** Resolves when the process that started this one has ended. npm passes SIGTERM to its shell only. */
const parentEnded = (): Promise<void> => {
  const parent = process.ppid
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      resolve()
    }, PARENT_POLL_MS)
    timer.unref()
  })
}

/** Resolves on SIGINT or SIGTERM or, under npm, when npm has ended. */
const untilStopped = async (): Promise<void> => {
  const signals = [once(process, 'SIGINT'), once(process, 'SIGTERM')]
  await Promise.race(process.env.npm_lifecycle_event === undefined ? signals : [...signals, parentEnded()])
}

const run = async (): Promise<void> => {
  const values = readArguments()
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  // Each run has its own seed: a ledger that is kept longer than the emulators run must not meet the same id twice.
  const seed = randomUUID()
  const [payop, ippopay] = await Promise.all([
    startPayopEmulator({
      seed,
      ...readPorts('payop-port', values['payop-port']),
      ...readIpnUrl(values['payop-ipn-url']),
    }),
    startIppoPayEmulator({ seed, ...readPorts('ippopay-port', values['ippopay-port']) }),
  ])
  const running = { payop: addressesOf(payop), ippopay: addressesOf(ippopay) }
  const text = values.json
    ? JSON.stringify(running)
    : [describe('Payop', payop), describe('IppoPay', ippopay), 'No money moves here. Ctrl-C stops them.'].join('\n\n')
  const stopped = untilStopped()
  process.stdout.write(`${text}\n`)
  await stopped
  await Promise.all([payop.close(), ippopay.close()])
}

run().catch((error: unknown) => {
  const usage = error instanceof UsageError
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message}\n${usage ? `\n${HELP}` : ''}`)
  // Exits at once: if one gateway could not start, the other may be running.
  process.exit(usage ? 2 : 1)
})
