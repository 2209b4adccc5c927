import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { inProgress, mayBeUnderWay, type PaymentError } from '../../core/index.js'
import { type Context, LEASE_MS } from '../context.js'
import { acquire, type LeasedOperation } from '../protocol/index.js'

/**
 * Acquires the lease of an operation that no worker holds, and reads the record again: until the fence rose, a worker whose
 * lease had expired could still write. Gives `InProgress` if another worker was faster, or the store does not answer, with the reason.
 */
export const acquireLease = (
  view: LeasedOperation,
  { store, now }: Context,
): TE.TaskEither<PaymentError, LeasedOperation> => {
  const { id } = view.operation
  const change = acquire(view, LEASE_MS, now())
  return pipe(
    store.commit(change.writes),
    TE.flatMap((committed) => (committed.done ? store.operation(id) : TE.right(undefined))),
    TE.flatMapEither((leased) =>
      leased?.operation.fence === change.leased.operation.fence ? E.right(leased) : E.left(inProgress(id)),
    ),
    TE.mapError((error): PaymentError => mayBeUnderWay(error, id)),
  )
}
