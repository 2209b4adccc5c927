import type { Outcome, PaymentError } from '../core/index.js'

/** What the methods of `paymux/promises` reject with. Tell cases apart by `_tag`, and what may have happened to the money by `outcome`. */
export class PaymentFailure extends Error {
  /** Always `PaymentFailure`. */
  override readonly name = 'PaymentFailure'
  /** The case of `error`. */
  readonly _tag: PaymentError['_tag']
  /** What may be concluded about the money. */
  readonly outcome: Outcome
  /** The whole error, with the fields of its case. */
  readonly error: PaymentError

  /** The failure of an error, with its message. */
  constructor(error: PaymentError) {
    super(error.message)
    this._tag = error._tag
    this.outcome = error.outcome
    this.error = error
  }

  /** Plain data for logs: the error with its message, without the stack. */
  toJSON(): Pick<PaymentFailure, 'name' | 'message' | '_tag' | 'outcome' | 'error'> {
    const { name, message, _tag, outcome, error } = this
    return { name, message, _tag, outcome, error }
  }

  /** Recognises the failures of every copy of paymux: a process may hold the package as CommonJS and as ES modules. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const isObject = typeof value === 'object' && value !== null
    return isObject && 'name' in value && value.name === 'PaymentFailure' && 'outcome' in value
  }
}
