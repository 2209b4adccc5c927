import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Call,
  contextOf,
  type Draft,
  omitUndefined,
  type PaymentError,
  type Reference,
  type Snapshot,
  type WireAnswer,
} from '../../core/index.js'
import type { Flows } from './capabilities.js'
import { Id } from './codecs.js'
import type { Account } from './config.js'
import { createCheckout } from './endpoints/checkout.js'
import { createInvoice, Language, type NewInvoice } from './endpoints/invoices.js'
import { keyIn } from './key.js'
import { type NewPayment, newPayment } from './new-payment.js'
import { hostedPage, waitAndPoll } from './next-action.js'
import { reasonOf } from './status.js'

const PageContext = t.type({ language: Language })
const CheckoutContext = t.type({ invoiceId: Id })

/** Makes the token that an invoice is paid with, once the invoice exists. */
export type Tokenize = (invoiceId: string, call: Call) => TE.TaskEither<PaymentError, string>

const namesOf = ({ order, metadata }: NewInvoice): Draft['names'] =>
  omitUndefined({ merchantReference: order.id, key: keyIn(metadata) })

const draftPage = ({ invoice, notPassedOn }: NewPayment): E.Either<PaymentError, Draft> =>
  pipe(
    createInvoice.prepare(invoice),
    E.map((wire) => ({
      wire,
      context: { language: invoice.language },
      notPassedOn,
      ...omitUndefined({ names: namesOf(invoice) }),
    })),
  )

const draftCheckout = (
  account: string,
  { invoice, notPassedOn }: NewPayment,
  checkout: NonNullable<NewPayment['checkout']>,
  call: Call,
  tokenize: Tokenize | undefined,
): TE.TaskEither<PaymentError, Draft> =>
  pipe(
    TE.Do,
    TE.bind('invoiceId', () => call(createInvoice, invoice)),
    TE.bind('cardToken', ({ invoiceId }) => tokenize?.(invoiceId, call) ?? TE.right(undefined)),
    TE.flatMapEither(({ invoiceId, cardToken }) =>
      pipe(
        createCheckout.prepare(omitUndefined({ invoiceId, ...checkout, cardToken })),
        E.map((wire) => ({
          wire,
          context: { invoiceId },
          reference: { kind: 'payment', account, id: invoiceId },
          notPassedOn,
          ...omitUndefined({ names: namesOf(invoice) }),
        })),
      ),
    ),
  )

// The payer cannot have disputed a payment that was made just now, and its amount was not read yet.
const fresh = { amountCheck: 'unchecked', disputed: false, review: [] } as const

const interpretPage = (
  account: Account,
  draft: Draft,
  answer: WireAnswer,
): E.Either<PaymentError, Snapshot<'payment'>> =>
  pipe(
    E.Do,
    E.bind('context', () => contextOf(PageContext, draft)),
    E.bind('id', () => createInvoice.interpret(answer)),
    E.map(({ context: { language }, id }) => ({
      ...fresh,
      reference: { kind: 'payment', account: account.account, id },
      status: 'requires_action',
      providerState: {},
      nextAction: hostedPage(account, language, id),
    })),
  )

const interpretCheckout = (
  account: Account,
  draft: Draft,
  answer: WireAnswer,
): E.Either<PaymentError, Snapshot<'payment'>> =>
  pipe(
    E.Do,
    E.bind('context', () => contextOf(CheckoutContext, draft)),
    E.bind('checkout', () => createCheckout.interpret(answer)),
    E.map(({ context: { invoiceId: id }, checkout: { isSuccess, message } }) => {
      const reference: Reference<'payment'> = { kind: 'payment', account: account.account, id }
      const providerState = { checkout: String(isSuccess) }
      return isSuccess
        ? { ...fresh, reference, status: 'processing', providerState, nextAction: waitAndPoll }
        : { ...fresh, reference, status: 'failed', providerState, reason: reasonOf(message) }
    }),
  )

/**
 * Hosted flow: the submission makes an invoice, and the payer is sent to its page. Direct flow: drafting makes the invoice, and
 * the submission pays it. `tokenize` makes the card token that the direct flow needs for cards.
 */
export const createPayment = (account: Account, flows: Flows, tokenize?: Tokenize): Adapter['createPayment'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(newPayment(account, flows, request)),
      TE.flatMap((payment) =>
        payment.checkout === undefined
          ? TE.fromEither(draftPage(payment))
          : draftCheckout(account.account, payment, payment.checkout, call, tokenize),
      ),
    ),
  interpret: (draft, answer) =>
    draft.wire.effect === 'creates' ? interpretPage(account, draft, answer) : interpretCheckout(account, draft, answer),
})
