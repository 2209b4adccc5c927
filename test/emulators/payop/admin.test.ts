import { startPayopEmulator } from '../../../src/emulators/index.js'
import { at, send } from '../http.js'
import { NOON, startFixture, useFixture } from './fixture.js'

const fixture = useFixture()
const admin = (method: string, path: string, body?: unknown) =>
  send(`${fixture().emulator.adminUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

describe('the admin port', () => {
  it('is apart from the gateway', async () => {
    const { client } = fixture()
    expect((await client.get('/log')).status).toBe(404)
    expect((await admin('GET', '/v1/invoices/none')).status).toBe(404)
  })

  it('shows executions, deliveries and records', async () => {
    const { emulator, createPaid } = fixture()
    const { invoiceId, txid } = await createPaid()
    const { id: refundId } = emulator.autoRefund(txid)
    expect((await admin('GET', '/log')).body).toEqual(JSON.parse(JSON.stringify(emulator.executions())))
    expect((await admin('GET', '/deliveries')).body).toEqual([])
    expect((await admin('GET', '/invoices')).body).toMatchObject([{ id: invoiceId, status: 1 }])
    expect((await admin('GET', `/invoices/${invoiceId}`)).body).toMatchObject({ id: invoiceId })
    expect((await admin('GET', '/transactions')).body).toMatchObject([{ id: txid }])
    expect((await admin('GET', `/transactions/${txid}`)).body).toMatchObject({ state: 2 })
    expect((await admin('GET', '/refunds')).body).toMatchObject([{ id: refundId }])
    expect((await admin('GET', `/refunds/${refundId}`)).body).toMatchObject({ status: 1 })
    expect((await admin('GET', '/withdrawals')).body).toEqual([])
    expect(await admin('GET', '/withdrawals/none')).toMatchObject({
      status: 400,
      body: { message: 'there is no withdrawal with this id' },
    })
  })

  it('moves the clock', async () => {
    expect((await admin('GET', '/clock')).body).toEqual({ now: NOON })
    expect((await admin('POST', '/clock/advance', { ms: 1_000 })).body).toEqual({ now: NOON + 1_000 })
  })

  it('decides', async () => {
    const { createInvoice, emulator } = fixture()
    const id = await createInvoice()
    expect((await admin('POST', `/invoices/${id}/act`, { outcome: 'pay' })).body).toMatchObject({ status: 1 })
    const txid = emulator.invoice(id).transactionId ?? ''
    const refund = await admin('POST', `/transactions/${txid}/auto-refund`, { amount: 1 })
    const refundId = at(refund.body, 'id')
    const decided = await admin('POST', `/refunds/${refundId}/decision`, { status: 3, error: 'No.' })
    expect(decided.body).toMatchObject({ status: 3, error: 'No.' })
    const disputed = await admin('POST', `/transactions/${txid}/chargeback`, { hasChargeback: true })
    expect(disputed.body).toMatchObject({ hasChargeback: true })
    const failed = await admin('POST', `/transactions/${txid}/state`, { state: 6, error: 'odd' })
    expect(failed.body).toMatchObject({ state: 6, error: 'odd' })
    expect((await admin('POST', `/invoices/${id}/status`, { status: 3 })).body).toMatchObject({ status: 3 })
    expect((await admin('POST', `/invoices/${id}/status`, { status: null })).body).toMatchObject({ status: 4 })
  })

  it('turns behaviour, all of them or none', async () => {
    const { emulator } = fixture()
    const changed = await admin('PATCH', '/behaviour', { feeMode: 'payer', decideAfterMs: null })
    expect(changed.body).toMatchObject({ feeMode: 'payer', decideAfterMs: null })
    expect(emulator.behaviour.feeMode).toBe('payer')
    const wrong = await admin('PATCH', '/behaviour', { feeMode: 'none', voidState: 7 })
    expect(wrong).toMatchObject({ status: 400, body: { message: 'voidState: expected 3 or 5 or 15' } })
    expect(emulator.behaviour.feeMode).toBe('payer')
    expect(at((await admin('GET', '/behaviour')).body, 'voidState')).toBe(5)
  })

  it.each([
    [{ ipnRetrySchedule: [1, 'two'] }, 'ipnRetrySchedule: expected a list of whole milliseconds'],
    [{ ipnRetryFactor: 0 }, 'ipnRetryFactor: expected a positive number'],
    [{ ipnSourceIp: 7 }, 'ipnSourceIp: expected text or null'],
    [{ decideAfterMs: -1 }, 'decideAfterMs: expected a whole number from 0, or null'],
    [{ payLateAfterMs: null }, 'payLateAfterMs: expected a whole number from 0'],
  ])('refuses the setting %j', async (behaviour, message) => {
    expect(await admin('PATCH', '/behaviour', behaviour)).toMatchObject({ status: 400, body: { message } })
  })

  it('sets balances and addresses of notifications', async () => {
    const { emulator } = fixture()
    expect((await admin('PATCH', '/balances', { EUR: 12.34 })).body).toMatchObject({ EUR: '12.34' })
    expect((await admin('GET', '/balances')).body).toEqual(emulator.balances())
    expect((await admin('PATCH', '/ipn-urls', { checkout: 'http://127.0.0.1:1/ipn', refund: null })).status).toBe(204)
    expect((await admin('PATCH', '/ipn-urls', { checkout: 'no address' })).status).toBe(400)
    expect((await admin('PATCH', '/ipn-urls', { elsewhere: null })).status).toBe(400)
  })

  it('replays a notification', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    emulator.setIpnUrls({ checkout: 'https://shop.example/ipn' })
    expect((await admin('POST', '/ipn/replay', { kind: 'checkout', id: txid })).status).toBe(204)
    expect(emulator.deliveries()).toHaveLength(1)
    expect((await admin('POST', '/ipn/replay', { kind: 'checkout', id: 'none' })).status).toBe(400)
  })

  it('makes projects and tokens', async () => {
    const { client } = fixture()
    const project = await admin('POST', '/projects', { methods: ['381'] })
    const path = `/v1/instrument-settings/payment-methods/available-for-application/${at(project.body, 'id')}`
    const token = String(at((await admin('POST', '/tokens', { rights: ['methods'] })).body, 'token'))
    expect(at((await client.get(path, { token })).body, 'data')).toHaveLength(1)
    expect((await client.get('/v1/refunds/user-refunds', { token })).status).toBe(403)
    await admin('POST', `/projects/${at(project.body, 'id')}/methods`, { methods: ['381', '480'] })
    expect(at((await client.get(path, { token })).body, 'data')).toHaveLength(2)
    await admin('DELETE', `/tokens/${token}`)
    expect((await client.get(path, { token })).status).toBe(401)
  })

  it.each([
    ['POST', '/projects', { methods: ['1'] }],
    ['POST', '/projects', { methods: 381 }],
    ['POST', '/tokens', { rights: ['everything'] }],
    ['POST', '/tokens', { expiresAt: 'tomorrow' }],
    ['PATCH', '/balances', { EUR: '12' }],
    ['POST', '/invoices/none/act', { outcome: 'steal' }],
    ['POST', '/transactions/none/state', { state: 'paid' }],
    ['POST', '/transactions/none/chargeback', {}],
    ['POST', '/transactions/none/auto-refund', { amount: '1' }],
    ['POST', '/refunds/none/decision', { status: 2, error: 7 }],
    ['POST', '/withdrawals/none/decision', { status: 2 }],
    ['PATCH', '/behaviour', []],
    ['PATCH', '/behaviour', { unknown: 1 }],
    ['POST', '/refunds/none/decision', []],
  ])('%s %s refuses %j', async (method, path, body) => {
    const answer = await admin(method, path, body)
    expect(answer.status).toBe(400)
    expect(at(answer.body, 'message')).not.toContain('tomorrow')
  })

  it('injects, lists and clears faults, and refuses connections', async () => {
    const { emulator, client } = fixture()
    const plan = {
      route: 'GET /v1/wallets/get-balances',
      fault: { kind: 'status', status: 503, effect: false },
      times: 2,
    }
    expect((await admin('POST', '/faults', plan)).body).toEqual([plan])
    expect((await client.get('/v1/wallets/get-balances')).status).toBe(503)
    expect((await admin('GET', '/faults')).body).toEqual([{ ...plan, times: 1 }])
    expect((await admin('DELETE', '/faults')).body).toEqual([])
    expect((await admin('POST', '/refuse', { refused: true })).body).toEqual({ refused: true })
    await expect(fetch(emulator.apiUrl)).rejects.toThrow()
    await admin('POST', '/refuse', { refused: false })
    expect((await fetch(emulator.apiUrl)).status).toBe(404)
  })

  it('changes how notifications travel', async () => {
    const { emulator } = fixture()
    const changed = await admin('PATCH', '/notifications', { duplicate: 1, delayMs: 50, reorder: true, drop: false })
    expect(changed.body).toEqual({ duplicate: 1, delayMs: 50, reorder: true, drop: false })
    expect(emulator.notifications).toEqual(changed.body)
    expect((await admin('GET', '/notifications')).body).toEqual(changed.body)
    expect((await admin('PATCH', '/notifications', { delayMs: -1 })).status).toBe(400)
  })

  it.each([
    ['/faults', { route: 'nowhere', fault: { kind: 'half_answer' } }],
    ['/faults', { route: '*', fault: { kind: 'earthquake' } }],
    ['/faults', { route: '*', fault: 'half_answer' }],
    ['/faults', { route: '*', times: 0, fault: { kind: 'half_answer' } }],
    ['/faults', { route: '*', fault: { kind: 'latency' } }],
    ['/faults', { route: '*', fault: { kind: 'status', status: 99, effect: true } }],
    ['/faults', { route: '*', fault: { kind: 'status', status: 500 } }],
    ['/faults', { route: '*', fault: { kind: 'status', status: 500, effect: true, retryAfter: 'soon' } }],
    ['/faults', { route: '*', fault: { kind: 'status', status: 500, effect: true, body: 7 } }],
    ['/faults', []],
    ['/clock/advance', { ms: -1 }],
    ['/refuse', { refused: 'yes' }],
  ])('%s refuses %j', async (path, body) => {
    expect((await admin('POST', path, body)).status).toBe(400)
  })

  it('answers 400 to what is no JSON', async () => {
    const { adminUrl } = fixture().emulator
    expect((await send(`${adminUrl}/refuse`, { method: 'POST', body: '{' })).status).toBe(400)
  })
})

describe('startPayopEmulator', () => {
  it('refuses a value that a setting does not take', async () => {
    const behaviour = JSON.parse('{"feeMode":"shop"}')
    await expect(startPayopEmulator({ behaviour })).rejects.toThrow('feeMode: expected none or merchant or payer')
  })

  it('makes the same ids for the same seed', async () => {
    const ids = async (seed: string) => {
      const { emulator, createInvoice } = await startFixture({ seed })
      const id = await createInvoice()
      await emulator.close()
      return id
    }
    expect(await ids('one')).toBe(await ids('one'))
    expect(await ids('one')).not.toBe(await ids('two'))
  })

  it('leaves nothing open when a port is taken', async () => {
    const { emulator } = fixture()
    await emulator.refuse(true)
    const ports = { api: Number(new URL(emulator.apiUrl).port), admin: Number(new URL(emulator.adminUrl).port) }
    await expect(startPayopEmulator({ ports })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    // The other emulator had taken the free port first. It can be opened again, so it was released.
    await emulator.refuse(false)
    expect((await fetch(emulator.apiUrl)).status).toBe(404)
  })

  it('takes credentials of its own', async () => {
    const { emulator, createInvoice } = await startFixture({
      credentials: { publicKey: 'application-7', secretKey: 'another', token: 'a.b.c' },
    })
    expect(emulator.credentials).toMatchObject({ projectId: '7', token: 'a.b.c' })
    const id = await createInvoice()
    expect(emulator.invoice(id).projectId).toBe('7')
    await emulator.close()
  })
})
