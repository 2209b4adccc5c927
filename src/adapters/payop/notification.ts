import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Adapter, type AnyReference, decode, invalidRequest, omitUndefined, parseJson } from '../../core/index.js'
import type { Account } from './config.js'
import { reasonOf } from './status.js'
import { Notification } from './wire.js'

/**
 * The addresses that Payop posts notifications from. Those of before December 2022 are not among them; an account that still
 * sees them names them in its own configuration. Source: payop-api-doc, IPN.
 */
export const notificationSources: readonly string[] = [
  '18.199.249.46',
  '35.158.36.143',
  '3.125.109.58',
  '3.127.103.117',
]

/** Notifications of refunds and withdrawals have a transaction, too. The name of the id in it tells them apart. */
const referenceOf = ({ account }: Account, { invoice, transaction }: Notification): AnyReference | undefined => {
  const refundId = transaction?.refundId
  if (refundId !== undefined) return { kind: 'refund', account, id: refundId }
  const withdrawalId = transaction?.withdrawalId ?? transaction?.withdrawId
  if (withdrawalId !== undefined) return { kind: 'payout', account, id: withdrawalId }
  return invoice === undefined ? undefined : { kind: 'payment', account, id: invoice.id }
}

const reported = ({ invoice, transaction }: Notification): Readonly<Record<string, string>> => {
  const { state, error = '' } = transaction ?? {}
  // In Payop's documents, the sample of an accepted payment has an error, too.
  const reason = state === '2' || error === '' ? undefined : reasonOf(error)
  return omitUndefined({ invoice: invoice?.status, transaction: state, reason })
}

/**
 * What a notification points at. Payop signs none but those of its first version, which name no invoice, so nothing in it is
 * believed. Gives `InvalidRequest` for a body that names no invoice, refund or withdrawal; a transaction alone cannot be read
 * back.
 */
export const notification =
  (account: Account): Adapter['notification'] =>
  ({ body: text }) =>
    pipe(
      decode(Notification, parseJson(text)),
      E.flatMap((body) => {
        const reference = referenceOf(account, body)
        return reference === undefined ? E.left([]) : E.right({ reference, reported: reported(body) })
      }),
      E.mapLeft(() =>
        invalidRequest([{ path: 'body', expected: 'JSON that names an invoice, a refund or a withdrawal' }]),
      ),
    )
