import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { invalidConfig, type PaymentError } from '../core/index.js'
import { type Store, subjectOf } from '../ledger/index.js'
import { type Difference, difference } from '../orchestrator/index.js'
import type { Active, Running } from './running.js'
import { enterAccounts } from './setup.js'

// Enough for an operator to see what is meant; the rest follows when these are dealt with.
const LISTED = 20

/** What a removed account still holds: operations that are not over, and objects that are still read back. */
export const heldBy = (account: string, store: Store): TE.TaskEither<PaymentError, readonly string[]> =>
  pipe(
    TE.Do,
    TE.bind('operations', () => store.openOperationsAt(account, LISTED)),
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

/** Puts a configuration in use, waits for the calls that run, and asks the ledger what the removed accounts still hold. */
const trial = (
  next: Active,
  removed: readonly string[],
  { store, replace, inFlight }: Running,
): TE.TaskEither<PaymentError, void> =>
  pipe(
    TE.fromIO<void, PaymentError>(() => replace(next)),
    TE.tapTask(() => inFlight.settled),
    TE.flatMap(() => stranded(store, removed)),
  )

/**
 * Takes accounts away that nothing was found at. A call that was routed before, and has not recorded so yet, may lead there:
 * such calls are waited for while new ones go by the new configuration. A call about an object of such an account may begin
 * while they are waited for: it is waited for with the accounts gone, when no further one can begin. If either leaves something
 * there, the configuration before is put back.
 */
const retire = (
  before: Active,
  after: Active,
  removed: readonly string[],
  running: Running,
): TE.TaskEither<PaymentError, void> => {
  const adapters = new Map([...before.setup.adapters, ...after.setup.adapters])
  return pipe(
    trial({ setup: { ...after.setup, adapters }, receiver: before.receiver }, removed, running),
    TE.flatMap(() => trial({ ...after, receiver: before.receiver }, removed, running)),
    TE.tapError(() => TE.fromIO(() => running.replace(before))),
  )
}

/**
 * Puts another configuration in place of the active one, and gives what differs. Errors: `InvalidConfig` if an account that is
 * taken away still holds something, or if an account's name stands for another merchant's account.
 */
export const swap = (running: Running, after: Active): TE.TaskEither<PaymentError, readonly Difference[]> => {
  const before = running.active()
  const removed = [...before.setup.adapters.keys()].filter((name) => !after.setup.adapters.has(name))
  return pipe(
    TE.fromEither(difference(before.setup.configuration, after.setup.configuration)),
    TE.tap(() => stranded(running.store, removed)),
    TE.tap(() => enterAccounts(running.store, after.setup.adapters)),
    TE.tap(() => (removed.length > 0 ? retire(before, after, removed, running) : TE.right(undefined))),
    TE.tapIO(() => () => running.replace(after)),
  )
}
