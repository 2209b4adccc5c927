import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Beneficiary as AnyBeneficiary,
  answering,
  asBase36,
  type Call,
  digestOf,
  type PaymentError,
  unless,
  unsupported,
} from '../../core/index.js'
import { createBeneficiary, getBeneficiary } from './endpoints/index.js'
import { isNotFound } from './refusal.js'
import { fromBeneficiary } from './status.js'
import type { Beneficiary } from './wire.js'

/** A bank account in India. */
export type IndianBankAccount = Extract<AnyBeneficiary, { readonly type: 'indian_bank_account' }>

/** What IppoPay knows an account by: the same account in the same name has the same `beneficiary_ref` for ever. */
export const beneficiaryRefOf = ({ accountNumber, ifsc, name }: IndianBankAccount): string =>
  asBase36(digestOf(accountNumber, ifsc, name))

const usable =
  (wanted: IndianBankAccount) =>
  ({ account, status }: Beneficiary): E.Either<PaymentError, void> => {
    const isSame = account.number === wanted.accountNumber && account.ifsc.toUpperCase() === wanted.ifsc
    const issues = [
      ...unless(isSame, 'beneficiary', 'the bank account that the gateway holds under its reference'),
      ...unless(fromBeneficiary(status) !== 'disabled', 'beneficiary', 'one that the gateway has not disabled'),
    ]
    return issues.length > 0 ? E.left(unsupported(issues)) : E.right(undefined)
  }

const find = (wanted: IndianBankAccount, beneficiaryRef: string, call: Call): TE.TaskEither<PaymentError, void> =>
  pipe(
    call(
      answering(getBeneficiary, ({ beneficiary_ref }) => beneficiary_ref === beneficiaryRef),
      { beneficiaryRef },
    ),
    TE.flatMapEither(usable(wanted)),
  )

/** Registers an account. A repeat, or an answer that was lost, is settled by looking again. */
const register = (wanted: IndianBankAccount, beneficiaryRef: string, call: Call): TE.TaskEither<PaymentError, void> =>
  pipe(
    call(createBeneficiary, { ...wanted, beneficiaryRef }),
    TE.orElse((error) =>
      error.outcome === 'refused'
        ? TE.left(error)
        : pipe(
            find(wanted, beneficiaryRef, call),
            TE.mapError((later) => (isNotFound(later) ? error : later)),
          ),
    ),
  )

/** Sees to it that transfers may go to an account. */
export const ensureBeneficiary = (wanted: IndianBankAccount, call: Call): TE.TaskEither<PaymentError, void> => {
  const beneficiaryRef = beneficiaryRefOf(wanted)
  return pipe(
    find(wanted, beneficiaryRef, call),
    TE.orElse((error) => (isNotFound(error) ? register(wanted, beneficiaryRef, call) : TE.left(error))),
  )
}
