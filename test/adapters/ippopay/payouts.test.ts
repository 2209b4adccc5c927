import {
  createCall,
  createStatelessProvider,
  indeterminate,
  type PayoutRequest,
  type WireAnswer,
} from '../../../src/core/index.js'
import { left, right } from '../../either.js'
import { type Answered, anAccount, beneficiaryRef, gateway, lines, payoutRequest, says, transRef } from './support.js'

const reference = { kind: 'payout', account: 'ippopay', id: transRef } as const
const byKey = { kind: 'payout', account: 'ippopay', idempotencyKey: 'payout-1' } as const
const lookUp = `GET /v1/payout/beneficiary/getdetails/${beneficiaryRef}`
const create = 'POST /v1/payout/beneficiary/create'
const request = 'POST /v1/payout/transfer/request'
const none = says.no('Beneficiary not found')
const lost: Answered = { status: 504, body: '' }

const payOut = async (answers: readonly Answered[], fields: Partial<PayoutRequest> = {}) => {
  const arrived = gateway(answers)
  const either = await createStatelessProvider(anAccount()).payout({ ...payoutRequest, ...fields })()
  return { either, arrived, lines: lines(arrived) }
}

describe('a payout', () => {
  it('to a known beneficiary is a transfer', async () => {
    const { either, arrived } = await payOut([says.beneficiary(), says.transfer()], { description: 'Invoice 77' })
    expect(right(either)).toEqual({
      kind: 'payout',
      account: 'ippopay',
      id: transRef,
      reference,
      status: 'processing',
      providerState: { transfer: 'accepted' },
      amount: { value: '2500.00', currency: 'INR' },
      amountCheck: 'exact',
      fee: { value: '4.00', currency: 'INR' },
      notPassedOn: [],
      disputed: false,
      review: [],
    })
    expect(lines(arrived)).toEqual([lookUp, request])
    expect(arrived[1]?.body).toBe(
      `{"amount":2500,"trans_ref":"${transRef}","beneficiary_ref":"${beneficiaryRef}","remarks":"Invoice 77","pay_mode":"NEFT"}`,
    )
  })

  it('to a new beneficiary registers it first, under a reference of the account’s own facts', async () => {
    const { either, arrived } = await payOut([none, says.beneficiaryCreated, says.transfer()])
    expect(right(either).status).toBe('processing')
    expect(lines(arrived)).toEqual([lookUp, create, request])
    expect(arrived[1]?.body).toBe(
      `{"acc_number":"000111222333","ifsc":"TEST0000001","name":"Bea Payee","beneficiary_ref":"${beneficiaryRef}"}`,
    )
  })

  it.each<[string, Answered]>([
    ['answered as a repeat', says.no('beneficiary_ref already exists')],
    ['lost', lost],
  ])('whose registration was %s reads again and goes on', async (_name, answer) => {
    const seen = await payOut([none, answer, says.beneficiary(), says.transfer()])
    expect(right(seen.either).status).toBe('processing')
    expect(seen.lines).toEqual([lookUp, create, lookUp, request])
  })

  it.each<[string, Answered]>([
    ['is not there', none],
    ['cannot be read', lost],
  ])('whose registration was lost and, read again, %s was not sent', async (_name, again) => {
    const seen = await payOut([none, lost, again])
    expect(left(seen.either)).toMatchObject({ _tag: 'Unreachable', phase: 'draft', outcome: 'not_sent', retry: 'safe' })
    expect(seen.lines).toEqual([lookUp, create, lookUp])
  })

  it('whose registration is refused is refused', async () => {
    const seen = await payOut([none, says.no('IFSC invalid')])
    expect(left(seen.either)).toMatchObject({ _tag: 'Refused', reason: 'validation' })
    expect(seen.lines).toEqual([lookUp, create])
  })

  it.each([
    ['another account', { account: { number: '999', ifsc: 'TEST0000001' } }],
    ['another branch', { account: { number: '000111222333', ifsc: 'TEST0000002' } }],
    ['a disabled account', { status: 'suspended' }],
  ])('goes no further when the reference stands for %s', async (_name, fields) => {
    const seen = await payOut([says.beneficiary(fields)])
    expect(left(seen.either)).toMatchObject({ _tag: 'Unsupported', issues: [{ path: 'beneficiary' }] })
    expect(seen.lines).toEqual([lookUp])
  })

  it('takes an answer about another beneficiary for none', async () => {
    const seen = await payOut([says.beneficiary({ beneficiary_ref: 'other' })])
    expect(left(seen.either)).toMatchObject({ _tag: 'Unreachable', phase: 'draft' })
  })

  it('takes an IFSC in small letters for the same', async () => {
    const seen = await payOut([
      says.beneficiary({ account: { number: '000111222333', ifsc: 'test0000001' } }),
      says.transfer(),
    ])
    expect(right(seen.either).status).toBe('processing')
  })

  it.each<[string, string, string]>([
    ['NEFT', '1', 'NEFT'],
    ['NEFT', '900000.00', 'NEFT'],
    ['IMPS', '200000.00', 'IMPS'],
    ['RTGS', '200000.01', 'RTGS'],
  ])('by %s of %s travels so', async (method, amount, payMode) => {
    const seen = await payOut([says.beneficiary(), says.transfer({ amount: Number(amount) })], {
      method,
      amount: { value: amount, currency: 'INR' },
    })
    expect(right(seen.either).amountCheck).toBe('exact')
    expect(seen.arrived[1]?.body).toContain(`"pay_mode":"${payMode}"`)
  })

  it.each<[string, Partial<PayoutRequest>]>([
    ['amount', { method: 'IMPS', amount: { value: '200000.01', currency: 'INR' } }],
    ['amount', { method: 'RTGS', amount: { value: '200000.00', currency: 'INR' } }],
    ['amount.currency', { amount: { value: '1.00', currency: 'EUR' } }],
    ['method', { method: 'UPI' }],
    ['method', { method: 'imps' }],
    ['beneficiary.type', { beneficiary: { type: 'paydo_account', account: '1' } }],
  ])('with %s that IppoPay cannot take is Unsupported, and nothing is sent (case %#)', async (path, fields) => {
    const seen = await payOut([], fields)
    expect(left(seen.either)).toMatchObject({ _tag: 'Unsupported', outcome: 'not_sent', issues: [{ path }] })
    expect(seen.arrived).toEqual([])
  })

  it('of an amount that no JSON number carries is InvalidRequest, and nothing is sent', async () => {
    const seen = await payOut([], { amount: { minorUnits: 1_234_567_890_123_456n, currency: 'INR' } })
    expect(left(seen.either)).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'amount' }] })
    expect(seen.arrived).toEqual([])
  })

  it.each(['Duplicate trans_ref', 'trans_ref ALREADY used', 'trans_ref exists', 'trans_ref must be unique'])(
    'answered with %j may be a repeat, to be read',
    async (message) => {
      const seen = await payOut([says.beneficiary(), says.no(message)])
      expect(left(seen.either)).toMatchObject({
        _tag: 'Indeterminate',
        outcome: 'unknown',
        retry: 'after_read',
        registered: true,
        reference: byKey,
      })
    },
  )

  it('answered with another no is refused', async () => {
    const seen = await payOut([says.beneficiary(), says.no('Insufficient balance')])
    expect(left(seen.either)).toMatchObject({ _tag: 'Refused', outcome: 'refused', reason: 'validation' })
  })

  it.each<[string, Answered]>([
    ['was lost', lost],
    ['is about another transfer', says.transfer({ trans_ref: 'other' })],
    ['is about another beneficiary', says.transfer({ beneficiary: { beneficiary_ref: 'other' } })],
    ['has no status', says.transfer({ status: undefined })],
  ])('whose answer %s may have been sent, and is found by its key', async (_name, answer) => {
    const seen = await payOut([says.beneficiary(), answer])
    expect(left(seen.either)).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'after_read',
      exchange: 'ippopay.transfers.create',
      reference: byKey,
    })
  })

  it('whose answer names no beneficiary is taken for ours', async () => {
    const seen = await payOut([says.beneficiary(), says.transfer({ beneficiary: [] })])
    expect(right(seen.either).reference).toEqual(reference)
  })

  it('of another amount than requested says so', async () => {
    const seen = await payOut([says.beneficiary(), says.transfer({ amount: 25 })])
    expect(right(seen.either)).toMatchObject({
      amountCheck: 'mismatch',
      amount: { value: '25.00', currency: 'INR' },
    })
  })

  it('has a reference of its own for each key and account', async () => {
    const transRefs = async (account: string, idempotencyKey: string) => {
      const arrived = gateway([says.beneficiary(), lost])
      await createStatelessProvider(anAccount({ account })).payout({ ...payoutRequest, idempotencyKey })()
      return JSON.parse(arrived[1]?.body ?? '{}').trans_ref
    }
    const refs = [
      await transRefs('ippopay', 'payout-1'),
      await transRefs('ippopay', 'payout-1'),
      await transRefs('ippopay', 'payout-2'),
      await transRefs('india', 'payout-1'),
    ]
    expect(refs[0]).toBe(transRef)
    expect(refs[1]).toBe(transRef)
    expect(new Set(refs).size).toBe(3)
    for (const ref of refs) expect(ref).toMatch(/^[0-9a-z]{24}$/)
  })

  it('without payout keys is Unsupported, and nothing is sent', async () => {
    const arrived = gateway([])
    const { payout, getStatus } = createStatelessProvider(anAccount({ payouts: undefined }))
    const issues = [{ path: 'payouts', expected: 'payout keys in the configuration of the account' }]
    expect(left(await payout(payoutRequest)())).toMatchObject({ _tag: 'Unsupported', issues })
    expect(left(await getStatus(reference)())).toMatchObject({ _tag: 'Unsupported', issues })
    expect(arrived).toEqual([])
  })
})

