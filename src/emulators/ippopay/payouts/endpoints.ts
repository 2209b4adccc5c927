import type { Endpoint } from '../endpoint.js'
import { text } from '../fields.js'
import { rupeeText } from '../paise.js'
import { createBeneficiary, findBeneficiary, listBeneficiaries } from './beneficiaries.js'
import { findTransfer, requestTransfer } from './transfers.js'
import { balanceView, beneficiaryView, transferView } from './views.js'

const getBalance: Endpoint = {
  method: 'GET',
  path: '/payout/account/balance',
  product: 'payouts',
  handle: ({ books }) => ({ message: 'Account Details', data: { account: balanceView(books.balancePaise) } }),
}

/** Answers no data. */
const createBeneficiaryEndpoint: Endpoint = {
  method: 'POST',
  path: '/payout/beneficiary/create',
  product: 'payouts',
  operation: 'beneficiary',
  key: ({ body }) => body.beneficiary_ref,
  handle: (context, { body }) => {
    const { beneficiaryId } = createBeneficiary(context, body)
    return { message: 'Beneficiary created', executed: { id: beneficiaryId } }
  },
}

const listBeneficiariesEndpoint: Endpoint = {
  method: 'GET',
  path: '/payout/beneficiary/list',
  product: 'payouts',
  handle: (context, { query }) => ({
    message: 'Beneficiary List',
    data: {
      beneficiaries: listBeneficiaries(context, query).map(beneficiaryView),
      total: context.books.beneficiaries.length,
    },
  }),
}

const getBeneficiary: Endpoint = {
  method: 'GET',
  path: '/payout/beneficiary/getdetails/:beneficiary_ref',
  product: 'payouts',
  handle: (context, { params }) => ({
    message: 'Beneficiary Details',
    data: { beneficiary: beneficiaryView(findBeneficiary(context, params.beneficiary_ref ?? '')) },
  }),
}

const requestTransferEndpoint: Endpoint = {
  method: 'POST',
  path: '/payout/transfer/request',
  product: 'payouts',
  operation: 'payout',
  key: ({ body }) => body.trans_ref,
  handle: (context, { body }) => {
    const transfer = requestTransfer(context, body)
    return {
      message: 'Payout Accepted',
      data: { transfer: transferView(transfer) },
      executed: { id: transfer.transId, amount: rupeeText(transfer.amountPaise), currency: 'INR' },
    }
  },
}

/** The documentation repeats the message of the request here. */
const getTransfer: Endpoint = {
  method: 'GET',
  path: '/payout/transfer/detail',
  product: 'payouts',
  handle: (context, { query }) => {
    const transfer = findTransfer(context, text(query, 'trans_ref'))
    return {
      message: 'Payout Accepted',
      data: { transfer: transferView(transfer) },
      synthetic: transfer.status === 'returned',
    }
  },
}

export const PAYOUTS: readonly Endpoint[] = [
  getBalance,
  createBeneficiaryEndpoint,
  listBeneficiariesEndpoint,
  getBeneficiary,
  requestTransferEndpoint,
  getTransfer,
]
