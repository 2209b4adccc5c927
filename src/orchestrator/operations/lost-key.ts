import * as E from 'fp-ts/lib/Either.js'
import {
  type Adapter,
  indeterminate,
  type Kind,
  kindOf,
  LEDGER_RESTORED,
  locate,
  MINUTE,
  mayBeUnderWay,
  type PaymentError,
  type Read,
} from '../../core/index.js'
import { type OperationRecord, objectKeyOf, type Restoration } from '../../ledger/index.js'
import type { Context } from '../context.js'
import { RESEND_MARGIN_MS } from '../protocol/index.js'
import { noteRead } from '../reads/note-read.js'
import { isAbsence, readBack } from '../reads/read-back.js'
import { deduplicationOf, distinguishesKeys, expecting, isAnothers, referenceByKey } from './money-methods.js'

/** What the gateways of a route say of a key whose record may be lost: an account has its object, or none can have it. */
export type LostKey = { readonly account: string } | 'unused'

/**
 * A gateway that says that it has no such object is believed once this long has passed since the ledger was marked, in milliseconds:
 * what was sent before that has arrived, and can be read.
 */
const SETTLED_AFTER_MS = 10 * MINUTE

/** What is said of a key that a restored ledger can say nothing about. */
export const notKnown = (account?: string): PaymentError =>
  locate(indeterminate('moves_money', 'answer', { code: LEDGER_RESTORED }), {
    account,
    operationId: undefined,
    exchange: undefined,
  })

/**
 * What is said of a key that the ledger does not have, or has as canceled, in the place of `error`. After a restore it may have been
 * used all the same, and in a ledger that was moved it may be used since.
 */
export const unlessLost = async (error: PaymentError, { store }: Pick<Context, 'store'>): Promise<PaymentError> => {
  if (error.outcome === 'unknown') return error
  const restoration = await store.restoration()()
  if (E.isLeft(restoration)) return mayBeUnderWay(restoration.left)
  return restoration.right === undefined ? error : notKnown()
}

/**
 * Whether a read that did not find an object proves that the account has not executed the key, and cannot any more. A list proves
 * presence only. A gateway that refuses the repeat of a key, proven, refuses what it has seen.
 */
const isProof = (
  error: PaymentError,
  adapter: Adapter,
  { name }: OperationRecord,
  { takenAt, restoredAt }: Restoration,
  now: number,
): boolean => {
  const isNotFound = error._tag === 'Refused' && error.reason === 'not_found'
  if (isNotFound && now >= restoredAt + SETTLED_AFTER_MS) return true
  const deduplication = deduplicationOf(adapter, name)
  return (
    isAbsence(error) &&
    deduplication.kind !== 'none' &&
    deduplication.proven &&
    now < takenAt + deduplication.windowMs - RESEND_MARGIN_MS
  )
}

/** Whether the object that an account shows under a key is the key's. */
const isOfKey = async (
  { content }: Read<Kind>,
  adapter: Adapter,
  operation: OperationRecord,
  { store }: Context,
): Promise<'this' | 'another' | 'not known'> => {
  const known = await store.object(objectKeyOf<Kind>(content.reference))()
  if (E.isLeft(known)) return 'not known'
  if (isAnothers(known.right, operation)) return 'another'
  return distinguishesKeys(adapter, kindOf[operation.name]) ? 'this' : 'not known'
}

const askAccount = async (
  adapter: Adapter,
  operation: OperationRecord,
  restoration: Restoration,
  context: Context,
): Promise<'found' | 'unused' | 'not known'> => {
  const reference = referenceByKey(adapter, operation)
  if (reference === undefined) return 'not known'
  const read = await readBack<Kind>(adapter, expecting(reference, operation), context)()
  // That there is no such object is an answer, and mostly the right one.
  await noteRead(adapter.account, E.isLeft(read) && !isAbsence(read.left) ? read.left : undefined, context)
  if (E.isLeft(read)) return isProof(read.left, adapter, operation, restoration, context.now()) ? 'unused' : 'not known'
  const whose = await isOfKey(read.right, adapter, operation, context)
  return whose === 'this' ? 'found' : 'not known'
}

/** A payment may have refunds whose records are lost, under other keys: it is read, if that shows them. */
const hasOnlyKnownRefunds = async (
  adapter: Adapter,
  operation: OperationRecord,
  context: Context,
): Promise<boolean> => {
  const { reservation } = operation
  if (reservation === undefined) return true
  if (!adapter.capabilities.refundsElsewhere) return false
  const key = { account: reservation.account, kind: 'payment', id: reservation.id } as const
  const read = await readBack<'payment'>(adapter, { kind: 'payment', account: key.account, id: key.id }, context)()
  const known = await context.store.object(key)()
  if (E.isLeft(read) || E.isLeft(known)) return false
  const { refunded, review } = read.right.content
  const reserved = known.right?.reserved ?? 0n
  return (refunded?.minorUnits ?? 0n) <= reserved && (reserved > 0n || !review.includes('refund_reported'))
}

/**
 * Asks every account that could have got a key, as its operation would be: the ledger was restored, and does not know whether the key was used.
 * Gives `Indeterminate` with the code `ERR_LEDGER_RESTORED` if an account cannot be asked by key, did not answer, or gave no
 * proof. Nothing is recorded and nothing is sent.
 */
export const askForLostKey = async (
  operation: OperationRecord,
  restoration: Restoration,
  context: Context,
): Promise<E.Either<PaymentError, LostKey>> => {
  let unproven: string | undefined
  for (const account of operation.accounts) {
    const adapter = context.adapter(account)
    const asked = adapter === undefined ? 'not known' : await askAccount(adapter, operation, restoration, context)
    if (asked === 'found') return E.right({ account })
    const isUnused =
      asked === 'unused' && adapter !== undefined && (await hasOnlyKnownRefunds(adapter, operation, context))
    if (!isUnused) unproven ??= account
  }
  return unproven === undefined ? E.right('unused') : E.left(notKnown(unproven))
}
