/** The entry point `paymux`: for merchants, with fp-ts. `paymux/promises` has the same names with Promises. */
export type { AccountTypes } from '../catalog.js'
export {
  type Amount,
  type AmountCheck,
  type AnyReference,
  type Beneficiary,
  type Conflict,
  type Detail,
  type ErrorLocation,
  type FailureReason,
  type Flow,
  finality,
  fromMoney,
  type Indeterminate,
  type InProgress,
  type InvalidConfig,
  type InvalidRequest,
  type Issue,
  type Kind,
  type MinorUnits,
  type Money,
  type NextAction,
  type OperationName,
  type Outcome,
  type Payer,
  type Payment,
  type PaymentError,
  type PaymentField,
  type PaymentMethod,
  type PaymentProvider,
  type PaymentQuery,
  type PaymentRequest,
  type Payout,
  type PayoutRequest,
  type Period,
  type RateLimited,
  type RecordedFacts,
  type Reference,
  type Refund,
  type RefundRequest,
  type RefusalReason,
  type Refused,
  type RequiredField,
  type Result,
  type Results,
  type Retry,
  type Review,
  type StatusOf,
  toMoney,
  type UnknownPhase,
  type Unreachable,
  type UnsentPhase,
  type Unsupported,
  type Urls,
} from '../core/index.js'
export type { AttemptState, ObjectKey, OperationState } from '../ledger/index.js'
export type {
  AttemptSummary,
  DeliveryFailure,
  Difference,
  Environment,
  EventHeader,
  EventType,
  HealthReport,
  LogEntry,
  ObjectEvent,
  ObjectEventType,
  OperationEvent,
  OperationInEvent,
  OperationSummary,
  PaymuxEvent,
  ReconciledList,
  Resolution,
  Subscriber,
  UnmatchedNotification,
  UnresolvedOperation,
} from '../orchestrator/index.js'
export type { OperationKey } from './check-arguments.js'
export { createProvider } from './create-adapter.js'
export { type AccountConfig, defineConfig, type PaymuxConfig } from './define-config.js'
export type { Paymux, PaymuxWebhooks } from './facade.js'
export { iterate } from './iterate.js'
export type * as ledgers from './ledgers.js'
export { cancelCopy, checkLedger, copyLedger, restoredLedger } from './maintain.js'
export type { PaymuxOptions } from './options.js'
export { paymux } from './paymux.js'
export type * as queries from './queries.js'
