import * as E from 'fp-ts/lib/Either.js'
import { type Kind, omitUndefined, type PaymentError } from '../../core/index.js'
import {
  type KeptElsewhere,
  type NotErasable,
  type ObjectKey,
  type ObjectRecord,
  type OperationView,
  type Store,
  subjectOf,
  whyObjectStays,
  whyOperationStays,
  whyUnreadable,
} from '../../ledger/index.js'
import { currentAttempt } from '../protocol/index.js'
import { collect } from '../queries/find.js'

/** Whose personal data is erased. */
export type EraseQuery =
  | {
      /** The merchant's order number. It may have been used for several customers: `dryRun` lists them first. */
      readonly merchantReference: string
    }
  | {
      /** The account that holds it. */
      readonly account: string
      /** The gateway's id. */
      readonly id: string
      /** What it is. Default: whatever has this id. Of a payment its refunds, too. */
      readonly kind?: Kind
    }

/** How `erase` goes about it. */
export interface EraseOptions {
  /** Lists what would be erased, and erases nothing. Default: false. */
  readonly dryRun?: boolean
}

/** A payment, refund or payout with all that belongs to it, or an operation that has none. */
export interface Erased {
  /** What it is. */
  readonly what: Kind | 'operation'
  /** The account that holds it, or that was tried last. */
  readonly account: string
  /** The gateway's id, or the operation's. */
  readonly id: string
  /** The merchant's order number. A refund has its payment's. */
  readonly merchantReference?: string
  /** The idempotency key of the call that made it. */
  readonly idempotencyKey?: string
  /** When it was recorded first, in milliseconds since the epoch. */
  readonly createdAt: number
  /** When it was erased before, in milliseconds since the epoch: there was nothing left to do. */
  readonly erasedAt?: number
}

/** What is not erased yet. */
export interface NotErased extends Erased {
  /**
   * Why. `unreadable`: a part of it cannot be read by this version of paymux or with its keys. `changed`: it was written meanwhile, so
   * call again. The others pass by themselves, or wait for an operator.
   */
  readonly why: NotErasable | 'unreadable' | 'changed'
}

/** What the ledger keeps of something that was erased. */
export interface KeptPart {
  /** What is kept. */
  readonly what: string
  /** Why. */
  readonly why: string
}

/** Where the data is, too, and what to do there. */
export interface Elsewhere {
  /** Where. */
  readonly where: 'gateway' | 'backups' | 'files' | KeptElsewhere
  /** What to do about it, or when it goes by itself. */
  readonly note: string
}

/** What became of a request for erasure. It is plain data. */
export interface ErasureReport {
  /** What was erased, or would be. */
  readonly erased: readonly Erased[]
  /** What is not erased yet, and why. */
  readonly notYet: readonly NotErased[]
  /** What stays of everything that is erased. */
  readonly kept: readonly KeptPart[]
  /** Where the data is beside the ledger. */
  readonly alsoIn: readonly Elsewhere[]
  /** Whether that is all: at most 1000 operations and 1000 objects of one `merchantReference` are given. */
  readonly complete: boolean
}

const kept: readonly KeptPart[] = [
  { what: 'idempotency keys and keyed fingerprints', why: 'a key that is forgotten moves money again' },
  { what: 'merchant references', why: 'they are how your books name it. Put no personal data into them' },
  { what: 'amounts, currencies, statuses, times', why: 'they prove what was paid, and your books need them' },
  { what: "the gateway's ids and states", why: 'money can be refunded, read and reconciled by them only' },
  { what: "the payer's country", why: 'it decides about taxes' },
  {
    what: 'notifications that could not be understood',
    why: 'they name no payment. Their bodies go as retention says',
  },
]

const notes: Readonly<Record<Elsewhere['where'], string>> = {
  gateway: 'Ask the gateway to erase it, too. paymux does not',
  backups: 'Backups from before hold it. Delete them in their time, or give up the key that encrypted them',
  files: 'Another process reads the ledger, so the log beside its file may hold it. Call erase again later',
  dead_rows: 'PostgreSQL keeps replaced rows until vacuum. It comes by itself',
  write_ahead_log: 'The archive of the write-ahead log of PostgreSQL holds it, as backups do',
  replicas: 'Replicas follow by themselves, if they are connected',
}

