import type { Catalog, PaymentError } from '../core/index.js'
import type { DeliveryFailure, Environment } from '../orchestrator/index.js'
import type { NotificationDecision, WebhookLimits } from '../webhooks/index.js'

/** What may be set beside the configuration. */
export interface PaymuxOptions {
  /** Adapters to add, or to put in place of those that paymux brings, by name. Default: none. */
  readonly catalog?: Catalog
  /** The variables that `${NAME}` in the configuration stands for. Default: `process.env`. */
  readonly env?: Environment
  /**
   * Opens the ledger to be read only, beside processes that work on it: its schema is not brought up to date, no account is entered,
   * and no file is created. Errors: `InvalidConfig` for a ledger that is not there, and for one of an older schema; `Unreachable`
   * with the code `ERR_LEDGER_ARRIVING` for one that a copy has not filled yet. What writes the
   * ledger or asks a gateway is refused with the code `ERR_READ_ONLY`, and nothing is sent: the money methods, `getStatus`, `resolve`,
   * `redeliver`, `reconcile`, `reload` and `start`. Default: `false`.
   */
  readonly readOnly?: boolean
  /** How long a second caller of a running operation waits for its result, in milliseconds. Default: 0, which gives `InProgress` at once. */
  readonly waitMs?: number
  /** How many jobs run at once after `start`, and beside them how many reads of each account. Default: 16. */
  readonly concurrency?: number
  /**
   * How many reads notifications and the schedule may make at one account per second, over all processes of the ledger. Set
   * the same in each of them. Default: 20.
   */
  readonly readsPerSecond?: number
  /** Called for each subscriber that did not take an event. The event is delivered again. Default: nothing. */
  readonly onDeliveryFailure?: (failure: DeliveryFailure) => void
  /**
   * Called for each request to the webhook handler before it is answered: admitted, stored before, rejected with its reason, from
   * an unlisted source, over a quota. What it throws is dropped. Default: nothing.
   */
  readonly onNotification?: (decision: NotificationDecision) => void
  /** What notifications may cost. Default: those of each limit. */
  readonly webhookLimits?: Partial<WebhookLimits>
  /**
   * Called if the store holds the background work up after `start`, because the worker gets no connection, say: when that begins, when
   * its reason changes, and once a minute while it lasts. The work goes on by itself when the store does. Default: a warning of the
   * process (`process.emitWarning`) with the code `PAYMUX_BACKGROUND`.
   */
  readonly onBackgroundFailure?: (error: PaymentError) => void
  /**
   * The machine's clock, in milliseconds since the epoch; for tests. Whatever it says, rules about time follow the store's: in
   * SQLite that is this one, in PostgreSQL the server's. Default: the machine's.
   */
  readonly clock?: () => number
}
