import type * as t from 'io-ts'
import {
  fromInvoice,
  fromRefund,
  fromTransaction,
  fromWithdrawal,
  reasonOf,
  standingOf,
} from '../../../src/adapters/payop/status.js'
import {
  Invoice,
  InvoiceState,
  RefundState,
  Transaction,
  TransactionState,
  WithdrawalState,
} from '../../../src/adapters/payop/wire.js'
import { right } from '../../either.js'
import { invoice, transaction } from './support.js'

const read = <A>(codec: t.Decoder<unknown, A>, value: unknown): A => right(codec.decode(value))

/** Every code that was ever seen, and some that were not. */
const codes = ['0', '1', '2', '3', '4', '5', '6', '9', '15', '99', 'paid', '-1', '1.5'] as const
const table = (known: Readonly<Record<string, string>>) =>
  codes.map((code) => [code, known[code] ?? 'unknown'] as const)

describe('an invoice’s status', () => {
  const known = { 0: 'requires_action', 1: 'succeeded', 2: 'expired', 4: 'processing', 5: 'failed' }
  it.each(table(known))('%s is %s', (code, status) => {
    expect(fromInvoice(read(InvoiceState, code))).toBe(status)
  })
})

describe('a transaction’s state', () => {
  const known = {
    1: 'processing',
    2: 'succeeded',
    3: 'failed',
    4: 'processing',
    5: 'failed',
    9: 'processing',
    15: 'expired',
  }
  it.each(table(known))('%s is %s', (code, status) => {
    expect(fromTransaction(read(TransactionState, code))).toBe(status)
  })
})

describe('a refund’s status', () => {
  it.each(table({ 1: 'processing', 2: 'succeeded', 3: 'failed', 4: 'failed' }))('%s is %s', (code, status) => {
    expect(fromRefund(read(RefundState, code))).toBe(status)
  })
})

describe('a withdrawal’s status', () => {
  it.each(table({ 1: 'processing', 2: 'succeeded', 3: 'failed', 4: 'processing' }))('%s is %s', (code, status) => {
    expect(fromWithdrawal(read(WithdrawalState, code))).toBe(status)
  })
})

describe('a state on the wire', () => {
  it('may be a number or its digits, and no other resource’s', () => {
    expect(read(InvoiceState, 4)).toBe('4')
    expect(read(InvoiceState, '4')).toBe('4')
    // 4 is a rejection for refunds and pending for invoices; 1 is paid for invoices and new for transactions.
    type Takes<State, Table extends (state: never) => unknown> = State extends Parameters<Table>[0] ? true : false
    const taken: [
      Takes<RefundState, typeof fromInvoice>,
      Takes<InvoiceState, typeof fromTransaction>,
      Takes<InvoiceState, typeof fromInvoice>,
    ] = [false, false, true]
    expect(taken).toEqual([false, false, true])
  })
  it.each([
    ['with spaces', 'in manual review'],
    ['that looks like a known one', ' 1 '],
    ['with letters outside ASCII', 'обработка 処理'],
    ['of more than 32 characters', 'x'.repeat(33)],
    ['with punctuation', 'paid?!'],
  ])('%s is kept, and unknown', (_what, state) => {
    expect(read(InvoiceState, state)).toBe(state)
    const statuses = [
      fromInvoice(read(InvoiceState, state)),
      fromTransaction(read(TransactionState, state)),
      fromRefund(read(RefundState, state)),
      fromWithdrawal(read(WithdrawalState, state)),
    ]
    expect(new Set(statuses)).toEqual(new Set(['unknown']))
  })
  it('is kept in one line of 64 characters, whatever it is', () => {
    expect(read(InvoiceState, `1\n${'é'.repeat(100)}\u0000`)).toBe(`1 ${'é'.repeat(62)}`)
    expect(fromInvoice(read(InvoiceState, '1\n'))).toBe('unknown')
    expect(read(InvoiceState, '1\u0000')).toBe('1 ')
  })
  it.each([null, undefined, true, {}, [], ''])('cannot be %p', (value) => {
    expect(InvoiceState.decode(value)._tag).toBe('Left')
  })
})

