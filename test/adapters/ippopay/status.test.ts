import {
  derivePayment,
  fromBeneficiary,
  fromOrder,
  fromRefundStatus,
  fromTransaction,
  fromTransfer,
  type NoTransaction,
} from '../../../src/adapters/ippopay/status.js'
import { Beneficiary, Order, Transaction, Transfer } from '../../../src/adapters/ippopay/wire.js'
import { type MinorUnits, type Reference, type Snapshot, toMoney } from '../../../src/core/index.js'
import { right } from '../../either.js'
import fc from '../../property.js'
import { beneficiary, order, transaction, transfer } from './support.js'

const anOrder = (fields: Readonly<Record<string, unknown>>): Order => right(Order.decode(order(fields)))
const aTransaction = (fields: Readonly<Record<string, unknown>>): Transaction =>
  right(Transaction.decode(transaction(fields)))

describe('the table of', () => {
  it.each([
    ['created', 'requires_action'],
    ['pending', 'requires_action'],
    ['paid', 'succeeded'],
    [' Paid ', 'succeeded'],
    ['success', 'unknown'],
    ['expired', 'unknown'],
    ['constructor', 'unknown'],
    ['', 'unknown'],
  ])('orders has %j as %s', (word, status) => {
    expect(fromOrder(anOrder({ status: word }).status)).toBe(status)
  })

  it.each([
    ['success', 'succeeded'],
    ['pending', 'processing'],
    ['initiated', 'processing'],
    ['processing', 'processing'],
    ['failure', 'failed'],
    ['failed', 'failed'],
    ['SUCCESS', 'succeeded'],
    ['paid', 'unknown'],
    ['cancelled', 'unknown'],
  ])('transactions has %j as %s', (word, status) => {
    expect(fromTransaction(aTransaction({ status: word }).status)).toBe(status)
  })

  it.each([
    ['accepted', 'processing'],
    ['queued', 'processing'],
    ['processing', 'processing'],
    ['success', 'succeeded'],
    ['failed', 'failed'],
    ['cancelled', 'failed'],
    ['Accepted', 'processing'],
    ['reversed', 'unknown'],
    ['returned', 'unknown'],
    ['pending', 'unknown'],
  ])('transfers has %j as %s', (word, status) => {
    expect(fromTransfer(right(Transfer.decode(transfer({ status: word }))).status)).toBe(status)
  })

  it.each([
    ['active', 'active'],
    ['suspended', 'disabled'],
    ['inactive', 'disabled'],
    ['verified', 'unknown'],
    [undefined, 'unknown'],
  ])('beneficiaries has %j as %s', (word, status) => {
    expect(fromBeneficiary(right(Beneficiary.decode(beneficiary({ status: word }))).status)).toBe(status)
  })

  it.each([
    ['not_requested', 'none'],
    ['Not_Requested', 'none'],
    ['requested', 'processing'],
    ['refunded', 'succeeded'],
    ['REFUNDED', 'succeeded'],
    ['', 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
    [7, 'unknown'],
  ])('refunds has %j as %s', (word, status) => {
    const configured = new Map([['refunded', 'succeeded'] as const])
    expect(fromRefundStatus(aTransaction({ refund_status: word }).refund_status, configured)).toBe(status)
  })

  it('one object does not read words of another', () => {
    type Takes<Word> = Word extends Parameters<typeof fromTransaction>[0] ? true : false
    const words: [Takes<Order['status']>, Takes<Transaction['status']>] = [false, true]
    expect(words).toEqual([false, true])
  })
})

const reference: Reference<'payment'> = { kind: 'payment', account: 'ippopay', id: 'order_G@nz!3qBq' }
const inr = (minorUnits: bigint): MinorUnits => ({ minorUnits, currency: 'INR' })

const derive = (orderStatus: string, second: string | NoTransaction): Snapshot<'payment'> =>
  derivePayment(
    reference,
    anOrder({ status: orderStatus }),
    second === 'none' || second === 'unreadable' ? second : aTransaction({ status: second }),
  )

describe('one status from an order and, read after it, its transaction', () => {
  it.each([
    ['created', 'none', 'requires_action', []],
    ['pending', 'none', 'requires_action', []],
    ['created', 'pending', 'processing', []],
    ['created', 'initiated', 'processing', []],
    ['created', 'failure', 'failed', []],
    ['pending', 'failed', 'failed', []],
    ['created', 'success', 'unknown', ['contradiction']],
    ['pending', 'success', 'unknown', ['contradiction']],
    ['created', 'odd', 'unknown', ['unmapped_state']],
    ['paid', 'success', 'succeeded', []],
    ['paid', 'pending', 'succeeded', ['unconfirmed']],
    ['paid', 'none', 'succeeded', ['unconfirmed']],
    ['paid', 'unreadable', 'succeeded', ['unconfirmed']],
    ['paid', 'failure', 'unknown', ['contradiction']],
    ['paid', 'odd', 'unknown', ['unmapped_state']],
    ['success', 'none', 'unknown', ['unmapped_state']],
    ['odd', 'none', 'unknown', ['unmapped_state']],
    ['odd', 'failure', 'unknown', ['unmapped_state']],
    ['odd', 'pending', 'processing', ['unmapped_state']],
    ['odd', 'success', 'succeeded', ['unmapped_state']],
    ['odd', 'odd', 'unknown', ['unmapped_state']],
  ])('order %s and transaction %s are %s', (orderStatus, second, status, review) => {
    expect(derive(orderStatus, second)).toMatchObject({ status, review, disputed: false })
  })

  it('keeps the words as they came', () => {
    expect(
      derivePayment(reference, anOrder({ status: ' Paid' }), aTransaction({ status: 'Odd' })).providerState,
    ).toEqual({
      order: ' Paid',
      transaction: 'Odd',
      refund: 'not_requested',
    })
    expect(derive('created', 'none').providerState).toEqual({ order: 'created' })
    expect(derivePayment(reference, anOrder({}), aTransaction({ refund_status: undefined })).providerState).toEqual({
      order: 'created',
      transaction: 'success',
    })
  })

  it('says why a payment failed, in shared words, and repeats no text of the gateway’s', () => {
    const failed = aTransaction({ status: 'failure', failure_reason: { text: 'card of Ann Buyer' } })
    const payment = derivePayment(reference, anOrder({}), failed)
    expect(payment.reason).toBe('declined')
    expect(JSON.stringify({ ...payment, amount: undefined })).not.toContain('Ann')
    expect(derive('created', 'none')).not.toHaveProperty('reason')
  })

  it('never gives a status for words that are not documented', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        fc.pre(!['created', 'pending', 'paid'].includes(word.trim().toLowerCase()))
        expect(derive(word, 'none').status).toBe('unknown')
      }),
    )
  })
})

