import { phpMap } from './http.js'
import {
  type Gateway,
  type IpnUrls,
  invoiceOf,
  invoiceStatus,
  type Json,
  type Refund,
  shown,
  TIMEOUT,
  type Transaction,
  TX,
  type Withdrawal,
} from './state.js'

const deliver = ({ notify, ipnUrls, behaviour }: Gateway, kind: keyof IpnUrls, payload: Json): void => {
  const url = ipnUrls[kind] ?? ipnUrls.checkout
  if (url === null) return
  notify({
    url,
    headers: {
      'content-type': 'application/json',
      ...(behaviour.ipnSourceIp === null ? {} : { 'x-forwarded-for': behaviour.ipnSourceIp }),
    },
    body: JSON.stringify(payload),
    accepted: (status) => status === 200,
    schedule: behaviour.ipnRetrySchedule.map((wait) => Math.round(wait * behaviour.ipnRetryFactor)),
  })
}

/** The error of a transaction that the fraud check rejected, as a read shows it. Its notification has another text. */
export const REJECTED = 'Payop. Transaction rejected by security reason.'

const errorMessage = ({ behaviour }: Gateway, { state, error }: Transaction): string => {
  if (state === TX.timeout && behaviour.timeout !== 'plugins') return TIMEOUT
  if (state === TX.accepted && behaviour.ipnErrorOnAccepted === 'on') return 'Approved or completed successfully'
  return error === REJECTED ? 'We are unable to process your payment due to security reasons.' : error
}

export const sendCheckoutIpn = (gateway: Gateway, transaction: Transaction): void => {
  const invoice = invoiceOf(gateway, transaction)
  const disguised = transaction.state === TX.timeout && gateway.behaviour.timeout !== 'plugins'
  deliver(gateway, 'checkout', {
    invoice: {
      id: invoice.id,
      status: invoiceStatus(gateway, invoice),
      txid: transaction.id,
      metadata: phpMap(gateway, invoice.metadata),
    },
    transaction: {
      id: transaction.id,
      state: disguised ? TX.failed : transaction.state,
      order: { id: invoice.orderId },
      error: { message: errorMessage(gateway, transaction), code: '' },
    },
  })
}

export const sendRefundIpn = (gateway: Gateway, refund: Refund): void => {
  const source = gateway.transactions.get(refund.transactionId)
  deliver(gateway, 'refund', {
    transaction: {
      refundId: refund.id,
      state: refund.status,
      amount: refund.amount,
      currency: refund.currency,
      metadata: phpMap(gateway, refund.metadata),
      error: { message: refund.error ?? '', code: '' },
    },
    sourceTransaction: {
      id: refund.transactionId,
      state: source === undefined ? TX.accepted : shown(gateway, source).state,
    },
  })
}

export const sendWithdrawalIpn = (gateway: Gateway, withdrawal: Withdrawal): void => {
  deliver(gateway, 'withdrawal', {
    transaction: {
      withdrawalId: withdrawal.id,
      state: withdrawal.status,
      amount: withdrawal.amount,
      currency: withdrawal.currency,
      comment: withdrawal.comment ?? '',
      metadata: phpMap(gateway, withdrawal.metadata),
      error: { message: '', code: '' },
    },
  })
}
