import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  createStatelessProvider,
  type Flow,
  type Payment,
  type PaymentError,
  type PaymentProvider,
  type Results,
} from '../core/index.js'
import type { Fixture, Subject, Submission } from './subject.js'

/** Builds the task of a submission; `deadline` and, of what is not a refund, `merchantReference` as in a request. */
export type Start = (options?: {
  readonly by?: PaymentProvider
  readonly deadline?: number
  readonly merchantReference?: string
}) => TaskEither<PaymentError, Results[keyof Results]>

/** A fixture with what requirements need around it. Every error that passes through is searched for secrets. */
export interface Harness extends Fixture {
  readonly subject: Subject
  readonly provider: PaymentProvider
  readonly succeed: <A>(task: TaskEither<PaymentError, A>) => Promise<A>
  readonly fail: <A>(task: TaskEither<PaymentError, A>) => Promise<PaymentError>
  /** Prepares what a submission needs (a refund: a paid payment) and gives its task, not yet run. */
  readonly ready: (submission: Submission, key: string) => Promise<Start>
  readonly paid: (key: string) => Promise<Payment>
  readonly executed: (submission: Submission) => number
}

const bigintsAsText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** Searches everything that can be printed of a value. */
export const assertNoSecret = (secrets: readonly string[], value: unknown, what: string): void => {
  const printed = JSON.stringify(value, bigintsAsText) + inspect(value, { depth: null })
  for (const secret of secrets) assert.ok(!printed.includes(secret), `${what} holds a secret`)
}

/** The flow that any account able to take payments starts with in requirements that need some payment. */
export const firstFlow = ({ adapter }: Pick<Fixture, 'adapter'>): Flow => {
  const { createPayment } = adapter.capabilities
  const [flow] = createPayment.supported ? Object.keys(createPayment.flows) : []
  assert.ok(flow !== undefined, 'the account offers no payment flow')
  return flow as Flow
}

/** The submissions that an account's capabilities declare. */
export const submissionsOf = ({ adapter }: Fixture): readonly Submission[] => {
  const { createPayment, refund, payout } = adapter.capabilities
  const flows = createPayment.supported ? (Object.keys(createPayment.flows) as Flow[]) : []
  return [
    ...flows.map((flow) => ({ operation: 'createPayment', flow }) as const),
    ...(refund.supported ? [{ operation: 'refund' } as const] : []),
    ...(payout.supported ? [{ operation: 'payout' } as const] : []),
  ]
}

/** Sets a fixture for a requirement and takes it down afterwards. */
export const withHarness = async (
  subject: Subject,
  requirement: (harness: Harness) => Promise<void>,
): Promise<void> => {
  const fixture = await subject.start()
  const provider = createStatelessProvider(fixture.adapter)
  const { samples, secrets } = subject

  const succeed: Harness['succeed'] = async (task) => {
    const result = await task()
    if (E.isRight(result)) return result.right
    assertNoSecret(secrets, result.left, `a ${result.left._tag}`)
    throw new assert.AssertionError({ message: `expected success, got ${inspect(result.left)}` })
  }
  const fail: Harness['fail'] = async (task) => {
    const result = await task()
    if (E.isRight(result)) throw new assert.AssertionError({ message: 'expected an error, got success' })
    assertNoSecret(secrets, result.left, `a ${result.left._tag}`)
    return result.left
  }
  const paid: Harness['paid'] = async (key) => {
    const payment = await succeed(provider.createPayment(samples.payment(firstFlow(fixture), key)))
    await fixture.gateway.pay(payment)
    return payment
  }
  const ready: Harness['ready'] = async (submission, key) => {
    switch (submission.operation) {
      case 'createPayment':
        return ({ by = provider, ...fields } = {}) =>
          by.createPayment({ ...samples.payment(submission.flow, key), ...fields })
      case 'refund': {
        const { reference } = await paid(`${key}-payment`)
        return ({ by = provider, merchantReference: _ofThePayment, ...fields } = {}) =>
          by.refund({ ...samples.refund(reference, key), ...fields })
      }
      case 'payout':
        return ({ by = provider, ...fields } = {}) => by.payout({ ...samples.payout(key), ...fields })
    }
  }
  const executed: Harness['executed'] = (submission) =>
    fixture.gateway.executions(submission).filter((entry) => entry.executed).length

  try {
    await requirement({ ...fixture, subject, provider, succeed, fail, ready, paid, executed })
  } finally {
    await fixture.close()
  }
}
