import nock from 'nock'
import { type PayopEmulator, type PayopEmulatorOptions, startPayopEmulator } from '../../../src/emulators/index.js'
import { invoiceSignature } from '../../../src/emulators/payop/invoices.js'
import { type Answer, at, send } from '../http.js'

export const NOON = Date.UTC(2026, 0, 2, 12)
export const HOUR = 60 * 60_000

interface CallOptions {
  /** Null sends no token; undefined the emulator's. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

export interface Client {
  readonly get: (path: string, options?: CallOptions) => Promise<Answer>
  /** A string is sent as it is, everything else as JSON. */
  readonly post: (path: string, body: unknown, options?: CallOptions) => Promise<Answer>
}

const createClient = (emulator: PayopEmulator): Client => {
  const headers = ({ token = emulator.credentials.token, headers: extra = {} }: CallOptions) => ({
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...extra,
  })
  return {
    get: (path, options = {}) => send(`${emulator.apiUrl}${path}`, { headers: headers(options) }),
    post: (path, body, options = {}) =>
      send(`${emulator.apiUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers(options) },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

/** The body of an invoice as a merchant's plugin would send it; `order` is signed as it is. */
export const invoiceBody = (
  { credentials }: PayopEmulator,
  {
    order = {},
    ...rest
  }: { readonly order?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>> = {},
) => {
  const whole = { id: 'ORD-1001', amount: '2.00', currency: 'EUR', items: [], description: 'Two books', ...order }
  return {
    publicKey: credentials.publicKey,
    order: whole,
    payer: { email: 'buyer@example.com', name: 'Ann Buyer' },
    language: 'en',
    resultUrl: 'https://shop.example/ok?i={{invoiceId}}&t={{txid}}',
    failPath: 'https://shop.example/ko?i={{invoiceId}}&t={{txid}}',
    signature: invoiceSignature(String(whole.amount), String(whole.currency), String(whole.id), credentials.secretKey),
    metadata: { paymux: 'key-1', attempt: 'att_7' },
    ...rest,
  }
}

export interface Fixture {
  readonly emulator: PayopEmulator
  readonly client: Client
  readonly createInvoice: (body?: Parameters<typeof invoiceBody>[1]) => Promise<string>
  /** An invoice with a pending transaction at the bank. */
  readonly createCheckout: (
    invoice?: Parameters<typeof invoiceBody>[1],
    checkout?: Readonly<Record<string, unknown>>,
  ) => Promise<{ readonly invoiceId: string; readonly txid: string }>
  /** A paid invoice. */
  readonly createPaid: (
    invoice?: Parameters<typeof invoiceBody>[1],
  ) => Promise<{ readonly invoiceId: string; readonly txid: string }>
}

export const checkoutBody = (invoiceIdentifier: string, more: Readonly<Record<string, unknown>> = {}) => ({
  invoiceIdentifier,
  customer: { email: 'buyer@example.com', name: 'Ann Buyer', ip: '203.0.113.9' },
  checkStatusUrl: 'https://shop.example/wait?t={{txid}}',
  paymentMethod: 30000018,
  ...more,
})

/** Starts an emulator whose clock stands at noon, and what tests use with it. */
export const startFixture = async (options: PayopEmulatorOptions = {}): Promise<Fixture> => {
  const emulator = await startPayopEmulator({ clock: { startAt: NOON, manual: true }, ...options })
  const client = createClient(emulator)
  const createInvoice: Fixture['createInvoice'] = async (body) => {
    const { status, headers } = await client.post('/v1/invoices/create', invoiceBody(emulator, body))
    if (status !== 200) throw new Error(`the invoice was answered with ${status}`)
    return headers.get('identifier') ?? ''
  }
  const createCheckout: Fixture['createCheckout'] = async (invoice, checkout) => {
    const invoiceId = await createInvoice(invoice)
    const { body } = await client.post('/v1/checkout/create', checkoutBody(invoiceId, checkout))
    return { invoiceId, txid: String(at(body, 'data', 'txid')) }
  }
  const createPaid: Fixture['createPaid'] = async (invoice) => {
    const made = await createCheckout(invoice)
    emulator.act(made.invoiceId, 'pay')
    return made
  }
  return { emulator, client, createInvoice, createCheckout, createPaid }
}

/** Gives each test of a file an emulator of its own. nock is out of the way: these tests are about real sockets. */
export const useFixture = (options: PayopEmulatorOptions = {}): (() => Fixture) => {
  let fixture: Fixture | undefined
  beforeAll(() => nock.restore())
  beforeEach(async () => {
    fixture = await startFixture(options)
  })
  afterEach(async () => {
    await fixture?.emulator.close()
  })
  return () => {
    if (fixture === undefined) throw new Error('no emulator outside of a test')
    return fixture
  }
}
