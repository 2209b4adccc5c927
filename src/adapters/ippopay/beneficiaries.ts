import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Beneficiary as AnyBeneficiary,
  asBase36,
  type Call,
  digestOf,
  issueUnless,
  type PaymentError,
  requireAnswer,
  unsupported,
} from '../../core/index.js'
import { createBeneficiary, getBeneficiary } from './endpoints/index.js'
import { isNotFound } from './refusal.js'
import { fromBeneficiary } from './status.js'
import type { Beneficiary } from './wire.js'

/** A bank account in India. */
export type IndianBankAccount = Extract<AnyBeneficiary, { readonly type: 'indian_bank_account' }>

/** What IppoPay knows a bank account by: the same account in the same name has the same `beneficiary_ref` for ever. */
export const beneficiaryRefOf = ({ accountNumber, ifsc, name }: IndianBankAccount): string =>
  asBase36(digestOf(accountNumber, ifsc, name))

const checkUsable =
  ({ accountNumber, ifsc }: IndianBankAccount) =>
  ({ account, status }: Beneficiary): E.Either<PaymentError, void> => {
    const isSame = account.number === accountNumber && account.ifsc.toUpperCase() === ifsc
    const issues = [
      ...issueUnless(isSame, 'beneficiary', 'the bank account that the gateway holds under its reference'),
      ...issueUnless(fromBeneficiary(status) !== 'disabled', 'beneficiary', 'one that the gateway has not disabled'),
    ]
    return issues.length > 0 ? E.left(unsupported(issues)) : E.right(undefined)
  }

const find = (bankAccount: IndianBankAccount, beneficiaryRef: string, call: Call): TE.TaskEither<PaymentError, void> =>
  pipe(
    call(
      requireAnswer(getBeneficiary, ({ beneficiary_ref }) => beneficiary_ref === beneficiaryRef, [
        'data.beneficiary.beneficiary_ref',
      ]),
      { beneficiaryRef },
    ),
    TE.flatMapEither(checkUsable(bankAccount)),
  )

/** Registers a bank account. After a repeat, or an answer that was lost, a read decides. */
const register = (
  bankAccount: IndianBankAccount,
  beneficiaryRef: string,
  call: Call,
): TE.TaskEither<PaymentError, void> =>
  pipe(
    call(createBeneficiary, { ...bankAccount, beneficiaryRef }),
    TE.orElse((error) =>
      error.outcome === 'refused'
        ? TE.left(error)
        : pipe(
            find(bankAccount, beneficiaryRef, call),
            TE.mapError((later) => (isNotFound(later) ? error : later)),
          ),
    ),
  )

/** Registers a bank account unless it is registered already. Gives `Unsupported` if transfers cannot go to it. */
export const ensureBeneficiary = (bankAccount: IndianBankAccount, call: Call): TE.TaskEither<PaymentError, void> => {
  const beneficiaryRef = beneficiaryRefOf(bankAccount)
  return pipe(
    find(bankAccount, beneficiaryRef, call),
    TE.orElse((error) => (isNotFound(error) ? register(bankAccount, beneficiaryRef, call) : TE.left(error))),
  )
}
