import type { Capabilities, Flow, FlowCapability, PaymentField, PayoutField, RefundField } from '../../core/index.js'
import type { Account } from './config.js'

/**
 * How long Payop is assumed to refuse a payout's key that it has seen. Source: payop-api-doc, Withdrawal, Create, documents
 * the refusal and not how long a key is remembered.
 */
const KEY_REMEMBERED_MS = 15 * 60 * 1000

/** How long an invoice can be paid. Source: payop-api-doc, Invoice, Create. */
const PAYABLE_MS = 24 * 60 * 60 * 1000

/** The flows of an account: all of {@link flows}, or those of one way to pay. */
export type Flows = Readonly<Partial<Record<Flow, FlowCapability>>>

const invoiceFields: readonly PaymentField[] = [
  'description',
  'metadata',
  'payer.name',
  'payer.email',
  'payer.phone',
  'payer.locale',
  'payer.extra',
  'method.code',
  'urls.success',
  'urls.failure',
]

const hosted: FlowCapability = { effect: 'creates', fields: invoiceFields, required: ['payer.email', 'urls.success'] }

const direct: FlowCapability = {
  effect: 'moves_money',
  // The payer's address is for a request that this server sends in the payer's place.
  fields: [...invoiceFields, 'payer.ip', 'method.fields'],
  required: [...hosted.required, 'payer.name', 'method.code'],
}

/** Every flow. Source: payop-api-doc, Invoice, Create, and Checkout, Create. */
export const flows: Flows = { hosted, direct }

/** The flow of payments by card, server to server. */
export const cardFlows: Flows = { direct }

/** Source: payop-api-doc, Refund, Create. */
export const refundFields: readonly RefundField[] = ['metadata']

/** `description` is the purpose, which only transfers to PayDo accounts have. Source: payop-api-doc, Withdrawal, Create. */
export const payoutFields: readonly PayoutField[] = ['description', 'metadata']

/** What an account can do. Payop has no sandbox: this is what its documents say. What they do not say is declared as missing. */
export const capabilitiesOf = ({ token, certificate }: Account, offered: Flows): Capabilities => ({
  adapter: 'payop',
  createPayment: {
    supported: true,
    flows: offered,
    deduplication: { kind: 'none' },
    lookupByKey: false,
    currencies: 'any',
  },
  refund:
    token === undefined
      ? { supported: false, why: 'the configuration has no token' }
      : {
          supported: true,
          deduplication: { kind: 'none' },
          lookupByKey: true,
          currencies: 'any',
          partial: true,
          perPayment: 'many',
          fields: refundFields,
        },
  payout:
    token === undefined || certificate === undefined
      ? { supported: false, why: `the configuration has no ${token === undefined ? 'token' : 'certificate'}` }
      : {
          supported: true,
          deduplication: { kind: 'rejects', windowMs: KEY_REMEMBERED_MS, proven: true },
          lookupByKey: true,
          currencies: 'any',
          beneficiaries: ['paydo_account', 'iban'],
          fields: payoutFields,
        },
  disputes: token !== undefined,
  // A payment is read without its refunds; `reconcile` lists those.
  refundsElsewhere: false,
  payableMs: PAYABLE_MS,
})
