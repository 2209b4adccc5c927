import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from '../../../src/emulators/kit/faults.js'
import { eventually } from '../../eventually.js'
import type { Answer } from '../http.js'
import { invoiceBody, useFixture } from './fixture.js'

const fixture = useFixture()
const route = 'POST /v1/invoices/create'

/** What the client saw: a status and how much of the body, or that the exchange broke. */
const seen = async (exchange: Promise<Answer>): Promise<string> =>
  exchange.then(
    ({ status, body, headers }) => {
      if (body !== undefined) return `${status} json`
      return `${status} ${headers.get('content-type')?.startsWith('text/html') ? 'html' : 'broken json'}`
    },
    () => 'broken exchange',
  )

const create = () => fixture().client.post('/v1/invoices/create', invoiceBody(fixture().emulator))

describe('a fault on invoices/create', () => {
  const cases: readonly [Fault, string, boolean][] = [
    [{ kind: 'latency', ms: 5 }, '200 json', true],
    [{ kind: 'reset_before_reading' }, 'broken exchange', false],
    [{ kind: 'reset_after_executing' }, 'broken exchange', true],
    [{ kind: 'half_answer' }, 'broken exchange', true],
    [{ kind: 'wrong_content_type' }, '200 html', true],
    [{ kind: 'truncated_json' }, '200 broken json', true],
    [{ kind: 'status', status: 500, effect: true, body: { message: 'Something went wrong' } }, '500 json', true],
    [{ kind: 'status', status: 504, effect: true }, '504 html', true],
    [{ kind: 'status', status: 502, effect: false }, '502 html', false],
    [{ kind: 'status', status: 429, effect: false, body: { message: 'Too many requests from ip' } }, '429 json', false],
  ]

  it.each(cases)('%j: the client sees %s, executed is %s', async (fault, expected, executed) => {
    const { emulator } = fixture()
    emulator.inject({ route, fault })
    expect(await seen(create())).toBe(expected)
    const name = fault.kind === 'status' ? `status ${fault.status}` : fault.kind
    expect(emulator.executions()).toMatchObject([{ route, operation: 'payment', executed, fault: name }])
    expect(emulator.invoices()).toHaveLength(executed ? 1 : 0)
    expect(await seen(create())).toBe('200 json')
  })

  it.each([
    ['silence_before_executing', false],
    ['silence_after_executing', true],
  ] as const)('%s: nothing is answered, executed is %s', async (kind, executed) => {
    const { emulator } = fixture()
    emulator.inject({ route, fault: { kind } })
    const leaving = new AbortController()
    const answer = fetch(`${emulator.apiUrl}/v1/invoices/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(invoiceBody(emulator)),
      signal: leaving.signal,
    })
    void eventually(() => emulator.executions().length > 0)
      .then(() => delay(50))
      .then(() => leaving.abort())
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(emulator.executions()).toMatchObject([{ executed, fault: kind }])
  })

  it('does not make a refusal an execution', async () => {
    const { emulator, client } = fixture()
    emulator.inject({ route, fault: { kind: 'status', status: 504, effect: true } })
    await client.post('/v1/invoices/create', invoiceBody(emulator, { signature: 'wrong' }))
    expect(emulator.executions()).toMatchObject([{ executed: false, refusal: 'Wrong signature', fault: 'status 504' }])
  })
})

describe('other faults', () => {
  it('leave the log alone on a route that only reads', async () => {
    const { emulator, client, createInvoice } = fixture()
    const id = await createInvoice()
    emulator.inject({ route: 'GET /v1/invoices/:id', fault: { kind: 'status', status: 503, effect: false } })
    expect((await client.get(`/v1/invoices/${id}`)).status).toBe(503)
    expect((await client.get(`/v1/invoices/${id}`)).status).toBe(200)
    expect(emulator.executions()).toHaveLength(1)
  })

  it('leave the key of a request that did not arrive in the log', async () => {
    const { emulator, client } = fixture()
    emulator.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_before_reading' } })
    const headers = { 'idempotency-key': 'po-1' }
    await expect(client.post('/v1/withdrawals/create-mass', {}, { headers })).rejects.toThrow()
    expect(emulator.executions()).toMatchObject([{ operation: 'payout', executed: false, key: 'po-1' }])
  })

  it('can be taken back', async () => {
    const { emulator } = fixture()
    emulator.inject({ route: '*', fault: { kind: 'reset_before_reading' }, times: 9 })
    emulator.clearFaults()
    expect((await create()).status).toBe(200)
  })

  it('refuse the API while payers still pay', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    await emulator.refuse(true)
    await expect(create()).rejects.toThrow()
    const page = await fetch(`${emulator.checkoutUrl}/en/payment/invoice-preprocessing/${id}`)
    expect(page.status).toBe(200)
    await emulator.refuse(false)
    expect((await create()).status).toBe(200)
  })
})
