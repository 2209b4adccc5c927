import type { Endpoint, Reply } from '../endpoint.js'
import { text } from '../fields.js'
import { rupeeText } from '../paise.js'
import type { Transfer } from '../records.js'
import type { Gateway } from '../state.js'
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
    return { message: 'Beneficiary created Successfully', executed: { id: beneficiaryId } }
  },
}

const listBeneficiariesEndpoint: Endpoint = {
  method: 'GET',
  path: '/payout/beneficiary/list',
  product: 'payouts',
  handle: (gateway, { query }) => ({
    message: 'Beneficiary list',
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
    message: 'Beneficiary Detail',
    data: { beneficiary: beneficiaryView(findBeneficiary(gateway, params.beneficiary_ref ?? '')) },
  }),
}

/** Words that leave the result open are made up: IppoPay documents none. */
const transferAnswer = ({ behaviour }: Gateway, transfer: Transfer): Reply => {
  switch (behaviour.transferAnswer) {
    case 'accepted':
      return { message: 'Payout Accepted', data: { transfer: transferView(transfer) } }
    case 'timed_out':
      return { success: false, message: 'Request timed out, please check the status later', synthetic: true }
    case 'processing':
      return { success: false, message: 'Transaction is processing', synthetic: true }
  }
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
      ...transferAnswer(gateway, transfer),
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
      synthetic: transfer.status === 'returned' || transfer.forcedStatus !== null,
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
