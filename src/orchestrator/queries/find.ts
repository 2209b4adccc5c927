import * as E from 'fp-ts/lib/Either.js'
import {
  type Kind,
  kinds,
  type Money,
  type OperationName,
  omitUndefined,
  type PaymentError,
  toMoney,
} from '../../core/index.js'
import {
  needsReview,
  type ObjectRecord,
  type ObjectSummary,
  type OperationView,
  resultOfRecord,
  type Store,
  subjectOf,
  summaryOfObject,
} from '../../ledger/index.js'
import { type OperationSummary, summaryOf } from './summary.js'

/** What payments, refunds and payouts are found by. */
export type FindQuery =
  | {
      /** The merchant's order number. */
      readonly merchantReference: string
    }
  | {
      /** The money method that was called. */
      readonly operation: OperationName
      /** The key that it was called with. */
      readonly idempotencyKey: string
    }
  | {
      /** The account that holds it. */
      readonly account: string
      /** The gateway's id. */
      readonly id: string
    }

/** A payment, refund or payout with all its amounts. It is plain data. */
export interface FoundObject extends ObjectSummary {
  /** The amount that it is expected to have, if it is known. */
  readonly expectedAmount?: Money
  /** What the payer paid, in the payer's currency, if the gateway says so. */
  readonly paid?: Money
  /** What was given back, as the gateway reports it; else by refunds of this ledger. */
  readonly refunded?: Money
}

/** What the ledger has of something. It is plain data. */
export interface Found {
  /** The payments, refunds and payouts, in the order in which they were recorded first. */
  readonly objects: readonly FoundObject[]
  /** The operations with their attempts, those that have no object yet among them, in the order in which they were called. */
  readonly operations: readonly OperationSummary[]
  /** Whether that is all: at most 1000 operations and 1000 objects of one `merchantReference` are given. `list` gives all. */
  readonly complete: boolean
}

/** So many operations, and so many objects, are looked for. */
const MOST = 1000

type Read<A> = Promise<E.Either<PaymentError, A>>

/** What is found, by name. */
interface Finds {
  readonly operations: Map<string, OperationView>
  readonly objects: Map<string, ObjectRecord>
}

const nothing = E.right([])

const listed = <A>(one: A | undefined): readonly A[] => (one === undefined ? [] : [one])

/** A query by the gateway's id may be about one kind of object. */
export type CollectQuery = FindQuery & { readonly kind?: Kind }

/** The records of {@link Found}, in its order. */
export interface Collected {
  readonly objects: readonly ObjectRecord[]
  readonly operations: readonly OperationView[]
  readonly complete: boolean
}

/** What a query names itself, and one more than is given, if there are more. */
const namedBy = async (
  query: CollectQuery,
  store: Store,
): Read<{ readonly operations: readonly OperationView[]; readonly objects: readonly ObjectRecord[] }> => {
  if ('merchantReference' in query) {
    const operations = await store.operationsFor(query, MOST + 1)()
    if (E.isLeft(operations)) return operations
    const objects = await store.objectsFor(query.merchantReference, MOST + 1)()
    if (E.isLeft(objects)) return objects
    return E.right({ operations: operations.right, objects: objects.right })
  }
  if ('idempotencyKey' in query) {
    const operation = await store.operationByKey(query.operation, query.idempotencyKey)()
    return E.isLeft(operation) ? operation : E.right({ operations: listed(operation.right), objects: [] })
  }
  const objects: ObjectRecord[] = []
  for (const kind of query.kind === undefined ? kinds : [query.kind]) {
    const object = await store.object({ ...query, kind })()
    if (E.isLeft(object)) return object
    objects.push(...listed(object.right))
  }
  return E.right({ operations: [], objects })
}

