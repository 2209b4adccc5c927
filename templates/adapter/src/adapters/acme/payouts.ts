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
  fromMoney,
  issueUnless,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type PayoutRequest,
  payoutFieldsBeside,
  type Reference,
  requireAnswer,
  type Snapshot,
  toMoney,
  unsupported,
} from '../../core/index.js'
import { payoutFields } from './capabilities.js'
import type { Account } from './config.js'
import { createPayout as create, getPayout, type NewPayout } from './endpoints/index.js'
import { gatewayKey, isAbout, objectKeyOf } from './key.js'
import { issueUnlessTaken } from './payments.js'
import { fromPayout } from './status.js'
import { moneyOf, type Payout, Plain } from './wire.js'

const Context = t.type({ key: t.string, amount: t.type({ value: t.string, currency: t.string }) })

/** The payout for a request. Gives `Unsupported` with every part of it that Acme cannot do. */
const newPayout = (account: string, request: Checked<PayoutRequest>): E.Either<PaymentError, NewPayout> => {
  const { amount, merchantReference, beneficiary, description, idempotencyKey, method } = request
  const issues = [
    ...issueUnlessTaken(amount),
    ...issueUnless(method === undefined, 'method', 'none: the gateway chooses the way'),
    ...issueUnless(beneficiary.type === 'iban', 'beneficiary.type', 'iban'),
  ]
  if (beneficiary.type !== 'iban' || issues.length > 0) return E.left(unsupported(issues))
  return E.right({
    key: gatewayKey(account, 'payout', idempotencyKey),
    amount,
    reference: merchantReference,
    iban: beneficiary.iban,
    name: beneficiary.name,
    ...omitUndefined({ statement: description }),
  })
}

const snapshot = (
  reference: Pick<Reference<'payout'>, 'account' | 'expectedAmount'>,
  payout: Payout,
  expected: MinorUnits | undefined,
): Snapshot<'payout'> => {
  const status = fromPayout(payout.status)
  const { account, expectedAmount } = reference
  const amount = moneyOf(payout.amount, payout.currency)
  return {
    reference: { kind: 'payout', account, id: payout.id, ...omitUndefined({ expectedAmount }) },
    status,
    providerState: { payout: payout.status },
    names: { key: payout.key },
    ...(status === 'failed' ? { reason: 'rejected' } : {}),
    amountCheck: checkAmount(expected, amount),
    ...omitUndefined({
      amount,
      bankReference: Plain.is(payout.bank_reference) ? payout.bank_reference : undefined,
    }),
    disputed: false,
    review: status === 'unknown' ? ['unmapped_state'] : [],
  }
}

/** Sends money to an IBAN. The submission is `acme.payouts.create`. */
export const createPayout = ({ account }: Account): Adapter['payout'] => ({
  draft: (request) =>
    pipe(
      TE.fromEither(newPayout(account, request)),
      TE.bindTo('payout'),
      TE.bind('wire', ({ payout }) => TE.fromEither(create.prepare(payout))),
      TE.map(({ payout: { key, amount }, wire }) => ({
        wire,
        context: { key, amount: { ...toMoney(amount) } },
        notPassedOn: payoutFieldsBeside(request, payoutFields),
        names: { key },
      })),
    ),
  interpret: (draft, answer) =>
    pipe(
      E.Do,
      E.bind('sent', () => contextOf(Context, draft)),
      E.bind('payout', ({ sent: { key } }) =>
        requireAnswer(create, (payout) => payout.key === key, ['payout.key']).interpret(answer),
      ),
      E.map(({ sent: { amount }, payout }) => snapshot({ account }, payout, fromMoney(amount))),
    ),
})

/** Reads a payout, by its id or by the key that it was made with. */
export const readPayout: Adapter['read']['payout'] = (reference, call) => {
  const objectKey = objectKeyOf(reference, 'payout')
  return pipe(
    call(requireAnswer(getPayout, isAbout(objectKey), ['payout.id', 'payout.key']), objectKey),
    TE.map((payout) => snapshot(reference, payout, expectedAmountOf(reference))),
  )
}
