import { at } from '../http.js'
import { useFixture } from './fixture.js'

const fixture = useFixture()
const read = (query = '') => fixture().client.get(`/v1/wallets/get-balances${query}`)

describe('GET /v1/wallets/get-balances', () => {
  it('has no envelope, and amounts as text', async () => {
    fixture().emulator.setBalance('EUR', 1000.5)
    expect((await read('?currency=EUR')).body).toEqual({
      snapshotAt: '2026-01-02T12:00:00Z',
      currencies: [
        { code: 'EUR', balance: { available: '1000.50', referral: '0.00', pending: '-3.20', reserve: '0.00' } },
      ],
    })
  })

  it('has a total only if the request says so', async () => {
    fixture().emulator.setBalance('EUR', 1000.5)
    expect(at((await read('?includeTotal=1&currency=EUR')).body, 'currencies', 0, 'balance', 'total')).toBe('997.30')
  })

  it('has all currencies, or those of the request', async () => {
    const codes = async (query: string) => {
      const list = at((await read(query)).body, 'currencies')
      return Array.isArray(list) ? list.map((one) => at(one, 'code')) : []
    }
    expect(await codes('')).toEqual(['EUR', 'USD', 'GBP'])
    expect(await codes('?currency=USD,JPY')).toEqual(['USD', 'JPY'])
  })

  it('names a wrong currency by its place', async () => {
    expect(await read('?currency=euro,EUR')).toMatchObject({
      status: 400,
      body: { message: { 'currencies [0]': ['This value is not a valid currency.'] } },
    })
  })

  it('may be read ten times a minute', async () => {
    const { emulator } = fixture()
    for (let call = 0; call < 10; call += 1) expect((await read()).status).toBe(200)
    expect(await read()).toMatchObject({ status: 429, body: { message: 'Too many requests from ip' } })
    await emulator.clock.advance(60_000)
    expect((await read()).status).toBe(200)
  })

  it('grows with a payment and shrinks with its refund', async () => {
    const { emulator, createPaid } = fixture()
    emulator.setBalance('EUR', 0)
    const { txid } = await createPaid({ order: { amount: '10.00' } })
    expect(emulator.balances().EUR).toBe('10.00')
    emulator.autoRefund(txid, 4)
    await emulator.clock.advance(3_000)
    expect(emulator.balances().EUR).toBe('6.00')
    emulator.setTransactionState(txid, 5)
    expect(emulator.balances().EUR).toBe('-4.00')
  })

  it('counts a payment once, however often it is said to be accepted', async () => {
    const { emulator, createPaid } = fixture()
    emulator.setBalance('EUR', 0)
    const { txid } = await createPaid({ order: { amount: '10.00' } })
    emulator.setTransactionState(txid, 2, 'Approved')
    expect(emulator.balances().EUR).toBe('10.00')
  })
})
