import { BENEFICIARY, payouts, START, transferTo, useEmulator } from './fixture.js'

const emulator = useEmulator()

const create = (fields: Readonly<Record<string, unknown>> = {}) =>
  payouts(emulator(), '/beneficiary/create', { ...BENEFICIARY, ...fields })

describe('POST /payout/beneficiary/create', () => {
  it('answers a message and no data', async () => {
    const answer = await create()
    expect(answer).toMatchObject({ status: 200, synthetic: false })
    expect(answer.body).toEqual({ success: true, message: expect.any(String) })
  })

  it.each([
    ['a reference with a sign', { beneficiary_ref: 'bene-1' }, 'beneficiary_ref'],
    ['no reference', { beneficiary_ref: undefined }, 'beneficiary_ref'],
    ['an account number that is a number', { acc_number: 112233445566 }, 'acc_number'],
    ['an IFSC of the wrong shape', { ifsc: 'TEST1' }, 'ifsc'],
    ['no name', { name: '' }, 'name'],
  ])('refuses %s', async (_, fields, named) => {
    expect((await create(fields)).body).toMatchObject({ success: false, message: expect.stringContaining(named) })
    expect(emulator().beneficiaries()).toEqual([])
  })

  it('refuses a reference that is taken, also for the same account', async () => {
    await create()
    expect((await create()).body).toEqual({ success: false, message: 'beneficiary_ref already exists' })
    expect(emulator().beneficiaries()).toHaveLength(1)
  })

  it('takes it again in a world where references need not be unique', async () => {
    emulator().behaviour.enforceUniqueRefs = false
    await create()
    await create({ acc_number: '998877665544' })
    expect(emulator().beneficiaries()).toHaveLength(2)
    expect(emulator().beneficiary(BENEFICIARY.beneficiary_ref)).toMatchObject({ account: { number: '998877665544' } })
  })
})

describe('GET /payout/beneficiary/getdetails/{beneficiary_ref}', () => {
  it('answers the documented shape, with other names than the request', async () => {
    await create()
    const answer = await payouts(emulator(), '/beneficiary/getdetails/bene0001')

    expect(answer.body).toEqual({
      success: true,
      message: expect.any(String),
      data: {
        beneficiary: {
          beneficiary_id: expect.stringMatching(/^bene_/),
          beneficiary_ref: 'bene0001',
          merchant_id: expect.any(String),
          status: 'active',
          account: { number: '00112233445566', ifsc: 'TEST0000001' },
          name: { first: 'Asha', last: 'Example Rao', full: 'Asha Example Rao' },
          tags: [],
          createdAt: new Date(START).toISOString(),
          updatedAt: new Date(START).toISOString(),
        },
      },
    })
  })

  it('refuses one that does not exist', async () => {
    expect((await payouts(emulator(), '/beneficiary/getdetails/nobody')).body).toMatchObject({ success: false })
  })
})

describe('GET /payout/beneficiary/list', () => {
  it('counts pages from 1 and has the total', async () => {
    for (const beneficiary_ref of ['b1', 'b2', 'b3']) await create({ beneficiary_ref })
    const page = async (query: string) => (await payouts(emulator(), `/beneficiary/list${query}`)).body
    const shows = (...refs: string[]) => ({
      success: true,
      data: { total: 3, beneficiaries: refs.map((beneficiary_ref) => ({ beneficiary_ref })) },
    })

    expect(await page('')).toMatchObject(shows('b1', 'b2', 'b3'))
    expect(await page('?limit=2&page=1')).toMatchObject(shows('b1', 'b2'))
    expect(await page('?limit=2&page=2')).toMatchObject(shows('b3'))
    expect(await page('?limit=2&page=3')).toMatchObject(shows())
    expect(await page('?limit=two')).toMatchObject({ success: false, message: expect.stringContaining('limit') })
  })
})

it('a beneficiary that is not active gets no transfer', async () => {
  await create()
  emulator().setBeneficiaryStatus('bene0001', 'suspended')

  expect((await payouts(emulator(), '/beneficiary/getdetails/bene0001')).body).toMatchObject({
    data: { beneficiary: { status: 'suspended' } },
  })
  expect((await payouts(emulator(), '/transfer/request', transferTo('t1'))).body).toMatchObject({
    success: false,
    message: expect.stringContaining('not active'),
  })
})
