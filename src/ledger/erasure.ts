import * as E from 'fp-ts/lib/Either.js'
import {
  type Beneficiary,
  type CheckedRequests,
  decode,
  finality,
  isObject,
  type Json,
  type Kind,
  locate,
  type OperationName,
  omitUndefined,
  type PaymentError,
  type Snapshot,
} from '../core/index.js'
import { storedError } from './codecs.js'
import { toStoredJson } from './json.js'
import { needsReview } from './object-summary.js'
import { type ObjectRecord, type OperationRecord, openStates, without } from './records.js'

/*
 * What is left of personal data once it is erased. Everything that is reduced here is still what it was by its type: whatever reads it
 * reads it as before. What proves that money moved once stays: keys, amounts, states, ids.
 */

/** Why something is not erased yet. */
export type NotErasable =
  /** It is not over: it may still be sent, paid or executed. */
  | 'open'
  /** It is not known what became of it. */
  | 'unresolved'
  /** The payer's bank took the money back, or tries to: the merchant may need the data. */
  | 'disputed'
  /** An operator should look at it. */
  | 'under_review'
  /** A refund of the payment may still execute. */
  | 'refund_under_way'

/** Whether nothing is expected to happen to an object any more. What happens all the same is recorded. */
export const isOver = ({
  kind,
  status,
  disputed,
  ...object
}: Pick<ObjectRecord, 'kind' | 'status' | 'disputed' | 'snapshot' | 'suspectedSince'>): boolean =>
  finality(kind, status) !== 'open' && !disputed && !needsReview(object)

/** Why an object is not erased yet; `undefined` if it can be. */
export const whyObjectStays = (object: ObjectRecord): NotErasable | undefined => {
  if (finality(object.kind, object.status) === 'open') return 'open'
  if (object.disputed) return 'disputed'
  if (needsReview(object)) return 'under_review'
  return object.reserved === object.refunded ? undefined : 'refund_under_way'
}

/** Why an operation without an object is not erased yet; `undefined` if it can be. */
export const whyOperationStays = ({ state }: OperationRecord): NotErasable | undefined => {
  if (state === 'prepared') return 'open'
  return openStates.includes(state) ? 'unresolved' : undefined
}

const reducedBeneficiary = (beneficiary: Beneficiary): Beneficiary => {
  switch (beneficiary.type) {
    case 'paydo_account':
      return { type: beneficiary.type, account: '' }
    case 'iban':
      return { type: beneficiary.type, iban: '', name: '', email: '' }
    case 'indian_bank_account':
      return { type: beneficiary.type, accountNumber: '', ifsc: '', name: '' }
  }
}

/** A request without its payer, its beneficiary and its metadata. The country stays, for taxes, and the way the money took. */
export const reducedRequest = (request: CheckedRequests[OperationName]): CheckedRequests[OperationName] => {
  const { idempotencyKey } = request
  if ('beneficiary' in request) {
    const { amount, merchantReference, beneficiary, method } = request
    const kept = { idempotencyKey, amount, merchantReference, ...omitUndefined({ method }) }
    return { ...kept, beneficiary: reducedBeneficiary(beneficiary) }
  }
  if ('payment' in request) {
    const { payment, amount } = request
    return { idempotencyKey, payment, ...omitUndefined({ amount }) }
  }
  const { amount, merchantReference, payer, method } = request
  const { country } = payer
  const kept = { idempotencyKey, amount, merchantReference, payer: omitUndefined({ country }), urls: {} }
  return method === undefined ? kept : { ...kept, method: without(method, 'fields') }
}

/** An error without what a gateway named. */
export const reducedError = (error: PaymentError): PaymentError => {
  switch (error._tag) {
    case 'Refused':
      return locate(without(error, 'providerCode', 'fields'), {
        account: undefined,
        operationId: undefined,
        exchange: undefined,
      })
    case 'Indeterminate':
      return without(error, 'paths')
    case 'InvalidConfig':
    case 'InvalidRequest':
    case 'Unsupported':
    case 'Unreachable':
    case 'InProgress':
    case 'Conflict':
    case 'RateLimited':
      return error
  }
}

/** A snapshot without what it says about a person. It is still a result. */
export const reducedSnapshot = <K extends Kind>(snapshot: Snapshot<K>): Snapshot<K> => {
  const { reference, status, providerState, amountCheck, disputed, review } = snapshot
  const { amount, paid, captured, refunded, fee, names } = snapshot
  const kept = { reference, status, providerState, amountCheck, disputed, review }
  return { ...kept, ...omitUndefined({ amount, paid, captured, refunded, fee, names }) }
}

// What stays of a result in an event, beside what a snapshot keeps.
const keptOfResult: readonly string[] = [
  ...['kind', 'account', 'id', 'reference', 'status', 'providerState', 'amountCheck', 'disputed', 'review'],
  ...['amount', 'paid', 'captured', 'refunded', 'fee'],
  ...['merchantReference', 'idempotencyKey', 'operationId', 'recordedAt', 'notPassedOn'],
]

type Fields = { readonly [name: string]: Json }

const only = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)))

const reducedOperation = ({ error, ...operation }: Fields): Fields => {
  const read = decode(storedError, error)
  return E.isRight(read) ? { ...operation, error: toStoredJson(reducedError(read.right)) } : operation
}

/** What an event holds, without what it says about a person. It can still be delivered. */
export const reducedPayload = (payload: Json): Json => {
  if (!isObject(payload)) return payload
  const { metadata: _metadata, attestation: _attestation, object, operation, ...kept } = payload
  return {
    ...kept,
    ...(isObject(object) ? { object: only(object, keptOfResult) } : {}),
    ...(isObject(operation) ? { operation: reducedOperation(operation) } : {}),
  }
}
