import type { ApiRequest, Endpoint } from '../endpoint.js'
import { rupeeText } from '../paise.js'
import type { Order } from '../records.js'
import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'
import { createOrder, findOrder } from './orders.js'
import { requestRefund } from './refunds.js'
import { transactionOf } from './transactions.js'
import { processUpiIntent } from './upi.js'
import { orderView, transactionView } from './views.js'

const orderOf = (gateway: Gateway, { params, mode }: ApiRequest): Order =>
  findOrder(gateway, params.order_id ?? '', mode)

const orderIdOf = ({ params }: Pick<ApiRequest, 'params'>) => params.order_id

const createOrderEndpoint: Endpoint = {
  method: 'POST',
  path: '/order/create',
  product: 'collections',
  operation: 'payment',
  handle: (gateway, { mode, body }) => {
    const order = createOrder(gateway, mode, body)
    const { orderId, amountPaise, currency } = order
    return {
      message: 'Order created',
      data: { order: orderView(gateway, order) },
      executed: { id: orderId, key: orderId, amount: rupeeText(amountPaise), currency },
    }
  },
}

const getOrder: Endpoint = {
  method: 'GET',
  path: '/order/:order_id',
  product: 'collections',
  handle: (gateway, request) => ({
    message: 'Order Details',
    data: { order: orderView(gateway, orderOf(gateway, request)) },
  }),
}

const getTransaction: Endpoint = {
  method: 'GET',
  path: '/order/:order_id/transaction',
  product: 'collections',
  handle: (gateway, request) => {
    const order = orderOf(gateway, request)
    const transaction = transactionOf(gateway, order)
    if (transaction === undefined) throw new Refusal('no_transaction', 'No transaction for this order')
    return {
      message: 'Transaction details',
      data: { transaction: transactionView(transaction, order) },
      synthetic:
        transaction.forcedStatus !== null ||
        transaction.status !== 'success' ||
        transaction.refundStatus !== 'not_requested',
    }
  },
}

/** The id is the last segment here, unlike in the other routes of an order. */
const refundOrder: Endpoint = {
  method: 'POST',
  path: '/order/refund/:order_id',
  product: 'collections',
  operation: 'refund',
  key: orderIdOf,
  handle: (gateway, request) => {
    const order = orderOf(gateway, request)
    const { amountPaise } = requestRefund(gateway, order, request.body)
    return {
      message: 'Your refund request accepted',
      executed: { id: order.orderId, amount: rupeeText(amountPaise), currency: order.currency },
    }
  },
}

const processOrder: Endpoint = {
  method: 'POST',
  path: '/order/:order_id/process',
  product: 'collections',
  operation: 'upi_process',
  key: orderIdOf,
  handle: (gateway, request) => {
    const order = orderOf(gateway, request)
    const { transaction, link } = processUpiIntent(gateway, order, request.body)
    return {
      message: 'Opening UPI Apps...',
      data: { pay_process: { action: 'intent', redirect_data: { data: { upi_intent: link } } } },
      executed: { id: transaction.transId, amount: rupeeText(order.amountPaise), currency: order.currency },
    }
  },
}

export const COLLECTIONS: readonly Endpoint[] = [
  createOrderEndpoint,
  getOrder,
  getTransaction,
  refundOrder,
  processOrder,
]
