/**
 * The life of an operation as pure functions: what to do next with what the ledger holds, and what to write after it was
 * done. No clock, no socket, no store. The exhaustive search drives these same functions.
 */
export { acquire, assumeSent, claim, lookedUp, reopen } from './claim.js'
export { executed, resolvedAsExecuted, resolvedAsNotExecuted } from './ended.js'
export { type FailoverCause, failOver, failoverCause, startNewAttempt } from './failover.js'
export { type Change, currentAttempt, type LeasedOperation, type OperationEvent } from './leased-operation.js'
export { afterPoll, withoutAccount } from './polling.js'
export { afterFailure, cancel, openRefusal, type PersistedRequest, recordDispatch } from './sending.js'
export { mayResend, next, pollSchedule, RESEND_MARGIN_MS } from './steps.js'
