import { type Emulator, type EmulatorOptions, startEmulator } from '../kit/emulator.js'
import { loadServerPackages } from '../kit/server.js'
import { addApi, keyIn, OPERATIONS } from './api.js'
import { type AcmeBehaviour, type AcmeOutcome, act, type Gateway, paymentOf } from './gateway.js'
import { addPages } from './pages.js'

export type { AcmeBehaviour, AcmeOutcome } from './gateway.js'

/** The credentials of an account, named as in its configuration. */
export interface AcmeCredentials {
  /** The merchant's id. */
  readonly merchantId: string
  /** The secret key. */
  readonly secretKey: string
}

/** What Acme's emulator can be started with. */
export interface AcmeEmulatorOptions extends EmulatorOptions<AcmeBehaviour> {
  /** What the merchant holds at the start, in cents. Default: 1000000, which is 10000.00. */
  readonly balanceCents?: number
}

// TEMPLATE: members that let tests act as the payer and as the gateway.

/** What tests decide in place of the payer and of the gateway. */
export interface AcmeControls {
  /** Acts as the payer of a payment. Errors: `InvalidInput` for an unknown payment, or one that was paid. */
  readonly act: (paymentId: string, outcome: AcmeOutcome) => void
  /** Writes any word into the status of a payment. Errors: `InvalidInput` for an unknown payment. */
  readonly setPaymentStatus: (paymentId: string, status: string) => void
}

/** A running emulator of Acme. */
export interface AcmeEmulator extends AcmeControls, Emulator<AcmeCredentials, AcmeBehaviour> {}

// Made up.
const credentials: AcmeCredentials = { merchantId: 'merchant-emulator', secretKey: 'emulator-secret-of-acme' }

const isDelay = (value: unknown): boolean => value === null || (Number.isInteger(value) && Number(value) >= 0)

/**
 * Starts an emulator of Acme on 127.0.0.1: the API, the hosted pages and the admin routes, each on its own port.
 *
 * Errors: `InvalidInput` for a setting that does not exist or takes other values; an `Error` that names the packages
 * `hono` and `@hono/node-server` if they are missing; Node's error if a port is taken.
 *
 * Source: Acme's API, as `docs/gateways/acme.md` tells it.
 *
 * @example
 * ```ts
 * import { startAcmeEmulator } from 'paymux/emulators'
 *
 * const acme = await startAcmeEmulator({ behaviour: { createdStatus: 200 } })
 * // createProvider({ adapter: 'acme', apiUrl: acme.apiUrl, ...acme.credentials })
 * await acme.close()
 * ```
 */
export const startAcmeEmulator = async (options: AcmeEmulatorOptions = {}): Promise<AcmeEmulator> => {
  const { createApp } = await loadServerPackages()
  const { merchantId, secretKey } = credentials
  return startEmulator({
    name: 'acme',
    options,
    credentials,
    behaviour: {
      defaults: { createdStatus: 201, decideAfterMs: 3000 },
      rules: {
        createdStatus: [200, 201],
        decideAfterMs: { expected: 'whole milliseconds or null', allows: isDelay },
      },
    },
    operations: OPERATIONS,
    build: (kit) => {
      const gateway: Gateway = {
        ...kit,
        payments: new Map(),
        refunds: new Map(),
        payouts: new Map(),
        balanceCents: options.balanceCents ?? 10_000_00,
      }
      const [api, checkout] = [createApp(), createApp()]
      addApi(api, gateway, `Basic ${Buffer.from(`${merchantId}:${secretKey}`).toString('base64')}`)
      addPages(checkout, gateway)
      const controls: AcmeControls = {
        act: (paymentId, outcome) => act(gateway, paymentId, outcome),
        setPaymentStatus: (paymentId, status) => {
          paymentOf(gateway, paymentId).status = status
        },
      }
      return { controls, api: api.fetch, checkout: checkout.fetch, keyOf: ({ headers }) => keyIn(headers) }
    },
  })
}
