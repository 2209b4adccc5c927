import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  answering,
  checkAmount,
  type Money,
  memoOf,
  type PaymentError,
  type Payout,
  type Reference,
  toDecimal,
  unsupported,
} from '../../core/index.js'
import { ensureBeneficiary } from './beneficiaries.js'
import type { Account } from './config.js'
import { getTransfer, requestTransfer } from './endpoints/index.js'
import { checked } from './endpoints/request.js'
import { newTransfer, transRefOf } from './new-payout.js'
import { fromTransfer } from './status.js'
import { PayoutRef, Rupees, rupees, type Transfer } from './wire.js'

const Memo = t.type({ transRef: t.string, beneficiaryRef: t.string, amount: Rupees })

const snapshot = (reference: Reference<'payout'>, transfer: Transfer, expected: Money | undefined): Payout => {
  const status = fromTransfer(transfer.status)
  const amount = rupees(transfer.amount)
  return {
    reference,
    status,
    providerState: { transfer: transfer.status },
    ...(status === 'failed' ? { reason: 'rejected' } : {}),
    ...(amount === undefined ? {} : { amount }),
    amountCheck: checkAmount(expected, amount),
    disputed: false,
    review: status === 'unknown' ? ['unmapped_state'] : [],
  }
}

/** Whether the account offers payouts, which have a key pair of their own. */
const offered = ({ payouts }: Account): E.Either<PaymentError, void> =>
  payouts === undefined
    ? E.left(unsupported([{ path: 'payouts', expected: 'payout keys in the configuration of the account' }]))
    : E.right(undefined)

/** Sends money to a bank account, which is registered first where it is not. A payout's id is its `trans_ref`: no call takes IppoPay's own. */
export const createPayout = (account: Account): Adapter['payout'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(offered(account)),
      TE.flatMapEither(() => newTransfer(account.account, request)),
      TE.bindTo('asked'),
      TE.bind('wire', ({ asked }) => TE.fromEither(requestTransfer.prepare(asked.transfer))),
      TE.tap(({ asked }) => ensureBeneficiary(asked.beneficiary, call)),
      TE.map(({ asked: { transfer }, wire }) => {
        const { transRef, beneficiaryRef, amount } = transfer
        return { wire, memo: { transRef, beneficiaryRef, amount: toDecimal(amount) } }
      }),
    ),
  conclude: (draft, answer) =>
    pipe(
      memoOf(Memo, draft),
      E.flatMap(({ transRef, beneficiaryRef, amount }) => {
        const isOurs = ({ trans_ref, beneficiary }: Transfer) =>
          trans_ref === transRef && (beneficiary.beneficiary_ref ?? beneficiaryRef) === beneficiaryRef
        return pipe(
          answering(requestTransfer, isOurs).interpret(answer),
          E.map((transfer) => snapshot({ kind: 'payout', account: account.account, id: transRef }, transfer, amount)),
        )
      }),
    ),
})

const transRefIn = (reference: Reference<'payout'>): E.Either<PaymentError, string> =>
  'id' in reference ? checked(PayoutRef, 'id', reference.id) : E.right(transRefOf(reference.account, reference.key))

/** Reads a payout by its id, the `trans_ref`, or by the key that it is made of. */
export const readPayout =
  (account: Account): Adapter['read']['payout'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(offered(account)),
      TE.flatMapEither(() => transRefIn(reference)),
      TE.flatMap((transRef) =>
        call(
          answering(getTransfer, ({ trans_ref }) => trans_ref === transRef),
          { transRef },
        ),
      ),
      TE.map((transfer) => {
        const { expected } = reference
        const found = { kind: 'payout', account: reference.account, id: transfer.trans_ref } as const
        return snapshot(expected === undefined ? found : { ...found, expected }, transfer, expected)
      }),
    )
