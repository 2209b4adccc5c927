import type {
  Adapter,
  AnyReference,
  Checked,
  Deduplication,
  Kind,
  Money,
  Operation,
  PaymentRequest,
  PayoutRequest,
  Procedure,
  RefundRequest,
  Results,
} from '../core/index.js'
import { type OperationRecord, requestOf } from '../ledger/index.js'

/** The request of each money method, checked. */
export interface Requests {
  readonly createPayment: Checked<PaymentRequest>
  readonly refund: Checked<RefundRequest>
  readonly payout: Checked<PayoutRequest>
}

/** What each money method makes. */
export const kindOf = { createPayment: 'payment', refund: 'refund', payout: 'payout' } as const satisfies Record<
  Operation,
  Kind
>

/** What a money method answers. */
export type ResultOf<O extends Operation> = Results[(typeof kindOf)[O]]

type Procedures = { readonly [O in Operation]: Procedure<Requests[O], ResultOf<O>> }

/** The procedure of a money method at an account. */
export const procedureOf = <O extends Operation>(adapter: Adapter, operation: O): Procedures[O] => {
  const procedures: Procedures = adapter
  return procedures[operation]
}

/** The request that an operation was claimed with. */
export const requestIn = <O extends Operation>(record: OperationRecord, _operation: O): Requests[O] =>
  requestOf<Requests[O]>(record.request)

/** What the object is expected to amount to, where the request says. */
export const expectedOf = (record: OperationRecord): { readonly expected?: Money } => {
  const { amount } = requestOf<Requests[Operation]>(record.request)
  return amount === undefined ? {} : { expected: amount }
}

/** How the account tells a repeat of an operation. What it does not offer it cannot tell. */
export const deduplicationOf = (adapter: Adapter, operation: Operation): Deduplication => {
  const capability = adapter.capabilities[operation]
  return capability.supported ? capability.deduplication : { kind: 'none' }
}

/** Where to look for the object of an operation whose answer was lost: by what the draft staged, or by key. */
export const referenceByKey = (adapter: Adapter, record: OperationRecord): AnyReference | undefined => {
  const capability = adapter.capabilities[record.operation]
  if (!capability.supported || !capability.lookupByKey) return undefined
  const reference = { account: adapter.account, key: record.key }
  if (record.operation === 'createPayment') return { kind: 'payment', ...reference }
  if (record.operation === 'payout') return { kind: 'payout', ...reference }
  const { payment } = requestOf<Requests['refund']>(record.request)
  return { kind: 'refund', ...reference, ...('id' in payment ? { paymentId: payment.id } : {}) }
}
