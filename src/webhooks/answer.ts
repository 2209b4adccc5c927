import { type NotificationOutcome, type NotificationTrace, omitUndefined, traced } from '../core/index.js'
import type { InboxRecord, ObjectKey } from '../ledger/index.js'

/**
 * What a notification is answered, by reason. Gateways stop at exactly 200; any other status makes them send it again, so it
 * is given only if another try may end differently, or the sender is not the gateway.
 */
const statuses = {
  /** Durably stored, also if it came before, names an object that is not recorded, or could not be understood. */
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
  /** It matches nothing, and the account's quota of such notifications is used up for this hour. */
  quota: 503,
  /** Too many of this account at once. */
  overloaded: 503,
  stopping: 503,
  /** The configuration has no webhooks. */
  not_configured: 503,
  /** A body parser of the application's has read the body before us. Mount the handler before it. */
  body_taken: 500,
} as const

/** Why a notification was answered as it was. */
export type Reason = keyof typeof statuses

/** What became of one request, for counting and for alarms. Holds nothing that the sender wrote. */
export interface NotificationDecision {
  /** Why it was answered as it was. */
  readonly reason: Reason
  /** The HTTP status of the answer. */
  readonly status: number
  /** The account. Absent: the address of the request does not name one of the configuration with its token. */
  readonly account?: string
  /** How it was stored. */
  readonly state?: InboxRecord['state']
  /** It came before. */
  readonly duplicate?: true
  /** It was not kept: too many came that match nothing, or that are about its object. What it points at is read all the same. */
  readonly overQuota?: true
  /** It came from an address that is not among the account's sources. */
  readonly unlistedSource?: true
  /**
   * The object that a notification from an unlisted source names, if it was rejected and the ledger has the object. Raise an
   * alarm: the list of sources, or of trusted proxies, is probably out of date.
   */
  readonly rejectedKnownObject?: ObjectKey
}

/** A decision before its HTTP status is known. */
export type Decision = Omit<NotificationDecision, 'status'>

const RETRY_AFTER_SECONDS = 30

const headersOf = (reason: Reason): Record<string, string> => {
  const plain = { 'content-type': 'text/plain' }
  if (reason === 'method') return { ...plain, allow: 'POST' }
  return statuses[reason] === 503 ? { ...plain, 'retry-after': String(RETRY_AFTER_SECONDS) } : plain
}

/** Reports a decision. What the listener throws is dropped: a counter that throws must not cost a notification. */
export const reportDecision = (listener: (decision: NotificationDecision) => void, decision: Decision): void => {
  try {
    listener({ ...decision, status: statuses[decision.reason] })
  } catch {
    // Nothing of the notification depends on it.
  }
}

/** What a decision is in traces. Those of one word are answered for one reason. */
const outcomes: Readonly<Record<Exclude<Reason, 'stored'>, NotificationOutcome>> = {
  method: 'rejected_address',
  path: 'rejected_address',
  source: 'rejected_source',
  encoded: 'rejected_body',
  too_large: 'rejected_body',
  too_slow: 'rejected_body',
  broken_off: 'rejected_body',
  store: 'unavailable',
  quota: 'over_quota',
  overloaded: 'unavailable',
  stopping: 'unavailable',
  not_configured: 'unavailable',
  body_taken: 'unavailable',
}

const outcomeOf = ({ reason, state, duplicate }: Decision): NotificationOutcome => {
  if (reason !== 'stored') return outcomes[reason]
  if (state === 'quarantined') return 'quarantined'
  if (duplicate === true) return 'duplicate'
  return state === 'known' ? 'accepted' : 'unmatched'
}

const endOfNotification = (decision: Decision): Partial<NotificationTrace> => ({
  decision: outcomeOf(decision),
  status: statuses[decision.reason],
  ...omitUndefined({ account: decision.account, unlistedSource: decision.unlistedSource }),
})

/** The answer: a status and a constant body. It never redirects, asks for no password and shows no details. */
const answerOf = (reason: Reason): Response =>
  new Response(reason === 'stored' ? 'ok' : 'no', { status: statuses[reason], headers: headersOf(reason) })

/** Decides about a request, reports the decision, and answers. */
export const answering = async (
  decide: () => Promise<Decision>,
  report: (decision: Decision) => void,
): Promise<Response> => {
  const decision = await traced('notification', () => ({}), decide, endOfNotification)
  report(decision)
  return answerOf(decision.reason)
}
