import type { Rig } from './rig.js'
import type { Decision } from './subject.js'

/** One law. `needs`: about accounts that offer this. */
export interface Clause {
  readonly name: string
  readonly needs?: 'refund' | 'payout'
  readonly run: (rig: Rig) => Promise<void>
}

/** A law about each decisive request that an account offers. */
export interface DecisionClause {
  readonly name: string
  readonly run: (rig: Rig, decision: Decision) => Promise<void>
}

/** `refund`, `payout`, or `createPayment by` its flow. */
export const nameOf = (decision: Decision): string =>
  decision.operation === 'createPayment' ? `createPayment by ${decision.flow}` : decision.operation
