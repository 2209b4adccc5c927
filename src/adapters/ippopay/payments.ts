import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Call,
  checkAmount,
  contextOf,
  type Draft,
  type MinorUnits,
  type NextAction,
  omitUndefined,
  type PaymentError,
  type Reference,
  readUpiLink,
  requireAnswer,
  type Snapshot,
  sameAmount,
  toDecimal,
  unreachable,
  unsupported,
  type WireAnswer,
} from '../../core/index.js'
import type { Account } from './config.js'
import { createOrder, getOrder, getTransaction, type NewOrder, processUpiIntent } from './endpoints/index.js'
import { type NewPayment, newPayment } from './new-payment.js'
import { hostedPage, popup } from './next-action.js'
import { isNotFound } from './refusal.js'
import { derivePayment, fromOrder, mayBeOutOfStep, type NoTransaction } from './status.js'
import { Order, Rupees, rupees, type Transaction } from './wire.js'

const PageContext = t.type({ flow: t.keyof({ hosted: null, popup: null }), amount: Rupees })
const IntentContext = t.type({ flow: t.literal('upi_intent'), amount: Rupees, order: Order })
const PaymentContext = t.union([PageContext, IntentContext])

const draftPage = ({ flow, order, notPassedOn }: NewPayment): E.Either<PaymentError, Draft> =>
  pipe(
    createOrder.prepare(order),
    E.map((wire) => ({ wire, context: { flow, amount: toDecimal(order.amount) }, notPassedOn })),
  )

/** What the payer approves in the UPI app is the order's amount: an order with another amount goes no further. */
const checkOrdered =
  ({ amount }: NewOrder) =>
  (order: Order): E.Either<PaymentError, Order> =>
    fromOrder(order.status) === 'requires_action' &&
    checkAmount(amount, rupees(order.amount, order.currency)) === 'exact'
      ? E.right(order)
      : E.left(unreachable('draft'))

const draftIntent = (
  account: string,
  { flow, order: requested, notPassedOn }: NewPayment,
  call: Call,
): TE.TaskEither<PaymentError, Draft> =>
  pipe(
    call(createOrder, requested),
    TE.flatMapEither(checkOrdered(requested)),
    TE.flatMapEither(({ order_id: id, status }) => {
      const { name, email, phone } = requested.customer ?? {}
      const amount = toDecimal(requested.amount)
      const order = { order_id: id, status, amount, currency: requested.amount.currency }
      return pipe(
        processUpiIntent.prepare({ orderId: id, ...omitUndefined({ name, email, phone: phone?.nationalNumber }) }),
        E.map((wire) => ({
          wire,
          context: { flow, amount, order },
          reference: { kind: 'payment', account, id },
          notPassedOn,
        })),
      )
    }),
  )

/** The payment of an order just made, with what the payer does next if it can be paid. */
const started = (account: Account, order: Order, expected: MinorUnits, nextAction: NextAction): Snapshot<'payment'> => {
  const reference = { kind: 'payment', account: account.account, id: order.order_id } as const
  const payment = derivePayment(reference, order, 'none', expected)
  // The payer is sent to pay the requested amount and no other.
  const isPayable = payment.status === 'requires_action' && payment.amountCheck === 'exact'
  return isPayable ? { ...payment, nextAction } : payment
}

const INTENT_PATH = 'data.pay_process.redirect_data.data.upi_intent'

/** Whether a UPI link asks for this amount, or for none: then the app asks the payer. */
const asksFor = (link: string, expected: MinorUnits): boolean => {
  const amount = readUpiLink(link)?.amount
  return amount === undefined || sameAmount(amount, expected)
}

const interpret = (account: Account, draft: Draft, answer: WireAnswer): E.Either<PaymentError, Snapshot<'payment'>> =>
  pipe(
    contextOf(PaymentContext, draft),
    E.flatMap((context) =>
      context.flow === 'upi_intent'
        ? pipe(
            requireAnswer(processUpiIntent, (url) => asksFor(url, context.amount), [INTENT_PATH]).interpret(answer),
            E.map((url) => started(account, context.order, context.amount, { type: 'open_intent', url })),
          )
        : pipe(
            createOrder.interpret(answer),
            E.map((order) => {
              const open = context.flow === 'popup' ? popup : hostedPage
              return started(account, order, context.amount, open(account, order.order_id))
            }),
          ),
    ),
  )

/** Makes an order and hands out its page, its popup or a UPI link. */
export const createPayment = (account: Account): Adapter['createPayment'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(newPayment(request)),
      TE.flatMap((payment) =>
        payment.flow === 'upi_intent' ? draftIntent(account.account, payment, call) : TE.fromEither(draftPage(payment)),
      ),
    ),
  interpret: (draft, answer) => interpret(account, draft, answer),
})

/** The order id of a payment. IppoPay finds a payment by nothing else. */
export const orderIdOf = (reference: Reference<'payment'>, path: string): E.Either<PaymentError, string> =>
  'id' in reference
    ? E.right(reference.id)
    : E.left(unsupported([{ path, expected: "an id: the gateway keeps no reference of the merchant's" }]))

/** The transaction of an order. A paid order stands without one; of any other, a transaction that cannot be read tells nothing. */
const readTransaction = (order: Order, call: Call): TE.TaskEither<PaymentError, Transaction | NoTransaction> =>
  pipe(
    call(getTransaction, { orderId: order.order_id }),
    // What is dropped for a paid order is tried again by the next read; `review` says `unconfirmed` until then.
    TE.orElse((error): TE.TaskEither<PaymentError, Transaction | NoTransaction> => {
      if (isNotFound(error)) return TE.right('none')
      return fromOrder(order.status) === 'succeeded' ? TE.right('unreadable') : TE.left(error)
    }),
  )

/** An order and, read after it, its transaction. */
export interface OrderWithTransaction {
  /** The order, read first. */
  readonly order: Order
  /** Its transaction, or why it is not known. */
  readonly transaction: Transaction | NoTransaction
}

/** Reads an order. An answer about another order is no answer. */
const readOrderAlone = (orderId: string, call: Call): TE.TaskEither<PaymentError, Order> =>
  call(
    requireAnswer(getOrder, ({ order_id }) => order_id === orderId, ['data.order.order_id']),
    { orderId },
  )

/**
 * Reads the order first and the transaction second, always. If the two contradict each other because the payer paid in between,
 * the order, read once more, does not.
 */
export const readOrder = (orderId: string, call: Call): TE.TaskEither<PaymentError, OrderWithTransaction> =>
  pipe(
    readOrderAlone(orderId, call),
    TE.bindTo('order'),
    TE.bind('transaction', ({ order }) => readTransaction(order, call)),
    TE.flatMap((read) =>
      mayBeOutOfStep(read.order, read.transaction)
        ? pipe(
            readOrderAlone(orderId, call),
            TE.map((order) => ({ ...read, order })),
          )
        : TE.right(read),
    ),
  )

/** Reads a payment. Until the payer pays, the next step is the hosted page, whichever flow it was started in. */
export const readPayment =
  (account: Account): Adapter['read']['payment'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(orderIdOf(reference, 'idempotencyKey')),
      TE.flatMap((orderId) => readOrder(orderId, call)),
      TE.map(({ order, transaction }) => {
        const payment = derivePayment(reference, order, transaction)
        return payment.status === 'requires_action'
          ? { ...payment, nextAction: hostedPage(account, order.order_id) }
          : payment
      }),
    )
