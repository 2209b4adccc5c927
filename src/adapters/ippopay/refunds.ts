import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Checked,
  contextOf,
  invalidRequest,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type Reference,
  type RefundRequest,
  refundFieldsBeside,
  refused,
  type Snapshot,
  unreachable,
  unsupported,
} from '../../core/index.js'
import { issueUnlessRupees, refundFields } from './capabilities.js'
import type { Account } from './config.js'
import { getTransaction, refundOrder } from './endpoints/index.js'
import { type OrderWithTransaction, orderIdOf, readOrder } from './payments.js'
import { derivePayment, fromRefundStatus } from './status.js'
import { rupees } from './wire.js'

const RefundContext = t.type({ idempotencyKey: t.string, orderId: t.string })

type CheckedRefund = Checked<RefundRequest>

/** The order id of a payment that is refunded in rupees. */
const checkFields = ({ amount, payment }: CheckedRefund): E.Either<PaymentError, string> => {
  const issues = issueUnlessRupees(amount)
  return issues.length > 0 ? E.left(unsupported(issues)) : orderIdOf(payment, 'payment.idempotencyKey')
}

const isWithin = (amount: MinorUnits, limits: ReadonlyArray<MinorUnits | undefined>): boolean => {
  const known = limits.filter((limit) => limit !== undefined)
  return (
    known.length > 0 &&
    known.every((limit) => limit.currency === amount.currency && amount.minorUnits <= limit.minorUnits)
  )
}

/**
 * Checks that IppoPay may be sent the refund. It would take a second refund for another one, and has no record that shows
 * the difference.
 */
const checkRefundable = (
  { payment, amount }: CheckedRefund,
  { order, transaction }: OrderWithTransaction,
): E.Either<PaymentError, void> => {
  const { status, review } = derivePayment(payment, order, transaction)
  // An order in a state of its own may well be a refunded one.
  if (status !== 'succeeded' || review.includes('unmapped_state'))
    return E.left(invalidRequest([{ path: 'payment', expected: 'a payment that was paid' }]))
  if (typeof transaction === 'string') return E.left(unreachable('draft'))
  if (fromRefundStatus(transaction.refund_status, new Map()) !== 'none')
    return E.left(unsupported([{ path: 'payment', expected: 'a payment without a refund: read the one it has' }]))
  const paid = [rupees(order.amount, order.currency), rupees(transaction.cost.paid, order.currency)]
  return amount === undefined || isWithin(amount, paid)
    ? E.right(undefined)
    : E.left(invalidRequest([{ path: 'amount', expected: 'at most what was paid' }]))
}

const snapshot = (
  reference: Reference<'refund'>,
  status: Snapshot<'refund'>['status'],
  providerState: Snapshot<'refund'>['providerState'],
): Snapshot<'refund'> => ({
  reference,
  status,
  providerState,
  ...(status === 'failed' ? { reason: 'rejected' } : {}),
  // IppoPay tells no amount of a refund.
  amountCheck: 'unchecked',
  disputed: false,
  review: status === 'unknown' ? ['unmapped_state'] : [],
})

/** Requests the refund of an order. Its reference is the order's id and our key: IppoPay gives a refund no id. */
export const createRefund = ({ account }: Account): Adapter['refund'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(checkFields(request)),
      TE.flatMap((orderId) => readOrder(orderId, call)),
      TE.tapEither((read) => checkRefundable(request, read)),
      TE.flatMapEither(({ order: { order_id: orderId } }) =>
        pipe(
          refundOrder.prepare({ orderId, ...omitUndefined({ amount: request.amount }) }),
          E.map((wire) => ({
            wire,
            context: { idempotencyKey: request.idempotencyKey, orderId },
            notPassedOn: refundFieldsBeside(request, refundFields),
          })),
        ),
      ),
    ),
  interpret: (draft, answer) =>
    pipe(
      contextOf(RefundContext, draft),
      E.tap(() => refundOrder.interpret(answer)),
      E.map(({ idempotencyKey, orderId }) =>
        // An acceptance is no refund yet.
        snapshot({ kind: 'refund', account, idempotencyKey, paymentId: orderId }, 'processing', {}),
      ),
    ),
})

const refundedOrderId = (reference: Reference<'refund'>): E.Either<PaymentError, string> => {
  if ('id' in reference)
    return E.left(
      unsupported([{ path: 'id', expected: 'idempotencyKey and paymentId: the gateway gives refunds no id' }]),
    )
  return reference.paymentId === undefined
    ? E.left(unsupported([{ path: 'paymentId', expected: 'the id of the refunded payment' }]))
    : E.right(reference.paymentId)
}

/**
 * Reads a refund: the `refund_status` of the order's transaction. Gives `Refused` with `not_found` for `not_requested`, which is
 * no evidence that a refund was not taken.
 */
export const readRefund =
  ({ refundStatuses }: Account): Adapter['read']['refund'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(refundedOrderId(reference)),
      TE.flatMap((orderId) => call(getTransaction, { orderId })),
      TE.flatMapEither(({ refund_status }) => {
        const status = fromRefundStatus(refund_status, refundStatuses)
        return status === 'none'
          ? E.left(refused('not_found', 200))
          : E.right(snapshot(reference, status, { refund: refund_status }))
      }),
    )
