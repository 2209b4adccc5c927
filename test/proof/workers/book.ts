import { type Intent, refundOf, type Sort } from './intents.js'
import type { CallResult } from './messages.js'
import type { Random } from './random.js'

/** What the merchant remembers of one intent. Written down before its first call. */
export interface Entry {
  readonly intent: Intent
  /** Every result that its calls gave. */
  readonly results: CallResult[]
  /** Everything that payers were handed. */
  readonly links: Set<string>
  /** Whether there is nothing to call for any more. */
  isOver: boolean
}

/** The merchant's memory, which outlives his processes. */
export interface Book {
  readonly entries: () => readonly Entry[]
  /** What is called next: what the last process owes an answer for, or something new. */
  readonly next: () => Entry
  /** Something new. */
  readonly anew: () => Entry
  /** What has to be called again. */
  readonly owed: () => readonly Entry[]
  /** `undefined`: the process ended before it answered. */
  readonly record: (entry: Entry, result: CallResult | undefined) => void
  /** A new process is there. */
  readonly restarted: () => void
  /** Calls of the same key beyond the first. */
  readonly repeats: () => number
}

/** One refund in five payments is one too many for what was captured. */
const refundsOf: Readonly<Record<Intent['account'], number>> = { europe: 4, india: 1 }
const PAID = 0.5
const REPEATED = 0.1

/** Whether the caller may and should call again under the same key. */
const isOwed = (result: CallResult): boolean => !result.ok && (result.retry === 'safe' || result.retry === 'same_key')

/** Opens a book of intents of these sorts. `pay` plays the payer. */
export const openBook = (random: Random, sorts: readonly Sort[], pay: (account: string, id: string) => void): Book => {
  const entries: Entry[] = []
  const counts = new Map<Sort | string, number>()
  const refunds: Intent[] = []
  // For this process, and for the next one.
  let now: Entry[] = []
  let later: Entry[] = []
  let repeats = 0

  const number = (of: Sort | string): number => {
    const n = (counts.get(of) ?? 0) + 1
    counts.set(of, n)
    return n
  }
  const enter = (intent: Intent): Entry => {
    const entry: Entry = { intent, results: [], links: new Set(), isOver: false }
    entries.push(entry)
    return entry
  }
  const somethingNew = (): Intent => {
    const refund = refunds.shift()
    if (refund !== undefined) return refund
    const sort = random.one(sorts)
    return sort(number(sort))
  }
  const payFor = ({ intent }: Entry, id: string): void => {
    pay(intent.account, id)
    for (let part = 1; part <= refundsOf[intent.account]; part += 1)
      refunds.push(refundOf(intent, id, number(`refund-${intent.account}`)))
  }

  return {
    entries: () => entries,
    next: () => {
      const again = now.shift()
      if (again === undefined) return enter(somethingNew())
      repeats += 1
      return again
    },
    anew: () => enter(somethingNew()),
    owed: () => [...now, ...later],
    record: (entry, result) => {
      if (result === undefined) {
        later.push(entry)
        return
      }
      const isFirst = !entry.results.some(({ ok }) => ok)
      entry.results.push(result)
      entry.isOver = !isOwed(result)
      if (result.ok && result.link !== undefined) entry.links.add(result.link)
      const isPayable = result.ok && result.id !== undefined && entry.intent.sort === 'hosted payment'
      if (isFirst && isPayable && random.next() < PAID) payFor(entry, result.id ?? '')
      if (!entry.isOver || random.next() < REPEATED) later.push(entry)
    },
    restarted: () => {
      now = [...now, ...later]
      later = []
    },
    repeats: () => repeats,
  }
}
