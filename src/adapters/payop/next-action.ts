import { isPayerUrl, type NextAction } from '../../core/index.js'
import type { Account } from './config.js'
import type { Language } from './endpoints/invoices.js'
import type { InvoiceStatusAnswer } from './wire.js'

/** Source: payop-api-doc, Server-to-server: read the status again every 5 to 10 seconds. */
export const waitAndPoll: NextAction = { type: 'wait_and_poll', afterMs: 5000 }

/** Payop's page on which the payer pays an invoice. Source: payop-api-doc, Integration types, Hosted page. */
export const hostedPage = ({ checkoutUrl }: Account, language: Language, invoiceId: string): NextAction => ({
  type: 'redirect',
  url: `${checkoutUrl}/${language}/payment/invoice-preprocessing/${encodeURIComponent(invoiceId)}`,
})

/** An address that the payer may be sent to, without user info: https, or http if the account and it are on this machine. */
const allowed = ({ apiUrl, checkoutUrl }: Account, address: string | undefined): URL | undefined => {
  if (address === undefined || !isPayerUrl(address)) return undefined
  const url = new URL(address)
  if (url.protocol === 'https:') return url
  // Origins take plain http for loopback addresses only.
  const isLocal = [apiUrl, checkoutUrl].some((origin) => origin.startsWith('http:'))
  return isLocal ? url : undefined
}

/** A form that the browser posts, or an address that it goes to. */
const formAction = (target: URL, { method, fields = {} }: NonNullable<InvoiceStatusAnswer['form']>): NextAction => {
  if (method?.toUpperCase() === 'POST') return { type: 'submit_form', url: target.href, fields }
  for (const [name, value] of Object.entries(fields)) target.searchParams.append(name, value)
  return { type: 'redirect', url: target.href }
}

/**
 * What the payer's browser does next according to check-invoice-status: the form before the address, whatever the status.
 * Source: payop-api-doc, Server-to-server.
 */
export const nextActionOf = (account: Account, { status, form, url }: InvoiceStatusAnswer): NextAction | undefined => {
  const target = allowed(account, form?.url ?? form?.uri)
  if (form !== undefined && target !== undefined) return formAction(target, form)
  const address = allowed(account, url)
  if (address !== undefined) return { type: 'redirect', url: address.href }
  return status === 'success' || status === 'fail' ? undefined : waitAndPoll
}
