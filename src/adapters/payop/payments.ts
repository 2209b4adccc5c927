import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  type Call,
  type Draft,
  given,
  memoOf,
  type Payment,
  type PaymentError,
  type Reference,
  type WireAnswer,
} from '../../core/index.js'
import type { Flows } from './capabilities.js'
import { Id } from './codecs.js'
import type { Account } from './config.js'
import { createCheckout, createInvoice, Language, type NewInvoice } from './endpoints/index.js'
import { type NewPayment, newPayment } from './new-payment.js'
import { hostedPage, waitAndPoll } from './next-action.js'
import { reasonOf } from './status.js'

const PageMemo = t.type({ language: Language })
const CheckoutMemo = t.type({ invoiceId: Id })

/** Makes what an invoice is paid with, after the invoice is there. */
export type Tokenize = (invoiceId: string, call: Call) => TE.TaskEither<PaymentError, string>

const draftPage = (invoice: NewInvoice): E.Either<PaymentError, Draft> =>
  pipe(
    createInvoice.prepare(invoice),
    E.map((wire) => ({ wire, memo: { language: invoice.language } })),
  )

const draftCheckout = (
  account: string,
  { invoice }: NewPayment,
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
        createCheckout.prepare(given({ invoiceId, ...checkout, cardToken })),
        E.map((wire) => ({ wire, memo: { invoiceId }, reference: { kind: 'payment', account, id: invoiceId } })),
      ),
    ),
  )

// Nobody can have been charged, nor have disputed it, before there was anything to pay.
const fresh = { amountCheck: 'unchecked', disputed: false, review: [] } as const

const concludePage = (account: Account, draft: Draft, answer: WireAnswer): E.Either<PaymentError, Payment> =>
  pipe(
    E.Do,
    E.bind('memo', () => memoOf(PageMemo, draft)),
    E.bind('id', () => createInvoice.interpret(answer)),
    E.map(({ memo: { language }, id }) => ({
      ...fresh,
      reference: { kind: 'payment', account: account.account, id },
      status: 'requires_action',
      providerState: {},
      nextAction: hostedPage(account, language, id),
    })),
  )

const concludeCheckout = (account: Account, draft: Draft, answer: WireAnswer): E.Either<PaymentError, Payment> =>
  pipe(
    E.Do,
    E.bind('memo', () => memoOf(CheckoutMemo, draft)),
    E.bind('checkout', () => createCheckout.interpret(answer)),
    E.map(({ memo: { invoiceId: id }, checkout: { isSuccess, message } }) => {
      const reference: Reference<'payment'> = { kind: 'payment', account: account.account, id }
      const providerState = { checkout: String(isSuccess) }
      return isSuccess
        ? { ...fresh, reference, status: 'processing', providerState, nextAction: waitAndPoll }
        : { ...fresh, reference, status: 'failed', providerState, reason: reasonOf(message) }
    }),
  )

/**
 * Makes an invoice and hands out its page; or, in the direct flow, makes the invoice while drafting and pays it. `tokenize`
 * makes the card token that the latter needs for cards.
 */
export const createPayment = (account: Account, flows: Flows, tokenize?: Tokenize): Adapter['createPayment'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(newPayment(account, flows, request)),
      TE.flatMap((asked) =>
        asked.checkout === undefined
          ? TE.fromEither(draftPage(asked.invoice))
          : draftCheckout(account.account, asked, asked.checkout, call, tokenize),
      ),
    ),
  conclude: (draft, answer) =>
    draft.wire.effect === 'stages' ? concludePage(account, draft, answer) : concludeCheckout(account, draft, answer),
})
