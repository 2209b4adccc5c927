import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Exchange, fromPredicate, type MinorUnits } from '../../../core/index.js'
import { general, oneObject, uniqueReference } from '../refusal.js'
import {
  Accepted,
  BalanceAnswer,
  BeneficiariesAnswer,
  type Beneficiary,
  BeneficiaryAnswer,
  PayoutRef,
  type Transfer,
  TransferAnswer,
} from '../wire.js'
import { checked, endpoint, get, post, rupeesOf } from './request.js'

/**
 * Ways a transfer travels: IMPS up to INR 200000, RTGS above, NEFT without a stated limit. Source: IppoPay, docs-api,
 * Payouts, where NEFT is the default.
 */
export const payModes = ['NEFT', 'IMPS', 'RTGS'] as const
/** One of {@link payModes}. */
export type PayMode = (typeof payModes)[number]

/** `GET /payout/account/balance`: the payout account's available balance, in paise. Source: IppoPay, docs-api, Payouts. */
export const getBalance: Exchange<'reads', void, MinorUnits> = endpoint({
  name: 'ippopay.balance.get',
  effect: 'reads',
  request: () => E.right(get('payouts', '/payout/account/balance')),
  refusalRules: general,
  answer: BalanceAnswer,
  output: ({ data }) => data.account.available_balance,
})

/** Which beneficiary. */
export interface BeneficiaryKey {
  /** The caller's own reference of it: 2 to 32 letters and digits. */
  readonly beneficiaryRef: string
}

/** A bank account to register. */
export interface NewBeneficiary extends BeneficiaryKey {
  /** The account's number. */
  readonly accountNumber: string
  /** The branch's IFSC: four letters, `0`, six letters or digits. */
  readonly ifsc: string
  /** The holder's name. */
  readonly name: string
}

/**
 * `POST /payout/beneficiary/create`: registers a bank account under a reference of the caller's, documented as unique.
 * Errors: `Indeterminate` with `registered` for what may be a repeat: read it. Source: IppoPay, docs-api, Payouts.
 */
export const createBeneficiary: Exchange<'creates', NewBeneficiary, void> = endpoint({
  name: 'ippopay.beneficiaries.create',
  effect: 'creates',
  request: ({ beneficiaryRef, accountNumber, ifsc, name }: NewBeneficiary) =>
    pipe(
      checked(PayoutRef, 'beneficiaryRef', beneficiaryRef),
      E.map((beneficiary_ref) =>
        post('payouts', '/payout/beneficiary/create', { acc_number: accountNumber, ifsc, name, beneficiary_ref }),
      ),
    ),
  refusalRules: uniqueReference,
  answer: Accepted,
  output: () => undefined,
})

/** Which page of a list. */
export interface Page {
  /** Counts from 1. */
  readonly page: number
  /** Entries on a page, from 1. */
  readonly limit: number
}

/** One page of the beneficiaries. An empty one is the end. */
export interface Beneficiaries {
  /** The entries of the page. */
  readonly beneficiaries: readonly Beneficiary[]
  /** How many beneficiaries there are on all pages. */
  readonly total: number
}

const Count = fromPredicate(
  'an integer from 1 to 1000000',
  (value): value is number => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000_000,
)

/** `GET /payout/beneficiary/list`: one page of the beneficiaries. Source: IppoPay, docs-api, Payouts. */
export const listBeneficiaries: Exchange<'reads', Page, Beneficiaries> = endpoint({
  name: 'ippopay.beneficiaries.list',
  effect: 'reads',
  request: (input: Page) =>
    pipe(
      E.Do,
      E.bind('limit', () => checked(Count, 'limit', input.limit)),
      E.bind('page', () => checked(Count, 'page', input.page)),
      E.map(({ limit, page }) => get('payouts', `/payout/beneficiary/list?limit=${limit}&page=${page}`)),
    ),
  refusalRules: general,
  answer: BeneficiariesAnswer,
  output: ({ data }) => data,
})

/** `GET /payout/beneficiary/getdetails/{beneficiary_ref}`: reads a beneficiary. Source: IppoPay, docs-api, Payouts. */
export const getBeneficiary: Exchange<'reads', BeneficiaryKey, Beneficiary> = endpoint({
  name: 'ippopay.beneficiaries.get',
  effect: 'reads',
  request: ({ beneficiaryRef }: BeneficiaryKey) =>
    pipe(
      checked(PayoutRef, 'beneficiaryRef', beneficiaryRef),
      E.map((ref) => get('payouts', `/payout/beneficiary/getdetails/${ref}`)),
    ),
  refusalRules: oneObject,
  answer: BeneficiaryAnswer,
  output: ({ data }) => data.beneficiary,
})

/** Which transfer. */
export interface TransferKey {
  /** The caller's own reference of it: 2 to 32 letters and digits. */
  readonly transRef: string
}

/** A new transfer. */
export interface NewTransfer extends TransferKey, BeneficiaryKey {
  /** INR above zero, in paise. */
  readonly amount: MinorUnits
  /** How it travels. */
  readonly payMode: PayMode
  /** Text that goes with the transfer. */
  readonly remarks?: string
}

/**
 * `POST /payout/transfer/request`: sends money to a beneficiary under a reference of the caller's, documented as unique.
 * Errors: `Indeterminate` with `registered` for what may be a repeat: read it. Source: IppoPay, docs-api, Payouts.
 */
export const requestTransfer: Exchange<'moves_money', NewTransfer, Transfer> = endpoint({
  name: 'ippopay.transfers.create',
  effect: 'moves_money',
  request: (input: NewTransfer) =>
    pipe(
      E.Do,
      E.bind('amount', () => rupeesOf(input.amount)),
      E.bind('trans_ref', () => checked(PayoutRef, 'transRef', input.transRef)),
      E.bind('beneficiary_ref', () => checked(PayoutRef, 'beneficiaryRef', input.beneficiaryRef)),
      E.map((fields) =>
        post('payouts', '/payout/transfer/request', { ...fields, remarks: input.remarks, pay_mode: input.payMode }),
      ),
    ),
  refusalRules: uniqueReference,
  answer: TransferAnswer,
  output: ({ data }) => data.transfer,
})

/**
 * `GET /payout/transfer/detail`: reads a transfer. Immediately after a lost answer, `not_found` is no proof that IppoPay did
 * not take it. Source: IppoPay, docs-api, Payouts.
 */
export const getTransfer: Exchange<'reads', TransferKey, Transfer> = endpoint({
  name: 'ippopay.transfers.get',
  effect: 'reads',
  request: ({ transRef }: TransferKey) =>
    pipe(
      checked(PayoutRef, 'transRef', transRef),
      E.map((ref) => get('payouts', `/payout/transfer/detail?trans_ref=${ref}`)),
    ),
  refusalRules: oneObject,
  answer: TransferAnswer,
  output: ({ data }) => data.transfer,
})
