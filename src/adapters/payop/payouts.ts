import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { type Adapter, given, indeterminate, memoOf, type PaymentError, unsupported } from '../../core/index.js'
import type { Account } from './config.js'
import { createWithdrawals, listWithdrawals } from './endpoints/index.js'
import { gatewayKey, hasOtherKey } from './key.js'
import { findRow, listedId, snapshotOf, withToken } from './lookup.js'
import { newWithdrawal } from './new-payout.js'
import type { Seal } from './seal.js'
import { fromWithdrawal } from './status.js'
import type { CreatedWithdrawal } from './wire.js'

const Memo = t.type({ key: t.string })

const certificateOf = ({ certificate }: Account): E.Either<PaymentError, Uint8Array> =>
  certificate === undefined
    ? E.left(unsupported([{ path: 'certificate', expected: 'a certificate in the configuration of the account' }]))
    : E.right(certificate)

/** The one withdrawal that was asked for. Its metadata may be missing, but not another operation's. */
const onlyOne =
  (key: string, httpStatus: number) =>
  ([first, ...others]: readonly CreatedWithdrawal[]): E.Either<PaymentError, CreatedWithdrawal> =>
    first === undefined || others.length > 0 || hasOtherKey(first.metadata, key)
      ? E.left(indeterminate('moves_money', 'answer', { httpStatus }))
      : E.right(first)

/** Pays out, in a list of one, sealed once: a box sealed again would be other bytes under the same key. */
export const createPayout = (account: Account, seal: Seal): Adapter['payout'] => ({
  draft: (request) => {
    const key = gatewayKey(account, 'payout', request.idempotencyKey)
    return pipe(
      TE.fromEither(withToken(account)),
      TE.flatMapEither(() => certificateOf(account)),
      TE.bindTo('certificate'),
      TE.bind('withdrawal', () => TE.fromEither(newWithdrawal(request, key))),
      TE.flatMap(({ certificate, withdrawal }) => seal(JSON.stringify([withdrawal]), certificate)),
      TE.flatMapEither((sealed) => createWithdrawals.prepare({ sealed, idempotencyKey: key })),
      TE.map((wire) => ({ wire, memo: { key } })),
    )
  },
  conclude: (draft, answer) =>
    pipe(
      E.Do,
      E.bind('memo', () => memoOf(Memo, draft)),
      E.bind('created', () => createWithdrawals.interpret(answer)),
      E.flatMap(({ memo, created }) => onlyOne(memo.key, answer.status)(created)),
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

/** Reads a payout, by its id or by the key in its metadata. */
export const readPayout =
  (account: Account): Adapter['read']['payout'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(withToken(account)),
      TE.flatMapEither(() => listedId(reference)),
      TE.flatMap((withdrawalId) => call(listWithdrawals, given({ withdrawalId }))),
      TE.flatMapEither((rows) => findRow(rows, reference, (key) => gatewayKey(account, 'payout', key))),
      TE.map((found) => {
        const { status } = found.row
        return snapshotOf(reference, found, fromWithdrawal(status), { withdrawal: status })
      }),
    )
