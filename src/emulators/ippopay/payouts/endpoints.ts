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
  handle: ({ balancePaise }) => ({ message: 'Account Details', data: { account: balanceView(balancePaise) } }),
}

/** Answers no data. */
const createBeneficiaryEndpoint: Endpoint = {
  method: 'POST',
  path: '/payout/beneficiary/create',
  product: 'payouts',
  operation: 'beneficiary',
  key: ({ body }) => body.beneficiary_ref,
  handle: (gateway, { body }) => {
    const { beneficiaryId } = createBeneficiary(gateway, body)
    return { message: 'Beneficiary created', executed: { id: beneficiaryId } }
  },
}

const listBeneficiariesEndpoint: Endpoint = {
  method: 'GET',
  path: '/payout/beneficiary/list',
  product: 'payouts',
  handle: (gateway, { query }) => ({
    message: 'Beneficiary List',
    data: {
      beneficiaries: listBeneficiaries(gateway, query).map(beneficiaryView),
      total: gateway.beneficiaries.length,
    },
  }),
}

const getBeneficiary: Endpoint = {
  method: 'GET',
  path: '/payout/beneficiary/getdetails/:beneficiary_ref',
  product: 'payouts',
  handle: (gateway, { params }) => ({
    message: 'Beneficiary Details',
    data: { beneficiary: beneficiaryView(findBeneficiary(gateway, params.beneficiary_ref ?? '')) },
  }),
}

const requestTransferEndpoint: Endpoint = {
  method: 'POST',
  path: '/payout/transfer/request',
  product: 'payouts',
  operation: 'payout',
  key: ({ body }) => body.trans_ref,
  handle: (gateway, { body }) => {
    const transfer = requestTransfer(gateway, body)
    return {
      message: 'Payout Accepted',
      data: { transfer: transferView(transfer) },
      executed: { id: transfer.transId, amount: rupeeText(transfer.amountPaise), currency: 'INR' },
    }
  },
}

/** The documentation shows the message of the transfer request here, too. */
const getTransfer: Endpoint = {
  method: 'GET',
  path: '/payout/transfer/detail',
  product: 'payouts',
  handle: (gateway, { query }) => {
    const transfer = findTransfer(gateway, text(query, 'trans_ref'))
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
