import { type Adapter, createCall, type Kind, type Snapshot } from '../../../src/core/index.js'
import { succeed } from '../../either.js'
import {
  anAccount,
  answers,
  INVOICE,
  invoice,
  REFUND,
  reference,
  TRANSACTION,
  transaction,
  WITHDRAWAL,
} from './support.js'

const account: Adapter = anAccount()
const call = createCall(account.send)
const KEY = '0a0a0a0a-0000-8000-8000-000000000009'

const reads = {
  payment: () => account.read.payment(reference, call),
  refund: () => account.read.refund({ kind: 'refund', account: 'payop', id: REFUND }, call),
  payout: () => account.read.payout({ kind: 'payout', account: 'payop', id: WITHDRAWAL }, call),
}
const namesOf = async (kind: Kind): Promise<Snapshot<Kind>['names']> =>
  (await succeed<Snapshot<Kind>>(reads[kind]())).names

const row = (identifier: string, fields: object) => ({
  data: [{ identifier, status: 1, type: 1, amount: 1, currency: 'EUR', metadata: [], ...fields }],
  status: 1,
})

describe('what an object belongs to is told by a read', () => {
  it('of a payment: the order of the invoice, and the operation in its metadata', async () => {
    const open = { status: 0, transactionIdentifier: null }
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ ...open, orderIdentifier: 'ORD-9', metadata: { paymux: KEY } }))
    expect(await namesOf('payment')).toEqual({ merchantReference: 'ORD-9', key: KEY })
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ ...open, orderIdentifier: undefined, metadata: [] }))
    expect(await namesOf('payment')).toEqual({})
  })

  it('of a payment whose invoice names no order: the order of its transaction', async () => {
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ orderIdentifier: undefined, status: 4 }))
    answers('GET', `/v2/transactions/${TRANSACTION}`, transaction({ state: 15, orderId: 'ORD-9' }))
    expect(await namesOf('payment')).toMatchObject({ merchantReference: 'ORD-9' })
  })

  it('of a refund: the transaction that it gives back, and the operation', async () => {
    const path = `/v1/refunds/user-refunds?query%5Bidentifier%5D=${REFUND}`
    answers('GET', path, row(REFUND, { sourceTransaction: { identifier: TRANSACTION }, metadata: { paymux: KEY } }))
    expect(await namesOf('refund')).toEqual({ payment: TRANSACTION, key: KEY })
    answers('GET', path, row(REFUND, { sourceTransaction: [] }))
    expect(await namesOf('refund')).toEqual({})
  })

  it('of a payout: the operation', async () => {
    const path = `/v1/withdrawals/user-withdrawals?query%5Bidentifier%5D=${WITHDRAWAL}`
    answers('GET', path, row(WITHDRAWAL, { metadata: { paymux: KEY } }))
    expect(await namesOf('payout')).toEqual({ key: KEY })
  })
})
