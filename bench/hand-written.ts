import { createHash } from 'node:crypto'
import { ids, ippopayAccount, order, payopAccount } from './order.js'
import type { Calls } from './slices.js'

/** JSON over HTTP, by whatever client. */
export interface Http {
  readonly get: <Body>(path: string, headers: Record<string, string>) => Promise<Answer<Body>>
  readonly post: <Body>(path: string, headers: Record<string, string>, body: object) => Promise<Answer<Body>>
}

export interface Answer<Body> {
  readonly headers: { readonly [name: string]: unknown }
  readonly body: Body
}

interface Invoice {
  readonly data: { readonly status: number; readonly amount: number; readonly transactionIdentifier: string }
}
interface Transaction {
  readonly data: { readonly state: number }
}
interface Found {
  readonly data: readonly { readonly hasChargeback: boolean }[]
}
interface OrderAnswer {
  readonly data: { readonly order: { readonly order_id: string; readonly status: string; readonly amount: number } }
}
interface TransactionAnswer {
  readonly data: { readonly transaction: { readonly status: string } }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const { publicKey, secretKey, token } = payopAccount
const bearer = { authorization: `Bearer ${token}` }
const basic = {
  authorization: `Basic ${Buffer.from(`${ippopayAccount.publicKey}:${ippopayAccount.secretKey}`).toString('base64')}`,
}

/** Each call as one would write it in an afternoon: no validation, no error handling beyond what the client brings. */
export const handWritten = ({ get, post }: Http): Calls => ({
  'Payop createPayment': async () => {
    const { headers, body } = await post<{ readonly data: string }>(
      '/v1/invoices/create',
      {},
      {
        publicKey,
        order: { id: order.id, amount: order.amount, currency: 'EUR', items: [], description: order.description },
        payer: order.buyer,
        language: 'en',
        resultUrl: order.successUrl,
        failPath: order.failureUrl,
        signature: sha256(`${order.amount}:EUR:${order.id}:${secretKey}`),
        metadata: { attempt: 'att_7' },
      },
    )
    const id = headers.identifier ?? body.data
    return { id, url: `https://checkout.payop.com/en/payment/invoice-preprocessing/${id}` }
  },

  'Payop getStatus, invoice': async () => {
    const { data } = (await get<Invoice>(`/v1/invoices/${ids.invoice}`, {})).body
    return { paid: data.status === 1, amount: data.amount }
  },

  'Payop getStatus, invoice, transaction and chargeback': async () => {
    const invoice = (await get<Invoice>(`/v1/invoices/${ids.invoice}`, {})).body.data
    const txid = invoice.transactionIdentifier
    const { data } = (await get<Transaction>(`/v2/transactions/${txid}`, bearer)).body
    const found = (await get<Found>(`/v1/transactions/filter?query%5Bidentifiers%5D=${txid}`, bearer)).body.data
    return { paid: data.state === 2, amount: invoice.amount, disputed: found[0]?.hasChargeback }
  },

  'IppoPay createPayment': async () => {
    const { body } = await post<OrderAnswer>('/v1/order/create', basic, {
      amount: Number(order.amount),
      currency: 'INR',
      payment_modes: 'cc,dc,nb,upi',
      customer: order.buyer,
      return_url: order.successUrl,
    })
    const id = body.data.order.order_id
    return { id, url: `https://pay.ippopay.com/order/${id}?public_key=${ippopayAccount.publicKey}&redirect=true` }
  },

  'IppoPay getStatus, order and transaction': async () => {
    const { order: read } = (await get<OrderAnswer>(`/v1/order/${ids.ippopayOrder}`, basic)).body.data
    const path = `/v1/order/${ids.ippopayOrder}/transaction`
    const { transaction } = (await get<TransactionAnswer>(path, basic)).body.data
    return { paid: read.status === 'paid' && transaction.status === 'success', amount: read.amount }
  },
})
