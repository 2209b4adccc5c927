import type { Notification } from '../kit/notifications.js'
import { SYNTHETIC } from './answers.js'
import { payModeOf } from './collections/pay-modes.js'
import { orderView, transactionView } from './collections/views.js'
import { rupeesOf } from './paise.js'
import type { Order, Transaction } from './records.js'
import type { Gateway } from './state.js'

/**
 * Made up, as everything about notifications: IppoPay documents that the field `notify_url` exists, but no body, no signature
 * and no retries.
 */
const RETRIES_MS = [15_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000]

export const notificationOf = (gateway: Gateway, order: Order, transaction: Transaction): Notification => ({
  url: order.notifyUrl,
  ...write(gateway, order, transaction),
  accepted: (status) => status >= 200 && status < 300,
  schedule: RETRIES_MS,
})

/** Reports a success that did not happen, in the same form as a true notification. */
export const forgedNotificationOf = (gateway: Gateway, order: Order): Notification => {
  const now = gateway.clock.now()
  return notificationOf(
    gateway,
    { ...order, status: 'paid', forcedStatus: null },
    {
      transId: gateway.nextId('trans'),
      orderId: order.orderId,
      status: 'success',
      forcedStatus: null,
      failureReason: '',
      payMode: payModeOf(order),
      paidPaise: order.amountPaise,
      refundStatus: 'not_requested',
      settlement: null,
      createdAt: now,
      updatedAt: now,
    },
  )
}

const write = (gateway: Gateway, order: Order, transaction: Transaction): Pick<Notification, 'headers' | 'body'> => {
  switch (gateway.behaviour.notificationShape) {
    case 'rest':
      return json({
        success: true,
        message: `Transaction ${transaction.status}`,
        data: { order: orderView(gateway, order), transaction: transactionView(transaction, order) },
      })
    case 'flat':
      return json(flat(order, transaction))
    case 'form':
      return {
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...SYNTHETIC },
        body: new URLSearchParams(flat(order, transaction)).toString(),
      }
  }
}

const json = (value: object): Pick<Notification, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/json', ...SYNTHETIC },
  body: JSON.stringify(value),
})

const flat = (order: Order, transaction: Transaction) => ({
  order_id: order.orderId,
  trans_id: transaction.transId,
  status: transaction.status,
  amount: String(rupeesOf(order.amountPaise)),
  currency: order.currency,
})
