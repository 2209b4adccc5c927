import { left, right } from '../../either.js'
import { anAccount, INVOICE, REFUND, TRANSACTION, WITHDRAWAL } from './support.js'

const { notification } = anAccount()
const received = (body: unknown) =>
  notification({
    method: 'POST',
    url: '/ipn',
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const payment = { kind: 'payment', account: 'payop', id: INVOICE }
const refund = { kind: 'refund', account: 'payop', id: REFUND }
const payout = { kind: 'payout', account: 'payop', id: WITHDRAWAL }
const noError = { message: '', code: '' }

describe('a notification points at', () => {
  it.each([
    [
      'a payment',
      {
        invoice: { id: INVOICE, status: 1, txid: TRANSACTION, metadata: { attempt: 'att_7' } },
        transaction: { id: TRANSACTION, state: 2, order: { id: 'ORD-1001' }, error: noError },
      },
      { reference: payment, reported: { invoice: '1', transaction: '2' } },
    ],
    [
      'a payment, with an empty map and digits',
      { invoice: { id: INVOICE, status: '1', metadata: [] }, transaction: { id: TRANSACTION, state: '2' } },
      { reference: payment, reported: { invoice: '1', transaction: '2' } },
    ],
    [
      'an accepted payment, which has an error in the documents’ sample',
      { invoice: { id: INVOICE, status: 1 }, transaction: { state: 2, error: { message: 'timeout', code: '' } } },
      { reference: payment, reported: { invoice: '1', transaction: '2' } },
    ],
    [
      'a payment that timed out, which is state 5 here and 15 when read',
      { invoice: { id: INVOICE, status: 5 }, transaction: { state: 5, error: { message: 'timeout', code: '' } } },
      { reference: payment, reported: { invoice: '5', transaction: '5', reason: 'payer_timeout' } },
    ],
    [
      'a payment without a transaction, in an older form',
      { invoice: { id: INVOICE, txid: null } },
      { reference: payment, reported: {} },
    ],
    [
      'a payment whose transaction cannot be read',
      { invoice: { id: INVOICE, status: true }, transaction: 'gone' },
      { reference: payment, reported: {} },
    ],
    [
      'a refund',
      {
        transaction: { refundId: REFUND, state: 2, amount: 2, currency: 'EUR', metadata: {}, error: noError },
        sourceTransaction: { id: TRANSACTION, state: 2 },
      },
      { reference: refund, reported: { transaction: '2' } },
    ],
    [
      'a withdrawal',
      { transaction: { withdrawalId: WITHDRAWAL, state: 3, amount: 100, error: { message: 'no', code: '' } } },
      { reference: payout, reported: { transaction: '3', reason: 'declined' } },
    ],
    [
      'a withdrawal by its other name',
      { transaction: { withdrawId: WITHDRAWAL, state: 2 } },
      { reference: payout, reported: { transaction: '2' } },
    ],
  ])('%s', (_what, body, target) => {
    expect(right(received(body))).toEqual(target)
  })
})

describe('a notification is refused', () => {
  it.each([
    ['in its first, signed version', { orderId: 'A-1', status: 'success', signature: 'a'.repeat(64) }],
    ['naming a transaction only', { txid: TRANSACTION }],
    ['naming an invoice’s transaction only', { invoice: { txid: TRANSACTION } }],
    ['with an id that is none', { invoice: { id: '../../v1/x' } }],
    ['with a refund id that is none', { transaction: { refundId: 7 } }],
    ['empty', {}],
    ['as a list', []],
    ['as no JSON', '{"invoice":'],
    ['as nothing', ''],
  ])('%s', (_what, body) => {
    expect(left(received(body))).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'body' }] })
  })
})