describe('the draft of a payout', () => {
  const accepted: WireAnswer = { status: 200, headers: {}, body: says.transfer().body }

  it('holds no account number, and can be interpreted from storage', async () => {
    gateway([says.beneficiary()])
    const { payout, send } = anAccount()
    const draft = right(await payout.draft(payoutRequest, createCall(send))())
    expect(draft.context).toEqual({ transRef, beneficiaryRef, amount: '2500.00' })
    expect(JSON.stringify(draft)).not.toContain('000111222333')
    const stored = JSON.parse(JSON.stringify(draft))
    expect(right(anAccount().payout.interpret(stored, accepted)).reference).toEqual(reference)
    expect(left(payout.interpret({ ...draft, context: [] }, accepted))).toEqual(indeterminate('moves_money', 'answer'))
  })
})

describe('what a transfer tells of money', () => {
  const fee = async (fields: Readonly<Record<string, unknown>>) => {
    gateway([says.transfer(fields)])
    return right(await createStatelessProvider(anAccount()).getStatus(byKey)()).fee
  }
  const rupees = (value: string) => ({ value, currency: 'INR' })

  it.each([
    ['its deduction', { total_deduction: 2504.72, commission: {} }, rupees('4.72')],
    ['a deduction of the amount alone', { total_deduction: 2500 }, rupees('0.00')],
    ['its commission, if it has no deduction', { total_deduction: undefined }, rupees('4.00')],
    ['its commission, if the deduction is less than the amount', { total_deduction: 4 }, rupees('4.00')],
    ['its commission, if the amount cannot be read', { amount: 'much' }, rupees('4.00')],
    ['nothing, if both are odd', { total_deduction: 'much', commission: [7] }, undefined],
    ['nothing, if the commission is odd', { total_deduction: 2504.005, commission: { total: 4.005 } }, undefined],
    ['nothing, if it tells neither', { total_deduction: undefined, commission: undefined }, undefined],
    ['nothing, if it failed', { status: 'failed' }, undefined],
  ])('is a fee of %s', async (_name, fields, expected) => {
    expect(await fee(fields)).toEqual(expected)
  })

  it.each([['two words'], [''], ['x'.repeat(65)], [12345], [null], [{ id: 'x' }]])(
    'is no bank reference: %j',
    async (utr) => {
      gateway([says.transfer({ status: 'success', utr })])
      const payout = right(await createStatelessProvider(anAccount()).getStatus(byKey)())
      expect(payout).toMatchObject({ status: 'succeeded' })
      expect(payout).not.toHaveProperty('bankReference')
    },
  )
})

