import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  given,
  type Indeterminate,
  indeterminate,
  inProgress,
  type Kind,
  type PaymentError,
  type Results,
} from '../core/index.js'
import { errorOf, resultOfRecord, type Store } from '../ledger/index.js'
import { currentAttempt, type Held } from './protocol/index.js'

/** What a caller is told about an operation. It is read off the record, never off what a worker believes. */
export type Told = E.Either<PaymentError, Results[Kind]>

/** The error of an operation that no usable answer came for, with when it is looked at again and where the object may be found. */
const unresolved = (held: Held): Indeterminate => {
  const { id: operationId, nextAt: nextCheckAt, error } = held.operation
  const { effect = 'moves_money', reference } = currentAttempt(held)
  const last = error === undefined ? undefined : errorOf(error)
  const lost = last?._tag === 'Indeterminate' ? last : indeterminate(effect, 'answer')
  return { ...lost, operationId, ...given({ nextCheckAt, reference: lost.reference ?? reference }) }
}

/** What is told of an operation by its record. `executed` ones are told from their object. */
export const toldOf = (held: Held, store: Store): TE.TaskEither<PaymentError, Results[Kind]> => {
  const { id, state, object, error } = held.operation
  switch (state) {
    case 'executed':
      return pipe(
        object === undefined ? TE.right(undefined) : store.object(object),
        TE.flatMapEither((record) => (record === undefined ? E.left(inProgress(id)) : E.right(resultOfRecord(record)))),
      )
    case 'refused':
    case 'canceled':
      return TE.left(error === undefined ? inProgress(id) : errorOf(error))
    case 'indeterminate':
      return TE.left(unresolved(held))
    case 'prepared':
    case 'dispatched':
      return TE.left(inProgress(id))
  }
}

/** What the ledger holds of an operation now, told. */
export const recorded = (id: string, store: Store): TE.TaskEither<PaymentError, Results[Kind]> =>
  pipe(
    store.operation(id),
    TE.flatMap((view) => (view === undefined ? TE.left(inProgress(id)) : toldOf(view, store))),
    // Whatever keeps us from reading the record, the operation may be under way.
    TE.mapError((error) => (error._tag === 'Unreachable' && error.phase === 'store' ? inProgress(id) : error)),
  )
