/** Joins the rooms: what the package offers beside core. */
export type { AttemptState, ObjectKey, OperationState } from '../ledger/index.js'
export type {
  About,
  AttemptSummary,
  ConfigurationFile,
  Difference,
  Environment,
  EventType,
  Failure,
  LogEntry,
  ObjectEvent,
  ObjectEventType,
  OperationSummary,
  ParkedOperation,
  PaymuxEvent,
  Reconciled,
  Resolution,
  Subscriber,
  ToldOperation,
  UnmatchedNotification,
} from '../orchestrator/index.js'
export type { OperationKey, Paymux, PaymuxOptions } from './assemble.js'
export { createAdapter, createProvider } from './create-adapter.js'
export { paymux } from './paymux.js'
