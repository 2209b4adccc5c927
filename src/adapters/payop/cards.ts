import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  decode,
  type Exchange,
  exactObject,
  invalidRequest,
  omitUndefined,
  ownFields,
  type PaymentError,
  refine,
  type Secret,
} from '../../core/index.js'
import { adapterOf, type PayopOptions } from './adapter.js'
import { capabilitiesOf, cardFlows } from './capabilities.js'
import { enveloped, Id } from './codecs.js'
import { type Account, decodeAccount } from './config.js'
import { SecretValue } from './endpoints/input.js'
import { endpoint } from './endpoints/request.js'
import { createPayment, type Tokenize } from './payments.js'
import { CardTokenAnswer } from './wire.js'

const secret = (name: string, accepts: (text: string) => boolean): t.Type<Secret, unknown> =>
  refine(SecretValue, `a Secret: ${name}`, (value) => (accepts(value.reveal()) ? value : undefined))

/** ISO/IEC 7812-1, annex B: every second digit from the right doubled, the digits' sum ends in 0. */
const passesLuhn = (digits: string): boolean => {
  const sum = Array.from(digits)
    .reverse()
    .map((digit, place) => Number(digit) * (place % 2 === 0 ? 1 : 2))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0)
  return sum % 10 === 0
}

const Card = exactObject(
  'a card',
  {
    pan: secret('a card number of 12 to 19 digits', (s) => /^\d{12,19}$/.test(s) && passesLuhn(s)),
    expirationDate: secret('MM/YY', (s) => /^(0[1-9]|1[0-2])\/\d{2}$/.test(s)),
    cvv: secret('3 or 4 digits', (s) => /^\d{3,4}$/.test(s)),
    holderName: secret('a name of 1 to 128 characters', (s) => s.trim() !== '' && s.length <= 128),
  },
  {},
)
/** A card. Each part is a `Secret`: nothing prints it, and nothing of it is kept. */
export interface Card {
  /** The card's number: 12 to 19 digits with a right check digit. */
  readonly pan: Secret
  /** `MM/YY`. */
  readonly expirationDate: Secret
  /** The security code: 3 or 4 digits. */
  readonly cvv: Secret
  /** The name on the card: 1 to 128 characters. */
  readonly holderName: Secret
}

const NewCardToken = exactObject('a card for an invoice', { invoiceId: Id, card: Card }, {})
/** The card to pay an invoice with. */
export interface NewCardToken {
  /** The id of the invoice that the card will pay. */
  readonly invoiceId: string
  /** The card. */
  readonly card: Card
}

/** What pays an invoice in the place of a card. */
export interface CardToken {
  /** The token, for `cardToken` of `endpoints.createCheckout`. */
  readonly token: string
  /** When the token ends, in seconds since the epoch, if Payop says so. */
  readonly expiresAt?: number
}

/**
 * `POST /v1/payment-tools/card-token/create`: makes a token for a card and an invoice. For merchants with PCI DSS and the
 * feature enabled; others get `Refused` with `permission`. The request holds the card: never store or log it. Source:
 * payop-api-doc, Checkout, Card tokenization.
 */
export const createCardToken: Exchange<'creates', NewCardToken, CardToken> = endpoint(
  {
    name: 'payop.card_tokens.create',
    effect: 'creates',
    auth: 'none',
    input: NewCardToken,
    path: () => '/v1/payment-tools/card-token/create',
    body: ({ invoiceId, card: { pan, expirationDate, cvv, holderName } }) => ({
      invoiceIdentifier: invoiceId,
      pan: pan.reveal(),
      expirationDate: expirationDate.reveal(),
      cvv: cvv.reveal(),
      holderName: holderName.reveal(),
    }),
  },
  refine(enveloped(CardTokenAnswer), 'a card token', ({ token, expired_at: expiresAt }) => ({
    token,
    ...omitUndefined({ expiresAt }),
  })),
)

/** An account that pays with this card, in the direct flow only. Drafting makes the invoice and then the token. */
const payingWith = (account: Account, adapter: Adapter, card: Card): Adapter => {
  const tokenize: Tokenize = (invoiceId, call) =>
    pipe(
      call(createCardToken, { invoiceId, card }),
      TE.map(({ token }) => token),
    )
  const { draft, interpret } = createPayment(account, cardFlows, tokenize)
  return {
    ...adapter,
    capabilities: capabilitiesOf(account, cardFlows),
    createPayment: {
      draft: (request, call) =>
        pipe(
          TE.fromEither(decode(t.type({ card: Card }), { card })),
          TE.mapError(invalidRequest),
          TE.flatMap(() => draft(request, call)),
        ),
      interpret,
    },
  }
}

/**
 * Gives, for the configuration of a Payop account, a function from a card to an adapter that pays with that card, server to
 * server. Its `createPayment` takes the direct flow only, with the number of a card method in `method.code`; what the payer
 * does next (a 3-D Secure form) is in the `nextAction` of `getStatus`. Its other methods are those of the account, under the
 * same name. A card with a wrong number, date or code is `InvalidRequest`, and nothing is sent. Gives `InvalidConfig`.
 */
export const payopCards = (
  config: unknown,
  options: PayopOptions = {},
): E.Either<PaymentError, (card: Card) => Adapter> =>
  pipe(
    decodeAccount(config),
    E.map((account) => {
      const adapter = adapterOf(account, ownFields(options))
      return (card) => payingWith(account, adapter, card)
    }),
  )
