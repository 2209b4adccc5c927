import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import type { Fault, Fixture, Gateway, Samples, Submission } from '../../src/conformance/index.js'
import type { Adapter, Payment, PaymentError } from '../../src/core/index.js'
import type { Fault as EmulatedFault, Emulator } from '../../src/emulators/index.js'
import type { TransportOptions } from '../../src/transport/index.js'
import { createPatience } from '../patience.js'

/** What the suite calls a fault, in the words of the emulators. */
const emulated: Readonly<Record<Fault, EmulatedFault>> = {
  reset_before_reading: { kind: 'reset_before_reading' },
  silence_before_executing: { kind: 'silence_before_executing' },
  // A refusal in the gateways' own words: under this status it proves nothing.
  error_500_not_executed: {
    kind: 'status',
    status: 500,
    effect: false,
    body: { success: false, message: 'Wrong signature' },
  },
  foreign_429_not_executed: { kind: 'status', status: 429, effect: false, body: '<html>Too many requests</html>' },
  executed_reset: { kind: 'reset_after_executing' },
  executed_silence: { kind: 'silence_after_executing' },
  executed_half_answer: { kind: 'half_answer' },
  executed_html: { kind: 'wrong_content_type' },
  executed_truncated_json: { kind: 'truncated_json' },
  executed_502: { kind: 'status', status: 502, effect: true },
}

/** Counts what an adapter sends. */
const counting = (adapter: Adapter): { readonly adapter: Adapter; readonly requests: Gateway['requests'] } => {
  let requests = 0
  const send: Adapter['send'] = (wire, hook) => {
    const task = adapter.send(wire, hook)
    return () => {
      requests += 1
      return task()
    }
  }
  return { adapter: { ...adapter, send }, requests: () => requests }
}

type PlayedGateway = Pick<
  Emulator<unknown, unknown>,
  'executions' | 'deliveries' | 'inject' | 'refuse' | 'settled' | 'clock' | 'close'
>

/** How a gateway is played by an emulator: by which routes, and by whom its payers act. */
export interface Play extends Pick<Gateway, 'pay' | 'decline' | 'inventState'> {
  readonly routeOf: (submission: Submission) => string
  readonly paymentRoute: string
}

/** Puts a stage together. */
export const stageOf = (
  emulator: PlayedGateway,
  { routeOf, paymentRoute, ...payer }: Play,
  account: (transport: TransportOptions, withUnknownCredentials: boolean) => E.Either<PaymentError, Adapter>,
): Fixture => {
  const { transport, giveUpWhen } = createPatience()
  /** Gives up the one request that meets silence, once the gateway has logged it. */
  const giveUpInSilence = (): void => {
    const before = emulator.executions().length
    giveUpWhen(() => {
      const met = emulator.executions().slice(before)
      const isLogged = met.some(({ fault }) => fault?.startsWith('silence'))
      if (isLogged) giveUpWhen(undefined)
      return isLogged
    })
  }
  const made = (withUnknownCredentials: boolean): Adapter => {
    const adapter = account(transport, withUnknownCredentials)
    if (E.isLeft(adapter)) throw new Error(adapter.left.message)
    return adapter.right
  }
  const inject = (route: string, fault: Fault, times: number): void => {
    if (fault.includes('silence')) giveUpInSilence()
    emulator.inject({ route, fault: emulated[fault], times })
  }
  const { adapter, requests } = counting(made(false))
  const gateway: Gateway = {
    ...payer,
    requests,
    executions: (submission) =>
      emulator
        .executions()
        .filter(({ route }) => route === routeOf(submission))
        .map(({ executed, key }) => ({ executed, ...(key === undefined ? {} : { key }) })),
    spoil: (submission, fault) => inject(routeOf(submission), fault, 1),
    spoilReads: (fault, times) => inject(paymentRoute, fault, times),
    refuseConnections: () => emulator.refuse(true),
    settle: () => emulator.clock.advance(60_000),
    notifications: async () => {
      await emulator.settled()
      return emulator.deliveries().map(({ url, body }) => ({
        method: 'POST',
        url: new URL(url).pathname,
        headers: { 'content-type': 'application/json' },
        body,
      }))
    },
  }
  return { adapter, withUnknownCredentials: made(true), gateway, close: emulator.close }
}

/** The gateway's id of a payment. */
export const idOf = ({ reference }: Payment): string => {
  if ('id' in reference) return reference.id
  throw new Error('this payment has no id')
}

/** A value for each optional field, correct in itself, that both gateways' samples share. */
export const optionalPaymentFields: Samples['optionalPaymentFields'] = {
  description: 'Order 1001',
  metadata: { basket: 'b-1' },
  'payer.name': 'Ann Buyer',
  'payer.email': 'ann.buyer@example.com',
  'payer.phone': '+919876543210',
  'payer.locale': 'de',
  'payer.ip': '203.0.113.9',
  'payer.extra': { date_of_birth: '01.01.1990' },
  'urls.success': 'https://shop.example/thanks',
  'urls.failure': 'https://shop.example/sorry',
  'urls.notification': 'https://shop.example/notifications',
}

/** Real sockets: nock stays out of the file that calls this. */
export const onRealSockets = (): void => {
  beforeAll(() => nock.restore())
}
