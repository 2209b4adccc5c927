import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  checkAmount,
  expectedAmountOf,
  indeterminate,
  invalidRequest,
  type Kind,
  locate,
  type MinorUnits,
  operationOf,
  type PaymentError,
  type Reference,
  type Result,
  sameAmount,
  toResult,
} from '../../core/index.js'
import { type ObjectRecord, objectKeyOf, resultOfRecord, type Store } from '../../ledger/index.js'
import type { Context } from '../context.js'
import { readBack } from './read-back.js'
import { recordRead } from './read-object.js'

/** The object of the operation with this key, if the account made it. */
const madeBy = (
  key: string,
  { kind, account }: Reference<Kind>,
  store: Store,
): TE.TaskEither<PaymentError, ObjectRecord | undefined> =>
  pipe(
    store.operationByKey(operationOf[kind], key),
    TE.flatMap((view) => {
      const object = view?.operation.object
      return object?.account === account ? store.object(object) : TE.right(undefined)
    }),
  )

/** The record that a reference points at. One that is found by our key may be recorded under the gateway's id. */
export const recordOf = (
  reference: Reference<Kind>,
  store: Store,
): TE.TaskEither<PaymentError, ObjectRecord | undefined> =>
  pipe(
    store.object(objectKeyOf(reference)),
    TE.flatMap((record) =>
      record === undefined && 'idempotencyKey' in reference
        ? madeBy(reference.idempotencyKey, reference, store)
        : TE.right(record),
    ),
  )

const refreshed = async (
  recorded: ObjectRecord,
  adapter: Adapter,
  context: Context,
  tries: number,
): Promise<E.Either<PaymentError, ObjectRecord>> => {
  const read = await recordRead(recorded, adapter, context)()
  if (E.isLeft(read)) return E.left(locate(read.left, { operationId: recorded.origin?.operationId }))
  if (read.right !== undefined) return E.right(read.right)
  const newer = await context.store.object(recorded)()
  if (E.isLeft(newer)) return newer
  if (newer.right === undefined) return E.left(indeterminate('reads', 'answer'))
  return tries > 1 ? refreshed(newer.right, adapter, context, tries - 1) : E.right(newer.right)
}

/** The ledger compares with the amount of the request; a caller may expect another one. */
const comparedWith = <K extends Kind>(expected: MinorUnits | undefined, recorded: ObjectRecord<K>): Result<K> => {
  const { amount, amountCheck } = recorded.snapshot
  const isCompared =
    expected === undefined ||
    amount === undefined ||
    amountCheck === 'mismatch' ||
    (recorded.expectedAmount !== undefined && sameAmount(recorded.expectedAmount, expected))
  const result = resultOfRecord(recorded)
  return isCompared ? result : { ...result, amountCheck: checkAmount(expected, amount) }
}

/**
 * Reads an object back by a checked reference and gives what the ledger then holds. The result of a read of an object that the
 * ledger does not know is not recorded. Gives `InvalidRequest` for an account that is not configured, and the error of the read.
 */
export const readStatus = <K extends Kind>(
  reference: Reference<K>,
  context: Context,
): TE.TaskEither<PaymentError, Result<K>> =>
  pipe(
    context.adapter(reference.account),
    TE.fromNullable<PaymentError>(invalidRequest([{ path: 'account', expected: 'an account of the configuration' }])),
    TE.bindTo('adapter'),
    TE.bind('recorded', () => recordOf(reference, context.store)),
    TE.flatMap(({ adapter, recorded }) =>
      recorded === undefined
        ? pipe(
            readBack(adapter, reference, context),
            TE.map(({ content }) => toResult<K>(content)),
          )
        : pipe(
            () => refreshed(recorded, adapter, context, 2),
            TE.map((object) => comparedWith<K>(expectedAmountOf(reference), object as ObjectRecord<K>)),
          ),
    ),
  )
