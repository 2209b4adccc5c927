import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { inProgress, type PaymentError } from '../core/index.js'
import { type Context, LEASE_MS } from './context.js'
import { type Held, takeOver } from './protocol/index.js'

/**
 * Takes hold of an operation that nobody holds, and reads it again: until the fence rose, whoever held it before, its lease
 * long over, could still write. Gives `InProgress` where somebody was faster, or the store does not answer.
 */
export const takeHold = (view: Held, { store, now }: Context): TE.TaskEither<PaymentError, Held> => {
  const { id } = view.operation
  const change = takeOver(view, LEASE_MS, now())
  return pipe(
    store.commit(change.writes),
    TE.flatMap((committed) => (committed.done ? store.operation(id) : TE.right(undefined))),
    TE.flatMapEither((held) =>
      held?.operation.fence === change.held.operation.fence ? E.right(held) : E.left(inProgress(id)),
    ),
    TE.mapError(() => inProgress(id)),
  )
}
