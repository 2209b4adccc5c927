import nock from 'nock'
import { InvalidInput, startEmulator } from '../../../src/emulators/index.js'
import { send } from '../http.js'
import { startReceiver } from './receiver.js'

const CHARGE = 'POST /charges'

/** An emulator of a made-up gateway, whose handlers are plain functions. */
const start = (behaviour: { readonly status?: number } = {}) =>
  startEmulator({
    name: 'examplepay',
    options: { behaviour, clock: { startAt: 0, manual: true } },
    credentials: { secretKey: 'sk_madeup' },
    behaviour: { defaults: { status: 201 }, rules: { status: [200, 201] } },
    operations: { [CHARGE]: 'payment' },
    build: (kit) => {
      const charges: string[] = []
      return {
        controls: { charges: () => [...charges] },
        api: async (request) => {
          if (request.method === 'GET') return new Response(kit.checkoutUrl())
          const form = new URLSearchParams(await request.text())
          const id = kit.ids.uuid()
          charges.push(id)
          kit.log.executed(CHARGE, { id, amount: form.get('amount') ?? '' })
          const url = form.get('notify_url')
          if (url !== null)
            kit.notify({ url, headers: {}, body: id, accepted: (status) => status === 200, schedule: [] })
          return Response.json({ id }, { status: kit.behaviour.status })
        },
        admin: async (request) => {
          if (request.method === 'POST') throw new InvalidInput('charges: expected GET')
          return Response.json(charges)
        },
        keyOf: ({ headers }) => headers['idempotency-key']?.toString(),
      }
    },
  })

describe('an emulator of a gateway of its own', () => {
  let emulator: Awaited<ReturnType<typeof start>>

  beforeAll(() => nock.restore())
  beforeEach(async () => {
    emulator = await start()
  })
  afterEach(() => emulator.close())

  const charge = (fields: Readonly<Record<string, string>> = {}) =>
    send(`${emulator.apiUrl}/charges`, {
      method: 'POST',
      headers: { 'idempotency-key': 'key-1' },
      body: new URLSearchParams({ amount: '1.00', ...fields }),
    })

  it('serves, records, and behaves as its settings say', async () => {
    expect(await charge()).toMatchObject({ status: 201, body: { id: emulator.charges()[0] } })
    expect(emulator.executions()).toMatchObject([{ operation: 'payment', executed: true, amount: '1.00' }])
    emulator.behaviour.status = 200
    expect((await charge()).status).toBe(200)
  })

  it("serves the payer's pages by the API's handler if it has none of its own, with its faults", async () => {
    expect((await send(emulator.checkoutUrl)).text).toBe(emulator.checkoutUrl)
    emulator.inject({ route: '*', fault: { kind: 'status', status: 503, effect: false } })
    expect((await send(emulator.checkoutUrl)).status).toBe(503)
  })

  it('has the admin routes of all emulators and its own, whose errors of input are answered with 400', async () => {
    await charge()
    expect((await send(`${emulator.adminUrl}/clock`)).body).toEqual({ now: 0 })
    expect((await send(`${emulator.adminUrl}/charges`)).body).toEqual(emulator.charges())
    expect(await send(`${emulator.adminUrl}/charges`, { method: 'POST' })).toMatchObject({
      status: 400,
      body: { message: 'charges: expected GET' },
    })
  })

  it('records the key of a request that a fault kept from it', async () => {
    emulator.inject({ route: CHARGE, fault: { kind: 'status', status: 502, effect: false } })
    await charge()
    expect(emulator.executions()).toMatchObject([{ executed: false, key: 'key-1', fault: 'status 502' }])
  })

  it('notifies', async () => {
    const receiver = await startReceiver()
    await charge({ notify_url: receiver.url })
    await emulator.settled()
    expect(receiver.received).toMatchObject([{ text: emulator.charges()[0] }])
    expect(emulator.deliveries()).toMatchObject([{ outcome: 'accepted' }])
    await receiver.close()
  })

  it('does not start with a value that a setting does not take', async () => {
    await expect(start({ status: 500 }).then(({ close }) => close())).rejects.toThrow('status: expected 200 or 201')
  })
})
