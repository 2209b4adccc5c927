import { randomBytes } from 'node:crypto'
import type { Run } from '../open.js'

/** What a configuration needs that must not be guessed, each as its variable in `.env`. */
const secrets = {
  encryption: { variable: 'PAYMUX_ENCRYPTION_KEY', make: () => randomBytes(32).toString('base64') },
  webhook: { variable: 'PAYMUX_WEBHOOK_SECRET', make: () => randomBytes(32).toString('hex') },
} as const

/** The lines of an `.env` with new secrets. */
export const secretLines = (): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.values(secrets).map(({ variable, make }) => [variable, make()]))

/** `paymux secret`: a new encryption key or webhook secret, or lines of an `.env` with both. */
export const run: Run = async ({ args: [name], options, output }) => {
  const made = secretLines()
  const one = name === undefined ? undefined : secrets[name as keyof typeof secrets].make()
  if (options.json === true) output.json(name === undefined || one === undefined ? made : { [name]: one })
  else if (one !== undefined) output.line(one)
  else for (const [variable, value] of Object.entries(made)) output.line(`${variable}=${value}`)
  return undefined
}
