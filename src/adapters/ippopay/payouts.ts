import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Adapter,
  checkAmount,
  contextOf,
  expectedAmountOf,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type Reference,
  requireAnswer,
  type Snapshot,
  toDecimal,
  unsupported,
} from '../../core/index.js'
import { ensureBeneficiary } from './beneficiaries.js'
import type { Account } from './config.js'
import { getTransfer, requestTransfer } from './endpoints/index.js'
import { checked } from './endpoints/request.js'
import { newPayout, transRefOf } from './new-payout.js'
import { fromTransfer } from './status.js'
import { BankReference, PayoutRef, Rupees, rupees, type Transfer } from './wire.js'

const PayoutContext = t.type({ transRef: t.string, beneficiaryRef: t.string, amount: Rupees })

/** What IppoPay keeps: what leaves the balance beyond the amount or, if that is not known, its commission. */
const feeOf = ({ amount, commission, total_deduction }: Transfer): MinorUnits | undefined => {
  const sent = rupees(amount)?.minorUnits
  const deducted = rupees(total_deduction)?.minorUnits
  return sent === undefined || deducted === undefined || deducted < sent
    ? rupees(commission.total)
    : { minorUnits: deducted - sent, currency: 'INR' }
}

const snapshot = (
  reference: Reference<'payout'>,
  transfer: Transfer,
  expected: MinorUnits | undefined,
): Snapshot<'payout'> => {
  const status = fromTransfer(transfer.status)
  const amount = rupees(transfer.amount)
  return {
    reference,
    status,
    providerState: { transfer: transfer.status },
    ...(status === 'failed' ? { reason: 'rejected' } : {}),
    amountCheck: checkAmount(expected, amount),
    ...omitUndefined({
      amount,
      // Whether IppoPay gives the fee of a failed transfer back is not documented.
      fee: status === 'failed' ? undefined : feeOf(transfer),
      bankReference: BankReference.is(transfer.utr) ? transfer.utr : undefined,
    }),
    disputed: false,
    names: omitUndefined({ beneficiary: transfer.beneficiary.beneficiary_ref }),
    review: status === 'unknown' ? ['unmapped_state'] : [],
  }
}

/** Whether the account offers payouts, which have a key pair of their own. */
const checkOffered = ({ payouts }: Account): E.Either<PaymentError, void> =>
  payouts === undefined
    ? E.left(unsupported([{ path: 'payouts', expected: 'payout keys in the configuration of the account' }]))
    : E.right(undefined)

/**
 * Sends money to a bank account, and registers the account first if it is not. A payout's id is its `trans_ref`: no call
 * takes IppoPay's own.
 */
export const createPayout = (account: Account): Adapter['payout'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(checkOffered(account)),
      TE.flatMapEither(() => newPayout(account.account, request)),
      TE.bindTo('payout'),
      TE.bind('wire', ({ payout }) => TE.fromEither(requestTransfer.prepare(payout.transfer))),
      TE.tap(({ payout }) => ensureBeneficiary(payout.beneficiary, call)),
      TE.map(({ payout: { transfer, notPassedOn }, wire }) => {
        const { transRef, beneficiaryRef, amount } = transfer
        return {
          wire,
          context: { transRef, beneficiaryRef, amount: toDecimal(amount) },
          notPassedOn,
          names: { beneficiary: beneficiaryRef },
        }
      }),
    ),
  interpret: (draft, answer) =>
    pipe(
      contextOf(PayoutContext, draft),
      E.flatMap(({ transRef, beneficiaryRef, amount }) => {
        const isOurs = ({ trans_ref, beneficiary }: Transfer) =>
          trans_ref === transRef && (beneficiary.beneficiary_ref ?? beneficiaryRef) === beneficiaryRef
        const paths = ['data.transfer.trans_ref', 'data.transfer.beneficiary.beneficiary_ref']
        return pipe(
          requireAnswer(requestTransfer, isOurs, paths).interpret(answer),
          E.map((transfer) => snapshot({ kind: 'payout', account: account.account, id: transRef }, transfer, amount)),
        )
      }),
    ),
})

const transRefIn = (reference: Reference<'payout'>): E.Either<PaymentError, string> =>
  'id' in reference
    ? checked(PayoutRef, 'id', reference.id)
    : E.right(transRefOf(reference.account, reference.idempotencyKey))

/** Reads a payout by its id, the `trans_ref`, or by the key that it is made of. */
export const readPayout =
  (account: Account): Adapter['read']['payout'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(checkOffered(account)),
      TE.flatMapEither(() => transRefIn(reference)),
      TE.flatMap((transRef) =>
        call(
          requireAnswer(getTransfer, ({ trans_ref }) => trans_ref === transRef, ['data.transfer.trans_ref']),
          { transRef },
        ),
      ),
      TE.map((transfer) => {
        const { account: name, expectedAmount } = reference
        const found = {
          kind: 'payout',
          account: name,
          id: transfer.trans_ref,
          ...omitUndefined({ expectedAmount }),
        } as const
        return snapshot(found, transfer, expectedAmountOf(reference))
      }),
    )
