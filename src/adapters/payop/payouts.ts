import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  contextOf,
  indeterminate,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  unsupported,
} from '../../core/index.js'
import { sumOf } from './codecs.js'
import type { Account } from './config.js'
import { createWithdrawals, listWithdrawals } from './endpoints/withdrawals.js'
import { gatewayKey, hasOtherKey } from './key.js'
import { findRow, listedId, namesIn, snapshotOf, withToken } from './lookup.js'
import { newWithdrawal } from './new-payout.js'
import type { Seal } from './seal.js'
import { fromWithdrawal } from './status.js'
import type { CreatedWithdrawal, Withdrawal } from './wire.js'

const Context = t.type({ key: t.string })

const certificateOf = ({ certificate }: Account): E.Either<PaymentError, Uint8Array> =>
  certificate === undefined
    ? E.left(unsupported([{ path: 'certificate', expected: 'a certificate in the configuration of the account' }]))
    : E.right(certificate)

/** The one withdrawal of the request. Its metadata may be missing, but not another operation's. */
const onlyOne =
  (key: string, httpStatus: number) =>
  ([first, ...others]: readonly CreatedWithdrawal[]): E.Either<PaymentError, CreatedWithdrawal> => {
    const lost = (path: string): E.Either<PaymentError, never> =>
      E.left(indeterminate('moves_money', 'answer', { httpStatus, paths: [path] }))
    if (first === undefined || others.length > 0) return lost('data')
    return hasOtherKey(first.metadata, key) ? lost('data.0.metadata.paymux') : E.right(first)
  }

/** Pays out, in a list of one, sealed once: a box that is sealed again would be other bytes under the same key. */
export const createPayout = (account: Account, seal: Seal): Adapter['payout'] => ({
  draft: (request) => {
    const key = gatewayKey(account, 'payout', request.idempotencyKey)
    return pipe(
      TE.fromEither(withToken(account)),
      TE.flatMapEither(() => certificateOf(account)),
      TE.bindTo('certificate'),
      TE.bind('payout', () => TE.fromEither(newWithdrawal(request, key))),
      TE.bind('sealed', ({ certificate, payout }) => seal(JSON.stringify([payout.withdrawal]), certificate)),
      TE.flatMapEither(({ payout, sealed }) =>
        pipe(
          createWithdrawals.prepare({ sealed, idempotencyKey: key }),
          E.map((wire) => ({ wire, context: { key }, notPassedOn: payout.notPassedOn, names: { key } })),
        ),
      ),
    )
  },
  interpret: (draft, answer) =>
    pipe(
      E.Do,
      E.bind('context', () => contextOf(Context, draft)),
      E.bind('created', () => createWithdrawals.interpret(answer)),
      E.flatMap(({ context, created }) => onlyOne(context.key, answer.status)(created)),
      E.map(({ id }) => ({
        reference: { kind: 'payout', account: account.account, id },
        status: 'processing',
        providerState: {},
        amountCheck: 'unchecked',
        disputed: false,
        review: [],
      })),
    ),
})

/**
 * What Payop keeps of a payout that arrived: the difference between what the wallet paid and the amount. `undefined` if the fee
 * was not taken from the wallet (type 1), as it is for every payout of paymux. Source: payop-api-doc, Withdrawal, Get.
 */
const feeOf = ({ type, amount, payAmount, currency }: Withdrawal): MinorUnits | undefined => {
  const [net, gross] = [sumOf(amount, currency), sumOf(payAmount, currency)]
  if (type !== '1' || net === undefined || gross === undefined || gross.minorUnits < net.minorUnits) return undefined
  return { minorUnits: gross.minorUnits - net.minorUnits, currency: net.currency }
}

/** Reads a payout, by its id or by the key in its metadata. */
export const readPayout =
  (account: Account): Adapter['read']['payout'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(withToken(account)),
      TE.flatMapEither(() => listedId(reference)),
      TE.flatMap((withdrawalId) => call(listWithdrawals, omitUndefined({ withdrawalId }))),
      TE.flatMapEither((rows) => findRow(rows, reference, (key) => gatewayKey(account, 'payout', key))),
      TE.map((found) => {
        const status = fromWithdrawal(found.row.status)
        const fee = status === 'succeeded' ? feeOf(found.row) : undefined
        return snapshotOf(
          reference,
          found,
          status,
          { withdrawal: found.row.status },
          omitUndefined({ fee, names: namesIn(found.row) }),
        )
      }),
    )
