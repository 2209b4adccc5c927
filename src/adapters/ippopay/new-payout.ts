import * as E from 'fp-ts/lib/Either.js'
import {
  asBase36,
  type Checked,
  type Issue,
  type Money,
  operationDigest,
  type PaymentError,
  type PayoutRequest,
  unless,
  unsupported,
} from '../../core/index.js'
import { beneficiaryRefOf, type IndianBankAccount } from './beneficiaries.js'
import { type NewTransfer, type PayMode, payModes } from './endpoints/index.js'
import { unlessEmpty, unlessRupees } from './issues.js'

/** 200000 rupees: the most by IMPS; by RTGS only more than this. IppoPay, docs-api, Payouts. */
const LIMIT = 200_000_00n

const unlessWithin = (payMode: PayMode, { amount }: Money): readonly Issue[] => {
  switch (payMode) {
    case 'NEFT':
      return []
    case 'IMPS':
      return unless(amount <= LIMIT, 'amount', 'at most 200000.00 INR by IMPS')
    case 'RTGS':
      return unless(amount > LIMIT, 'amount', 'more than 200000.00 INR by RTGS')
  }
}

/** A transfer, and whom it goes to. */
export interface NewPayout {
  readonly transfer: NewTransfer
  readonly beneficiary: IndianBankAccount
}

/** What IppoPay knows a payout by: the same intent gives the same `trans_ref` for ever. */
export const transRefOf = (account: string, key: string): string => asBase36(operationDigest(account, 'payout', key))

/** The transfer that a request asks for. Gives `Unsupported` with everything that IppoPay cannot take. */
export const newTransfer = (account: string, request: Checked<PayoutRequest>): E.Either<PaymentError, NewPayout> => {
  const { amount, beneficiary, description, idempotencyKey, metadata, method = 'NEFT' } = request
  const payMode = payModes.find((mode) => mode === method)
  const issues = [
    ...unlessRupees(amount),
    ...unlessEmpty(metadata),
    ...(payMode === undefined ? unless(false, 'method', payModes.join(', ')) : unlessWithin(payMode, amount)),
  ]
  if (beneficiary.type !== 'indian_bank_account')
    return E.left(unsupported([...unless(false, 'beneficiary.type', 'indian_bank_account'), ...issues]))
  if (payMode === undefined || issues.length > 0) return E.left(unsupported(issues))
  const transfer = {
    amount,
    transRef: transRefOf(account, idempotencyKey),
    beneficiaryRef: beneficiaryRefOf(beneficiary),
    payMode,
    ...(description === undefined ? {} : { remarks: description }),
  }
  return E.right({ beneficiary, transfer })
}
