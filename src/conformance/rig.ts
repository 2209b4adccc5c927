import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  type Flow,
  type Payment,
  type PaymentError,
  type PaymentProvider,
  type Results,
  stateless,
} from '../core/index.js'
import type { Decision, Stage, Subject } from './subject.js'

/** Builds the task of a decision; `deadline` as in a request. */
export type Start = (options?: {
  readonly by?: PaymentProvider
  readonly deadline?: number
}) => TaskEither<PaymentError, Results[keyof Results]>

/** A stage with what clauses need around it. Every error that passes through is searched for secrets. */
export interface Rig extends Stage {
  readonly subject: Subject
  readonly provider: PaymentProvider
  readonly succeed: <A>(task: TaskEither<PaymentError, A>) => Promise<A>
  readonly fail: <A>(task: TaskEither<PaymentError, A>) => Promise<PaymentError>
  /** Prepares what a decision needs (a refund: a paid payment) and gives its task, not yet run. */
  readonly ready: (decision: Decision, key: string) => Promise<Start>
  readonly paid: (key: string) => Promise<Payment>
  readonly executed: (decision: Decision) => number
}

const bigintsAsText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** Searches everything that can be printed of a value. */
export const assertNoSecret = (secrets: readonly string[], value: unknown, what: string): void => {
  const printed = JSON.stringify(value, bigintsAsText) + inspect(value, { depth: null })
  for (const secret of secrets) assert.ok(!printed.includes(secret), `${what} holds a secret`)
}

/** The flow that any account able to take payments starts with in clauses that need some payment. */
export const firstFlow = ({ adapter }: Pick<Stage, 'adapter'>): Flow => {
  const { createPayment } = adapter.capabilities
  const [flow] = createPayment.supported ? Object.keys(createPayment.flows) : []
  assert.ok(flow !== undefined, 'the account offers no payment flow')
  return flow as Flow
}

/** The decisions that an account's capabilities declare. */
export const decisionsOf = ({ adapter }: Stage): readonly Decision[] => {
  const { createPayment, refund, payout } = adapter.capabilities
  const flows = createPayment.supported ? (Object.keys(createPayment.flows) as Flow[]) : []
  return [
    ...flows.map((flow) => ({ operation: 'createPayment', flow }) as const),
    ...(refund.supported ? [{ operation: 'refund' } as const] : []),
    ...(payout.supported ? [{ operation: 'payout' } as const] : []),
  ]
}

/** Sets a stage for a clause and takes it down afterwards. */
export const withRig = async (subject: Subject, clause: (rig: Rig) => Promise<void>): Promise<void> => {
  const stage = await subject.start()
  const provider = stateless(stage.adapter)
  const { samples, secrets } = subject

  const succeed: Rig['succeed'] = async (task) => {
    const result = await task()
    if (E.isRight(result)) return result.right
    assertNoSecret(secrets, result.left, `a ${result.left._tag}`)
    throw new assert.AssertionError({ message: `expected success, got ${inspect(result.left)}` })
  }
  const fail: Rig['fail'] = async (task) => {
    const result = await task()
    if (E.isRight(result)) throw new assert.AssertionError({ message: 'expected an error, got success' })
    assertNoSecret(secrets, result.left, `a ${result.left._tag}`)
    return result.left
  }
  const paid: Rig['paid'] = async (key) => {
    const payment = await succeed(provider.createPayment(samples.payment(firstFlow(stage), key)))
    await stage.gateway.pay(payment)
    return payment
  }
  const ready: Rig['ready'] = async (decision, key) => {
    switch (decision.operation) {
      case 'createPayment':
        return ({ by = provider, ...deadline } = {}) =>
          by.createPayment({ ...samples.payment(decision.flow, key), ...deadline })
      case 'refund': {
        const { reference } = await paid(`${key}-payment`)
        return ({ by = provider, ...deadline } = {}) => by.refund({ ...samples.refund(reference, key), ...deadline })
      }
      case 'payout':
        return ({ by = provider, ...deadline } = {}) => by.payout({ ...samples.payout(key), ...deadline })
    }
  }
  const executed: Rig['executed'] = (decision) =>
    stage.gateway.executions(decision).filter((entry) => entry.executed).length

  try {
    await clause({ ...stage, subject, provider, succeed, fail, ready, paid, executed })
  } finally {
    await stage.close()
  }
}
