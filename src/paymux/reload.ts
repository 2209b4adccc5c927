import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { invalidConfig, type PaymentError } from '../core/index.js'
import { type Store, subjectOf } from '../ledger/index.js'
import { type Difference, difference } from '../orchestrator/index.js'
import { enterAccounts, type Setup } from './setup.js'

// Enough for a person to see what is meant; the rest follows when these are dealt with.
const LISTED = 20

/** What a removed account still holds: operations that are not over, and objects that are still read back. */
const heldBy = (account: string, store: Store): TE.TaskEither<PaymentError, readonly string[]> =>
  pipe(
    TE.Do,
    TE.bind('operations', () => store.unfinishedAt(account, LISTED)),
    TE.bind('objects', () => store.followedAt(account, LISTED)),
    TE.map(({ operations, objects }) =>
      [...operations.map((id) => `operation:${id}`), ...objects.map(subjectOf)].slice(0, LISTED),
    ),
  )

const stranded = (store: Store, accounts: readonly string[]): TE.TaskEither<PaymentError, void> =>
  pipe(
    accounts,
    TE.traverseArray((account) =>
      pipe(
        heldBy(account, store),
        TE.map((subjects) => ({ account, subjects })),
      ),
    ),
    TE.flatMapEither((removed) => {
      const issues = removed
        .filter(({ subjects }) => subjects.length > 0)
        .map(({ account, subjects }) => ({
          path: `accounts.${account}`,
          expected: `to stay, if in no route, while the ledger follows ${subjects.join(', ')}`,
        }))
      return issues.length > 0 ? E.left(invalidConfig(issues)) : E.right(undefined)
    }),
  )

/** What a swap is made on. */
export interface Running {
  readonly store: Store
  /** Puts a setup in place of the one there is. */
  readonly replace: (setup: Setup) => void
  /** Waits for the calls that are running now. */
  readonly settled: () => Promise<void>
}

/**
 * Takes accounts away that nothing was found at. A call that was routed before, and has not recorded so yet, may lead there:
 * such are waited for while new ones go by the new configuration, and then it is looked once more.
 */
const retire = (
  before: Setup,
  after: Setup,
  removed: readonly string[],
  { store, replace, settled }: Running,
): TE.TaskEither<PaymentError, void> =>
  pipe(
    TE.fromIO<void, PaymentError>(() =>
      replace({ ...after, adapters: new Map([...before.adapters, ...after.adapters]) }),
    ),
    TE.tapTask(() => settled),
    TE.flatMap(() => stranded(store, removed)),
    TE.tapError(() => TE.fromIO(() => replace(before))),
  )

/** Puts one setup in place of another, and tells what differs. Gives `InvalidConfig` where that may not be. */
export const swap = (
  before: Setup,
  after: Setup,
  running: Running,
): TE.TaskEither<PaymentError, readonly Difference[]> => {
  const removed = [...before.adapters.keys()].filter((name) => !after.adapters.has(name))
  return pipe(
    TE.fromEither(difference(before.configuration, after.configuration)),
    TE.tap(() => stranded(running.store, removed)),
    TE.tap(() => enterAccounts(running.store, after.adapters)),
    TE.tap(() => (removed.length > 0 ? retire(before, after, removed, running) : TE.right(undefined))),
    TE.tapIO(() => () => running.replace(after)),
  )
}
