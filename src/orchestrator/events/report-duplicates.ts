import * as E from 'fp-ts/lib/Either.js'
import { buildEvents, resultOfRecord, type Store, subjectOf, toStoredJson } from '../../ledger/index.js'
import type { EventType, PaymuxEvent } from './events.js'

const LIMIT = 20

/** The order number of a payment that is now told to have succeeded. */
const paidReference = (event: PaymuxEvent): string | undefined =>
  event.type === 'payment.succeeded' || event.type === 'payment.late_success' ? event.merchantReference : undefined

/**
 * Emits an event for each payment but the first that has succeeded for one order number, once. It is run before a success is
 * delivered: whichever of two was recorded last, its delivery sees both. Gives whether the store answered.
 */
export const reportDuplicates = async (
  event: PaymuxEvent,
  { store, now }: { readonly store: Pick<Store, 'succeededFor' | 'commit'>; readonly now: () => number },
): Promise<boolean> => {
  const reference = paidReference(event)
  if (reference === undefined) return true
  const found = await store.succeededFor(reference, LIMIT)()
  if (E.isLeft(found)) return false
  const type: EventType = 'payment.duplicate'
  for (const object of found.right.slice(1)) {
    const payload = toStoredJson({ object: resultOfRecord(object) })
    const events = buildEvents(`duplicate:${subjectOf(object)}`, 0, [type], payload, now())
    // Not done: it was emitted before.
    const committed = await store.commit(events.map((one) => ({ write: 'event', event: one }) as const))()
    if (E.isLeft(committed)) return false
  }
  return true
}
