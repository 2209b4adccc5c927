import { hash } from 'node:crypto'
import type { Secret } from '../../core/index.js'

/**
 * The signature of an invoice: SHA-256 over the very texts in the request's body, in lower-case hex. `2`, `2.0` and
 * `2.00` give three signatures. Payop: payop-api-doc, Signature.
 */
export const invoiceSignature = (amount: string, currency: string, orderId: string, secretKey: Secret): string =>
  hash('sha256', [amount, currency, orderId, secretKey.reveal()].join(':'), 'hex')
