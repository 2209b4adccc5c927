import * as TE from 'fp-ts/lib/TaskEither.js'
import sodium from 'libsodium-wrappers'
import type { PayopOptions } from '../../../src/adapters/payop/index.js'
import {
  asUuid,
  createCall,
  invalidConfig,
  operationDigest,
  type PayoutRequest,
  type Reference,
} from '../../../src/core/index.js'
import { noConnect } from '../../../src/transport/index.js'
import { fail, right, succeed } from '../../either.js'
import { anAccount, answers, aProvider, CERTIFICATE, complete, hostedOnly, INVOICE, WITHDRAWAL } from './support.js'

const CREATE = '/v1/withdrawals/create-mass'
const LIST = '/v1/withdrawals/user-withdrawals'
const key = asUuid(operationDigest('payop', 'payout', 'payout-1'))
const privateKey = Buffer.from('545c51dbbb6826a334519d1dbe5b4ae27764ce9f5cdf90996e39553e3bdfb6e9', 'hex')

const toPayDo: PayoutRequest = {
  idempotencyKey: 'payout-1',
  amount: { value: '12.50', currency: 'EUR' },
  merchantReference: 'po_42',
  beneficiary: { type: 'paydo_account', account: '100200300' },
}
const toBank: PayoutRequest = {
  ...toPayDo,
  beneficiary: { type: 'iban', iban: 'DE89370400440532013000', name: 'Bea Payee', email: 'bea@example.org' },
}

const created = () => answers('POST', CREATE, { data: [{ id: WITHDRAWAL, metadata: { paymux: key } }], status: 1 })
const unsealed = (sent: readonly { readonly body: string }[]) => {
  const box = Buffer.from(JSON.parse(sent[0]?.body ?? '').data, 'base64')
  const open = sodium.crypto_box_seal_open(box, Buffer.from(CERTIFICATE, 'base64'), privateKey)
  return JSON.parse(Buffer.from(open).toString('utf8'))
}

beforeAll(() => sodium.ready)

describe('a payout', () => {
  it('to a PayDo account is sealed, in a list of one, under its key', async () => {
    const sent = created()
    expect(await succeed(aProvider().payout({ ...toPayDo, description: 'Affiliate payout 42' }))).toEqual({
      kind: 'payout',
      account: 'payop',
      id: WITHDRAWAL,
      notPassedOn: [],
      reference: { kind: 'payout', account: 'payop', id: WITHDRAWAL },
      status: 'processing',
      providerState: {},
      amountCheck: 'unchecked',
      disputed: false,
      review: [],
    })
    expect(sent[0]?.headers).toMatchObject({ 'idempotency-key': key, authorization: 'Bearer jwt.made.up' })
    expect(unsealed(sent)).toEqual([
      {
        method: 15,
        type: 1,
        amount: 12.5,
        currency: 'EUR',
        additionalData: { direction: 'Affiliate payout 42', referenceId: '100200300' },
        metadata: { merchantReference: 'po_42', paymux: key },
      },
    ])
  })

  it.each([
    ['personal', 1],
    ['business', 2],
  ] as const)(
    'to the PayDo account of an e-mail address tells its holder (%s)',
    async (holder, recipientAccountType) => {
      const sent = created()
      const account = 'payee@example.com'
      await succeed(aProvider().payout({ ...toPayDo, beneficiary: { type: 'paydo_account', account, holder } }))
      expect(unsealed(sent)[0].additionalData).toEqual({
        // The request has no description.
        direction: 'po 42',
        referenceId: account,
        email: account,
        recipientAccountType,
      })
    },
  )

  it.each([
    ['in letters, digits and spaces', { description: 'Invoice #7, part 2!' }, 'Invoice 7 part 2', []],
    ['without accents', { description: 'Grüße an André' }, 'Gru e an Andre', []],
    ['by its reference, where nothing of the description is left', { description: '支払い' }, 'po 42', ['description']],
    ['in any case', { merchantReference: '---' }, 'Payout', []],
  ])('tells its purpose %s', async (_how, fields, direction, notPassedOn) => {
    const sent = created()
    expect(await succeed(aProvider().payout({ ...toPayDo, ...fields }))).toMatchObject({ notPassedOn })
    expect(unsealed(sent)[0].additionalData.direction).toBe(direction)
  })

  it('to a bank account', async () => {
    const sent = created()
    await succeed(aProvider().payout({ ...toBank, metadata: { batch: '7' }, method: '20' }))
    expect(unsealed(sent)).toEqual([
      {
        method: 20,
        type: 1,
        amount: 12.5,
        currency: 'EUR',
        additionalData: {
          beneficiary: { account: 'DE89370400440532013000', name: 'Bea Payee' },
          email: 'bea@example.org',
        },
        metadata: { merchantReference: 'po_42', batch: '7', paymux: key },
      },
    ])
  })

  it('is sealed once, while drafting: what is stored is sent as it is', async () => {
    const adapter = anAccount()
    const input = { ...toPayDo, amount: { minorUnits: 1250n, currency: 'EUR' } }
    const draft = right(await adapter.payout.draft(input, createCall(adapter.send))())
    const stored = JSON.parse(JSON.stringify(draft))
    expect(stored).toEqual(draft)
    const [first, second] = [created(), created()]
    for (const _send of [1, 2]) await succeed(adapter.send(stored.wire))
    expect(first[0]?.body).toBe(second[0]?.body)
    expect(JSON.stringify(stored)).not.toContain('100200300')
  })
})

