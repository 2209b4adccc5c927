import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Indeterminate,
  indeterminate,
  inProgress,
  type Kind,
  locate,
  mayBeUnderWay,
  omitUndefined,
  type PaymentError,
  type Result,
} from '../../core/index.js'
import { resultOfRecord, type Store } from '../../ledger/index.js'
import { currentAttempt, type LeasedOperation } from '../protocol/index.js'

/** What a caller gets for an operation. It is made of the record, never of what a worker believes. */
export type OperationResult = E.Either<PaymentError, Result<Kind>>

/** The error of an operation that no usable answer came for, with the time of the next poll and the reference of its object. */
const unresolved = (leased: LeasedOperation): Indeterminate => {
  const { id: operationId, nextPollAt, error } = leased.operation
  const { effect = 'moves_money', reference, account } = currentAttempt(leased)
  const last = error?._tag === 'Indeterminate' ? error : indeterminate(effect, 'answer')
  const known = omitUndefined({ nextPollAt, reference: last.reference ?? reference })
  return locate({ ...last, ...known }, { operationId, account })
}

/** The result of an operation by its record; of an `executed` one by its object's record. */
export const resultOf = (leased: LeasedOperation, store: Store): TE.TaskEither<PaymentError, Result<Kind>> => {
  const { id, state, object, error } = leased.operation
  switch (state) {
    case 'executed':
      return pipe(
        object === undefined ? TE.right(undefined) : store.object(object),
        // It was executed, although its record cannot be read.
        TE.mapError((error): PaymentError => mayBeUnderWay(error, id)),
        TE.flatMapEither((record) => (record === undefined ? E.left(inProgress(id)) : E.right(resultOfRecord(record)))),
      )
    case 'refused':
    case 'canceled':
      return TE.left(error ?? inProgress(id))
    case 'indeterminate':
      return TE.left(unresolved(leased))
    case 'prepared':
    case 'dispatched':
      return TE.left(inProgress(id))
  }
}

/** The result of an operation as the ledger holds it now. */
export const recordedResult = (id: string, store: Store): TE.TaskEither<PaymentError, Result<Kind>> =>
  pipe(
    store.operation(id),
    // The operation may be under way although its record cannot be read.
    TE.mapError((error): PaymentError => mayBeUnderWay(error, id)),
    TE.flatMap((view) => (view === undefined ? TE.left(inProgress(id)) : resultOf(view, store))),
  )
