import nock from 'nock'
import {
  type IppoPayEmulator,
  type IppoPayEmulatorOptions,
  startIppoPayEmulator,
} from '../../../src/emulators/index.js'
import { type Answer, at, send } from '../http.js'

export const START = Date.parse('2025-01-02T03:04:05.678Z')

/** An emulator of its own for each test, on real sockets, with a clock that only the test moves. */
export const useEmulator = (options: IppoPayEmulatorOptions = {}): (() => IppoPayEmulator) => {
  let emulator: IppoPayEmulator
  beforeAll(() => nock.restore())
  beforeEach(async () => {
    emulator = await startIppoPayEmulator({ clock: { startAt: START, manual: true }, ...options })
  })
  afterEach(() => emulator.close())
  return () => emulator
}

export interface Keys {
  readonly publicKey: string
  readonly secretKey: string
}

export const basic = ({ publicKey, secretKey }: Keys): string =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`

/** One exchange with the API under `keys`: a POST if there is a body, else a GET. */
export const call = (url: string, keys: Keys | undefined, body?: unknown): Promise<Answer> =>
  send(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(keys === undefined ? {} : { authorization: basic(keys) }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

export const collections = ({ apiUrl, credentials }: IppoPayEmulator, path: string, body?: unknown): Promise<Answer> =>
  call(`${apiUrl}/v1${path}`, credentials, body)

export const payouts = ({ apiUrl, credentials }: IppoPayEmulator, path: string, body?: unknown): Promise<Answer> =>
  call(`${apiUrl}/v1/payout${path}`, credentials.payouts, body)

/** The text at a path such as `data.order.order_id`. */
export const textAt = (value: unknown, path: string): string => {
  const found = at(value, ...path.split('.'))
  if (typeof found !== 'string') throw new Error(`there is no text at ${path}`)
  return found
}

/** Creates an order and gives its id. */
export const newOrder = async (emulator: IppoPayEmulator, fields: Readonly<Record<string, unknown>> = {}) =>
  textAt((await collections(emulator, '/order/create', { amount: 1000, ...fields })).body, 'data.order.order_id')

/** Creates an order, has the payer pay it, and gives its id. */
export const paidOrder = async (emulator: IppoPayEmulator, fields: Readonly<Record<string, unknown>> = {}) => {
  const orderId = await newOrder(emulator, fields)
  emulator.pay(orderId, 'success')
  return orderId
}

export const BENEFICIARY = {
  acc_number: '00112233445566',
  ifsc: 'TEST0000001',
  name: 'Asha Example Rao',
  beneficiary_ref: 'bene0001',
}

/** A transfer to the beneficiary above, which must exist. */
export const transferTo = (transRef: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  amount: 1,
  trans_ref: transRef,
  beneficiary_ref: BENEFICIARY.beneficiary_ref,
  remarks: 'Invoice 7',
  pay_mode: 'IMPS',
  ...fields,
})

/** Acts as the payer: one POST of a form. */
export const submit = (url: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
