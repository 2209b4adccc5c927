import type { Notification } from '../kit/notifications.js'
import { SYNTHETIC } from './answers.js'
import { payModeOf } from './collections/pay-modes.js'
import { orderView, transactionView } from './collections/views.js'
import type { Context } from './context.js'
import { rupeesOf } from './paise.js'
import type { Order, Transaction } from './records.js'

/**
 * What is posted to `notify_url`. Everything about it is the emulator's convention: IppoPay documents that the field
 * exists and nothing else, no body, no signature, no retries.
 */
const RETRIES_MS = [15_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000]

export const notificationOf = (context: Context, order: Order, transaction: Transaction): Notification => ({
  url: order.notifyUrl,
  ...write(context, order, transaction),
  accepted: (status) => status >= 200 && status < 300,
  schedule: RETRIES_MS,
})

/** Claims a success that never was, in the same words as a true notification. */
export const forgedNotificationOf = (context: Context, order: Order): Notification => {
  const now = context.clock.now()
  return notificationOf(
    context,
    { ...order, status: 'paid' },
    {
      transId: context.nextId('trans'),
      orderId: order.orderId,
      status: 'success',
      failureReason: '',
      payMode: payModeOf(order),
      paidPaise: order.amountPaise,
      refundStatus: 'not_requested',
      createdAt: now,
      updatedAt: now,
    },
  )
}

const write = (context: Context, order: Order, transaction: Transaction): Pick<Notification, 'headers' | 'body'> => {
  switch (context.behaviour.notificationShape) {
    case 'rest':
      return json({
        success: true,
        message: `Transaction ${transaction.status}`,
        data: { order: orderView(context, order), transaction: transactionView(transaction, order) },
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
