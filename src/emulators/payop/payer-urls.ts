import type { Gateway, Invoice, Transaction } from './state.js'

const EXPANDABLE = /\{\{(invoiceId|txid)\}\}/g

/** Fills in the templates of a return address as Payop does. */
const expand = ({ behaviour }: Gateway, { id, transactionId }: Invoice, template: string): string =>
  template.replace(EXPANDABLE, (literal, name: string) => {
    if (name === 'invoiceId') return id
    return transactionId ?? (behaviour.templateTxidMissing === 'literal' ? literal : '')
  })

const page = ({ checkoutUrl }: Gateway, { language }: Invoice, path: string): string =>
  `${checkoutUrl()}/${language}/payment/${path}`

/** Where the payer's browser ends; Payop's own page if the merchant gave no address. */
export const returnUrl = (gateway: Gateway, invoice: Invoice, result: 'success' | 'failure'): string => {
  const [template, own] = result === 'success' ? [invoice.resultUrl, 'success-page/'] : [invoice.failPath, 'fail-page/']
  return /^https?:\/\//i.test(template) ? expand(gateway, invoice, template) : page(gateway, invoice, own)
}

export const waitPageUrl = (gateway: Gateway, invoice: Invoice): string =>
  page(gateway, invoice, `wait-page/${invoice.transactionId ?? ''}`)

/** Where the payer goes after a bank or 3-D Secure page: the merchant's waiting page, else Payop's. */
export const afterStepUrl = (gateway: Gateway, invoice: Invoice, { checkStatusUrl }: Transaction): string =>
  checkStatusUrl === null ? waitPageUrl(gateway, invoice) : expand(gateway, invoice, checkStatusUrl)

const bankUrl = ({ checkoutUrl }: Gateway, { id, attempts }: Transaction): string =>
  `${checkoutUrl()}/bank/authorize/${id}?attempt=${attempts}`

/** What the payer's browser posts to the card issuer's page. */
export const acsFields = (gateway: Gateway, invoice: Invoice, { id, attempts }: Transaction) => ({
  PaReq: Buffer.from(`3ds:${id}:${attempts}`).toString('base64'),
  MD: id,
  TermUrl: page(gateway, invoice, `3ds-return/${id}`),
})

/** What the payer's browser has to do next: open an address or post fields to it. */
export interface BrowserStep {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** Returns undefined while the payment is authorised and waits for its capture. */
export const browserStep = (gateway: Gateway, invoice: Invoice, transaction: Transaction): BrowserStep | undefined => {
  if (transaction.authorized) return undefined
  if (transaction.card === null) return { method: 'GET', url: bankUrl(gateway, transaction), fields: {} }
  return { method: 'POST', url: `${gateway.checkoutUrl()}/acs/3ds`, fields: acsFields(gateway, invoice, transaction) }
}
