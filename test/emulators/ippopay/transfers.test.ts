import { BENEFICIARY, payouts, START, textAt, transferTo, useEmulator } from './fixture.js'

const emulator = useEmulator({ balancePaise: 500_000_00 })

const request = (transRef: string, fields?: Readonly<Record<string, unknown>>) =>
  payouts(emulator(), '/transfer/request', transferTo(transRef, fields))
const detail = async (transRef: string) => (await payouts(emulator(), `/transfer/detail?trans_ref=${transRef}`)).body
const status = async (transRef: string) => textAt(await detail(transRef), 'data.transfer.status')
const balance = async () =>
  textAt((await payouts(emulator(), '/account/balance')).body, 'data.account.available_balance')

beforeEach(() => payouts(emulator(), '/beneficiary/create', BENEFICIARY))

describe('GET /payout/account/balance', () => {
  it('answers text with two decimals', async () => {
    expect((await payouts(emulator(), '/account/balance')).body).toEqual({
      success: true,
      message: 'Account Details',
      data: { account: { available_balance: '500000.00' } },
    })
  })
})

describe('POST /payout/transfer/request', () => {
  it('answers the documented shape and takes amount and fee', async () => {
    const answer = await request('transfer1')

    expect(answer).toMatchObject({ status: 200, synthetic: false })
    expect(answer.body).toEqual({
      success: true,
      message: 'Payout Accepted',
      data: {
        transfer: {
          trans_id: expect.stringMatching(/^trans_/),
          trans_ref: 'transfer1',
          status: 'accepted',
          merchant_id: expect.any(String),
          amount: 1,
          commission: { value: 4, total: 4 },
          total_deduction: 5,
          pay_mode: 'IMPS',
          remarks: 'Invoice 7',
          product_type: 'payout',
          trans_type: 'DEBIT',
          init_source: 'api',
          beneficiary: {
            beneficiary_id: expect.stringMatching(/^bene_/),
            beneficiary_ref: 'bene0001',
            account: { number: '00112233445566', ifsc: 'TEST0000001' },
          },
          createdAt: new Date(START).toISOString(),
          updatedAt: new Date(START).toISOString(),
        },
      },
    })
    expect(await detail('transfer1')).toEqual(answer.body)
    expect(await balance()).toBe('499995.00')
  })

  it('uses NEFT by default, and needs no remarks', async () => {
    const { body } = await request('transfer1', { pay_mode: undefined, remarks: undefined })
    expect(body).toMatchObject({ data: { transfer: { pay_mode: 'NEFT', remarks: '' } } })
  })

  it.each([
    ['IMPS', 200_000, true],
    ['IMPS', 200_000.01, false],
    ['RTGS', 200_000, false],
    ['RTGS', 200_000.01, true],
    ['NEFT', 200_000.01, true],
  ])('%s of %d: %s', async (pay_mode, amount, success) => {
    expect((await request('transfer1', { pay_mode, amount })).body).toMatchObject({ success })
  })

  it.each([
    ['no amount', { amount: undefined }, 'amount'],
    ['an amount that is no number', { amount: '1e3' }, 'amount'],
    ['a reference with a sign', { trans_ref: 'a-1' }, 'trans_ref'],
    ['an unknown beneficiary', { beneficiary_ref: 'nobody' }, 'Beneficiary'],
    ['a pay mode in lower case', { pay_mode: 'imps' }, 'pay_mode'],
    ['more than the balance holds', { amount: 500_000, pay_mode: 'NEFT' }, 'balance'],
    ['remarks that are no text', { remarks: 7 }, 'remarks'],
  ])('refuses %s and takes nothing', async (_, fields, named) => {
    expect((await request('transfer1', fields)).body).toMatchObject({
      success: false,
      message: expect.stringContaining(named),
    })
    expect(emulator().transfers()).toEqual([])
    expect(await balance()).toBe('500000.00')
  })

  it('refuses a reference that is taken, also for the same transfer', async () => {
    await request('transfer1')
    expect((await request('transfer1')).body).toEqual({ success: false, message: 'trans_ref already exists' })
    expect(await balance()).toBe('499995.00')
  })

  it('pays twice in a world where references need not be unique', async () => {
    emulator().behaviour.enforceUniqueRefs = false
    await request('transfer1')
    await request('transfer1')
    expect(emulator().transfers()).toHaveLength(2)
    expect(await balance()).toBe('499990.00')
  })
})

describe('GET /payout/transfer/detail', () => {
  it('refuses an unknown reference and a missing one', async () => {
    expect(await detail('nothing')).toMatchObject({ success: false })
    expect((await payouts(emulator(), '/transfer/detail')).body).toMatchObject({ success: false })
  })

  it('shows accepted, queued, processing, success as the clock moves', async () => {
    await request('transfer1')
    const seen = [await status('transfer1')]
    for (const _ of [1, 2, 3, 4]) {
      await emulator().clock.advance(1_000)
      seen.push(await status('transfer1'))
    }
    expect(seen).toEqual(['accepted', 'queued', 'processing', 'success', 'success'])
    expect(emulator().transfer('transfer1')).toMatchObject({ createdAt: START, updatedAt: START + 3_000 })
  })

  it('stands still until it is advanced, without a step', async () => {
    emulator().behaviour.transferStepMs = null
    await request('transfer1')
    await emulator().clock.advance(86_400_000)
    expect(await status('transfer1')).toBe('accepted')

    for (const expected of ['queued', 'processing', 'success']) {
      emulator().advanceTransfer('transfer1')
      expect(await status('transfer1')).toBe(expected)
    }
    expect(() => emulator().advanceTransfer('transfer1')).toThrow('at rest')
  })
})

describe('decisions', () => {
  it.each(['failed', 'cancelled', 'returned'] as const)('%s on the way gives the money back', async (decision) => {
    await request('transfer1')
    emulator().decideTransfer('transfer1', decision)
    await emulator().clock.advance(60_000)

    expect(await status('transfer1')).toBe(decision)
    expect(await balance()).toBe('500000.00')
    expect(() => emulator().decideTransfer('transfer1', 'failed')).toThrow('at rest')
  })

  it.each(['failed', 'returned'] as const)('%s after success is a return by the bank', async (decision) => {
    await request('transfer1')
    await emulator().clock.advance(3_000)
    expect(() => emulator().decideTransfer('transfer1', 'cancelled')).toThrow('at rest')
    emulator().decideTransfer('transfer1', decision)

    expect(await status('transfer1')).toBe(decision)
    expect(await balance()).toBe('500000.00')
  })
})
