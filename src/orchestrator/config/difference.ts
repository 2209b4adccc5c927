import * as E from 'fp-ts/lib/Either.js'
import { invalidConfig, type PaymentError, Secret } from '../../core/index.js'
import type { Configuration } from './configuration.js'

/** One thing that differs between two configurations. There is no value in it. */
export interface Difference {
  /** Where: `accounts.main.secretKey`, `routes.0.to`. */
  readonly path: string
  /** How it differs. */
  readonly change: 'added' | 'removed' | 'changed'
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Object.prototype.toString.call(value) === '[object Object]' && !(value instanceof Secret)

// Compared, never told.
const textOf = (value: unknown): string => {
  if (value instanceof Secret) return value.reveal()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field)) ?? ''
}

const between = (before: unknown, after: unknown, path: string): readonly Difference[] => {
  if (before === undefined && after === undefined) return []
  if (before === undefined) return [{ path, change: 'added' }]
  if (after === undefined) return [{ path, change: 'removed' }]
  if (isFields(before) && isFields(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      between(before[name], after[name], path === '' ? name : `${path}.${name}`),
    )
  return textOf(before) === textOf(after) ? [] : [{ path, change: 'changed' }]
}

const comparable = ({ accounts, routes, webhooks, background, retention }: Configuration) => ({
  accounts: Object.fromEntries([...accounts].map(([name, { settings }]) => [name, settings()])),
  // By position, for that is what decides between routes.
  routes: { ...routes },
  webhooks,
  background,
  retention,
})

const fixedDifferences = (before: Configuration, after: Configuration): readonly Difference[] => [
  ...between(before.store, after.store, 'store'),
  ...between(before.encryption, after.encryption, 'encryption'),
]

/** Everything that differs between two configurations, store and encryption too. */
export const differences = (before: Configuration, after: Configuration): readonly Difference[] => [
  ...between(comparable(before), comparable(after), ''),
  ...fixedDifferences(before, after),
]

/**
 * What swapping one configuration for the other changes, in the order of the file. The ledger is open, so another store or
 * other keys give `InvalidConfig`: they take a restart.
 */
export const difference = (
  before: Configuration,
  after: Configuration,
): E.Either<PaymentError, readonly Difference[]> => {
  const fixed = fixedDifferences(before, after)
  return fixed.length > 0
    ? E.left(
        invalidConfig(
          fixed.map(({ path }) => ({ path, expected: 'what the running ledger has; a restart changes it' })),
        ),
      )
    : E.right(between(comparable(before), comparable(after), ''))
}
