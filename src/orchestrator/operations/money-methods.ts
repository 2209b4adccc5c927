import {
  type Adapter,
  type AnyReference,
  type CheckedRequests,
  type Deduplication,
  type Kind,
  type kindOf,
  type MinorUnits,
  type OperationName,
  objectIdOf,
  omitUndefined,
  type Procedure,
  type Reference,
  type Snapshot,
  toMoney,
} from '../../core/index.js'
import type { ObjectRecord, OperationRecord } from '../../ledger/index.js'

type SnapshotOf<O extends OperationName> = Snapshot<(typeof kindOf)[O]>

type Procedures = { readonly [O in OperationName]: Procedure<CheckedRequests[O], SnapshotOf<O>> }

/** The procedure of a money method at an account. */
export const procedureOf = <O extends OperationName>(adapter: Adapter, name: O): Procedures[O] => {
  const procedures: Procedures = adapter
  return procedures[name]
}

/** The request that an operation was claimed with. The ledger decodes it by the operation's name. */
export const requestIn = <O extends OperationName>(record: OperationRecord, _name: O): CheckedRequests[O] =>
  record.request as CheckedRequests[O]

/** Whether an object is recorded for another operation. It is never recorded for a second one. */
export const isAnothers = (known: ObjectRecord | undefined, { id }: OperationRecord): boolean =>
  known?.origin !== undefined && known.origin.operationId !== id

/** The refund that an operation was claimed with: its payment by the gateway's id, if the ledger knows it, for a gateway that finds none by our key. */
export const refundIn = (record: OperationRecord): CheckedRequests['refund'] => {
  const request = requestIn(record, 'refund')
  const { payment } = request
  const id = record.reservation?.id
  if ('id' in payment || id === undefined || id === objectIdOf(payment)) return request
  const { kind, account, expectedAmount } = payment
  return { ...request, payment: { kind, account, id, ...omitUndefined({ expectedAmount }) } }
}

/** The amount that the object is expected to have, if the request says. */
export const expectedOf = ({ request }: OperationRecord): { readonly expectedAmount?: MinorUnits } =>
  omitUndefined({ expectedAmount: request.amount })

/** A reference with the amount that the operation expects of its object. */
export const expecting = <K extends Kind>(reference: Reference<K>, { request }: OperationRecord): Reference<K> => ({
  ...reference,
  ...(request.amount === undefined ? {} : { expectedAmount: toMoney(request.amount) }),
})

/** How the account treats a repeat of an operation. An operation that it does not offer has no key. */
export const deduplicationOf = (adapter: Adapter, name: OperationName): Deduplication => {
  const capability = adapter.capabilities[name]
  return capability.supported ? capability.deduplication : { kind: 'none' }
}

/** The reference by key of an operation's object, if the account can look it up by key. */
export const referenceByKey = (adapter: Adapter, record: OperationRecord): AnyReference | undefined => {
  const capability = adapter.capabilities[record.name]
  if (!capability.supported || !capability.lookupByKey) return undefined
  const reference = { account: adapter.account, idempotencyKey: record.idempotencyKey }
  switch (record.name) {
    case 'createPayment':
      return { kind: 'payment', ...reference }
    case 'payout':
      return { kind: 'payout', ...reference }
    case 'refund': {
      const { payment } = refundIn(record)
      return { kind: 'refund', ...reference, ...('id' in payment ? { paymentId: payment.id } : {}) }
    }
  }
}

/** Whether the gateway of an account can say by our key whose refund it shows. */
export const distinguishesKeys = ({ capabilities: { refund } }: Adapter, kind: Kind): boolean =>
  kind !== 'refund' || (refund.supported && refund.perPayment === 'many')