describe('the answer to a payout', () => {
  it.each([
    ['without metadata', { id: WITHDRAWAL }],
    ['with an empty map', { id: WITHDRAWAL, metadata: [] }],
  ])('%s is taken', async (_what, entry) => {
    answers('POST', CREATE, { data: [entry], status: 1 })
    expect(await succeed(aProvider().payout(toPayDo))).toMatchObject({ reference: { id: WITHDRAWAL } })
  })

  it.each([
    ['about nothing', [], 'data'],
    ['about two', [{ id: WITHDRAWAL }, { id: INVOICE }], 'data'],
    ['about another', [{ id: WITHDRAWAL, metadata: { paymux: 'another' } }], 'data.0.metadata.paymux'],
    ['without an id', [{ metadata: { paymux: key } }], 'data.0.id'],
  ])('%s leaves the outcome unknown, and says how to read it', async (_what, data, path) => {
    answers('POST', CREATE, { data, status: 1 })
    expect(await fail(aProvider().payout(toPayDo))).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'after_read',
      paths: [path],
      exchange: 'payop.withdrawals.create',
      reference: { kind: 'payout', account: 'payop', idempotencyKey: 'payout-1' },
    })
  })

  it('may be that the key was seen before: read it by the key', async () => {
    answers('POST', CREATE, { message: 'Not unique idempotency key' }, { status: 409 })
    expect(await fail(aProvider().payout(toPayDo))).toMatchObject({
      _tag: 'Indeterminate',
      registered: true,
      reference: { kind: 'payout', account: 'payop', idempotencyKey: 'payout-1' },
    })
  })

  it.each([
    [
      422,
      'The total amount of funds on the balances is insufficient to process the payment - 1.01 EUR',
      'insufficient_funds',
    ],
    [400, "Unable decrypt message. Please check if it's properly encrypted", 'configuration'],
    [404, 'Bank details for iban DE89370400440532013000 not found', 'bank_details'],
  ])('may be a refusal (%i %s)', async (status, message, reason) => {
    answers('POST', CREATE, { message, status: 0 }, { status })
    expect(await fail(aProvider().payout(toPayDo))).toMatchObject({ _tag: 'Refused', reason })
  })
})

describe('a payout is not sent', () => {
  const email = 'payee@example.com'
  const variants: ReadonlyArray<readonly [string, Partial<PayoutRequest>, string, string]> = [
    [
      'to an Indian bank account',
      { beneficiary: { type: 'indian_bank_account', accountNumber: '000111222333', ifsc: 'TEST0000001', name: 'Bea' } },
      'Unsupported',
      'beneficiary.type',
    ],
    [
      'to an e-mail address without its holder',
      { beneficiary: { type: 'paydo_account', account: email } },
      'InvalidRequest',
      'beneficiary.holder',
    ],
    [
      'to an account number with a holder',
      { beneficiary: { type: 'paydo_account', account: '1', holder: 'personal' } },
      'InvalidRequest',
      'beneficiary.holder',
    ],
    [
      'to what is neither',
      { beneficiary: { type: 'paydo_account', account: 'Bea Payee' } },
      'InvalidRequest',
      'beneficiary.account',
    ],
    ['by another way than its beneficiary’s', { method: '20' }, 'Unsupported', 'method'],
    [
      'with an amount that a JSON number would not carry',
      { amount: { value: '1000000000000000.01', currency: 'EUR' } },
      'Unsupported',
      'amount',
    ],
  ]
  it.each(variants)('%s', async (_what, fields, tag, path) => {
    expect(await fail(aProvider().payout({ ...toPayDo, ...fields }))).toMatchObject({
      _tag: tag,
      outcome: 'not_sent',
      issues: [{ path }],
    })
  })

  it('without a token or a certificate', async () => {
    const { certificate: _none, ...withoutCertificate } = complete
    expect(await fail(aProvider(hostedOnly).payout(toPayDo))).toMatchObject({ issues: [{ path: 'token' }] })
    expect(await fail(aProvider(withoutCertificate).payout(toPayDo))).toMatchObject({
      _tag: 'Unsupported',
      issues: [{ path: 'certificate' }],
    })
    expect(anAccount(hostedOnly).capabilities.payout).toMatchObject({ why: 'the configuration has no token' })
    expect(anAccount(withoutCertificate).capabilities.payout).toMatchObject({
      why: 'the configuration has no certificate',
    })
  })

  it('unsealed', async () => {
    const error = invalidConfig([{ path: 'certificate', expected: 'libsodium-wrappers' }])
    const options: PayopOptions = { transport: { connect: noConnect }, seal: () => TE.left(error) }
    expect(await fail(aProvider(complete, options).payout(toPayDo))).toMatchObject({
      _tag: 'InvalidConfig',
      account: 'payop',
      issues: error.issues,
    })
  })
})

