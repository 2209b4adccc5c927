/** The types of what is asked of the ledger, and of what it answers. */
export type {
  ListedOperation,
  ListOrder,
  ObjectFilter,
  ObjectSummary,
  OperationFilter,
  SummaryLine,
  SummaryQuery,
} from '../ledger/index.js'
export type {
  EventQuery,
  FindQuery,
  Found,
  FoundObject,
  HealthReason,
  ListedEvent,
  ObjectQuery,
  OperationQuery,
  Page,
  PageQuery,
  ReportedAccount,
} from '../orchestrator/index.js'
