import {
  type Detail,
  type FailureReason,
  omitUndefined,
  type PayoutStatus,
  type RefundStatus,
  type Review,
  statusTable,
} from '../../core/index.js'
import type { Invoice, InvoiceState, RefundState, Transaction, TransactionState, WithdrawalState } from './wire.js'

/** The statuses of payments that Payop's states stand for. */
type ObservedStatus = 'requires_action' | 'processing' | 'succeeded' | 'failed' | 'expired' | 'unknown'

/** The status that an invoice stands for by itself. Source: payop-api-doc, Invoice, Statuses. */
export const fromInvoice: (state: InvoiceState) => ObservedStatus = statusTable([
  ['0', 'requires_action'], // new
  ['1', 'succeeded'], //       paid
  ['2', 'expired'], //         overdue
  ['4', 'processing'], //      pending
  ['5', 'failed'],
])

/** The status that a transaction stands for. Source: payop-api-doc, Checkout, Transaction states. */
export const fromTransaction: (state: TransactionState) => Exclude<ObservedStatus, 'requires_action'> = statusTable([
  ['1', 'processing'], // new
  ['2', 'succeeded'], //  accepted, the only state that guarantees money
  ['3', 'failed'],
  ['4', 'processing'], // pending
  ['5', 'failed'],
  ['9', 'processing'], // pre-approved: the bank agreed, the funds have not arrived
  ['15', 'expired'], //   the payer did not confirm in time
])

/** The status of a refund. 4 is a rejection here, and pending everywhere else. Source: payop-api-doc, Refund, Statuses. */
export const fromRefund: (state: RefundState) => RefundStatus = statusTable([
  ['1', 'processing'],
  ['2', 'succeeded'],
  ['3', 'failed'],
  ['4', 'failed'],
])

/** The status of a payout. Source: payop-api-doc, Withdrawal, Statuses. */
export const fromWithdrawal: (state: WithdrawalState) => PayoutStatus = statusTable([
  ['1', 'processing'],
  ['2', 'succeeded'],
  ['3', 'failed'],
  ['4', 'processing'],
])

// Source: payop-api-doc, Checkout, Rejection reasons.
const reasons: Readonly<Record<string, FailureReason>> = {
  '': 'temporary',
  timeout: 'payer_timeout',
  'we are unable to process your payment due to security reasons': 'blocklisted',
  'transaction rejected by security reason': 'antifraud',
  '3ds authentication failed': 'authentication_failed',
  '3ds authorization error or 3ds canceled by payer': 'authentication_failed',
  'field: (card_security_code) length is invalid': 'invalid_card',
}

/** Why a transaction failed, by the text that came with it. */
export const reasonOf = (errorText: string): FailureReason => {
  const plain = errorText
    .trim()
    .replace(/^payop\.\s*/i, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return (Object.hasOwn(reasons, plain) ? reasons[plain] : undefined) ?? 'declined'
}

/** What an invoice and its transaction together say about a payment. */
export interface Standing<Status extends ObservedStatus = ObservedStatus> {
  readonly status: Status
  readonly detail?: Detail
  readonly reason?: FailureReason
  readonly providerCode?: string
  readonly review: readonly Review[]
}

const unmapped: Standing<'unknown'> = { status: 'unknown', review: ['unmapped_state'] }

const standingOfTransaction = ({
  state,
  error,
  errorCode,
}: Transaction): Standing<Exclude<ObservedStatus, 'requires_action'>> => {
  const status = fromTransaction(state)
  const code = omitUndefined({ providerCode: errorCode ?? error.code })
  switch (status) {
    case 'unknown':
      return unmapped
    case 'succeeded':
      return { status, review: [] }
    case 'processing':
      return { status, review: [], ...(state === '9' ? { detail: 'pre_approved' } : {}) }
    case 'expired':
      return { status, reason: 'payer_timeout', ...code, review: [] }
    case 'failed': {
      // The same timeout is state 15 here and state 5 with this text in notifications.
      const reason = reasonOf(error.message)
      return { status: reason === 'payer_timeout' ? 'expired' : status, reason, ...code, review: [] }
    }
  }
}

const overdue: Standing = { status: 'expired', reason: 'overdue', review: [] }

const standingOfInvoice = (invoice: Invoice, confirmable: boolean): Standing => {
  const status = fromInvoice(invoice.status)
  const late = invoice.isOverdue === true
  switch (status) {
    case 'unknown':
      return unmapped
    case 'requires_action':
      if (late) return overdue
      return { status: invoice.transactionIdentifier === undefined ? status : 'processing', review: [] }
    case 'processing':
      return late ? overdue : { status, review: [] }
    case 'expired':
      return overdue
    case 'failed':
      return { status, review: [] }
    case 'succeeded':
      // An account that can read transactions waits for the accepted one.
      return confirmable ? { status: 'processing', review: ['unconfirmed'] } : { status, review: [] }
  }
}

/**
 * One standing from an invoice and its transaction, if it has one; the transaction is read after the invoice. `confirmable`:
 * the account can read transactions, so that a paid invoice alone proves nothing.
 */
export const standingOf = (invoice: Invoice, transaction: Transaction | undefined, confirmable: boolean): Standing => {
  if (transaction === undefined) return standingOfInvoice(invoice, confirmable)
  const standing = standingOfTransaction(transaction)
  if (fromInvoice(invoice.status) !== 'succeeded') return standing
  switch (standing.status) {
    case 'succeeded':
    case 'unknown':
      return standing
    case 'processing':
      return { ...standing, review: ['unconfirmed'] }
    case 'failed':
    case 'expired':
      return { status: 'unknown', review: ['contradiction'] }
  }
}
