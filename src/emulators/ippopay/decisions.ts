import { invalid } from '../kit/input.js'
import { isCount } from '../kit/settings.js'
import { findOrder } from './collections/orders.js'
import { payModeOf } from './collections/pay-modes.js'
import { decideRefund, startRefund } from './collections/refunds.js'
import { decideTransaction, findTransaction, type PaymentDecision, tryToPay } from './collections/transactions.js'
import { forgedNotificationOf } from './notifications.js'
import { findBeneficiary, setBeneficiaryStatus } from './payouts/beneficiaries.js'
import { advanceTransfer, decideTransfer, findTransfer } from './payouts/transfers.js'
import type { Beneficiary, Outcome, TransferDecision } from './records.js'
import type { Gateway } from './state.js'

/** How a payer pays. */
export interface PayOptions extends PaymentDecision {
  /** `cc`, `dc`, `nb`, `upi` or `upi-intent`. Default: the first payment mode of the order. */
  readonly payModeId?: string
}

/** What payers, banks and IppoPay's staff decide. Errors: `InvalidInput` that says why it is not possible. */
export interface Decisions {
  /** Acts as the payer in one attempt to pay. Returns its transaction id. `pending` leaves the result to `decidePayment`. */
  readonly pay: (orderId: string, outcome: Outcome | 'pending', options?: PayOptions) => string
  /** Decides a pending transaction, as the bank does. */
  readonly decidePayment: (transId: string, outcome: Outcome, decision?: PaymentDecision) => void
  /** Starts a refund as the merchant's staff do in the dashboard. Default: in full. */
  readonly startRefund: (orderId: string, amountPaise?: number) => void
  /** Sets the status that the API shows for an order, whatever was paid. Null ends that. */
  readonly setOrderStatus: (orderId: string, status: string | null) => void
  /** Sets the status that the API shows for a transaction, whatever the bank decided. Null ends that. */
  readonly setTransactionStatus: (transId: string, status: string | null) => void
  /** Sets the status that the API shows for a transfer, wherever it stands. Null ends that. */
  readonly setTransferStatus: (transRef: string, status: string | null) => void
  /** Writes a status into `refund_status`. */
  readonly decideRefund: (orderId: string, status: string) => void
  /** Moves a transfer one step from accepted over queued and processing to success. */
  readonly advanceTransfer: (transRef: string) => void
  /** Ends a transfer that is on its way, or fails or returns one that has succeeded. Amount and fee go back to the balance. */
  readonly decideTransfer: (transRef: string, decision: TransferDecision) => void
  /** Sets the status of a beneficiary. */
  readonly setBeneficiaryStatus: (beneficiaryRef: string, status: Beneficiary['status']) => void
  /** Sends a false notification to the order's `notify_url`: that the order was paid. */
  readonly forgeNotification: (orderId: string) => void
}

export const decisionsOf = (gateway: Gateway): Decisions => ({
  pay: (orderId, outcome, { payModeId, ...decision } = {}) => {
    const order = findOrder(gateway, orderId)
    return tryToPay(gateway, order, payModeOf(order, payModeId), outcome, decision).transId
  },
  decidePayment: (transId, outcome, decision) => {
    const transaction = findTransaction(gateway, transId)
    decideTransaction(gateway, findOrder(gateway, transaction.orderId), transaction, outcome, decision)
  },
  decideRefund: (orderId, status) => decideRefund(gateway, findOrder(gateway, orderId), status),
  startRefund: (orderId, amountPaise) => {
    if (amountPaise !== undefined && (!isCount(amountPaise) || amountPaise === 0))
      throw invalid('amountPaise', 'whole paise above 0')
    startRefund(gateway, findOrder(gateway, orderId), amountPaise)
  },
  setOrderStatus: (orderId, status) => {
    findOrder(gateway, orderId).forcedStatus = status
  },
  setTransactionStatus: (transId, status) => {
    findTransaction(gateway, transId).forcedStatus = status
  },
  setTransferStatus: (transRef, status) => {
    findTransfer(gateway, transRef).forcedStatus = status
  },
  advanceTransfer: (transRef) => advanceTransfer(gateway, findTransfer(gateway, transRef)),
  decideTransfer: (transRef, decision) => decideTransfer(gateway, findTransfer(gateway, transRef), decision),
  setBeneficiaryStatus: (beneficiaryRef, status) =>
    setBeneficiaryStatus(gateway, findBeneficiary(gateway, beneficiaryRef), status),
  forgeNotification: (orderId) => gateway.notify(forgedNotificationOf(gateway, findOrder(gateway, orderId))),
})
