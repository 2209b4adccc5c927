import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { invalidConfig, type PaymentError } from '../core/index.js'
import type { Store } from '../ledger/index.js'
import { type Difference, difference } from '../orchestrator/index.js'
import { enterAccounts, type Setup } from './setup.js'

// Enough for a person to see what is meant; the rest follows when these are dealt with.
const LISTED = 20

/** What a removed account still holds: operations that are not over, and objects that are still followed. */
const stranded = (store: Store, accounts: readonly string[]): TE.TaskEither<PaymentError, void> =>
  pipe(
    accounts,
    TE.traverseArray((account) =>
      pipe(
        store.unfinishedAt(account, LISTED),
        TE.map((subjects) => ({ account, subjects })),
      ),
    ),
    TE.flatMapEither((removed) => {
      const issues = removed
        .filter(({ subjects }) => subjects.length > 0)
        .map(({ account, subjects }) => ({
          path: `accounts.${account}`,
          expected: `to stay while the ledger follows ${subjects.join(', ')}`,
        }))
      return issues.length > 0 ? E.left(invalidConfig(issues)) : E.right(undefined)
    }),
  )

/** Checks whether one setup may take the place of another, and tells what differs. Gives `InvalidConfig`. */
export const mayReplace = (
  before: Setup,
  after: Setup,
  store: Store,
): TE.TaskEither<PaymentError, readonly Difference[]> => {
  const removed = [...before.adapters.keys()].filter((name) => !after.adapters.has(name))
  return pipe(
    TE.fromEither(difference(before.configuration, after.configuration)),
    TE.tap(() => stranded(store, removed)),
    TE.tap(() => enterAccounts(store, after.adapters)),
  )
}
