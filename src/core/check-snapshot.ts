import { machines } from './lifecycle.js'
import { isHoldable } from './money.js'
import type { Kind } from './reference.js'
import type { Review, Snapshot } from './result.js'

const amountFields = ['amount', 'paid', 'captured', 'refunded', 'fee'] as const

const isKnown = ({ reference: { kind }, status }: Snapshot<Kind>): boolean => {
  const statuses: readonly string[] = machines[kind].statuses
  return status === 'unknown' || statuses.includes(status)
}

const withReview = <S extends Snapshot<Kind>>(snapshot: S, review: Review): S =>
  snapshot.review.includes(review) ? snapshot : { ...snapshot, review: [...snapshot.review, review] }

/** A status that paymux does not have is `unknown`: a newer adapter may have another word. */
const withKnownStatus = <S extends Snapshot<Kind>>(snapshot: S): S =>
  isKnown(snapshot) ? snapshot : withReview({ ...snapshot, status: 'unknown' }, 'unmapped_state')

/** An amount that cannot be recorded is left out, and is a mismatch. */
const withHoldableAmounts = <S extends Snapshot<Kind>>(snapshot: S): S => {
  const tooLarge: readonly string[] = amountFields.filter((field) => {
    const amount = snapshot[field]
    return amount !== undefined && !isHoldable(amount)
  })
  if (tooLarge.length === 0) return snapshot
  const held = Object.fromEntries(Object.entries(snapshot).filter(([field]) => !tooLarge.includes(field))) as S
  return withReview({ ...held, amountCheck: 'mismatch' }, 'amount_unreadable')
}

/**
 * What an adapter reports, with every word and amount that paymux does not hold made one that it does. Whatever an adapter of
 * another version says, the object is reviewed and the read does not fail.
 */
export const checkSnapshot = <S extends Snapshot<Kind>>(snapshot: S): S =>
  withHoldableAmounts(withKnownStatus(snapshot))

type Names = Readonly<Record<string, string>>

/** Whether two objects cannot be the same, because something that both name differs. */
export const areOthers = (expected: Names = {}, shown: Names = {}): boolean =>
  Object.entries(shown).some(([name, value]) => Object.hasOwn(expected, name) && expected[name] !== value)

/** Whether a snapshot is about another object than the one that is expected to belong to `names`. */
export const isOfAnother = (snapshot: Snapshot<Kind>, names: Names | undefined): boolean =>
  snapshot.review.includes('reference_mismatch') || areOthers(names, snapshot.names)
