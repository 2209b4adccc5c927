import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  checkAmount,
  errorTypeOf,
  expectedAmountOf,
  indeterminate,
  invalidRequest,
  type Kind,
  type Locator,
  locate,
  type MinorUnits,
  mayBeUnderWay,
  omitUndefined,
  operationOf,
  type PaymentError,
  type Reference,
  type Result,
  sameAmount,
  toResult,
  traced,
} from '../../core/index.js'
import {
  isUnanswered,
  type ObjectRecord,
  type OperationView,
  objectKeyOf,
  resultOfRecord,
  type Store,
} from '../../ledger/index.js'
import type { Context } from '../context.js'
import { unlessLost } from '../operations/lost-key.js'
import { distinguishesKeys, expecting } from '../operations/money-methods.js'
import { resultOf } from '../operations/operation-result.js'
import { currentAttempt } from '../protocol/index.js'
import { readBack } from './read-back.js'
import { recordRead } from './read-object.js'

type ByKey = Extract<Locator, { readonly idempotencyKey: string }>

const notAt: PaymentError = invalidRequest([
  { path: 'account', expected: 'the account that executed the operation with this idempotencyKey' },
])

const notKnown: PaymentError = invalidRequest([
  {
    path: 'idempotencyKey',
    expected: 'a key of this ledger: the gateway knows one refund of a payment, and cannot say whose it is',
  },
])

/** The error for a key that the ledger does not have, unless its record may be lost, or in another ledger. */
const notFound = (error: PaymentError, store: Store): TE.TaskEither<PaymentError, never> =>
  TE.leftTask(() => unlessLost(error, { store }))

/** What the ledger has under a caller's key. It is looked up before anything else is: a gateway may not tell keys apart. */
const operationWith = (
  { kind, idempotencyKey }: Reference<Kind> & ByKey,
  store: Store,
): TE.TaskEither<PaymentError, OperationView | undefined> =>
  pipe(
    store.operationByKey(operationOf[kind], idempotencyKey),
    TE.mapError((error): PaymentError => mayBeUnderWay(error)),
  )

/** The record that a reference points at. One that is found by our key may be recorded under the gateway's id. */
export const recordOf = (
  reference: Reference<Kind>,
  store: Store,
): TE.TaskEither<PaymentError, ObjectRecord | undefined> =>
  'id' in reference
    ? store.object(objectKeyOf(reference))
    : pipe(
        operationWith(reference, store),
        TE.flatMap((view) => store.object(view?.operation.object ?? objectKeyOf(reference))),
        TE.filterOrElse(
          (record) => record === undefined || record.account === reference.account,
          (): PaymentError => notAt,
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

const notRecorded = (reference: Reference<Kind>): PaymentError =>
  invalidRequest([
    'id' in reference
      ? { path: 'id', expected: 'the id of an object of this ledger, and the account that holds it' }
      : { path: 'idempotencyKey', expected: 'a key of this ledger' },
  ])

/**
 * What the ledger holds of an object, by a checked reference. Nothing is asked of a gateway. A key is resolved in the ledger; an
 * operation that has no object gives its error. Gives `InvalidRequest` for what the ledger does not have, and `InProgress` if a
 * key cannot be looked up.
 */
export const recordedStatus = <K extends Kind>(
  reference: Reference<K>,
  store: Store,
): TE.TaskEither<PaymentError, Result<K>> =>
  pipe(
    recordOf(reference, store),
    TE.flatMap((recorded) => {
      if (recorded !== undefined)
        return TE.right(comparedWith<K>(expectedAmountOf(reference), recorded as ObjectRecord<K>))
      if ('id' in reference) return TE.left(notRecorded(reference))
      return pipe(
        operationWith(reference, store),
        // An operation's object is of its own kind: the ledger's columns and the adapters' types ensure it.
        TE.flatMap((view) =>
          view === undefined
            ? notFound(notRecorded(reference), store)
            : (resultOf(view, store) as TE.TaskEither<PaymentError, Result<K>>),
        ),
      )
    }),
  )

/** Reads what the ledger has no record of. The result is not recorded. */
const readUnrecorded = <K extends Kind>(
  reference: Reference<K>,
  adapter: Adapter,
  context: Context,
): TE.TaskEither<PaymentError, Result<K>> =>
  pipe(
    readBack(adapter, reference, context),
    TE.map(({ content }) => toResult<K>(content)),
  )

/** Reads the object of an operation that has none on record: if the gateway shows another operation's, the record counts. */
const readUnanswered = <K extends Kind>(
  view: OperationView,
  adapter: Adapter,
  context: Context,
): TE.TaskEither<PaymentError, Result<K>> => {
  const { account, reference } = currentAttempt(view)
  if (account !== adapter.account) return TE.left(notAt)
  // An operation's reference is of its own kind: the ledger's columns and the adapters' types ensure it.
  const recorded = resultOf(view, context.store) as TE.TaskEither<PaymentError, Result<K>>
  if (reference === undefined || !isUnanswered(view.operation.state)) return recorded
  return pipe(
    readBack(adapter, expecting(reference as Reference<K>, view.operation), context),
    TE.bindTo('read'),
    TE.bind('known', ({ read }) => context.store.object(objectKeyOf(read.content.reference))),
    TE.flatMap(({ read, known }) =>
      known?.origin === undefined || known.origin.operationId === view.operation.id
        ? TE.right(toResult<K>(read.content))
        : recorded,
    ),
  )
}

const readByKey = <K extends Kind>(
  reference: Reference<K> & ByKey,
  adapter: Adapter,
  context: Context,
): TE.TaskEither<PaymentError, Result<K>> =>
  pipe(
    operationWith(reference, context.store),
    TE.flatMap((view) => {
      if (view !== undefined) return readUnanswered<K>(view, adapter, context)
      return distinguishesKeys(adapter, reference.kind)
        ? readUnrecorded<K>(reference, adapter, context)
        : notFound(notKnown, context.store)
    }),
  )

const readOf = <K extends Kind>(
  reference: Reference<K>,
  recorded: ObjectRecord | undefined,
  adapter: Adapter,
  context: Context,
): TE.TaskEither<PaymentError, Result<K>> => {
  if (recorded !== undefined)
    return pipe(
      () => refreshed(recorded, adapter, context, 2),
      TE.map((object) => comparedWith<K>(expectedAmountOf(reference), object as ObjectRecord<K>)),
    )
  return 'id' in reference ? readUnrecorded<K>(reference, adapter, context) : readByKey<K>(reference, adapter, context)
}

const tracedPoll =
  <K extends Kind>(
    { account, kind }: Reference<K>,
    recorded: ObjectRecord | undefined,
    read: TE.TaskEither<PaymentError, Result<K>>,
  ): TE.TaskEither<PaymentError, Result<K>> =>
  () =>
    traced(
      'poll',
      () => ({ account, kind, reason: 'caller', ...omitUndefined({ operationId: recorded?.origin?.operationId }) }),
      read,
      (ended) =>
        E.isRight(ended)
          ? { changed: recorded !== undefined && recorded.status !== ended.right.status }
          : errorTypeOf(ended),
    )

/**
 * Reads an object back by a checked reference and gives what the ledger then holds. A key is resolved in the ledger first; an
 * operation that has no object gives its error. The result of a read of an object that the ledger does not know is not
 * recorded. Gives `InvalidRequest` for an account that is not configured, `InProgress` if a key cannot be looked up, and the
 * error of the read.
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
      tracedPoll(reference, recorded, readOf<K>(reference, recorded, adapter, context)),
    ),
  )
