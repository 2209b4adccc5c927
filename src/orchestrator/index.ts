/** Several accounts behind one provider: routing, failover, the life of an operation, recovery. */
export * from './config/index.js'
export type { Context } from './context.js'
export {
  type Delivery,
  type DeliveryFailure,
  deliverEvents,
  redeliverEvent,
  SUBSCRIBER_LIMIT_MS,
  type Subscriber,
} from './events/deliver-events.js'
export * from './events/events.js'
export { reportUnmatched } from './events/report-unmatched.js'
export {
  type Elsewhere,
  type Erased,
  type EraseOptions,
  type EraseQuery,
  type ErasureReport,
  erase,
  type KeptPart,
  type NotErased,
} from './operations/erase.js'
export { type Resolution, resolveOperation } from './operations/resolve.js'
export { recoverOperation } from './operations/start-operation.js'
export type { OperationEvent } from './protocol/index.js'
export { createOrchestrator, type Orchestrator } from './provider.js'
export { type ExplainOptions, type ExplainQuery, explain } from './queries/explain/explain.js'
export type {
  EvidenceSource,
  Mismatch,
  Noticed,
  ReviewReasons,
  StepCode,
  StepParams,
} from './queries/explain/step-params.js'
export type {
  Actor,
  NextCall,
  NextStep,
  Story,
  StoryMoney,
  StoryStep,
  StorySubject,
} from './queries/explain/story.js'
export { type FindQuery, type Found, type FoundObject, find } from './queries/find.js'
export {
  type BackgroundHealth,
  type HealthReason,
  type HealthReport,
  type ReportedAccount,
  reportOf,
} from './queries/health.js'
export * from './queries/pages.js'
export * from './queries/summary.js'
export { claimAbandoned } from './reads/claim-abandoned.js'
export { createObjectReader } from './reads/read-object.js'
export { recordedStatus } from './reads/read-status.js'
export { type ReconciledList, reconcile } from './reads/reconcile.js'
export { reconcileIfDue } from './reads/reconcile-due.js'
export { readDue, workOnReads } from './reads/work-on-reads.js'
export { createHealth, type Health } from './routing/index.js'
