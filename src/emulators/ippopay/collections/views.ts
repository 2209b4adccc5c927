import { paymentUrl } from '../pages/addresses.js'
import { rupeesOf, shareOf } from '../paise.js'
import type { Customer, Order, PaymentMode, Transaction } from '../records.js'
import { type Gateway, MERCHANT } from '../state.js'
import { isoTime } from '../time.js'
import { transactionOf } from './transactions.js'

/** The records as IppoPay shows them: field names as documented, rupees as numbers, times as ISO 8601 in UTC. */

const COMMISSION_HUNDREDTHS_OF_PERCENT = 175

/** The commission on a paid amount, as in the documented sample: 1 rupee paid, 0.02 kept. */
const commissionOf = (paidPaise: number): number => shareOf(paidPaise, COMMISSION_HUNDREDTHS_OF_PERCENT)

const paymentModes = (modes: readonly PaymentMode[], echoDb: boolean): string =>
  modes.map((mode) => (mode === 'dc' && echoDb ? 'db' : mode)).join(',')

export const orderView = (gateway: Gateway, order: Order) => {
  const transaction = transactionOf(gateway, order)
  const undocumented = {
    payment_url: paymentUrl(gateway, order),
    public_key: gateway.credentials[order.mode].publicKey,
    createdAt: isoTime(order.createdAt),
    mode: order.mode,
    ...(transaction === undefined ? {} : { trans_id: transaction.transId }),
  }
  return {
    order_id: order.orderId,
    status: order.forcedStatus ?? order.status,
    amount: rupeesOf(order.amountPaise),
    currency: order.currency,
    paymentModes: paymentModes(order.paymentModes, gateway.behaviour.echoDb),
    merchant: MERCHANT,
    customer: order.customer,
    ...Object.fromEntries(gateway.behaviour.orderFields.map((field) => [field, undocumented[field]])),
  }
}

/** The order as the public preview shows it: with another word for an unpaid order and another spelling of the payment modes. */
export const previewView = (gateway: Gateway, order: Order) => {
  const transaction = transactionOf(gateway, order)
  const offers = (mode: PaymentMode) => order.paymentModes.includes(mode)
  return {
    order_id: order.orderId,
    status: order.forcedStatus ?? (order.status === 'created' ? 'pending' : order.status),
    amount: rupeesOf(order.amountPaise),
    currency: order.currency,
    mode: order.mode,
    ...(transaction === undefined ? {} : { trans_id: transaction.transId }),
    merchant: MERCHANT,
    customer: order.customer,
    payment_modes: {
      credit_card: offers('cc'),
      debit_card: offers('dc'),
      net_banking: offers('nb'),
      upi: offers('upi'),
      international_cards: false,
    },
  }
}

const withPlus = ({ name, email, phone }: Customer): Customer => {
  const digits = phone.country_code.replace(/\D/g, '')
  return { name, email, phone: { ...phone, country_code: digits === '' ? '' : `+${digits}` } }
}

/** Shows neither the order's id nor its amount nor its currency: only the URL says which order it is about. */
export const transactionView = (transaction: Transaction, { customer, notes }: Order) => {
  const { settlement } = transaction
  return {
    trans_id: transaction.transId,
    status: transaction.forcedStatus ?? transaction.status,
    failure_reason: transaction.failureReason,
    refund_status: transaction.refundStatus,
    merchant: MERCHANT,
    customer: withPlus(customer),
    cost: {
      paid: rupeesOf(transaction.paidPaise),
      settled: rupeesOf(transaction.paidPaise - commissionOf(transaction.paidPaise)),
    },
    commission: {
      percentage: COMMISSION_HUNDREDTHS_OF_PERCENT / 100,
      value: rupeesOf(commissionOf(transaction.paidPaise)),
      tax: 0,
      total: rupeesOf(commissionOf(transaction.paidPaise)),
    },
    tax: { value: 0, calculation: 'percent' },
    notes,
    product: 'order',
    is_manual_record: false,
    manual_recorded_date: isoTime(transaction.createdAt),
    is_intl_payment: false,
    gateway: { payment_mode: transaction.payMode },
    ...(settlement === null ? {} : { settlement_id: settlement.id, settlement_date: isoTime(settlement.at) }),
    createdAt: isoTime(transaction.createdAt),
    updatedAt: isoTime(transaction.updatedAt),
  }
}
