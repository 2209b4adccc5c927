import type { Notifications } from '../kit/notifications.js'
import { findOrder } from './collections/orders.js'
import { payModeOf } from './collections/pay-modes.js'
import { decideRefund } from './collections/refunds.js'
import { type Conclusion, concludeTransaction, findTransaction, tryToPay } from './collections/transactions.js'
import type { Context } from './context.js'
import { forgedNotificationOf } from './notifications.js'
import { findBeneficiary, setBeneficiaryStatus } from './payouts/beneficiaries.js'
import { advanceTransfer, decideTransfer, findTransfer } from './payouts/transfers.js'
import type { Beneficiary, Outcome, TransferDecision } from './records.js'

export interface PayOptions extends Conclusion {
  /** `cc`, `dc`, `nb`, `upi` or `upi-intent`; by default the order's first. */
  readonly payModeId?: string
}

/** What payers, banks and the gateway's staff decide. Each throws an error that says what stands against it. */
export interface Decisions {
  /** A whole try of the payer; gives its transaction id. `pending` leaves it to `concludePayment`. */
  readonly pay: (orderId: string, outcome: Outcome | 'pending', options?: PayOptions) => string
  /** The bank's answer to a try that is pending. */
  readonly concludePayment: (transId: string, outcome: Outcome, conclusion?: Conclusion) => void
  /** Writes a word into `refund_status`. */
  readonly decideRefund: (orderId: string, status: string) => void
  /** One step of accepted, queued, processing, success. */
  readonly advanceTransfer: (transRef: string) => void
  readonly decideTransfer: (transRef: string, decision: TransferDecision) => void
  readonly setBeneficiaryStatus: (beneficiaryRef: string, status: Beneficiary['status']) => void
  /** Posts to the order's `notify_url` that it was paid, which is not true. */
  readonly forgeNotification: (orderId: string) => void
}

export const decisionsOf = (context: Context, { send }: Notifications): Decisions => ({
  pay: (orderId, outcome, { payModeId, ...conclusion } = {}) => {
    const order = findOrder(context, orderId)
    return tryToPay(context, order, payModeOf(order, payModeId), outcome, conclusion).transId
  },
  concludePayment: (transId, outcome, conclusion) => {
    const transaction = findTransaction(context, transId)
    concludeTransaction(context, findOrder(context, transaction.orderId), transaction, outcome, conclusion)
  },
  decideRefund: (orderId, status) => decideRefund(context, findOrder(context, orderId), status),
  advanceTransfer: (transRef) => advanceTransfer(context, findTransfer(context, transRef)),
  decideTransfer: (transRef, decision) => decideTransfer(context, findTransfer(context, transRef), decision),
  setBeneficiaryStatus: (beneficiaryRef, status) =>
    setBeneficiaryStatus(context, findBeneficiary(context, beneficiaryRef), status),
  forgeNotification: (orderId) => send(forgedNotificationOf(context, findOrder(context, orderId))),
})