describe('reading a payout', () => {
  const detail = `GET /v1/payout/transfer/detail?trans_ref=${transRef}`

  it.each([
    ['its id', reference],
    ['our key', byKey],
  ])('by %s reads the transfer', async (_name, located) => {
    const arrived = gateway([says.transfer({ status: 'success', utr: 'TESTN26001234567' })])
    const expectedAmount = { value: '2500.00', currency: 'INR' }
    expect(right(await createStatelessProvider(anAccount()).getStatus({ ...located, expectedAmount })())).toEqual({
      kind: 'payout',
      account: 'ippopay',
      id: transRef,
      reference: { ...reference, expectedAmount },
      status: 'succeeded',
      providerState: { transfer: 'success' },
      amount: expectedAmount,
      amountCheck: 'exact',
      fee: { value: '4.00', currency: 'INR' },
      bankReference: 'TESTN26001234567',
      disputed: false,
      review: [],
    })
    expect(lines(arrived)).toEqual([detail])
  })

  it.each([
    ['failed', { status: 'failed', reason: 'rejected', review: [] }],
    ['cancelled', { status: 'failed', reason: 'rejected', review: [] }],
    ['queued', { status: 'processing', review: [] }],
    ['returned', { status: 'unknown', review: ['unmapped_state'] }],
  ])('in state %s', async (status, result) => {
    gateway([says.transfer({ status })])
    expect(right(await createStatelessProvider(anAccount()).getStatus(byKey)())).toMatchObject({
      ...result,
      reference,
      amountCheck: 'unchecked',
      providerState: { transfer: status },
    })
  })

  it('with an amount that cannot be read still reads', async () => {
    gateway([says.transfer({ amount: 'much' })])
    const payout = right(
      await createStatelessProvider(anAccount()).getStatus({
        ...byKey,
        expectedAmount: { value: '0.01', currency: 'INR' },
      })(),
    )
    expect(payout).toMatchObject({ status: 'processing', amountCheck: 'mismatch' })
    expect(payout).not.toHaveProperty('amount')
  })

  it('that is not there finds nothing', async () => {
    gateway([says.no('Transfer not found')])
    expect(left(await createStatelessProvider(anAccount()).getStatus(byKey)())).toMatchObject({
      _tag: 'Refused',
      reason: 'not_found',
    })
  })

  it('answered with another one is no answer', async () => {
    gateway([says.transfer({ trans_ref: 'other' })])
    expect(left(await createStatelessProvider(anAccount()).getStatus(byKey)())).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'safe',
      exchange: 'ippopay.transfers.get',
      paths: ['data.transfer.trans_ref'],
    })
  })

  it('by an id that is no reference of ours is InvalidRequest', async () => {
    const arrived = gateway([])
    const { getStatus } = createStatelessProvider(anAccount())
    expect(left(await getStatus({ kind: 'payout', account: 'ippopay', id: 'trans_9' })())).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path: 'id' }],
    })
    expect(arrived).toEqual([])
  })
})
