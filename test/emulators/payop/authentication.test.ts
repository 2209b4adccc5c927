import { at } from '../http.js'
import { NOON, useFixture } from './fixture.js'

const fixture = useFixture()

const PROTECTED: readonly (readonly [string, string])[] = [
  ['GET', '/v1/instrument-settings/payment-methods/available-for-application/PROJECT'],
  ['GET', '/v1/instrument-settings/payment-methods/available-withdrawal-for-user'],
  ['GET', '/v2/transactions/TXID'],
  ['GET', '/v1/transactions/TXID'],
  ['GET', '/v1/transactions/filter'],
  ['GET', '/v1/transactions/ibans'],
  ['POST', '/v1/refunds/create'],
  ['GET', '/v1/refunds/user-refunds'],
  ['POST', '/v1/withdrawals/create-mass'],
  ['GET', '/v1/withdrawals/user-withdrawals'],
  ['GET', '/v1/wallets/get-balances'],
]

const send = (method: string, path: string, token: string | null, headers: Record<string, string> = {}) => {
  const { client, emulator } = fixture()
  const options = { token, headers }
  const full = path.replace('PROJECT', emulator.credentials.projectId)
  return method === 'GET' ? client.get(full, options) : client.post(full, {}, options)
}

describe('what needs the JWT', () => {
  it.each(PROTECTED)('%s %s is refused without one', async (method, path) => {
    const { status, body } = await send(method, path, null)
    const balances = path.endsWith('get-balances')
    expect(status).toBe(401)
    expect(body).toEqual({
      message: balances ? 'Unable find authenticated user' : 'Full authentication is required to access this resource.',
    })
  })

  it.each(PROTECTED)('%s %s is refused with a wrong one', async (method, path) => {
    const { status, body } = await send(method, path, 'not.the.token')
    const balances = path.endsWith('get-balances')
    expect(status).toBe(401)
    expect(body).toEqual({ message: balances ? 'Unable find authenticated user' : 'Authorization token invalid' })
  })

  it.each(PROTECTED)('%s %s is refused with one that lacks the right', async (method, path) => {
    const token = fixture().emulator.addToken({ rights: [] })
    expect(await send(method, path, token)).toMatchObject({ status: 403, body: { message: 'Access denied.' } })
  })

  it('is checked before the body is read', async () => {
    const { client } = fixture()
    const answer = await client.post('/v1/refunds/create', 'no JSON', { token: null })
    expect(answer.status).toBe(401)
  })

  it('ends with the token: expired or revoked', async () => {
    const { emulator } = fixture()
    const token = emulator.addToken({ expiresAt: NOON + 1_000 })
    const path = '/v1/refunds/user-refunds'
    expect((await send('GET', path, token)).status).toBe(200)
    await emulator.clock.advance(1_000)
    expect((await send('GET', path, token)).status).toBe(401)
    emulator.revokeToken(emulator.credentials.token)
    expect((await send('GET', path, emulator.credentials.token)).status).toBe(401)
  })

  it('takes the token from the old header too', async () => {
    const { emulator } = fixture()
    const answer = await send('GET', '/v1/refunds/user-refunds', null, { token: emulator.credentials.token })
    expect(answer.status).toBe(200)
  })

  it('may call a garbled token a syntax error', async () => {
    const path = '/v1/refunds/user-refunds'
    expect((await send('GET', path, 'garbled')).body).toEqual({ message: 'Authorization token invalid' })
    fixture().emulator.behaviour.garbledToken = 'syntax_error'
    expect(await send('GET', path, 'garbled')).toMatchObject({
      status: 422,
      body: { message: 'Syntax error, malformed JSON', status: 0 },
    })
  })
})

describe('the payment methods of a project', () => {
  const path = '/v1/instrument-settings/payment-methods/available-for-application'

  it('are listed with their fields', async () => {
    const { client, emulator } = fixture()
    emulator.setMethods(emulator.credentials.projectId, ['381', '203822'])
    const { body } = await client.get(`${path}/${emulator.credentials.projectId}`)
    expect(at(body, 'status')).toBe(1)
    expect(at(body, 'data')).toEqual([
      {
        identifier: 381,
        type: 'cards_international',
        formType: 'cards',
        title: 'Cards',
        logo: 'https://static.example/381.svg',
        parentIdentifier: null,
        pmIdentifier: 'aaaaaaaa-0000-4000-8000-000000000381',
        currencies: ['EUR', 'USD', 'GBP'],
        countries: ['DE', 'FR', 'GB', 'US'],
        config: {
          fields: [
            { name: 'email', type: 'email', required: true },
            { name: 'name', type: 'text', required: true },
          ],
        },
      },
      expect.objectContaining({ identifier: 203822, type: 'bank_transfer', formType: 'standard' }),
    ])
  })

  it('are those of the project in the path', async () => {
    const { client, emulator } = fixture()
    const { id } = emulator.addProject(['480'])
    const { body } = await client.get(`${path}/${id}`)
    expect(at(body, 'data', 0, 'identifier')).toBe(480)
    expect(await client.get(`${path}/application-1`)).toMatchObject({
      status: 404,
      body: { message: 'Application not found' },
    })
  })
})
