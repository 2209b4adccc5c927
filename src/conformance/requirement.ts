import type { Harness } from './harness.js'
import type { Submission } from './subject.js'

/** One requirement. `needs`: about accounts that offer this. */
export interface Requirement {
  readonly name: string
  readonly needs?: 'refund' | 'payout'
  readonly run: (harness: Harness) => Promise<void>
}

/** A requirement about each submission that an account offers. */
export interface SubmissionRequirement {
  readonly name: string
  readonly run: (harness: Harness, submission: Submission) => Promise<void>
}

/** `refund`, `payout`, or `createPayment by` its flow. */
export const nameOf = (submission: Submission): string =>
  submission.operation === 'createPayment' ? `createPayment by ${submission.flow}` : submission.operation
