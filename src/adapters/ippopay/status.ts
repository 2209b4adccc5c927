import {
  checkAmount,
  type Money,
  type Payment,
  type PaymentStatus,
  type PayoutStatus,
  type Reference,
  type RefundStatus,
  statusTable,
} from '../../core/index.js'
import {
  type BeneficiaryStatus,
  type Order,
  type OrderStatus,
  type RefundStatus as RefundWord,
  rupees,
  type Transaction,
  type TransactionStatus,
  type TransferStatus,
} from './wire.js'

/** A word of IppoPay's as the tables hold it. */
export const normalized = (word: string): string => word.trim().toLowerCase()

/** `created`: IppoPay, docs-api, Orders. `pending` (the same, in the SDKs' own read) and `paid`: the official iOS SDK; `paid`, the WooCommerce plugin, too. */
const orders = statusTable<string, PaymentStatus>([
  ['created', 'requires_action'],
  ['pending', 'requires_action'],
  ['paid', 'succeeded'],
])

/** What an order's status stands for by itself. */
export const fromOrder = (status: OrderStatus): PaymentStatus => orders(normalized(status))

/** `success`: IppoPay, docs-api, Orders. `pending`: the official Android SDK. The others: IppoPay's dashboards. */
const transactions = statusTable<string, PaymentStatus>([
  ['success', 'succeeded'],
  ['pending', 'processing'],
  ['initiated', 'processing'],
  ['processing', 'processing'],
  ['failure', 'failed'],
  ['failed', 'failed'],
])

/** What a transaction's status stands for by itself. */
export const fromTransaction = (status: TransactionStatus): PaymentStatus => transactions(normalized(status))

/** `accepted`: IppoPay, docs-api, Payouts. The others: IppoPay's payout dashboard. */
const transfers = statusTable<string, PayoutStatus>([
  ['accepted', 'processing'],
  ['queued', 'processing'],
  ['processing', 'processing'],
  ['success', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'failed'],
])

/** What a transfer's status stands for. */
export const fromTransfer = (status: TransferStatus): PayoutStatus => transfers(normalized(status))

/** `active`: IppoPay, docs-api, Payouts. The others: IppoPay's payout dashboard. */
const beneficiaries = statusTable<string, 'active' | 'disabled'>([
  ['active', 'active'],
  ['suspended', 'disabled'],
  ['inactive', 'disabled'],
])

/** Whether transfers may go to a beneficiary. */
export const fromBeneficiary = (status: BeneficiaryStatus): 'active' | 'disabled' | 'unknown' =>
  beneficiaries(normalized(status))

/** The one documented `refund_status`: no refund was asked for (IppoPay, docs-api, Orders). */
export const NOT_REQUESTED = 'not_requested'

/** What the account's configuration says about words in `refund_status`. */
export type RefundStatuses = ReadonlyMap<string, RefundStatus>

/**
 * What a transaction's `refund_status` stands for. `none`: no refund was asked for. A word that is neither documented nor
 * configured tells no more than that one was.
 */
export const fromRefundStatus = (word: RefundWord, configured: RefundStatuses): RefundStatus | 'none' => {
  const status = normalized(word)
  if (status === '') return 'unknown'
  return status === NOT_REQUESTED ? 'none' : (configured.get(status) ?? 'processing')
}

/** What reading the transaction of an order gave, where it gave none. `unreadable` matters for paid orders only. */
export type NoTransaction = 'none' | 'unreadable'

type Judged = Pick<Payment, 'status' | 'review'>

const judged = (status: PaymentStatus, ...review: Payment['review']): Judged => ({ status, review })

/** The transaction is read after the order, so that of two states it has the later one. */
const judge = (order: PaymentStatus, transaction: PaymentStatus | NoTransaction): Judged => {
  const unmapped = order === 'unknown' || transaction === 'unknown' ? (['unmapped_state'] as const) : []
  if (transaction === 'succeeded') return judged('succeeded', ...unmapped)
  if (transaction === 'unknown') return judged('unknown', ...unmapped)
  if (order === 'succeeded')
    return transaction === 'failed' ? judged('unknown', 'contradiction') : judged('succeeded', 'unconfirmed')
  if (transaction === 'processing') return judged('processing', ...unmapped)
  if (order === 'unknown') return judged('unknown', ...unmapped)
  return judged(transaction === 'failed' ? 'failed' : order)
}

/**
 * What one payment is, told by its order and, read after it, its transaction. What was paid is compared with `expected`
 * or, where nobody told, with the order's amount.
 */
export const derivePayment = (
  reference: Reference<'payment'>,
  order: Order,
  transaction: Transaction | NoTransaction,
  expected: Money | undefined = reference.expected,
): Payment => {
  const found = typeof transaction === 'string' ? undefined : transaction
  const ordered = rupees(order.amount, order.currency)
  const { status, review } = judge(
    fromOrder(order.status),
    typeof transaction === 'string' ? transaction : fromTransaction(transaction.status),
  )
  const captured = found !== undefined && fromTransaction(found.status) === 'succeeded'
  return {
    reference,
    status,
    providerState: {
      order: order.status,
      ...(found === undefined ? {} : { transaction: found.status }),
      ...(found === undefined || found.refund_status === '' ? {} : { refund: found.refund_status }),
    },
    ...(status === 'failed' ? { reason: 'declined' } : {}),
    ...(ordered === undefined ? {} : { amount: ordered }),
    amountCheck: captured
      ? checkAmount(expected ?? ordered, rupees(found.cost.paid, order.currency))
      : checkAmount(expected, ordered),
    disputed: false,
    review,
  }
}
