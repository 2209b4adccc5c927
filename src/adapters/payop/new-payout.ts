import * as E from 'fp-ts/lib/Either.js'
import {
  type Checked,
  type Issue,
  invalidRequest,
  type PaymentError,
  type PayoutRequest,
  toNumber,
  unless,
  unsupported,
} from '../../core/index.js'
import { unlessReserved, withKey } from './key.js'

type Asked = Checked<PayoutRequest>
type PayDoAccount = Extract<Asked['beneficiary'], { readonly type: 'paydo_account' }>
type BankAccount = Extract<Asked['beneficiary'], { readonly type: 'iban' }>

/** How the money travels: Payop's number of it, and what it asks to know. */
interface Way {
  readonly method: number
  readonly additionalData: object
}

const purpose = /^[A-Za-z0-9 ]+$/
const email = /^[^\s@]+@[^\s@]+$/

const toPayDo = (
  { account, holder }: PayDoAccount,
  { description, merchantReference }: Asked,
): E.Either<PaymentError, Way> => {
  const isEmail = email.test(account)
  const direction = description ?? merchantReference.replace(/[^A-Za-z0-9]+/g, ' ').trim()
  const issues = [
    ...unless(isEmail || /^[\w-]+$/.test(account), 'beneficiary.account', "a PayDo account's id or its e-mail address"),
    ...unless(
      isEmail === (holder !== undefined),
      'beneficiary.holder',
      'a holder with an e-mail address, and only then',
    ),
    ...unless(purpose.test(direction), 'description', 'letters A-Z a-z, digits and spaces'),
  ]
  if (issues.length > 0) return E.left(invalidRequest(issues))
  return E.right({
    method: 15,
    additionalData: {
      direction,
      referenceId: account,
      // The documents name both; only an address fits both.
      ...(isEmail ? { email: account, recipientAccountType: holder === 'business' ? 2 : 1 } : {}),
    },
  })
}

const toBank = ({ iban, name, email: address }: BankAccount, { description }: Asked): E.Either<PaymentError, Way> =>
  description === undefined
    ? E.right({ method: 20, additionalData: { beneficiary: { account: iban, name }, email: address } })
    : E.left(unsupported([{ path: 'description', expected: 'nothing: bank transfers have no place for it' }]))

const wayOf = (request: Asked): E.Either<PaymentError, Way> => {
  const { beneficiary } = request
  switch (beneficiary.type) {
    case 'paydo_account':
      return toPayDo(beneficiary, request)
    case 'iban':
      return toBank(beneficiary, request)
    case 'indian_bank_account':
      return E.left(unsupported([{ path: 'beneficiary.type', expected: 'paydo_account or iban' }]))
  }
}

/**
 * The withdrawal that a request asks for, as Payop reads it once unsealed. Fees are taken from the wallet, so that the
 * beneficiary gets the whole amount. Payop: payop-api-doc, Withdrawal, Create and Methods.
 */
export const newWithdrawal = (request: Asked, key: string): E.Either<PaymentError, object> => {
  const { amount, metadata, merchantReference, method } = request
  const way = wayOf(request)
  if (E.isLeft(way)) return way
  const number = toNumber(amount)
  const issues: readonly Issue[] = [
    ...unlessReserved(metadata),
    ...unless(number !== undefined, 'amount', 'an amount of at most 15 digits'),
  ]
  if (issues.length > 0) return E.left(invalidRequest(issues))
  if (method !== undefined && method !== String(way.right.method))
    return E.left(
      unsupported([{ path: 'method', expected: `${way.right.method} or nothing: the beneficiary decides it` }]),
    )
  return E.right({
    ...way.right,
    type: 1,
    amount: number,
    currency: amount.currency,
    metadata: withKey({ merchantReference, ...metadata }, key),
  })
}
