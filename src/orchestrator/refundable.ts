import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Checked,
  given,
  indeterminate,
  invalidRequest,
  type Money,
  type PaymentError,
  type RefundRequest,
  readBack,
} from '../core/index.js'
import { type ObjectRecord, objectKeyOf, observe, type Reservation } from '../ledger/index.js'
import type { Context } from './context.js'
import { contained } from './send.js'

type Asked = Checked<RefundRequest>

const notConfigured: PaymentError = invalidRequest([
  { path: 'payment.account', expected: 'an account of the configuration' },
])

/** Money goes back from the account that took it, where there is that account. */
export const refunding = (
  { payment: { account } }: Asked,
  context: Context,
): E.Either<PaymentError, readonly string[]> =>
  context.adapter(account) === undefined ? E.left(notConfigured) : E.right([account])

/** Reads a payment that the ledger does not have, or does not have as paid, and records what the gateway says. */
const readPayment = (
  { payment }: Asked,
  known: ObjectRecord | undefined,
  context: Context,
): TE.TaskEither<PaymentError, ObjectRecord | undefined> => {
  const adapter = context.adapter(payment.account)
  if (adapter === undefined) return TE.left(notConfigured)
  const expected = payment.expected ?? known?.expected
  return pipe(
    contained(
      () => readBack(adapter, { ...payment, ...given({ expected }) }),
      () => indeterminate('reads', 'answer'),
    ),
    TE.map((read) => {
      const now = context.now()
      const key = objectKeyOf(payment)
      const { disputes } = adapter.capabilities
      return observe<'payment'>(key, known as ObjectRecord<'payment'> | undefined, read, read.content, {
        now,
        disputes,
        ...given({ expected }),
      })
    }),
    TE.flatMap(({ writes }) => context.store.commit(writes)),
    // Whoever was faster has recorded what the gateway says as well.
    TE.flatMap(() => context.store.object(objectKeyOf(payment))),
  )
}

/** What a refund has to hold back of its payment. */
export interface Reserving {
  readonly reservation: Reservation
  /** All that was captured, where the account gives back once and cannot tell two refunds apart: no other may hold any of it. */
  readonly whole?: Money
}

const isRefundedOnce = (account: string, context: Context): boolean => {
  const refund = context.adapter(account)?.capabilities.refund
  return refund?.supported === true && refund.perPayment === 'one'
}

/**
 * What a refund has to hold back of its payment. Whether that much is left, the claim finds out in its own transaction.
 * Gives `InvalidRequest` for a payment that was not paid.
 */
export const reservingFor = (request: Asked, context: Context): TE.TaskEither<PaymentError, Reserving> =>
  pipe(
    context.store.object(objectKeyOf(request.payment)),
    TE.flatMap((known) => (known?.captured === undefined ? readPayment(request, known, context) : TE.right(known))),
    TE.flatMapEither((payment) => {
      if (payment?.captured === undefined)
        return E.left(invalidRequest([{ path: 'payment', expected: 'a payment that was paid' }]))
      const { account, id, captured } = payment
      return E.right({
        reservation: { account, id, amount: request.amount ?? captured, held: true },
        ...(isRefundedOnce(account, context) ? { whole: captured } : {}),
      })
    }),
  )
