import * as E from 'fp-ts/lib/Either.js'
import {
  type Checked,
  invalidRequest,
  issueUnless,
  type PaymentError,
  type PayoutRequest,
  payoutFieldsBeside,
  toNumber,
  unsupported,
} from '../../core/index.js'
import { payoutFields } from './capabilities.js'
import { replacedIn, withKey } from './key.js'

type CheckedPayout = Checked<PayoutRequest>
type PayDoAccount = Extract<CheckedPayout['beneficiary'], { readonly type: 'paydo_account' }>
type BankAccount = Extract<CheckedPayout['beneficiary'], { readonly type: 'iban' }>

/** How the money travels: Payop's number of the method, and the data that the method needs. */
interface Transfer {
  readonly method: number
  readonly additionalData: object
  readonly notPassedOn: readonly string[]
}

const email = /^[^\s@]+@[^\s@]+$/

/** A text in the characters that Payop takes as a purpose: letters A-Z a-z, digits and spaces; accents are dropped. */
const asPurpose = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()

const toPayDo = (
  { account, holder }: PayDoAccount,
  { description = '', merchantReference }: CheckedPayout,
): E.Either<PaymentError, Transfer> => {
  const isEmail = email.test(account)
  const issues = [
    ...issueUnless(
      isEmail || /^[\w-]+$/.test(account),
      'beneficiary.account',
      "a PayDo account's id or its e-mail address",
    ),
    ...issueUnless(
      isEmail === (holder !== undefined),
      'beneficiary.holder',
      'personal or business with an e-mail address, and nothing with an id',
    ),
  ]
  if (issues.length > 0) return E.left(invalidRequest(issues))
  const purpose = asPurpose(description)
  return E.right({
    method: 15,
    additionalData: {
      // Payop does not do without a purpose.
      direction: purpose || asPurpose(merchantReference) || 'Payout',
      referenceId: account,
      // The documents name both fields; only an e-mail address fits both.
      ...(isEmail ? { email: account, recipientAccountType: holder === 'business' ? 2 : 1 } : {}),
    },
    notPassedOn: description !== '' && purpose === '' ? ['description'] : [],
  })
}

const toBank = ({ iban, name, email: address }: BankAccount, { description }: CheckedPayout): Transfer => ({
  method: 20,
  additionalData: { beneficiary: { account: iban, name }, email: address },
  notPassedOn: description === undefined ? [] : ['description'],
})

const transferOf = (request: CheckedPayout): E.Either<PaymentError, Transfer> => {
  const { beneficiary } = request
  switch (beneficiary.type) {
    case 'paydo_account':
      return toPayDo(beneficiary, request)
    case 'iban':
      return E.right(toBank(beneficiary, request))
    case 'indian_bank_account':
      return E.left(unsupported([{ path: 'beneficiary.type', expected: 'paydo_account or iban' }]))
  }
}

/** A payout request as Payop takes it. */
export interface NewWithdrawal {
  /** The withdrawal as Payop reads it from the sealed box. */
  readonly withdrawal: object
  /** The optional fields that Payop has no place for, by path. */
  readonly notPassedOn: readonly string[]
}

/**
 * A payout request as Payop takes it. Fees are taken from the wallet, so that the beneficiary gets the whole amount. Gives
 * `Unsupported` for a beneficiary, a method or an amount that Payop cannot take, `InvalidRequest` for a PayDo account that is
 * none. Source: payop-api-doc, Withdrawal, Create and Methods.
 */
export const newWithdrawal = (request: CheckedPayout, key: string): E.Either<PaymentError, NewWithdrawal> => {
  const transfer = transferOf(request)
  if (E.isLeft(transfer)) return transfer
  const { amount, metadata, merchantReference, method = String(transfer.right.method) } = request
  const { notPassedOn, ...way } = transfer.right
  const number = toNumber(amount)
  const issues = [
    ...issueUnless(number !== undefined, 'amount', 'an amount of at most 15 digits'),
    ...issueUnless(method === String(way.method), 'method', `${way.method} or nothing for this type of beneficiary`),
  ]
  if (issues.length > 0) return E.left(unsupported(issues))
  return E.right({
    withdrawal: {
      ...way,
      type: 1,
      amount: number,
      currency: amount.currency,
      metadata: withKey({ merchantReference, ...metadata }, key),
    },
    notPassedOn: [...payoutFieldsBeside(request, payoutFields), ...notPassedOn, ...replacedIn(metadata)],
  })
}
