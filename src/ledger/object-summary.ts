import { type MinorUnits, type Money, omitUndefined, toMoney } from '../core/index.js'
import type { ObjectSummary } from './lists.js'
import type { ObjectOrigin, ObjectRecord } from './records.js'

/** Whether an operator should look at an object as it stands: not whether one was called for it before. */
export const needsReview = ({
  snapshot: { review, amountCheck },
  suspectedSince,
}: Pick<ObjectRecord, 'snapshot' | 'suspectedSince'>): boolean =>
  review.length > 0 || amountCheck === 'mismatch' || suspectedSince !== undefined

/** What a summary is made of: a record without what is encrypted at rest. */
export interface SummarizedObject
  extends Pick<
    ObjectRecord,
    | 'account'
    | 'kind'
    | 'id'
    | 'abandoned'
    | 'status'
    | 'statusSince'
    | 'expectedAmount'
    | 'captured'
    | 'reserved'
    | 'refunded'
    | 'disputed'
    | 'createdAt'
    | 'updatedAt'
    | 'erasedAt'
  > {
  /** The call that made it. */
  readonly origin?: Partial<Pick<ObjectOrigin, 'operationId' | 'idempotencyKey' | 'merchantReference'>>
  /** Of refunds: what is held back of the payment for it. */
  readonly reservation?: { readonly amount: MinorUnits }
  /** Whether an operator should look at it. */
  readonly needsReview: boolean
}

/** What refunds have made of what was captured. */
const refundsOf = ({ captured, refunded, reserved }: SummarizedObject) => {
  if (captured === undefined) return {}
  const money = (minorUnits: bigint): Money => toMoney({ minorUnits, currency: captured.currency })
  return { captured: toMoney(captured), refunded: money(refunded), reserved: money(reserved - refunded) }
}

/** An object as lists show it. */
export const summaryOfObject = (object: SummarizedObject): ObjectSummary => {
  const { account, kind, id, status, statusSince, disputed, abandoned, createdAt, updatedAt } = object
  const amount = object.expectedAmount ?? object.captured ?? object.reservation?.amount
  return {
    account,
    kind,
    id,
    status,
    statusSince,
    ...(amount === undefined ? {} : { amount: toMoney(amount) }),
    ...refundsOf(object),
    disputed,
    needsReview: object.needsReview,
    abandoned,
    ...omitUndefined({
      merchantReference: object.origin?.merchantReference,
      idempotencyKey: object.origin?.idempotencyKey,
      operationId: object.origin?.operationId,
    }),
    createdAt,
    updatedAt,
    ...omitUndefined({ erasedAt: object.erasedAt }),
  }
}
