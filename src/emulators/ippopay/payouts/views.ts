import { rupeesOf, rupeeText } from '../paise.js'
import type { Beneficiary, Transfer } from '../records.js'
import { MERCHANT } from '../state.js'
import { isoTime } from '../time.js'

export const balanceView = (balancePaise: number) => ({ available_balance: rupeeText(balancePaise) })

export const beneficiaryView = (beneficiary: Beneficiary) => ({
  beneficiary_id: beneficiary.beneficiaryId,
  beneficiary_ref: beneficiary.beneficiaryRef,
  merchant_id: MERCHANT.id,
  status: beneficiary.status,
  account: beneficiary.account,
  name: beneficiary.name,
  tags: [],
  createdAt: isoTime(beneficiary.createdAt),
  updatedAt: isoTime(beneficiary.updatedAt),
})

export const transferView = (transfer: Transfer) => ({
  trans_id: transfer.transId,
  trans_ref: transfer.transRef,
  status: transfer.forcedStatus ?? transfer.status,
  merchant_id: MERCHANT.id,
  amount: rupeesOf(transfer.amountPaise),
  commission: { value: rupeesOf(transfer.feePaise), total: rupeesOf(transfer.feePaise) },
  total_deduction: rupeesOf(transfer.amountPaise + transfer.feePaise),
  pay_mode: transfer.payMode,
  remarks: transfer.remarks,
  product_type: 'payout',
  trans_type: 'DEBIT',
  init_source: 'api',
  beneficiary: {
    beneficiary_id: transfer.beneficiaryId,
    beneficiary_ref: transfer.beneficiaryRef,
    account: transfer.account,
  },
  createdAt: isoTime(transfer.createdAt),
  updatedAt: isoTime(transfer.updatedAt),
})
