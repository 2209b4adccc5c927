import type { InboxRecord, ObjectKey } from '../ledger/index.js'

/**
 * What a notification is answered, by reason. Gateways stop at exactly 200; everything else is theirs to send again, so it
 * is given only where another try may end otherwise, or where the sender is a stranger.
 */
const statuses = {
  /** Durably stored, whatever it says: again, about an object that we do not know, or not to be understood. */
  stored: 200,
  method: 405,
  /** No such account, or not its token. */
  path: 404,
  /** Not from where this account's notifications come, and that is enforced. */
  source: 403,
  /** Compressed. */
  encoded: 415,
  too_large: 413,
  too_slow: 408,
  /** The sender hung up before the end. */
  broken_off: 400,
  /** The ledger did not answer. */
  store: 503,
  /** Too many at once. */
  overloaded: 503,
  stopping: 503,
  /** A body parser of the application's has read the body before us. Mount the handler before it. */
  body_taken: 500,
} as const

/** Why a notification was answered as it was. */
export type Reason = keyof typeof statuses

/** What became of one request, for counting and for alarms. Holds nothing that the sender wrote. */
export interface Handled {
  readonly reason: Reason
  /** The HTTP status of the answer. */
  readonly status: number
  /** Absent where the request did not name one of ours by its address. */
  readonly account?: string
  /** How it was stored. */
  readonly state?: InboxRecord['state']
  /** It came from an address that is not among the account's sources. */
  readonly foreign?: true
  /**
   * It was turned away for where it came from, and names an object that the ledger has: raise an alarm. The list of sources,
   * or of trusted proxies, is probably out of date.
   */
  readonly turnedAway?: ObjectKey
}

/** Why, and what is known beside it. */
export type Outcome = Omit<Handled, 'status'>

const RETRY_AFTER_SECONDS = 30

const headersOf = (reason: Reason): Record<string, string> => {
  const plain = { 'content-type': 'text/plain' }
  if (reason === 'method') return { ...plain, allow: 'POST' }
  return statuses[reason] === 503 ? { ...plain, 'retry-after': String(RETRY_AFTER_SECONDS) } : plain
}

/** The status of a reason. */
export const statusOf = (reason: Reason): number => statuses[reason]

/** The answer: a status and a constant body. It never redirects, asks for no password and tells no details. */
export const answerOf = (reason: Reason): Response =>
  new Response(reason === 'stored' ? 'ok' : 'no', { status: statuses[reason], headers: headersOf(reason) })
