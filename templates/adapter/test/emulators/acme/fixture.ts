import nock from 'nock'
import { type AcmeEmulator, type AcmeEmulatorOptions, startAcmeEmulator } from '../../../src/emulators/acme/index.js'
import { type Answer, at, send } from '../http.js'

/** An emulator of its own for each test, on real sockets, with a clock that only the test moves. */
export const useEmulator = (options: AcmeEmulatorOptions = {}): (() => AcmeEmulator) => {
  let emulator: AcmeEmulator
  beforeAll(() => nock.restore())
  beforeEach(async () => {
    emulator = await startAcmeEmulator({ clock: { manual: true }, ...options })
  })
  afterEach(() => emulator.close())
  return () => emulator
}

/** One exchange with the API: a POST if there is a body, else a GET. */
export const call = (
  { apiUrl, credentials: { merchantId, secretKey } }: AcmeEmulator,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  send(`${apiUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${merchantId}:${secretKey}`).toString('base64')}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

export const PAYMENT = {
  amount: '49.90',
  currency: 'EUR',
  reference: 'ORD-1001',
  payer_email: 'ann.buyer@example.com',
}

export const PAYOUT = {
  amount: '25.00',
  currency: 'EUR',
  reference: 'INV-77',
  iban: 'DE89370400440532013000',
  name: 'Bea Payee',
}

/** Makes a payment and gives its id. */
export const newPayment = async (emulator: AcmeEmulator, fields: object = {}): Promise<string> =>
  String(at((await call(emulator, '/v1/payments', { ...PAYMENT, ...fields })).body, 'payment', 'id'))

/** The code of a refusal. */
export const codeOf = ({ body }: Answer): unknown => at(body, 'error', 'code')
