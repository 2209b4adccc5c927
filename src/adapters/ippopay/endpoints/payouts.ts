import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Exchange, guarded, type Money } from '../../../core/index.js'
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
import { checked, get, interpreted, post, rupeesOf } from './request.js'

/** Ways a transfer travels. IppoPay, docs-api, Payouts: IMPS up to INR 200000, RTGS above, NEFT without a stated limit and the default. */
export const payModes = ['NEFT', 'IMPS', 'RTGS'] as const
/** One of {@link payModes}. */
export type PayMode = (typeof payModes)[number]

/** `GET /payout/account/balance`: the payout account's available balance. IppoPay, docs-api, Payouts. */
export const getBalance: Exchange<'reads', void, Money> = {
  effect: 'reads',
  prepare: () => E.right(get('payouts', '/payout/account/balance')),
  interpret: interpreted('reads', general, BalanceAnswer, ({ data }) => data.account.available_balance),
}

/** Which beneficiary. */
export interface BeneficiaryKey {
  /** 2 to 32 letters and digits, the caller's own. */
  readonly beneficiaryRef: string
}

/** A bank account to register. */
export interface NewBeneficiary extends BeneficiaryKey {
  readonly accountNumber: string
  readonly ifsc: string
  readonly name: string
}

/**
 * `POST /payout/beneficiary/create`: registers a bank account under a reference of ours, documented as unique. A
 * repeat is `Indeterminate` with `registered`: read it. IppoPay, docs-api, Payouts.
 */
export const createBeneficiary: Exchange<'stages', NewBeneficiary, void> = {
  effect: 'stages',
  prepare: ({ beneficiaryRef, accountNumber, ifsc, name }) =>
    pipe(
      checked(PayoutRef, 'beneficiaryRef', beneficiaryRef),
      E.map((beneficiary_ref) =>
        post('stages', 'payouts', '/payout/beneficiary/create', {
          acc_number: accountNumber,
          ifsc,
          name,
          beneficiary_ref,
        }),
      ),
    ),
  interpret: interpreted('stages', uniqueReference, Accepted, () => undefined),
}

/** Which page of a list. */
export interface Page {
  /** Counts from 1. */
  readonly page: number
  readonly limit: number
}

/** One page of the beneficiaries. An empty one is the end. */
export interface Beneficiaries {
  readonly beneficiaries: readonly Beneficiary[]
  readonly total: number
}

const Count = guarded(
  'an integer from 1 to 1000000',
  (value): value is number => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000_000,
)

/** `GET /payout/beneficiary/list`: one page of the beneficiaries. IppoPay, docs-api, Payouts. */
export const listBeneficiaries: Exchange<'reads', Page, Beneficiaries> = {
  effect: 'reads',
  prepare: (input) =>
    pipe(
      E.Do,
      E.bind('limit', () => checked(Count, 'limit', input.limit)),
      E.bind('page', () => checked(Count, 'page', input.page)),
      E.map(({ limit, page }) => get('payouts', `/payout/beneficiary/list?limit=${limit}&page=${page}`)),
    ),
  interpret: interpreted('reads', general, BeneficiariesAnswer, ({ data }) => data),
}

/** `GET /payout/beneficiary/getdetails/{beneficiary_ref}`: reads a beneficiary. IppoPay, docs-api, Payouts. */
export const getBeneficiary: Exchange<'reads', BeneficiaryKey, Beneficiary> = {
  effect: 'reads',
  prepare: ({ beneficiaryRef }) =>
    pipe(
      checked(PayoutRef, 'beneficiaryRef', beneficiaryRef),
      E.map((ref) => get('payouts', `/payout/beneficiary/getdetails/${ref}`)),
    ),
  interpret: interpreted('reads', oneObject, BeneficiaryAnswer, ({ data }) => data.beneficiary),
}

/** Which transfer. */
export interface TransferKey {
  /** 2 to 32 letters and digits, the caller's own. */
  readonly transRef: string
}

/** A transfer to ask for. */
export interface NewTransfer extends TransferKey, BeneficiaryKey {
  readonly amount: Money
  readonly payMode: PayMode
  /** Goes with the transfer. */
  readonly remarks?: string
}

/**
 * `POST /payout/transfer/request`: sends money to a beneficiary under a reference of ours, documented as unique. What
 * may be the answer to a repeat is `Indeterminate` with `registered`: read it. IppoPay, docs-api, Payouts.
 */
export const requestTransfer: Exchange<'moves_money', NewTransfer, Transfer> = {
  effect: 'moves_money',
  prepare: (input) =>
    pipe(
      E.Do,
      E.bind('amount', () => rupeesOf(input.amount)),
      E.bind('trans_ref', () => checked(PayoutRef, 'transRef', input.transRef)),
      E.bind('beneficiary_ref', () => checked(PayoutRef, 'beneficiaryRef', input.beneficiaryRef)),
      E.map(({ amount, trans_ref, beneficiary_ref }) =>
        post('moves_money', 'payouts', '/payout/transfer/request', {
          amount,
          trans_ref,
          beneficiary_ref,
          remarks: input.remarks,
          pay_mode: input.payMode,
        }),
      ),
    ),
  interpret: interpreted('moves_money', uniqueReference, TransferAnswer, ({ data }) => data.transfer),
}

/**
 * `GET /payout/transfer/detail`: reads a transfer. Straight after a lost answer, "not found" is no proof that it was not
 * taken. IppoPay, docs-api, Payouts.
 */
export const getTransfer: Exchange<'reads', TransferKey, Transfer> = {
  effect: 'reads',
  prepare: ({ transRef }) =>
    pipe(
      checked(PayoutRef, 'transRef', transRef),
      E.map((ref) => get('payouts', `/payout/transfer/detail?trans_ref=${ref}`)),
    ),
  interpret: interpreted('reads', oneObject, TransferAnswer, ({ data }) => data.transfer),
}
