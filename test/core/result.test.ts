import { type RecordedFacts, type Snapshot, toResult } from '../../src/core/index.js'

const eur = (minorUnits: bigint) => ({ minorUnits, currency: 'EUR' })

const bare: Snapshot<'payment'> = {
  reference: { kind: 'payment', account: 'main', id: 'pay-1' },
  status: 'processing',
  providerState: { invoice: '4' },
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
}

const full: Snapshot<'payment'> = {
  ...bare,
  reference: { ...bare.reference, expectedAmount: { value: '49.90', currency: 'EUR' } },
  status: 'succeeded',
  providerCode: 'E17',
  detail: 'pre_approved',
  reason: 'declined',
  amount: eur(4990n),
  paid: { minorUnits: 7500n, currency: 'JPY' },
  captured: eur(4990n),
  refunded: eur(0n),
  fee: eur(5n),
  bankReference: 'UTR123',
  disputed: true,
  nextAction: { type: 'redirect', url: 'https://pay.example/1' },
  review: ['unconfirmed'],
}

const facts: RecordedFacts = {
  merchantReference: 'ORD-1',
  idempotencyKey: 'order-1',
  operationId: 'op-1',
  metadata: { cart: 'c-77' },
  recordedAt: 1_790_000_000_000,
  notPassedOn: ['payer.ip'],
}

describe('the result of what an adapter reported', () => {
  it('says what it is, where it is and which one it is, beside what was reported', () => {
    expect(toResult(bare)).toStrictEqual({ kind: 'payment', account: 'main', id: 'pay-1', ...bare })
  })

  it('writes every amount as text with the decimals of its currency', () => {
    expect(toResult(full)).toStrictEqual({
      ...full,
      kind: 'payment',
      account: 'main',
      id: 'pay-1',
      amount: { value: '49.90', currency: 'EUR' },
      paid: { value: '7500', currency: 'JPY' },
      captured: { value: '49.90', currency: 'EUR' },
      refunded: { value: '0.00', currency: 'EUR' },
      fee: { value: '0.05', currency: 'EUR' },
    })
  })

  it('carries what the ledger knows, and no field for what it does not', () => {
    expect(toResult(bare, facts)).toStrictEqual({ ...toResult(bare), ...facts })
    expect(Object.keys(toResult(bare, { operationId: 'op-1' })).sort()).toEqual(
      [...Object.keys(toResult(bare)), 'operationId'].sort(),
    )
  })

  it('has an id where the gateway gave none', () => {
    const reference = { kind: 'refund', account: 'main', idempotencyKey: 'refund-1', paymentId: 'pay-1' } as const
    expect(toResult<'refund'>({ ...bare, reference, status: 'processing' })).toMatchObject({
      kind: 'refund',
      id: 'key:refund-1@pay-1',
    })
  })

  it.each([
    ['JSON', (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown],
    ['structuredClone', (value: unknown) => structuredClone(value)],
    ['a spread', (value: object) => ({ ...value })],
  ])('survives %s', (_how, copy) => {
    const result = toResult(full, facts)
    expect(copy(result)).toStrictEqual(result)
  })

  it('leaves what was reported as it was', () => {
    const before = structuredClone(full)
    toResult(full, facts)
    expect(full).toStrictEqual(before)
  })
})
