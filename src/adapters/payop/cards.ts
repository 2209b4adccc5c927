import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  closed,
  decode,
  type Exchange,
  given,
  invalidRequest,
  type PaymentError,
  refined,
  type Secret,
} from '../../core/index.js'
import { adapterOf, type PayopOptions } from './adapter.js'
import { capabilitiesOf } from './capabilities.js'
import { enveloped, Id } from './codecs.js'
import { type Account, decodeAccount } from './config.js'
import { SecretValue } from './endpoints/input.js'
import { endpoint } from './endpoints/request.js'
import { createPayment, type Tokenize } from './payments.js'
import { CardTokenAnswer } from './wire.js'

const secret = (name: string, accepts: (text: string) => boolean): t.Type<Secret, unknown> =>
  refined(SecretValue, `a Secret: ${name}`, (value) => (accepts(value.reveal()) ? value : undefined))

/** ISO/IEC 7812-1, annex B: every second digit from the right doubled, the digits' sum ends in 0. */
const passesLuhn = (digits: string): boolean => {
  const sum = Array.from(digits)
    .reverse()
    .map((digit, place) => Number(digit) * (place % 2 === 0 ? 1 : 2))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0)
  return sum % 10 === 0
}

const Card = closed(
  'a card',
  {
    pan: secret('a card number of 12 to 19 digits', (s) => /^\d{12,19}$/.test(s) && passesLuhn(s)),
    expirationDate: secret('MM/YY', (s) => /^(0[1-9]|1[0-2])\/\d{2}$/.test(s)),
    cvv: secret('3 or 4 digits', (s) => /^\d{3,4}$/.test(s)),
    holderName: secret('a name of 1 to 128 characters', (s) => s.trim() !== '' && s.length <= 128),
  },
  {},
)
/** A card, each part a `Secret`: nothing prints it, and nothing of it is kept. */
export interface Card {
  readonly pan: Secret
  /** `MM/YY`. */
  readonly expirationDate: Secret
  readonly cvv: Secret
  readonly holderName: Secret
}

const NewCardToken = closed('a card for an invoice', { invoiceId: Id, card: Card }, {})
/** The card to pay an invoice with. */
export interface NewCardToken {
  readonly invoiceId: string
  readonly card: Card
}

/** A card token: good for its invoice until `expiresAt`, seconds since the epoch. */
export interface CardToken {
  readonly token: string
  readonly expiresAt?: number
}

/**
 * `POST /v1/payment-tools/card-token/create`: makes a token for a card and an invoice. For merchants with PCI DSS and the
 * feature enabled, else `Refused` with `permission`. The request holds the card: never store or log it. Payop:
 * payop-api-doc, Checkout, Card tokenization.
 */
export const createCardToken: Exchange<'stages', NewCardToken, CardToken> = endpoint(
  {
    effect: 'stages',
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
  refined(enveloped(CardTokenAnswer), 'a card token', ({ token, expired_at: expiresAt }) => ({
    token,
    ...given({ expiresAt }),
  })),
)

/** An account that pays with this card: its direct flow only, the token made while drafting, after its invoice. */
const payingWith = (account: Account, adapter: Adapter, card: Card): Adapter => {
  const flows = { direct: 'moves_money' } as const
  const tokenize: Tokenize = (invoiceId, call) =>
    pipe(
      call(createCardToken, { invoiceId, card }),
      TE.map(({ token }) => token),
    )
  const { draft, conclude } = createPayment(account, flows, tokenize)
  return {
    ...adapter,
    capabilities: capabilitiesOf(account, flows),
    createPayment: {
      draft: (request, call) =>
        pipe(
          TE.fromEither(decode(t.type({ card: Card }), { card })),
          TE.mapError(invalidRequest),
          TE.flatMap(() => draft(request, call)),
        ),
      conclude,
    },
  }
}

/**
 * Makes, from the configuration of a Payop account, the function that gives the account for one card. That account's
 * `createPayment` takes the direct flow with the number of a card method in `method.code` and pays with the card, server
 * to server; what the payer does next, a 3-D Secure form say, is in the `nextAction` of `getStatus`. All other methods are
 * those of the account itself, under the same name. A card that cannot be one is `InvalidRequest`, before anything is
 * sent. Gives `InvalidConfig`.
 */
export const payopCards = (
  config: unknown,
  options: PayopOptions = {},
): E.Either<PaymentError, (card: Card) => Adapter> =>
  pipe(
    decodeAccount(config),
    E.map((account) => {
      const adapter = adapterOf(account, options)
      return (card) => payingWith(account, adapter, card)
    }),
  )
