import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Checked,
  invalidRequest,
  type Money,
  memoOf,
  type PaymentError,
  type Reference,
  type Refund,
  type RefundRequest,
  refused,
  unreachable,
  unsupported,
} from '../../core/index.js'
import type { Account } from './config.js'
import { getTransaction, refundOrder } from './endpoints/index.js'
import { unlessEmpty, unlessRupees } from './issues.js'
import { type OrderWithTransaction, orderIdOf, readOrder } from './payments.js'
import { derivePayment, fromRefundStatus } from './status.js'
import { rupees, type Transaction } from './wire.js'

/** `refundStatus` is the transaction's before sending: what tells, after a lost answer, whether anything changed. */
const Memo = t.type({ key: t.string, orderId: t.string, refundStatus: t.string })

type Asked = Checked<RefundRequest>

const checkFields = ({ amount, metadata, payment }: Asked): E.Either<PaymentError, string> => {
  const issues = [...unlessRupees(amount), ...unlessEmpty(metadata)]
  return issues.length > 0 ? E.left(unsupported(issues)) : orderIdOf(payment, 'payment.key')
}

const isWithin = (amount: Money, limits: ReadonlyArray<Money | undefined>): boolean => {
  const known = limits.filter((limit) => limit !== undefined)
  return known.length > 0 && known.every((limit) => limit.currency === amount.currency && amount.amount <= limit.amount)
}

/**
 * What is refused although the request is right in itself: IppoPay would take a second refund for another one, and keeps
 * no record that would tell.
 */
const refundable = (
  { payment, amount }: Asked,
  { order, transaction }: OrderWithTransaction,
): E.Either<PaymentError, Transaction> => {
  const { status, review } = derivePayment(payment, order, transaction)
  // An order in a state of its own may well be a refunded one.
  if (status !== 'succeeded' || review.includes('unmapped_state'))
    return E.left(invalidRequest([{ path: 'payment', expected: 'a payment that was paid' }]))
  if (typeof transaction === 'string') return E.left(unreachable('draft'))
  if (fromRefundStatus(transaction.refund_status, new Map()) !== 'none')
    return E.left(unsupported([{ path: 'payment', expected: 'a payment without a refund: read the one it has' }]))
  const paid = [rupees(order.amount, order.currency), rupees(transaction.cost.paid, order.currency)]
  return amount === undefined || isWithin(amount, paid)
    ? E.right(transaction)
    : E.left(invalidRequest([{ path: 'amount', expected: 'at most what was paid' }]))
}

const snapshot = (
  reference: Reference<'refund'>,
  status: Refund['status'],
  providerState: Refund['providerState'],
): Refund => ({
  reference,
  status,
  providerState,
  ...(status === 'failed' ? { reason: 'rejected' } : {}),
  // IppoPay tells no refund's amount.
  amountCheck: 'unchecked',
  disputed: false,
  review: status === 'unknown' ? ['unmapped_state'] : [],
})

/** Asks for the refund of an order. Its reference is the order's id and our key: IppoPay gives a refund none. */
export const createRefund = ({ account }: Account): Adapter['refund'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(checkFields(request)),
      TE.flatMap((orderId) => readOrder(orderId, call)),
      TE.flatMapEither((read) =>
        pipe(
          E.Do,
          E.bind('transaction', () => refundable(request, read)),
          E.let('orderId', () => read.order.order_id),
          E.bind('wire', ({ orderId }) =>
            refundOrder.prepare({ orderId, ...(request.amount === undefined ? {} : { amount: request.amount }) }),
          ),
          E.map(({ orderId, transaction, wire }) => ({
            wire,
            memo: { key: request.idempotencyKey, orderId, refundStatus: transaction.refund_status },
          })),
        ),
      ),
    ),
  conclude: (draft, answer) =>
    pipe(
      E.Do,
      E.bind('memo', () => memoOf(Memo, draft)),
      E.tap(() => refundOrder.interpret(answer)),
      E.map(({ memo: { key, orderId } }) =>
        // An acceptance is no refund yet.
        snapshot({ kind: 'refund', account, key, paymentId: orderId }, 'processing', {}),
      ),
    ),
})

const refundedOrderId = (reference: Reference<'refund'>): E.Either<PaymentError, string> => {
  if ('id' in reference)
    return E.left(unsupported([{ path: 'id', expected: 'key and paymentId: the gateway gives refunds no id' }]))
  return reference.paymentId === undefined
    ? E.left(unsupported([{ path: 'paymentId', expected: 'the id of the refunded payment' }]))
    : E.right(reference.paymentId)
}

/** Reads a refund: the `refund_status` of the order's transaction. `not_requested` is `Refused` with `not_found`, and no evidence. */
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