const at = (where: Elsewhere['where']): Elsewhere => ({ where, note: notes[where] })

/** What is erased at once, whether it can be, and how it is item. */
interface Candidate {
  readonly item: Erased
  readonly target: ObjectKey | { readonly operationId: string }
  readonly why?: NotErased['why']
}

const ofObject = (object: ObjectRecord, operations: readonly OperationView[]): Candidate => {
  const { kind, account, id, origin, createdAt, erasedAt } = object
  const own = operations.find(({ operation }) => operation.id === origin?.operationId)
  const why = whyObjectStays(object) ?? (own === undefined ? undefined : whyOperationStays(own.operation))
  const { merchantReference, idempotencyKey } = origin ?? {}
  return {
    item: {
      what: kind,
      account,
      id,
      ...omitUndefined({ merchantReference, idempotencyKey }),
      createdAt,
      ...omitUndefined({ erasedAt }),
    },
    target: { account, kind, id },
    ...omitUndefined({ why }),
  }
}

const ofOperation = (view: OperationView): Candidate => {
  const { id, merchantReference, idempotencyKey, createdAt, erasedAt } = view.operation
  const { account } = currentAttempt(view)
  return {
    item: {
      what: 'operation',
      account,
      id,
      ...omitUndefined({ merchantReference }),
      idempotencyKey,
      createdAt,
      ...omitUndefined({ erasedAt }),
    },
    target: { operationId: id },
    ...omitUndefined({ why: whyOperationStays(view.operation) }),
  }
}

type Found = Promise<E.Either<PaymentError, { readonly candidates: readonly Candidate[]; readonly complete: boolean }>>

const candidatesOf = async (query: EraseQuery, store: Store): Found => {
  const found = await collect(query, store)
  if (E.isLeft(found)) return found
  const { objects, operations, complete } = found.right
  const withObject = new Set(objects.map(subjectOf))
  const alone = operations.filter(
    ({ operation: { object } }) => object === undefined || !withObject.has(subjectOf(object)),
  )
  return E.right({
    candidates: [...objects.map((object) => ofObject(object, operations)), ...alone.map(ofOperation)],
    complete,
  })
}

/** Erases one, and gives why it is not erased, if it is not. */
const eraseOne = async (
  { target, why }: Candidate,
  store: Store,
): Promise<E.Either<PaymentError, NotErased['why'] | undefined>> => {
  if (why !== undefined) return E.right(why)
  const erased = await store.erasure.erase(target)()
  if (E.isLeft(erased)) return whyUnreadable(erased.left) === undefined ? erased : E.right('unreadable')
  return E.right(erased.right ? undefined : 'changed')
}

/**
 * Erases the personal data of what the ledger has of an order or an object, at once, if it is over. What stays proves that money
 * moved once. A second call changes nothing. Gives the error of the store if it does not answer: what was erased until then stays
 * erased.
 */
export const erase = async (
  query: EraseQuery,
  { dryRun = false }: EraseOptions,
  store: Store,
): Promise<E.Either<PaymentError, ErasureReport>> => {
  const found = await candidatesOf(query, store)
  if (E.isLeft(found)) return found
  const erased: Erased[] = []
  const notYet: NotErased[] = []
  for (const candidate of found.right.candidates) {
    const why = dryRun ? E.right(candidate.why) : await eraseOne(candidate, store)
    if (E.isLeft(why)) return why
    if (why.right === undefined) erased.push(candidate.item)
    else notYet.push({ ...candidate.item, why: why.right })
  }
  const isFlushed = dryRun ? E.right(true) : await store.erasure.flush()()
  const places: readonly Elsewhere['where'][] = [
    'gateway',
    'backups',
    ...(E.isRight(isFlushed) && isFlushed.right ? [] : (['files'] as const)),
    ...store.erasure.keptElsewhere,
  ]
  return E.right({ erased, notYet, kept, alsoIn: places.map(at), complete: found.right.complete })
}