/** The objects of an operation: its own, and what its abandoned attempts made. */
const objectsOf = async ({ operation, attempts }: OperationView, { objects }: Finds, store: Store) => {
  const { id, object: key, merchantReference } = operation
  const isKnown = key === undefined || objects.has(subjectOf(key))
  const own = isKnown ? E.right(undefined) : await store.object(key)()
  if (E.isLeft(own)) return own
  const hasAbandoned = merchantReference !== undefined && attempts.some(({ state }) => state === 'abandoned')
  const others: E.Either<PaymentError, readonly ObjectRecord[]> = hasAbandoned
    ? await store.objectsFor(merchantReference, MOST)()
    : nothing
  if (E.isLeft(others)) return others
  return E.right([...listed(own.right), ...others.right.filter(({ origin }) => origin?.operationId === id)])
}

/** The operations of an object: the one that made it, and the refunds of a payment. */
const operationsOf = async ({ origin, ...object }: ObjectRecord, { operations }: Finds, store: Store) => {
  const isKnown = origin === undefined || operations.has(origin.operationId)
  const own = isKnown ? E.right(undefined) : await store.operation(origin.operationId)()
  if (E.isLeft(own)) return own
  const refunds: E.Either<PaymentError, readonly OperationView[]> =
    object.kind === 'payment' ? await store.operationsFor({ payment: object }, MOST)() : nothing
  return E.isLeft(refunds) ? refunds : E.right([...listed(own.right), ...refunds.right])
}

/** Adds operations and objects to what is found, and all that belongs to them. Gives the error of the first read that fails. */
const addAll = async (
  operations: readonly OperationView[],
  objects: readonly ObjectRecord[],
  finds: Finds,
  store: Store,
): Read<void> => {
  const newOperations = operations.filter(({ operation: { id } }) => !finds.operations.has(id))
  const newObjects = objects.filter((object) => !finds.objects.has(subjectOf(object)))
  for (const view of newOperations) finds.operations.set(view.operation.id, view)
  for (const object of newObjects) finds.objects.set(subjectOf(object), object)
  for (const view of newOperations) {
    const also = await objectsOf(view, finds, store)
    const added = E.isLeft(also) ? also : await addAll([], also.right, finds, store)
    if (E.isLeft(added)) return added
  }
  for (const object of newObjects) {
    const also = await operationsOf(object, finds, store)
    const added = E.isLeft(also) ? also : await addAll(also.right, [], finds, store)
    if (E.isLeft(added)) return added
  }
  return E.right(undefined)
}

const foundObject = (record: ObjectRecord): FoundObject => {
  const { paid, refunded } = resultOfRecord(record)
  const { expectedAmount } = record
  return {
    ...summaryOfObject({ ...record, needsReview: needsReview(record) }),
    ...omitUndefined({
      expectedAmount: expectedAmount === undefined ? undefined : toMoney(expectedAmount),
      paid,
      refunded,
    }),
  }
}

const byCreation = (a: { readonly createdAt: number }, b: { readonly createdAt: number }): number =>
  a.createdAt - b.createdAt

/** The records of what a query names, and of all that belongs to it. */
export const collect = async (query: CollectQuery, store: Store): Read<Collected> => {
  const named = await namedBy(query, store)
  if (E.isLeft(named)) return named
  const [operations, objects] = [named.right.operations.slice(0, MOST), named.right.objects.slice(0, MOST)]
  const finds: Finds = { operations: new Map(), objects: new Map() }
  const added = await addAll(operations, objects, finds, store)
  if (E.isLeft(added)) return added
  return E.right({
    objects: [...finds.objects.values()].sort(byCreation),
    operations: [...finds.operations.values()].sort((a, b) => byCreation(a.operation, b.operation)),
    complete: named.right.operations.length <= MOST && named.right.objects.length <= MOST,
  })
}

/** Finds what the ledger has of something, and all that belongs to it: the refunds of a payment, say. */
export const find = async (query: FindQuery, store: Store): Read<Found> => {
  const collected = await collect(query, store)
  if (E.isLeft(collected)) return collected
  const { objects, operations, complete } = collected.right
  return E.right({ objects: objects.map(foundObject), operations: operations.map(summaryOf), complete })
}
