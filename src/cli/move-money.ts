import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Money, Result } from '../core/index.js'
import type { Paymux } from '../paymux/promises.js'
import { CommandError, exitCodes, usageError } from './exit.js'
import { money, readMoney } from './format.js'
import { type Invocation, withLedger } from './open.js'
import { showResult } from './tables.js'

/** The options of the commands that move money. */
export interface MoneyOptions {
  /** Typed by the person: a command that made one up would pay twice when it is repeated. */
  readonly idempotencyKey?: string
  /** A decimal number and a currency. */
  readonly amount?: string
  /** The merchant's order number. */
  readonly reference?: string
  /** Shown to the payer or the beneficiary. */
  readonly description?: string
  /** The merchant's own data, `name=value` each. */
  readonly metadata?: readonly string[]
  /** A file that holds the whole request, or parts of it. */
  readonly request?: string
  /** The confirmation for where there is no terminal. */
  readonly confirm?: string
}

/** A request as a file holds it. The library checks it. */
type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The request of a file. */
const fieldsOfFile = async ({ host }: Invocation<unknown>, path: string | undefined): Promise<Fields> => {
  if (path === undefined) return {}
  const text = await readFile(resolve(host.cwd, path), 'utf8').catch(() => undefined)
  if (text === undefined) throw usageError('The file of --request cannot be read.')
  try {
    const fields: unknown = JSON.parse(text)
    if (isFields(fields)) return fields
  } catch {
    // What the file holds is not repeated: it may be personal.
  }
  throw usageError('The file of --request does not hold a JSON object.')
}

/** `name=value` pairs of a flag. */
const pairsOf = (flag: string, pairs: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw usageError(`${flag} is a name and a value: ${flag} name=value`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )

/** The amount that the request of a file has. */
const amountOf = ({ amount }: Fields): Money | undefined => {
  if (amount === undefined) return undefined
  const { value, currency } = Object(amount)
  return readMoney('amount of the file of --request', `${value} ${currency}`)
}

/** The fields that the commands share. What a flag says takes the place of what the file says. */
export const sharedFields = async (
  invocation: Invocation<MoneyOptions>,
): Promise<Fields & { readonly idempotencyKey: string; readonly amount?: Money }> => {
  const { amount, description, idempotencyKey, metadata, reference, request } = invocation.options
  if (idempotencyKey === undefined)
    throw usageError(
      'Give --idempotency-key: a name for this one intent, which you keep.',
      'A repeat with the same key moves no money twice. A command that made one up would.',
    )
  const file = await fieldsOfFile(invocation, request)
  const wanted = amount === undefined ? amountOf(file) : readMoney('--amount', amount)
  const { fromMoney, toMoney } = await import('../core/index.js')
  const exact = wanted === undefined ? undefined : fromMoney(wanted)
  if (wanted !== undefined && exact === undefined)
    throw usageError(`The amount is no amount of ${wanted.currency} that can be paid exactly.`)
  return {
    ...file,
    idempotencyKey,
    ...(exact === undefined ? {} : { amount: toMoney(exact) }),
    ...(reference === undefined ? {} : { merchantReference: reference }),
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata: pairsOf('--metadata', metadata) }),
  }
}

/** {@link sharedFields} of a method that has no amount by default. */
export const fieldsWithAmount = async (
  invocation: Invocation<MoneyOptions>,
): Promise<Fields & { readonly idempotencyKey: string; readonly amount: Money }> => {
  const shared = await sharedFields(invocation)
  const { amount } = shared
  if (amount === undefined) throw usageError('Give --amount: --amount "49.90 EUR"')
  return { ...shared, amount }
}

/** Has the person confirm what is about to happen: on a terminal by an answer, elsewhere by words that name method and amount. */
export const confirmMoney = async (
  { ask, options }: Invocation<MoneyOptions>,
  method: 'create' | 'refund' | 'payout',
  amount: Money,
  question: string,
): Promise<void> => {
  const words = `${method} ${money(amount)}`
  if (options.confirm !== undefined) {
    if (options.confirm === words) return
    throw usageError(`--confirm does not say what would be done: that is "${words}".`)
  }
  if (!(await ask.confirm(question, `--confirm "${words}". --yes is not enough`)))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was sent.')
}

/** Calls a money method and shows its result. The link that the payer is sent to is part of it. */
export const moveMoney = (
  invocation: Invocation<unknown>,
  call: (ledger: Paymux) => Promise<Result<'payment' | 'refund' | 'payout'>>,
): Promise<undefined> =>
  withLedger(invocation, false, async (ledger) => {
    const { options, output } = invocation
    const result = await call(ledger)
    const link = ['nextAction']
    if (options.json === true) output.json(result, link)
    else showResult(output, output.shown(result, link))
    return undefined
  })
