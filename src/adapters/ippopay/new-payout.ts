import * as E from 'fp-ts/lib/Either.js'
import {
  asBase36,
  type Checked,
  type Issue,
  issueUnless,
  type MinorUnits,
  omitUndefined,
  operationDigest,
  type PaymentError,
  type PayoutRequest,
  payoutFieldsBeside,
  unsupported,
} from '../../core/index.js'
import { beneficiaryRefOf, type IndianBankAccount } from './beneficiaries.js'
import { issueUnlessRupees, payoutFields } from './capabilities.js'
import { type NewTransfer, type PayMode, payModes } from './endpoints/index.js'

/** 200000 rupees: the most by IMPS; by RTGS only more than this. Source: IppoPay, docs-api, Payouts. */
const LIMIT = 200_000_00n

const issueUnlessWithin = (payMode: PayMode, { minorUnits }: MinorUnits): readonly Issue[] => {
  switch (payMode) {
    case 'NEFT':
      return []
    case 'IMPS':
      return issueUnless(minorUnits <= LIMIT, 'amount', 'at most 200000.00 INR by IMPS')
    case 'RTGS':
      return issueUnless(minorUnits > LIMIT, 'amount', 'more than 200000.00 INR by RTGS')
  }
}

/** The transfer that a payout request makes, and whom it goes to. */
export interface NewPayout {
  /** The transfer to request. */
  readonly transfer: NewTransfer
  /** Whom it goes to. */
  readonly beneficiary: IndianBankAccount
  /** The request's optional fields without a place, by path. */
  readonly notPassedOn: readonly string[]
}

/** What IppoPay knows a payout by: the same intent gives the same `trans_ref` for ever. */
export const transRefOf = (account: string, idempotencyKey: string): string =>
  asBase36(operationDigest(account, 'payout', idempotencyKey))

/** The transfer for a request. Gives `Unsupported` with every part of amount, method and beneficiary that IppoPay does not offer. */
export const newPayout = (account: string, request: Checked<PayoutRequest>): E.Either<PaymentError, NewPayout> => {
  const { amount, beneficiary, description, idempotencyKey, method = 'NEFT' } = request
  const payMode = payModes.find((mode) => mode === method)
  const issues = [
    ...issueUnlessRupees(amount),
    ...(payMode === undefined ? issueUnless(false, 'method', payModes.join(', ')) : issueUnlessWithin(payMode, amount)),
  ]
  if (beneficiary.type !== 'indian_bank_account')
    return E.left(unsupported([{ path: 'beneficiary.type', expected: 'indian_bank_account' }, ...issues]))
  if (payMode === undefined || issues.length > 0) return E.left(unsupported(issues))
  const transfer = {
    amount,
    transRef: transRefOf(account, idempotencyKey),
    beneficiaryRef: beneficiaryRefOf(beneficiary),
    payMode,
    ...omitUndefined({ remarks: description }),
  }
  return E.right({ transfer, beneficiary, notPassedOn: payoutFieldsBeside(request, payoutFields) })
}
