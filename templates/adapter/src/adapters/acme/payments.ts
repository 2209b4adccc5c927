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
  flowOf,
  fromMoney,
  HttpUrl,
  type Issue,
  isSecureUrl,
  issueUnless,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type PaymentRequest,
  paymentFieldsBeside,
  type Reference,
  requireAnswer,
  type Snapshot,
  toMoney,
  unsupported,
} from '../../core/index.js'
import { currencies, paymentFields } from './capabilities.js'
import type { Account } from './config.js'
import { createPayment as create, getPayment, type NewPayment } from './endpoints/index.js'
import { fromPayment } from './status.js'
import { moneyOf, type Payment, Plain } from './wire.js'

// What `interpret` needs beside the answer. It is stored, so it is JSON, and it is decoded when it comes back.
const Context = t.type({ value: t.string, currency: t.string })

/** No issue for an amount in a currency that Acme takes. */
export const issueUnlessTaken = (amount: MinorUnits | undefined): readonly Issue[] =>
  issueUnless(amount === undefined || currencies.includes(amount.currency), 'amount.currency', currencies.join(', '))

/** The payment for a request. Gives `Unsupported` with every part of it that Acme cannot do. */
const newPayment = (request: Checked<PaymentRequest>): E.Either<PaymentError, NewPayment> => {
  const { amount, merchantReference, description, method, payer, urls } = request
  // TEMPLATE: what the money needs is refused here. An optional field without a place is no reason to refuse: it is listed in `notPassedOn`.
  const issues = [
    ...issueUnlessTaken(amount),
    ...issueUnless(flowOf(request) === 'hosted', 'method.flow', 'hosted'),
    ...issueUnless(method?.code === undefined, 'method.code', 'none: the payer chooses on the page'),
  ]
  if (issues.length > 0) return E.left(unsupported(issues))
  return E.right({
    amount,
    reference: merchantReference,
    ...omitUndefined({
      payerEmail: payer.email,
      description,
      successUrl: urls.success,
      failureUrl: urls.failure,
      notifyUrl: urls.notification,
    }),
  })
}

const snapshot = (
  reference: Reference<'payment'>,
  payment: Payment,
  expected: MinorUnits | undefined,
): Snapshot<'payment'> => {
  const status = fromPayment(payment.status)
  const amount = moneyOf(payment.amount, payment.currency)
  const paid = status === 'succeeded' ? amount : undefined
  const amountCheck = checkAmount(expected, amount)
  // The payer is sent to pay the requested amount and no other.
  const isPayable = status === 'requires_action' && amountCheck !== 'mismatch'
  const url =
    isPayable && HttpUrl.is(payment.page_url) && isSecureUrl(new URL(payment.page_url)) ? payment.page_url : undefined
  return {
    reference,
    status,
    providerState: { payment: payment.status },
    ...(typeof payment.reference === 'string' ? { names: { merchantReference: payment.reference } } : {}),
    ...(status === 'failed' ? { reason: 'declined' } : {}),
    amountCheck,
    ...omitUndefined({
      amount,
      paid,
      captured: paid,
      refunded: moneyOf(payment.refunded, payment.currency),
      fee: moneyOf(payment.fee, payment.currency),
      providerCode: Plain.is(payment.decline_code) ? payment.decline_code : undefined,
    }),
    disputed: false,
    ...(url === undefined ? {} : { nextAction: { type: 'redirect', url } }),
    review: status === 'unknown' ? ['unmapped_state'] : [],
  }
}

/** Makes a payment and hands out its page. The submission is `acme.payments.create`. */
export const createPayment = (account: Account): Adapter['createPayment'] => ({
  draft: (request) =>
    pipe(
      TE.fromEither(newPayment(request)),
      TE.flatMapEither(create.prepare),
      TE.map((wire) => ({
        wire,
        context: { ...toMoney(request.amount) },
        notPassedOn: paymentFieldsBeside(request, paymentFields),
        // TEMPLATE: what the gateway shows of this, each read is compared with it. `key` is what the gateway knows an operation by.
        names: { merchantReference: request.merchantReference },
      })),
    ),
  interpret: (draft, answer) =>
    pipe(
      E.Do,
      E.bind('expected', () => contextOf(Context, draft)),
      E.bind('payment', () => create.interpret(answer)),
      E.map(({ expected, payment }) =>
        snapshot({ kind: 'payment', account: account.account, id: payment.id }, payment, fromMoney(expected)),
      ),
    ),
})

/** The id of a payment. Acme finds a payment by nothing else. */
export const paymentIdOf = (reference: Reference<'payment'>, path: string): E.Either<PaymentError, string> =>
  'id' in reference
    ? E.right(reference.id)
    : E.left(unsupported([{ path, expected: 'an id: the gateway finds payments by nothing else' }]))

/** Reads a payment. An answer about another payment is no answer. */
export const readPayment: Adapter['read']['payment'] = (reference, call) =>
  pipe(
    TE.fromEither(paymentIdOf(reference, 'idempotencyKey')),
    TE.flatMap((id) =>
      call(
        requireAnswer(getPayment, (payment) => payment.id === id, ['payment.id']),
        { id },
      ),
    ),
    TE.map((payment) => snapshot(reference, payment, expectedAmountOf(reference))),
  )
