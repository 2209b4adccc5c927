import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Checked,
  expectedAmountOf,
  invalidRequest,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type RefundRequest,
  toMoney,
} from '../../core/index.js'
import { type ObjectRecord, objectKeyOf, observe, type Reservation } from '../../ledger/index.js'
import type { Context } from '../context.js'
import { readBack } from '../reads/read-back.js'
import { recordOf } from '../reads/read-status.js'

type CheckedRefund = Checked<RefundRequest>

const notConfigured: PaymentError = invalidRequest([
  { path: 'payment.account', expected: 'an account of the configuration' },
])

/** A refund goes to the account that captured the money. Gives `InvalidRequest` if the configuration does not have it. */
export const refundAccounts = (
  { payment: { account } }: CheckedRefund,
  context: Context,
): E.Either<PaymentError, readonly string[]> =>
  context.adapter(account) === undefined ? E.left(notConfigured) : E.right([account])

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

/** What a refund reserves of its payment. */
export interface Reserving {
  readonly reservation: Reservation
  /** The payment's order number, if the ledger knows it. */
  readonly merchantReference?: string
  /** All that was captured, if the account allows one refund of a payment: no other refund may reserve any of it. */
  readonly whole?: MinorUnits
}

const isRefundedOnce = (account: string, context: Context): boolean => {
  const refund = context.adapter(account)?.capabilities.refund
  return refund?.supported === true && refund.perPayment === 'one'
}

/**
 * What a refund reserves of its payment. Whether that much is left is checked by the claim, in its own transaction.
 * Gives `InvalidRequest` for a payment that was not paid.
 */
export const reservingFor = (request: CheckedRefund, context: Context): TE.TaskEither<PaymentError, Reserving> =>
  pipe(
    recordOf(request.payment, context.store),
    TE.flatMap((known) => (known?.captured === undefined ? readPayment(request, known, context) : TE.right(known))),
    TE.flatMapEither((payment) => {
      if (payment?.captured === undefined)
        return E.left(invalidRequest([{ path: 'payment', expected: 'a payment that was paid' }]))
      const { account, id, captured, origin } = payment
      return E.right({
        ...omitUndefined({ merchantReference: origin?.merchantReference }),
        reservation: { account, id, amount: request.amount ?? captured, held: true },
        ...(isRefundedOnce(account, context) ? { whole: captured } : {}),
      })
    }),
  )