const row = (fields: object = {}) => ({
  identifier: WITHDRAWAL,
  groupIdentifier: null,
  userIdentifier: '7',
  type: 1,
  currency: 'EUR',
  amount: 12.5,
  payAmount: 13.89,
  status: 4,
  method: 15,
  createdAt: 1790000100,
  updatedAt: null,
  comment: null,
  additionalData: { referenceId: '100200300' },
  metadata: { paymux: key },
  ...fields,
})
const byId: Reference<'payout'> = { kind: 'payout', account: 'payop', id: WITHDRAWAL }
const byKey: Reference<'payout'> = { kind: 'payout', account: 'payop', idempotencyKey: 'payout-1' }
const ONE = `${LIST}?query%5Bidentifier%5D=${WITHDRAWAL}`

describe('a payout is read', () => {
  it.each([
    [1, { status: 'processing', review: [] }],
    [4, { status: 'processing', review: [] }],
    [2, { status: 'succeeded', review: [] }],
    [3, { status: 'failed', reason: 'rejected', review: [] }],
    [5, { status: 'unknown', review: ['unmapped_state'] }],
  ])('by its id, in state %i', async (status, expected) => {
    answers('GET', ONE, { data: [row({ status })], status: 1 })
    const amount = { value: '12.50', currency: 'EUR' }
    expect(await succeed(aProvider().getStatus({ ...byId, expectedAmount: amount }))).toMatchObject({
      ...expected,
      reference: byId,
      providerState: { withdrawal: String(status) },
      // Not what the wallet paid with the fee.
      amount,
      amountCheck: 'exact',
    })
  })

  it.each([
    ['from the wallet', {}, { value: '1.39', currency: 'EUR' }],
    ['of nothing', { payAmount: '12.50' }, { value: '0.00', currency: 'EUR' }],
    ['that is not shown', { payAmount: undefined }, undefined],
    ['that would be negative', { payAmount: 12.49 }, undefined],
    ['of an unreadable amount', { payAmount: 12.345 }, undefined],
    ['of an amount that is none', { amount: null }, undefined],
    ['in no currency', { currency: null }, undefined],
    ['from the amount', { type: 2 }, undefined],
    ['of a payout on its way', { status: 4 }, undefined],
    ['of a rejected payout', { status: 3 }, undefined],
  ])('with a fee %s', async (_which, fields, fee) => {
    answers('GET', ONE, { data: [row({ status: 2, ...fields })], status: 1 })
    expect((await succeed(aProvider().getStatus(byId))).fee).toEqual(fee)
  })

  it('by our key, and known by its id from then on', async () => {
    answers('GET', LIST, { data: [row({ identifier: INVOICE, metadata: [] }), row()], status: 1 })
    expect(await succeed(aProvider().getStatus(byKey))).toMatchObject({ reference: byId, status: 'processing' })
  })

  it('and may exist though the list has it not', async () => {
    answers('GET', LIST, { data: [], status: 1 })
    expect(await fail(aProvider().getStatus(byKey))).toMatchObject({ _tag: 'Indeterminate', reference: byKey })
    answers('GET', ONE, { data: [], status: 1 })
    expect(await fail(aProvider().getStatus(byId))).toMatchObject({ _tag: 'Refused', reason: 'not_found' })
  })

  it('not without a token', async () => {
    expect(await fail(aProvider(hostedOnly).getStatus(byId))).toMatchObject({ _tag: 'Unsupported' })
  })
})

describe('payouts as declared', () => {
  it('are found by key, and refused under a key that was seen', () => {
    expect(anAccount().capabilities.payout).toEqual({
      supported: true,
      deduplication: { kind: 'rejects', windowMs: 900_000, proven: true },
      lookupByKey: true,
      currencies: 'any',
      beneficiaries: ['paydo_account', 'iban'],
      fields: ['description', 'metadata'],
    })
  })
})
