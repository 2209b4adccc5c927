import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Adapter, type AnyReference, decode, given, invalidRequest, parseJson } from '../../core/index.js'
import type { Account } from './config.js'
import { reasonOf } from './status.js'
import { Notification } from './wire.js'

/**
 * Where Payop posts from. Payop: payop-api-doc, IPN. The addresses it posted from before December 2022 are not among them:
 * an account that still sees those tells so in its own configuration.
 */
export const notificationSources: readonly string[] = [
  '18.199.249.46',
  '35.158.36.143',
  '3.125.109.58',
  '3.127.103.117',
]

/** Refunds and withdrawals also speak of a transaction; what they have beside it tells them apart. */
const referenceOf = ({ account }: Account, { invoice, transaction }: Notification): AnyReference | undefined => {
  const refundId = transaction?.refundId
  if (refundId !== undefined) return { kind: 'refund', account, id: refundId }
  const withdrawalId = transaction?.withdrawalId ?? transaction?.withdrawId
  if (withdrawalId !== undefined) return { kind: 'payout', account, id: withdrawalId }
  return invoice === undefined ? undefined : { kind: 'payment', account, id: invoice.id }
}

const claimed = ({ invoice, transaction }: Notification): Readonly<Record<string, string>> => {
  const { state, error = '' } = transaction ?? {}
  // Payop's sample of an accepted payment carries an error, too.
  const reason = state === '2' || error === '' ? undefined : reasonOf(error)
  return given({ invoice: invoice?.status, transaction: state, reason })
}

/**
 * What a notification points at. Payop does not sign (but in its first version, which named no invoice and is refused), so
 * nothing in it is believed. One that names a transaction only cannot be read back, and is refused. Gives `InvalidRequest`.
 */
export const notification =
  (account: Account): Adapter['notification'] =>
  ({ body }) =>
    pipe(
      decode(Notification, parseJson(body)),
      E.map((notice) => ({ reference: referenceOf(account, notice), claimed: claimed(notice) })),
      E.flatMap(({ reference, ...hint }) => (reference === undefined ? E.left([]) : E.right({ reference, ...hint }))),
      E.mapLeft(() =>
        invalidRequest([{ path: 'body', expected: 'JSON that names an invoice, a refund or a withdrawal' }]),
      ),
    )
