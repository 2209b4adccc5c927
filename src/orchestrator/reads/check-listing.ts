import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import {
  type Adapter,
  indeterminate,
  isHoldable,
  type Kind,
  type Listed,
  type Listing,
  type PaymentError,
} from '../../core/index.js'
import { isStorable, storedReferences, storedStatuses, storedTexts } from '../../ledger/index.js'

/** An entry of a list, with words and amounts that the ledger holds; `undefined` if it names no object of this list. */
const checkEntry = ({ account }: Adapter, kind: Kind, entry: Listed<Kind>): Listed<Kind> | undefined => {
  const { reference, status, amount, names } = entry
  const isOwn = reference.account === account && reference.kind === kind
  if (!isOwn || !isStorable(storedReferences[kind], reference)) return undefined
  return {
    reference,
    status: storedStatuses[kind].is(status) ? status : 'unknown',
    ...(amount !== undefined && isHoldable(amount) ? { amount } : {}),
    ...(storedTexts.is(names) ? { names } : {}),
  }
}

/**
 * A list as the adapter gave it, checked as a read is: an entry that names no object of this account and kind counts as one that
 * could not be read, and a status that paymux does not have is `unknown`. Gives `Indeterminate` for what is no list.
 */
export const checkListing = (
  adapter: Adapter,
  kind: Kind,
  { objects, unreadable }: Listing<Kind>,
): E.Either<PaymentError, Listing<Kind>> => {
  if (!Array.isArray(objects) || !Number.isSafeInteger(unreadable)) return E.left(indeterminate('reads', 'answer'))
  const checked = objects.map((entry: Listed<Kind>) =>
    pipe(
      // What is no entry at all throws when it is looked into.
      E.tryCatch(() => checkEntry(adapter, kind, entry), identity),
      E.getOrElse((): Listed<Kind> | undefined => undefined),
    ),
  )
  const readable = checked.filter((entry) => entry !== undefined)
  return E.right({ objects: readable, unreadable: unreadable + checked.length - readable.length })
}
