import { at } from '../http.js'
import { HOUR, useFixture } from './fixture.js'

const fixture = useFixture()

describe('what staff decide in the dashboard', () => {
  it('starts refunds without a call of the API: they are listed and notified, and name no key of a caller', async () => {
    const { emulator, client, createPaid } = fixture()
    const { txid } = await createPaid({ order: { amount: '25.00' } })
    const before = emulator.executions()
    const { id } = emulator.startRefund(txid, 10)
    emulator.decideRefund(id, 2)
    expect((await client.get('/v1/refunds/user-refunds')).body).toMatchObject({
      data: [{ identifier: id, status: 2, type: 2, amount: 10, metadata: [], sourceTransaction: { identifier: txid } }],
    })
    expect(emulator.startRefund((await createPaid()).txid)).toMatchObject({ type: 1, amount: 2 })
    expect(emulator.executions().filter(({ operation }) => operation === 'refund')).toEqual([])
    expect(emulator.executions().length).toBeGreaterThan(before.length)
    expect(() => emulator.startRefund(txid, 16)).toThrow('Refund amount is bigger than transaction amount')
  })

  it('tells of a chargeback by the list of transactions only, as Payop does', async () => {
    const { emulator, client, createPaid } = fixture()
    const { txid } = await createPaid()
    emulator.setChargeback(txid, true)
    const { body } = await client.get(`/v1/transactions/filter?query%5Bidentifiers%5D=${txid}`)
    expect(body).toMatchObject({ data: [{ identifier: txid, hasChargeback: true, state: 2 }] })
  })
})

describe('states that no document names', () => {
  const WORDS = ['in review by bank', 'на проверке', 'zurückgewiesen', 'a'.repeat(80), '审核中']

  it.each(WORDS)('are shown as they are: %s', async (word) => {
    const { emulator, client, createPaid } = fixture()
    const { invoiceId, txid } = await createPaid()
    const refund = emulator.startRefund(txid, 1)
    emulator.decideRefund(refund.id, word)
    emulator.setTransactionState(txid, word)
    emulator.setInvoiceStatus(invoiceId, word)
    const states = [
      at((await client.get(`/v1/invoices/${invoiceId}`)).body, 'data', 'status'),
      at((await client.get(`/v2/transactions/${txid}`)).body, 'data', 'state'),
      at((await client.get('/v1/refunds/user-refunds')).body, 'data', 0, 'status'),
    ]
    expect(states).toEqual([word, word, word])
  })
})

describe('a token that expires', () => {
  it('fails every read for hours, and works again with a new end', async () => {
    const { emulator, client, createPaid } = fixture()
    const { txid } = await createPaid()
    const read = () => client.get(`/v2/transactions/${txid}`)
    const { token } = emulator.credentials
    emulator.expireToken(token, emulator.clock.now() + HOUR)
    expect((await read()).status).toBe(200)
    for (let hours = 0; hours < 3; hours += 1) {
      await emulator.clock.advance(HOUR)
      expect(await read()).toMatchObject({ status: 401, body: { message: 'Authorization token invalid' } })
    }
    emulator.expireToken(token, null)
    expect((await read()).status).toBe(200)
    expect(() => emulator.expireToken('none', null)).toThrow('there is no token with this id')
  })

  it('says in itself when it ends', () => {
    const { emulator } = fixture()
    const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    expect(claims(emulator.addToken({ expiresAt: 1_790_000_000_500 }))).toMatchObject({ exp: 1_790_000_000 })
    expect(claims(emulator.addToken())).not.toHaveProperty('exp')
  })
})
