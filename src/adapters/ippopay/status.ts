import {
  checkAmount,
  expectedAmountOf,
  type MinorUnits,
  omitUndefined,
  type PaymentStatus,
  type PayoutStatus,
  type Reference,
  type RefundStatus,
  type Snapshot,
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

/**
 * Source: `created`: IppoPay, docs-api, Orders. `pending` (the same, in the SDKs' own read) and `paid`: the official iOS SDK;
 * `paid`: the official WooCommerce plugin, too.
 */
const orders = statusTable<string, PaymentStatus>([
  ['created', 'requires_action'],
  ['pending', 'requires_action'],
  ['paid', 'succeeded'],
])

/** What an order's status stands for by itself. */
export const fromOrder = (status: OrderStatus): PaymentStatus => orders(normalized(status))

/** Source: `success`: IppoPay, docs-api, Orders. `pending`: the official Android SDK. The others: IppoPay's dashboards. */
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

/** Source: `accepted`: IppoPay, docs-api, Payouts. The others: IppoPay's payout dashboard. */
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

/** Source: `active`: IppoPay, docs-api, Payouts. The others: IppoPay's payout dashboard. */
const beneficiaries = statusTable<string, 'active' | 'disabled'>([
  ['active', 'active'],
  ['suspended', 'disabled'],
  ['inactive', 'disabled'],
])

/** Whether transfers may go to a beneficiary. */
export const fromBeneficiary = (status: BeneficiaryStatus): 'active' | 'disabled' | 'unknown' =>
  beneficiaries(normalized(status))

/** The one documented `refund_status`: no refund was requested. Source: IppoPay, docs-api, Orders. */
export const NOT_REQUESTED = 'not_requested'

/** What words in `refund_status` stand for, by the account's configuration. */
export type RefundStatuses = ReadonlyMap<string, RefundStatus>

/**
 * What a transaction's `refund_status` stands for. `none`: no refund was requested. A word that is neither documented nor
 * configured tells no more than that one was.
 */
export const fromRefundStatus = (word: RefundWord, configured: RefundStatuses): RefundStatus | 'none' => {
  const status = normalized(word)
  if (status === '') return 'unknown'
  return status === NOT_REQUESTED ? 'none' : (configured.get(status) ?? 'processing')
}

/** What reading the transaction of an order gave, where it gave none. `unreadable` matters for paid orders only. */
export type NoTransaction = 'none' | 'unreadable'

type DerivedStatus = Pick<Snapshot<'payment'>, 'status' | 'review'>

const derived = (status: PaymentStatus, ...review: Snapshot<'payment'>['review']): DerivedStatus => ({ status, review })

/**
 * Whether a transaction has succeeded and its order still waits to be paid. A transaction names no order: it may be another's.
 */
const isOutOfStep = (order: PaymentStatus, transaction: PaymentStatus | NoTransaction): boolean =>
  order === 'requires_action' && transaction === 'succeeded'

/** {@link isOutOfStep} of what was read. The payer may have paid between the two reads: then the order has moved on since. */
export const mayBeOutOfStep = (order: Order, transaction: Transaction | NoTransaction): boolean =>
  typeof transaction !== 'string' && isOutOfStep(fromOrder(order.status), fromTransaction(transaction.status))

/** The transaction is read after the order, so that of two states it has the later one. */
const deriveStatus = (order: PaymentStatus, transaction: PaymentStatus | NoTransaction): DerivedStatus => {
  const unmapped = order === 'unknown' || transaction === 'unknown' ? (['unmapped_state'] as const) : []
  if (isOutOfStep(order, transaction)) return derived('unknown', 'contradiction')
  if (transaction === 'succeeded') return derived('succeeded', ...unmapped)
  if (transaction === 'unknown') return derived('unknown', ...unmapped)
  if (order === 'succeeded')
    return transaction === 'failed' ? derived('unknown', 'contradiction') : derived('succeeded', 'unconfirmed')
  if (transaction === 'processing') return derived('processing', ...unmapped)
  if (order === 'unknown') return derived('unknown', ...unmapped)
  return derived(transaction === 'failed' ? 'failed' : order)
}

/** What a successful transaction tells of money. It names no currency: its amounts are in the order's. IppoPay captures what the payer pays. */
const moneyOf = ({ cost, commission }: Transaction, currency: unknown) => {
  const paid = rupees(cost.paid, currency)
  return omitUndefined({ paid, captured: paid, fee: rupees(commission.total, currency) })
}

// A blank says nothing, and whether a refund that failed counts is not documented: an operator looks.
const isRefundReported = (found: Transaction | undefined): boolean =>
  found !== undefined &&
  normalized(found.refund_status) !== '' &&
  fromRefundStatus(found.refund_status, new Map()) !== 'none'

/**
 * A payment from its order and, read after it, its transaction. What was paid is compared with `expected` or, without one,
 * with the order's amount. No code of a failure and no amount of a refund is known: `failure_reason` is a text for people.
 */
export const derivePayment = (
  reference: Reference<'payment'>,
  order: Order,
  transaction: Transaction | NoTransaction,
  expected: MinorUnits | undefined = expectedAmountOf(reference),
): Snapshot<'payment'> => {
  const found = typeof transaction === 'string' ? undefined : transaction
  const amount = rupees(order.amount, order.currency)
  const state = typeof transaction === 'string' ? transaction : fromTransaction(transaction.status)
  const { status, review } = deriveStatus(fromOrder(order.status), state)
  const money =
    found !== undefined && state === 'succeeded' && status === state ? moneyOf(found, order.currency) : undefined
  return {
    reference,
    status,
    providerState: {
      order: order.status,
      ...omitUndefined({ transaction: found?.status, refund: found?.refund_status || undefined }),
    },
    ...(status === 'failed' ? { reason: 'declined' } : {}),
    ...omitUndefined({ amount }),
    amountCheck: money === undefined ? checkAmount(expected, amount) : checkAmount(expected ?? amount, money.paid),
    ...money,
    disputed: false,
    review: isRefundReported(found) ? [...review, 'refund_reported'] : review,
  }
}
