import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  checkAmount,
  indeterminate,
  invalidRequest,
  type Kind,
  type Money,
  type Operation,
  type PaymentError,
  type Reference,
  type Results,
  readBack,
  sameMoney,
} from '../core/index.js'
import { type ObjectRecord, objectKeyOf, resultOfRecord, type Store } from '../ledger/index.js'
import type { Context } from './context.js'
import { recordRead } from './read-object.js'
import { contained } from './send.js'

const operationOf = { payment: 'createPayment', refund: 'refund', payout: 'payout' } as const satisfies Record<
  Kind,
  Operation
>

/** The object of the operation with this key, where the account made it. */
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

/** What the ledger has of a reference. By our key it may stand under the gateway's id. */
const recordOf = (reference: Reference<Kind>, store: Store): TE.TaskEither<PaymentError, ObjectRecord | undefined> =>
  pipe(
    store.object(objectKeyOf(reference)),
    TE.flatMap((record) =>
      record === undefined && 'key' in reference ? madeBy(reference.key, reference, store) : TE.right(record),
    ),
  )

const refreshed = async (
  recorded: ObjectRecord,
  adapter: Adapter,
  context: Context,
  tries: number,
): Promise<E.Either<PaymentError, ObjectRecord>> => {
  const read = await recordRead(recorded, adapter, context)()
  if (E.isLeft(read)) return read
  if (read.right !== undefined) return E.right(read.right)
  const newer = await context.store.object(recorded)()
  if (E.isLeft(newer)) return newer
  if (newer.right === undefined) return E.left(indeterminate('reads', 'answer'))
  return tries > 1 ? refreshed(newer.right, adapter, context, tries - 1) : E.right(newer.right)
}

/** The ledger compares with what was asked for; a caller may expect something else. */
const comparedWith = <K extends Kind>(
  expected: Money | undefined,
  recorded: ObjectRecord,
  result: Results[K],
): Results[K] =>
  expected === undefined ||
  result.amount === undefined ||
  result.amountCheck === 'mismatch' ||
  (recorded.expected !== undefined && sameMoney(recorded.expected, expected))
    ? result
    : { ...result, amountCheck: checkAmount(expected, result.amount) }

/**
 * Reads an object back by a checked reference and tells what the ledger then holds. One that the ledger does not know is read through, and not
 * recorded. Gives `InvalidRequest` for an account that is not configured, and the error of the read.
 */
export const readStatus = <K extends Kind>(
  reference: Reference<K>,
  context: Context,
): TE.TaskEither<PaymentError, Results[K]> =>
  pipe(
    context.adapter(reference.account),
    TE.fromNullable<PaymentError>(invalidRequest([{ path: 'account', expected: 'an account of the configuration' }])),
    TE.bindTo('adapter'),
    TE.bind('recorded', () => recordOf(reference, context.store)),
    TE.flatMap(({ adapter, recorded }) =>
      recorded === undefined
        ? readThrough(reference, adapter, context)
        : pipe(
            () => refreshed(recorded, adapter, context, 2),
            TE.map((object) =>
              comparedWith<K>(reference.expected, object, resultOfRecord<K>(object as ObjectRecord<K>)),
            ),
          ),
    ),
  )

const readThrough = <K extends Kind>(
  reference: Reference<K>,
  adapter: Adapter,
  { heard }: Context,
): TE.TaskEither<PaymentError, Results[K]> => {
  const read = contained(
    () => readBack(adapter, reference),
    () => indeterminate('reads', 'answer'),
  )
  return async () => {
    const result = await read()
    heard(adapter.account, E.isLeft(result) ? result.left : undefined)
    return E.isLeft(result) ? result : E.right(result.right.content)
  }
}
