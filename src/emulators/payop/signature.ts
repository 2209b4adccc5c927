import { createHash } from 'node:crypto'

/** Payop, payop-api-doc, Invoice, Signature: a bare SHA-256 over `amount:currency:orderId:secretKey`, in lower-case hex. */
export const invoiceSignature = (amount: string, currency: string, orderId: string, secretKey: string): string =>
  createHash('sha256').update([amount, currency, orderId, secretKey].join(':'), 'utf8').digest('hex')
