import type { Kind } from './reference.js'
import { MINUTE } from './time.js'

/**
 * What to do when one status is recorded and another is observed.
 * - `same`: nothing changed
 * - `advance`: the normal course
 * - `late`: later evidence corrects a reversible end; legal, and marked `late`
 * - `advance_alert`: record it and alert an operator
 * - `reverse_if_confirmed`: a recorded success is contradicted; if a later read agrees, the payment is `reversed`
 * - `return_if_confirmed`: the same for a payout: the money came back, it is `returned`
 * - `ignore`: old news, or a lagging replica
 * - `alert`: keep what is recorded and alert an operator
 */
export type Rule =
  | 'same'
  | 'advance'
  | 'late'
  | 'advance_alert'
  | 'reverse_if_confirmed'
  | 'return_if_confirmed'
  | 'ignore'
  | 'alert'

/** A state machine: for each recorded status (row) the rule for each observed status (columns in the order of `statuses`). */
interface StateMachine<S extends readonly string[]> {
  readonly statuses: S
  readonly rules: { readonly [Recorded in S[number]]: { readonly [Column in keyof S]: Rule } }
}

const machine = <const S extends readonly string[]>(statuses: S, rules: StateMachine<S>['rules']): StateMachine<S> => ({
  statuses,
  rules,
})

// Short names keep the tables readable as tables.
const same = 'same'
const go = 'advance'
const late = 'late'
const goAlert = 'advance_alert'
const skip = 'ignore'
const alert = 'alert'

/**
 * Payments. Observed `created` or `requires_action` never lowers a status; from terminal states only `succeeded <-> reversed`
 * exist. Between all others the latest read stands, so that reads in any order, and then one more, end where the gateway is.
 */
const payment = machine(
  ['created', 'requires_action', 'processing', 'authorized', 'expired', 'canceled', 'failed', 'succeeded', 'reversed'],
  {
    created: [same, go, go, go, go, go, go, go, goAlert],
    requires_action: [skip, same, go, go, go, go, go, go, goAlert],
    processing: [skip, skip, same, go, go, go, go, go, goAlert],
    authorized: [skip, skip, go, same, go, go, go, go, goAlert],
    expired: [skip, skip, late, late, same, late, late, late, goAlert],
    canceled: [skip, skip, late, late, late, same, late, late, goAlert],
    failed: [skip, skip, late, late, late, late, same, late, goAlert],
    succeeded: [skip, skip, skip, skip, alert, alert, 'reverse_if_confirmed', same, goAlert],
    reversed: [skip, skip, skip, skip, skip, skip, skip, goAlert, same],
  },
)

/** Refunds. One that succeeded and is later reported failed keeps its status: an operator decides. */
const refund = machine(['processing', 'succeeded', 'failed'], {
  processing: [same, go, go],
  succeeded: [skip, same, alert],
  failed: [late, late, same],
})

/**
 * Payouts. Banks return money days after it arrived; `failed` after `succeeded` is that. A merchant who reads
 * `returned` pays again, so it is confirmed like a reversal.
 */
const payout = machine(['processing', 'succeeded', 'failed', 'returned'], {
  processing: [same, go, go, goAlert],
  succeeded: [skip, same, 'return_if_confirmed', goAlert],
  failed: [late, late, same, goAlert],
  returned: [skip, goAlert, skip, same],
})

/** The three state machines. The types, the diagram in the docs and the database's constraints are derived from them. */
export const machines = { payment, refund, payout } as const

/** The statuses of a kind that a table row exists for. */
export type KnownStatus<K extends Kind> = (typeof machines)[K]['statuses'][number]
/** A status of a kind; `unknown` if the gateway used a word that paymux does not know. */
export type StatusOf<K extends Kind> = KnownStatus<K> | 'unknown'
/** Status of a payment. */
export type PaymentStatus = StatusOf<'payment'>
/** Status of a refund. */
export type RefundStatus = StatusOf<'refund'>
/** Status of a payout. */
export type PayoutStatus = StatusOf<'payout'>

/** Two reads that contradict a recorded success must lie at least this many milliseconds apart to make it `reversed` or `returned`. */
export const REVERSAL_CONFIRMATION_MS = 10 * MINUTE

