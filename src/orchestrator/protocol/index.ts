/**
 * The life of an operation as pure functions: what to do next with what the ledger holds, and what to write after it was
 * done. No clock, no socket, no store. The exhaustive search drives these same functions.
 */
export { claim, reopen, takeOver } from './claim.js'
export { executed, resolvedAsExecuted, resolvedAsNotExecuted } from './ended.js'
export { type FailoverCause, failOver, failoverCause, startOver } from './failover.js'
export { type Change, currentAttempt, type Held, type OperationEvent } from './held.js'
export { afterLookUp, leave } from './looking.js'
export { afterFailure, cancel, type Frozen, mark } from './sending.js'
export { lookUpSchedule, mayResend, next, type Step } from './steps.js'
