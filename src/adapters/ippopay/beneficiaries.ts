import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Beneficiary as AnyBeneficiary,
  asBase36,
  type Call,
  digestOf,
  type PaymentError,
  unsupported,
} from '../../core/index.js'
import { createBeneficiary, getBeneficiary } from './endpoints/index.js'
import { answering } from './endpoints/request.js'
import { unless } from './issues.js'
import { fromBeneficiary } from './status.js'
import type { Beneficiary } from './wire.js'

/** A bank account in India. */
export type IndianBankAccount = Extract<AnyBeneficiary, { readonly type: 'indian_bank_account' }>

/** The same account in the same name has the same reference for ever, so that no payout registers it twice. */
const beneficiaryRefOf = ({ accountNumber, ifsc, name }: IndianBankAccount): string =>
  asBase36(digestOf(accountNumber, ifsc, name))

const usable =
  (wanted: IndianBankAccount) =>
  ({ account, beneficiary_ref, status }: Beneficiary): E.Either<PaymentError, string> => {
    const isSame = account.number === wanted.accountNumber && account.ifsc.toUpperCase() === wanted.ifsc
    const issues = [
      ...unless(isSame, 'beneficiary', 'the bank account that the gateway holds under its reference'),
      ...unless(fromBeneficiary(status) !== 'disabled', 'beneficiary', 'one that the gateway has not disabled'),
    ]
    return issues.length > 0 ? E.left(unsupported(issues)) : E.right(beneficiary_ref)
  }

const find = (wanted: IndianBankAccount, beneficiaryRef: string, call: Call): TE.TaskEither<PaymentError, string> =>
  pipe(
    call(
      answering(getBeneficiary, ({ beneficiary_ref }) => beneficiary_ref === beneficiaryRef),
      { beneficiaryRef },
    ),
    TE.flatMapEither(usable(wanted)),
  )

const isAbsent = (error: PaymentError): boolean => error._tag === 'Refused' && error.reason === 'not_found'

/** Registers an account. A repeat, or an answer that was lost, is settled by looking again. */
const register = (wanted: IndianBankAccount, beneficiaryRef: string, call: Call): TE.TaskEither<PaymentError, string> =>
  pipe(
    call(createBeneficiary, { ...wanted, beneficiaryRef }),
    TE.map(() => beneficiaryRef),
    TE.orElse((error) =>
      error.outcome === 'refused'
        ? TE.left(error)
        : pipe(
            find(wanted, beneficiaryRef, call),
            TE.mapError((later) => (isAbsent(later) ? error : later)),
          ),
    ),
  )

/** Sees to it that transfers may go to an account, and gives its `beneficiary_ref`. */
export const ensureBeneficiary = (wanted: IndianBankAccount, call: Call): TE.TaskEither<PaymentError, string> => {
  const beneficiaryRef = beneficiaryRefOf(wanted)
  return pipe(
    find(wanted, beneficiaryRef, call),
    TE.orElse((error) => (isAbsent(error) ? register(wanted, beneficiaryRef, call) : TE.left(error))),
  )
}