describe('the amount', () => {
  it.each<[string, Record<string, unknown>, unknown, MinorUnits | undefined, string]>([
    ['equal to the expected one', {}, 19.99, inr(1999n), 'exact'],
    ['equal as text', {}, '19.990', inr(1999n), 'exact'],
    ['other than expected', {}, 19.98, inr(1999n), 'mismatch'],
    ['missing', {}, undefined, inr(1999n), 'mismatch'],
    ['more precise than paise', {}, 19.995, inr(1999n), 'mismatch'],
    ['of more digits than a number holds', {}, 19.990000000000002, inr(1999n), 'mismatch'],
    ['of another currency', { currency: 'USD' }, 19.99, inr(1999n), 'mismatch'],
    ['equal to the order’s, none being expected', {}, 19.99, undefined, 'exact'],
    ['other than the order’s, none being expected', {}, 1, undefined, 'mismatch'],
    ['of an order without a legible amount', { amount: 'much' }, 19.99, undefined, 'unchecked'],
    ['of an order that names no currency', { currency: undefined }, 19.99, inr(1999n), 'exact'],
  ])('%s, as the transaction says it was paid, is %s', (_name, fields, paid, expected, amountCheck) => {
    const second = aTransaction({ cost: { paid } })
    expect(derivePayment(reference, anOrder({ status: 'paid', ...fields }), second, expected).amountCheck).toBe(
      amountCheck,
    )
  })

  it.each<[string, string | NoTransaction]>([
    ['paid', 'none'],
    ['paid', 'pending'],
    ['created', 'none'],
    ['created', 'failure'],
  ])('of an order %s with transaction %s is the order’s', (orderStatus, second) => {
    const check = (expected?: MinorUnits) =>
      derivePayment(
        expected === undefined ? reference : { ...reference, expectedAmount: toMoney(expected) },
        anOrder({ status: orderStatus }),
        second === 'none' || second === 'unreadable' ? second : aTransaction({ status: second, cost: { paid: 0 } }),
      ).amountCheck
    expect([check(inr(1999n)), check(inr(2000n)), check()]).toEqual(['exact', 'mismatch', 'unchecked'])
  })

  it('is reported as the order has it, or not at all', () => {
    expect(derive('paid', 'success').amount).toEqual(inr(1999n))
    expect(derivePayment(reference, anOrder({ amount: 19.999 }), 'none')).not.toHaveProperty('amount')
  })
})

describe('what was paid', () => {
  const money = (
    fields: Readonly<Record<string, unknown>>,
    orderFields: Readonly<Record<string, unknown>> = { status: 'paid' },
  ) => {
    const { paid, captured, fee } = derivePayment(reference, anOrder(orderFields), aTransaction(fields))
    return { paid, captured, fee }
  }
  const nothing = { paid: undefined, captured: undefined, fee: undefined }

  it('is told by a successful transaction, with what IppoPay keeps', () => {
    expect(money({})).toEqual({ paid: inr(1999n), captured: inr(1999n), fee: inr(35n) })
    expect(money({ cost: { paid: '25.5' }, commission: { total: '0.45' } })).toEqual({
      paid: inr(2550n),
      captured: inr(2550n),
      fee: inr(45n),
    })
  })

  it('is in the order’s currency', () => {
    const usd = (minorUnits: bigint) => ({ minorUnits, currency: 'USD' })
    expect(money({}, { status: 'paid', currency: 'USD' })).toEqual({
      paid: usd(1999n),
      captured: usd(1999n),
      fee: usd(35n),
    })
    expect(money({}, { status: 'paid', currency: 'rupees' })).toEqual(nothing)
  })

  it.each(['pending', 'failure', 'odd'])('is not told by a transaction that is %s', (status) => {
    expect(money({ status })).toEqual(nothing)
  })

  it.each([
    ['missing', undefined],
    ['null', null],
    ['a list', [1]],
    ['of more decimals than paise', { paid: 19.995, total: 0.349825 }],
    ['of more digits than a number holds', { paid: 19.990000000000002, total: 0.35000000000000003 }],
    ['an object', { paid: {}, total: {} }],
  ])('is left out where it is %s', (_name, odd) => {
    expect(money({ cost: odd, commission: odd })).toEqual(nothing)
  })

  it('is not told by an order without a transaction', () => {
    expect(derivePayment(reference, anOrder({ status: 'paid' }), 'none')).not.toHaveProperty('paid')
  })
})
