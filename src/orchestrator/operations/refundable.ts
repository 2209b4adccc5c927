import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Checked,
  expectedAmountOf,
  invalidRequest,
  omitUndefined,
  type PaymentError,
  type RefundRequest,
  toMoney,
} from '../../core/index.js'
import { type ObjectRecord, objectKeyOf, observe } from '../../ledger/index.js'
import type { Context } from '../context.js'
import { readBack } from '../reads/read-back.js'
import { recordOf } from '../reads/read-status.js'
import type { Plan } from './start-operation.js'

type CheckedRefund = Checked<RefundRequest>

const notConfigured: PaymentError = invalidRequest([
  { path: 'payment.account', expected: 'an account of the configuration' },
])

/**
 * Reads a payment that the ledger does not have, or does not have as paid, and records what the gateway reports: under the
 * gateway's id if the read tells it, whatever the caller's reference says. Two records of one payment would be refunded twice.
 */
const readPayment = (
  { payment }: CheckedRefund,
  known: ObjectRecord | undefined,
  context: Context,
): TE.TaskEither<PaymentError, ObjectRecord | undefined> => {
  const adapter = context.adapter(payment.account)
  if (adapter === undefined) return TE.left(notConfigured)
  const expectedAmount = expectedAmountOf(payment) ?? known?.expectedAmount
  return pipe(
    readBack(
      adapter,
      { ...payment, ...(expectedAmount === undefined ? {} : { expectedAmount: toMoney(expectedAmount) }) },
      context,
    ),
    TE.bindTo('read'),
    TE.bind('recorded', ({ read }) => context.store.object(objectKeyOf(read.content.reference))),
    TE.flatMap(({ read, recorded }) => {
      const key = objectKeyOf(read.content.reference)
      const facts = { now: context.now(), afterwards: adapter.capabilities, ...omitUndefined({ expectedAmount }) }
      const { writes } = observe<'payment'>(
        key,
        recorded as ObjectRecord<'payment'> | undefined,
        read,
        read.content,
        facts,
      )
      return pipe(
        context.store.commit(writes),
        // Another worker that was faster has recorded what the gateway reports as well.
        TE.flatMap(() => context.store.object(key)),
      )
    }),
  )
}

const isRefundedOnce = (account: string, context: Context): boolean => {
  const refund = context.adapter(account)?.capabilities.refund
  return refund?.supported === true && refund.perPayment === 'one'
}

/**
 * Where a refund goes: to the account that captured the money, if the configuration has it. And what it reserves of its
 * payment; whether that much is left is checked by the claim, in its own transaction. Gives `InvalidRequest` for an account
 * that is not configured, and for a payment that was not paid.
 */
export const planRefund = (request: CheckedRefund, context: Context): TE.TaskEither<PaymentError, Plan> =>
  pipe(
    recordOf(request.payment, context.store),
    TE.flatMap((known) => (known?.captured === undefined ? readPayment(request, known, context) : TE.right(known))),
    TE.flatMapEither((payment) => {
      if (payment?.captured === undefined)
        return E.left(invalidRequest([{ path: 'payment', expected: 'a payment that was paid' }]))
      const { account, id, captured, origin } = payment
      if (context.adapter(account) === undefined) return E.left(notConfigured)
      return E.right({
        accounts: [account],
        ...omitUndefined({ merchantReference: origin?.merchantReference }),
        reservation: { account, id, amount: request.amount ?? captured, held: true },
        ...(isRefundedOnce(account, context) ? { whole: captured } : {}),
      })
    }),
  )
