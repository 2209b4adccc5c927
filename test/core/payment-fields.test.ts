import * as E from 'fp-ts/lib/Either.js'
import {
  type Capabilities,
  type Checked,
  checkRequired,
  flowOf,
  invalidRequest,
  type PaymentField,
  type PaymentRequest,
  type PayoutRequest,
  paymentFieldsBeside,
  payoutFieldsBeside,
  type RefundRequest,
  refundFieldsBeside,
  requiredFields,
} from '../../src/core/index.js'
import { right } from '../either.js'
import { fakeAdapter, fakeSocket } from './fake-adapter.js'
import { leavesOf, paymentRequest } from './requests.js'

const plain: Checked<PaymentRequest> = {
  idempotencyKey: 'key-1',
  amount: { minorUnits: 1999n, currency: 'INR' },
  merchantReference: 'ORD-1',
  payer: {},
  urls: {},
}

describe('fields of a payment request that a gateway has no place for', () => {
  it('are none where only required fields are used', () => {
    expect(paymentFieldsBeside(plain, [])).toEqual([])
  })

  it('are named by their paths', () => {
    const request: Checked<PaymentRequest> = {
      ...plain,
      description: 'One book',
      metadata: { shelf: '7' },
      payer: { name: 'Ann Buyer', locale: 'en' },
      method: { flow: 'hosted', code: 'upi', fields: {} },
      urls: { failure: 'https://shop.example/sorry' },
    }
    expect(paymentFieldsBeside(request, ['payer.name', 'method.code'])).toEqual([
      'description',
      'metadata',
      'payer.locale',
      'urls.failure',
    ])
  })

  it('are all that a request with every field uses, but for what is for paymux itself', () => {
    const forPaymux = ['idempotencyKey', 'deadline', 'merchantReference', 'payer.country', 'method.flow']
    const paths = leavesOf(paymentRequest)
      .map((path) => path.replace(/^(metadata|payer\.extra|method\.fields)\..*/, '$1'))
      .filter((path) => !forPaymux.includes(path) && !path.startsWith('amount.'))
    const request = {
      ...paymentRequest,
      amount: plain.amount,
      payer: { ...paymentRequest.payer },
      urls: { ...paymentRequest.urls },
    }
    expect([...paymentFieldsBeside(request, [])].sort()).toEqual([...new Set(paths)].sort())
  })

  it('do not count the payer’s country, which is for routing and goes to no gateway', () => {
    expect(paymentFieldsBeside({ ...plain, payer: { country: 'IN' } }, [])).toEqual([])
  })

  it('do not count texts by name that name nothing', () => {
    expect(paymentFieldsBeside({ ...plain, metadata: {}, payer: { extra: {} } }, [])).toEqual([])
  })
})

describe('fields of a refund request that a gateway has no place for', () => {
  const refund: Checked<RefundRequest> = {
    idempotencyKey: 'refund-1',
    deadline: 4102444800000,
    payment: { kind: 'payment', account: 'main', id: 'tx-1' },
    amount: { minorUnits: 500n, currency: 'EUR' },
  }

  it('are its metadata, never its amount or deadline', () => {
    expect(refundFieldsBeside(refund, [])).toEqual([])
    expect(refundFieldsBeside({ ...refund, metadata: {} }, [])).toEqual([])
    expect(refundFieldsBeside({ ...refund, metadata: { why: 'returned' } }, [])).toEqual(['metadata'])
    expect(refundFieldsBeside({ ...refund, metadata: { why: 'returned' } }, ['metadata'])).toEqual([])
  })
})

describe('fields of a payout request that a gateway has no place for', () => {
  const payout: Checked<PayoutRequest> = {
    idempotencyKey: 'payout-1',
    deadline: 4102444800000,
    amount: { minorUnits: 25000n, currency: 'EUR' },
    merchantReference: 'PAY-1',
    beneficiary: { type: 'paydo_account', account: '100200300' },
    method: 'IMPS',
  }

  it('are its description and metadata, never its method, which was asked for', () => {
    const full = { ...payout, description: 'Commission', metadata: { batch: '7' } }
    expect(payoutFieldsBeside(payout, [])).toEqual([])
    expect(payoutFieldsBeside(full, [])).toEqual(['description', 'metadata'])
    expect(payoutFieldsBeside(full, ['description'])).toEqual(['metadata'])
    expect(payoutFieldsBeside(full, ['description', 'metadata'])).toEqual([])
  })
})

describe('the flow of a request', () => {
  it('is the hosted page by default', () => {
    expect(flowOf({})).toBe('hosted')
    expect(flowOf({ method: { flow: 'upi_intent' } })).toBe('upi_intent')
  })
})

describe('what the accounts of a route need', () => {
  const account = (name: string, required: readonly PaymentField[]) => ({
    account: name,
    capabilities: fakeAdapter(fakeSocket().send, { required }).capabilities,
  })
  const closed: Capabilities = {
    ...account('x', ['payer.email']).capabilities,
    createPayment: { supported: false, why: 'for this test' },
  }
  const route = [
    account('first', ['payer.email', 'urls.success']),
    account('second', ['payer.email']),
    account('third', []),
    { account: 'fourth', capabilities: closed },
  ]

  it('is the union, each field with the accounts that need it', () => {
    expect(requiredFields('hosted', route)).toEqual([
      { path: 'payer.email', accounts: ['first', 'second'] },
      { path: 'urls.success', accounts: ['first'] },
    ])
  })

  it('is nothing in a flow that no account offers', () => {
    expect(requiredFields('popup', route)).toEqual([])
    expect(requiredFields('hosted', [])).toEqual([])
  })

  it('is missing by its path, with the names of the accounts', () => {
    expect(checkRequired(plain, route)).toEqual(
      E.left(
        invalidRequest([
          { path: 'payer.email', expected: 'to be given: first and second need it' },
          { path: 'urls.success', expected: 'to be given: first needs it' },
        ]),
      ),
    )
    expect(checkRequired({ ...plain, payer: { email: 'ann@example.com' } }, route)).toEqual(
      E.left(invalidRequest([{ path: 'urls.success', expected: 'to be given: first needs it' }])),
    )
  })

  it('is not missing where it is given, or where it is not needed in the flow', () => {
    const complete = { ...plain, payer: { email: 'ann@example.com' }, urls: { success: 'https://shop.example/' } }
    right(checkRequired(complete, route))
    right(checkRequired({ ...plain, method: { flow: 'popup' } }, route))
    right(checkRequired(plain, []))
  })

  it('is not given by texts by name that name nothing', () => {
    expect(checkRequired({ ...plain, payer: { extra: {} } }, [account('first', ['payer.extra'])])).toEqual(
      E.left(invalidRequest([{ path: 'payer.extra', expected: 'to be given: first needs it' }])),
    )
  })
})