/** What an observed status means for the recorded one. */
export type Transition<K extends Kind> =
  /** Leave the recorded status. `review`: the observed one was not understood. */
  | { readonly action: 'keep'; readonly alert: boolean; readonly review: boolean }
  /** Record `to`. `late`: it corrects a reversible end. */
  | { readonly action: 'advance'; readonly to: StatusOf<K>; readonly late: boolean; readonly alert: boolean }
  /** Leave the recorded status, remember when this was first seen, and read again after `confirmAfterMs`. */
  | { readonly action: 'suspect'; readonly confirmAfterMs: number; readonly alert: true }

/** The rule for a recorded and an observed status. */
export const ruleFor = <K extends Kind>(kind: K, recorded: KnownStatus<K>, observed: KnownStatus<K>): Rule => {
  const { statuses, rules }: { statuses: readonly string[]; rules: Readonly<Record<string, readonly Rule[]>> } =
    machines[kind]
  // Both are statuses of this machine by type; text that is not gives the rule that changes nothing and alerts an operator.
  return (Object.hasOwn(rules, recorded) ? rules[recorded] : undefined)?.[statuses.indexOf(observed)] ?? 'alert'
}

const onceConfirmed = <K extends Kind>(suspectedForMs: number, to: StatusOf<K>): Transition<K> =>
  suspectedForMs >= REVERSAL_CONFIRMATION_MS
    ? { action: 'advance', to, late: false, alert: true }
    : { action: 'suspect', confirmAfterMs: REVERSAL_CONFIRMATION_MS - suspectedForMs, alert: true }

/**
 * Decides what an observed status means for the recorded one. `suspectedForMs` is how long ago a read first contradicted a
 * recorded success, in milliseconds; 0 if none did, or a later one agreed with it.
 */
export const decideTransition = <K extends Kind>(
  kind: K,
  recorded: StatusOf<K>,
  observed: StatusOf<K>,
  suspectedForMs = 0,
): Transition<K> => {
  if (observed === 'unknown') return { action: 'keep', alert: false, review: true }
  if (recorded === 'unknown') return { action: 'advance', to: observed, late: false, alert: false }
  const rule = ruleFor(kind, recorded as KnownStatus<K>, observed as KnownStatus<K>)
  switch (rule) {
    case 'same':
    case 'ignore':
      return { action: 'keep', alert: false, review: false }
    case 'alert':
      return { action: 'keep', alert: true, review: false }
    case 'advance':
      return { action: 'advance', to: observed, late: false, alert: false }
    case 'late':
      return { action: 'advance', to: observed, late: true, alert: false }
    case 'advance_alert':
      return { action: 'advance', to: observed, late: false, alert: true }
    case 'reverse_if_confirmed':
      return onceConfirmed(Math.max(0, suspectedForMs), 'reversed' as StatusOf<K>)
    case 'return_if_confirmed':
      return onceConfirmed(Math.max(0, suspectedForMs), 'returned' as StatusOf<K>)
  }
}

/** Whether a status ends the object's life: later evidence may correct a `reversible` end, and changes a `terminal` one only with an alert. */
export const finality = <K extends Kind>(kind: K, status: StatusOf<K>): 'open' | 'reversible' | 'terminal' => {
  const rules = machines[kind].statuses.map((observed) =>
    ruleFor(kind, status as KnownStatus<K>, observed as KnownStatus<K>),
  )
  // Every row has its `same`; what has none, `unknown` among it, is no row.
  if (rules.includes('advance') || !rules.includes('same')) return 'open'
  return rules.includes('late') ? 'reversible' : 'terminal'
}

/**
 * One table from a gateway's words or numbers to our statuses, for create, read and notification alike. A missing row is
 * `unknown`, never a guess.
 */
export const statusTable = <Wire extends string | number, Status extends string>(
  rows: ReadonlyArray<readonly [Wire, Status]>,
): ((wire: string | number) => Status | 'unknown') => {
  const table = new Map<string | number, Status>(rows)
  return (wire) => table.get(wire) ?? 'unknown'
}
