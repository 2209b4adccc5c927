import type { Gateways } from '../stage/gateways.js'

/** What the gateways' books say about the orders of one intent. */
export interface Books {
  /** Invoices and orders that were made for it. */
  readonly orders: number
  /** Those of them that were paid, and money taken for each. */
  readonly captured: number
}

const nothing: Books = { orders: 0, captured: 0 }

/** The books of both gateways, by intent: each writes the intent's key into what it makes. */
export const booksOf = ({ payop, ippopay }: Gateways): ReadonlyMap<string, Books> => {
  const books = new Map<string, Books>()
  const enter = (key: string, captured: number): void => {
    const before = books.get(key) ?? nothing
    books.set(key, { orders: before.orders + 1, captured: before.captured + captured })
  }
  for (const { orderId, status } of payop.invoices()) enter(orderId, status === 1 ? 1 : 0)
  for (const { notes, status } of ippopay.orders()) enter(notes, status === 'paid' ? 1 : 0)
  return books
}
