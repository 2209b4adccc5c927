import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  answering,
  type Call,
  checkAmount,
  type Draft,
  type Money,
  memoOf,
  type NextAction,
  type Payment,
  type PaymentError,
  type Reference,
  toDecimal,
  unreachable,
  unsupported,
  type WireAnswer,
} from '../../core/index.js'
import { hostedPage, popup } from './checkout.js'
import type { Account } from './config.js'
import { createOrder, getOrder, getTransaction, type NewOrder, processUpiIntent } from './endpoints/index.js'
import { newOrder } from './new-payment.js'
import { isNotFound } from './refusal.js'
import { derivePayment, fromOrder, type NoTransaction } from './status.js'
import { Order, Rupees, rupees, type Transaction } from './wire.js'

const PageMemo = t.type({ flow: t.keyof({ hosted: null, popup: null }), amount: Rupees })
const IntentMemo = t.type({ flow: t.literal('upi_intent'), amount: Rupees, order: Order })
const Memo = t.union([PageMemo, IntentMemo])

const draftPage = (flow: 'hosted' | 'popup', order: NewOrder): E.Either<PaymentError, Draft> =>
  pipe(
    createOrder.prepare(order),
    E.map((wire) => ({ wire, memo: { flow, amount: toDecimal(order.amount) } })),
  )

/** What the payer approves in the UPI app is the order's amount: one that is not what was asked for goes no further. */
const asOrdered =
  ({ amount }: NewOrder) =>
  (order: Order): E.Either<PaymentError, Order> =>
    fromOrder(order.status) === 'requires_action' &&
    checkAmount(amount, rupees(order.amount, order.currency)) === 'exact'
      ? E.right(order)
      : E.left(unreachable('draft'))

const draftIntent = (account: string, asked: NewOrder, call: Call): TE.TaskEither<PaymentError, Draft> =>
  pipe(
    call(createOrder, asked),
    TE.flatMapEither(asOrdered(asked)),
    TE.flatMapEither(({ order_id, status }) => {
      const { phone, ...payer } = asked.customer ?? {}
      const amount = toDecimal(asked.amount)
      return pipe(
        processUpiIntent.prepare({
          orderId: order_id,
          ...payer,
          ...(phone === undefined ? {} : { phone: phone.nationalNumber }),
        }),
        E.map((wire) => ({
          wire,
          memo: { flow: 'upi_intent', amount, order: { order_id, status, amount, currency: asked.amount.currency } },
          reference: { kind: 'payment', account, id: order_id },
        })),
      )
    }),
  )

/** The payment of an order just made, with what the payer does next where it can be paid. */
const started = (account: Account, order: Order, expected: Money, nextAction: NextAction): Payment => {
  const reference = { kind: 'payment', account: account.account, id: order.order_id } as const
  const payment = derivePayment(reference, order, 'none', expected)
  // Nobody is sent to pay another amount than was asked for.
  const isPayable = payment.status === 'requires_action' && payment.amountCheck === 'exact'
  return isPayable ? { ...payment, nextAction } : payment
}

const conclude = (account: Account, draft: Draft, answer: WireAnswer): E.Either<PaymentError, Payment> =>
  pipe(
    memoOf(Memo, draft),
    E.flatMap((memo) =>
      memo.flow === 'upi_intent'
        ? pipe(
            processUpiIntent.interpret(answer),
            E.map((url) => started(account, memo.order, memo.amount, { type: 'open_intent', url })),
          )
        : pipe(
            createOrder.interpret(answer),
            E.map((order) => {
              const open = memo.flow === 'popup' ? popup : hostedPage
              return started(account, order, memo.amount, open(account, order.order_id))
            }),
          ),
    ),
  )

/** Makes an order and hands out its page, its popup or a UPI link. */
export const createPayment = (account: Account): Adapter['createPayment'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(newOrder(request)),
      TE.flatMap(({ flow, order }) =>
        flow === 'upi_intent' ? draftIntent(account.account, order, call) : TE.fromEither(draftPage(flow, order)),
      ),
    ),
  conclude: (draft, answer) => conclude(account, draft, answer),
})

/** The order id of a payment. Nothing else finds one. */
export const orderIdOf = (reference: Reference<'payment'>, path: string): E.Either<PaymentError, string> =>
  'id' in reference
    ? E.right(reference.id)
    : E.left(unsupported([{ path, expected: "an id: the gateway keeps no reference of the merchant's" }]))

/** The transaction of an order. A paid order stands without one; of any other, a transaction that cannot be read tells nothing. */
const readTransaction = (order: Order, call: Call): TE.TaskEither<PaymentError, Transaction | NoTransaction> =>
  pipe(
    call(getTransaction, { orderId: order.order_id }),
    TE.orElse((error): TE.TaskEither<PaymentError, Transaction | NoTransaction> => {
      if (isNotFound(error)) return TE.right('none')
      return fromOrder(order.status) === 'succeeded' ? TE.right('unreadable') : TE.left(error)
    }),
  )

/** An order and, read after it, its transaction. */
export interface OrderWithTransaction {
  readonly order: Order
  readonly transaction: Transaction | NoTransaction
}

/** Reads the order first and the transaction second, always. An answer about another order is no answer. */
export const readOrder = (orderId: string, call: Call): TE.TaskEither<PaymentError, OrderWithTransaction> =>
  pipe(
    call(
      answering(getOrder, ({ order_id }) => order_id === orderId),
      { orderId },
    ),
    TE.flatMap((order) =>
      pipe(
        readTransaction(order, call),
        TE.map((transaction) => ({ order, transaction })),
      ),
    ),
  )

/** Reads a payment. While nobody has paid, the next step is the hosted page, whichever flow it was started in. */
export const readPayment =
  (account: Account): Adapter['read']['payment'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(orderIdOf(reference, 'key')),
      TE.flatMap((orderId) => readOrder(orderId, call)),
      TE.map(({ order, transaction }) => {
        const payment = derivePayment(reference, order, transaction)
        return payment.status === 'requires_action'
          ? { ...payment, nextAction: hostedPage(account, order.order_id) }
          : payment
      }),
    )