describe('why a transaction failed', () => {
  it.each([
    ['timeout', 'payer_timeout'],
    [' Timeout ', 'payer_timeout'],
    ['Payop. Timeout', 'payer_timeout'],
    ['We are unable to process your payment due to security reasons.', 'blocklisted'],
    ['Payop. We are unable to process your payment due to security reasons.', 'blocklisted'],
    ['Transaction rejected by security reason.', 'antifraud'],
    ['3DS authentication failed', 'authentication_failed'],
    ['3DS authorization error or 3DS canceled by payer', 'authentication_failed'],
    ['Field: (card_security_code) length is invalid.', 'invalid_card'],
    ['', 'temporary'],
    ['05', 'declined'],
    ['constructor', 'declined'],
  ])('%p is %s', (text, reason) => {
    expect(reasonOf(text)).toBe(reason)
  })
})

const standing = (onInvoice: object, onTransaction?: object, confirmable = onTransaction !== undefined) =>
  standingOf(
    read(Invoice, invoice(onInvoice).data),
    onTransaction === undefined ? undefined : read(Transaction, transaction(onTransaction).data),
    confirmable,
  )
const untouched = { transactionIdentifier: null }

describe('an invoice without a transaction that could be read', () => {
  it.each([
    ['new and untouched', { status: 0, ...untouched }, { status: 'requires_action', review: [] }],
    ['new, but bound to a transaction', { status: 0 }, { status: 'processing', review: [] }],
    ['pending', { status: 4 }, { status: 'processing', review: [] }],
    ['paid', { status: 1 }, { status: 'succeeded', review: [] }],
    ['failed', { status: 5 }, { status: 'failed', review: [] }],
    ['overdue', { status: 2 }, { status: 'expired', reason: 'overdue', review: [] }],
    ['new and overdue', { status: 0, isOverdue: true }, { status: 'expired', reason: 'overdue', review: [] }],
    ['pending and overdue', { status: 4, isOverdue: true }, { status: 'expired', reason: 'overdue', review: [] }],
    ['paid and overdue', { status: 1, isOverdue: true }, { status: 'succeeded', review: [] }],
    ['failed and overdue', { status: 5, isOverdue: true }, { status: 'failed', review: [] }],
    ['of an unknown state', { status: 3 }, { status: 'unknown', review: ['unmapped_state'] }],
  ])('%s', (_what, fields, expected) => {
    expect(standing(fields)).toEqual(expected)
  })

  it('proves nothing by being paid, where the account can read transactions', () => {
    expect(standing({ status: 1, ...untouched }, undefined, true)).toEqual({
      status: 'processing',
      review: ['unconfirmed'],
    })
  })
})

describe('a transaction beats its invoice', () => {
  const invoices = [0, 2, 4, 5, 3]
  it.each([
    [{ state: 1 }, { status: 'processing', review: [] }],
    [{ state: 4 }, { status: 'processing', review: [] }],
    [{ state: 9 }, { status: 'processing', detail: 'pre_approved', review: [] }],
    [{ state: 2 }, { status: 'succeeded', review: [] }],
    [
      { state: 3, error: '' },
      { status: 'failed', reason: 'temporary', review: [] },
    ],
    [
      { state: 5, error: 'no' },
      { status: 'failed', reason: 'declined', review: [] },
    ],
    [
      { state: 5, error: 'timeout' },
      { status: 'expired', reason: 'payer_timeout', review: [] },
    ],
    [{ state: 15 }, { status: 'expired', reason: 'payer_timeout', review: [] }],
    [{ state: 6 }, { status: 'unknown', review: ['unmapped_state'] }],
  ])('%j', (fields, expected) => {
    for (const status of invoices) expect(standing({ status, isOverdue: true }, fields)).toEqual(expected)
  })
})

describe('a paid invoice', () => {
  it.each([
    ['with an accepted transaction is paid', { state: 2 }, { status: 'succeeded', review: [] }],
    [
      'with a pre-approved one is not',
      { state: 9 },
      { status: 'processing', detail: 'pre_approved', review: ['unconfirmed'] },
    ],
    ['with a pending one is not', { state: 4 }, { status: 'processing', review: ['unconfirmed'] }],
    ['with a new one is not', { state: 1 }, { status: 'processing', review: ['unconfirmed'] }],
    ['contradicts a rejected one', { state: 3 }, { status: 'unknown', review: ['contradiction'] }],
    ['contradicts a failed one', { state: 5 }, { status: 'unknown', review: ['contradiction'] }],
    ['contradicts one that timed out', { state: 15 }, { status: 'unknown', review: ['contradiction'] }],
    ['says nothing about an unknown one', { state: 6 }, { status: 'unknown', review: ['unmapped_state'] }],
  ])('%s', (_what, fields, expected) => {
    expect(standing({ status: 1 }, fields)).toEqual(expected)
  })
})
