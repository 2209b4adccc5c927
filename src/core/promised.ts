import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PaymentProvider } from './adapter.js'
import type { Outcome, PaymentError } from './error.js'
import type { Kind, Reference } from './reference.js'
import type { PaymentRequest, PayoutRequest, RefundRequest } from './request.js'
import type { Payment, Payout, Refund, Results } from './result.js'

/** What the Promise spelling rejects with. Tell cases apart by `_tag`, and what may have happened to the money by `outcome`. */
export class PaymentFailure extends Error {
  override readonly name = 'PaymentFailure'
  readonly _tag: PaymentError['_tag']
  readonly outcome: Outcome
  /** The whole error, with the fields of its case. */
  readonly error: PaymentError

  constructor(error: PaymentError) {
    super(error.message)
    this._tag = error._tag
    this.outcome = error.outcome
    this.error = error
  }

  // A process may hold the package twice, as CommonJS and as ES modules; each has a class of its own.
  static override [Symbol.hasInstance](value: unknown): boolean {
    const isObject = typeof value === 'object' && value !== null
    return isObject && 'name' in value && value.name === 'PaymentFailure' && 'outcome' in value
  }
}

/** A {@link PaymentProvider} whose methods give Promises and reject with {@link PaymentFailure}. */
export interface PromisedProvider {
  readonly createPayment: (request: PaymentRequest) => Promise<Payment>
  readonly getStatus: <K extends Kind>(reference: Reference<K>) => Promise<Results[K]>
  readonly refund: (request: RefundRequest) => Promise<Refund>
  readonly payout: (request: PayoutRequest) => Promise<Payout>
}

/** Runs a task and gives its value, or rejects with {@link PaymentFailure}. */
export const run = async <A>(task: TaskEither<PaymentError, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new PaymentFailure(result.left)
  return result.right
}

/** The Promise spelling of a provider. */
export const promised = (provider: PaymentProvider): PromisedProvider => ({
  createPayment: (request) => run(provider.createPayment(request)),
  getStatus: (reference) => run(provider.getStatus(reference)),
  refund: (request) => run(provider.refund(request)),
  payout: (request) => run(provider.payout(request)),
})
