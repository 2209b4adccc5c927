import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Checked,
  checkAmount,
  contextOf,
  expectedAmountOf,
  fromMoney,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type Reference,
  type RefundRequest,
  refundFieldsBeside,
  requireAnswer,
  type Snapshot,
  toMoney,
  unsupported,
} from '../../core/index.js'
import type { Account } from './config.js'
import { createRefund as create, getRefund, type NewRefund } from './endpoints/index.js'
import { gatewayKey, isAbout, objectKeyOf } from './key.js'
import { issueUnlessTaken, paymentIdOf } from './payments.js'
import { fromRefund } from './status.js'
import { moneyOf, type Refund } from './wire.js'

const Context = t.intersection([
  t.type({ key: t.string, paymentId: t.string }),
  // Absent: all that was paid.
  t.partial({ amount: t.type({ value: t.string, currency: t.string }) }),
])

const newRefund = (account: string, request: Checked<RefundRequest>): E.Either<PaymentError, NewRefund> => {
  const { amount, payment, idempotencyKey } = request
  const issues = issueUnlessTaken(amount)
  if (issues.length > 0) return E.left(unsupported(issues))
  return pipe(
    paymentIdOf(payment, 'payment.idempotencyKey'),
    E.map((paymentId) => ({
      paymentId,
      key: gatewayKey(account, 'refund', idempotencyKey),
      ...omitUndefined({ amount }),
    })),
  )
}

const snapshot = (
  reference: Pick<Reference<'refund'>, 'account' | 'expectedAmount'>,
  refund: Refund,
  expected: MinorUnits | undefined,
): Snapshot<'refund'> => {
  const status = fromRefund(refund.status)
  const { account, expectedAmount } = reference
  const amount = moneyOf(refund.amount, refund.currency)
  return {
    reference: { kind: 'refund', account, id: refund.id, ...omitUndefined({ expectedAmount }) },
    status,
    providerState: { refund: refund.status },
    names: { key: refund.key, payment: refund.payment_id },
    ...(status === 'failed' ? { reason: 'rejected' } : {}),
    amountCheck: checkAmount(expected, amount),
    ...omitUndefined({ amount }),
    disputed: false,
    review: status === 'unknown' ? ['unmapped_state'] : [],
  }
}

// TEMPLATE: where the gateway does not itself refuse to refund an unpaid payment, or more than was paid, read the payment while
// drafting and refuse it here.

/** Gives money back. The submission is `acme.refunds.create`. */
export const createRefund = ({ account }: Account): Adapter['refund'] => ({
  draft: (request) =>
    pipe(
      TE.fromEither(newRefund(account, request)),
      TE.bindTo('refund'),
      TE.bind('wire', ({ refund }) => TE.fromEither(create.prepare(refund))),
      TE.map(({ refund: { key, paymentId, amount }, wire }) => ({
        wire,
        context: { key, paymentId, ...(amount === undefined ? {} : { amount: { ...toMoney(amount) } }) },
        notPassedOn: refundFieldsBeside(request, []),
        names: { key, payment: paymentId },
      })),
    ),
  interpret: (draft, answer) =>
    pipe(
      contextOf(Context, draft),
      E.bindTo('asked'),
      E.bind('refund', ({ asked: { key, paymentId } }) => {
        const isOurs = (refund: Refund) => refund.key === key && refund.payment_id === paymentId
        return requireAnswer(create, isOurs, ['refund.key', 'refund.payment_id']).interpret(answer)
      }),
      E.map(({ asked: { amount }, refund }) =>
        snapshot({ account }, refund, amount === undefined ? undefined : fromMoney(amount)),
      ),
    ),
})

/** Reads a refund, by its id or by the key that it was made with. */
export const readRefund: Adapter['read']['refund'] = (reference, call) => {
  const objectKey = objectKeyOf(reference, 'refund')
  const paymentId = 'id' in reference ? undefined : reference.paymentId
  const isAsked = (refund: Refund) =>
    isAbout(objectKey)(refund) && (paymentId === undefined || refund.payment_id === paymentId)
  return pipe(
    call(requireAnswer(getRefund, isAsked, ['refund.id', 'refund.key', 'refund.payment_id']), objectKey),
    TE.map((refund) => snapshot(reference, refund, expectedAmountOf(reference))),
  )
}
