import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Kind, PaymentError, PaymentRequest, PayoutRequest, Reference } from '../../src/core/index.js'
import {
  type IppoPayEmulator,
  type PayopEmulator,
  startIppoPayEmulator,
  startPayopEmulator,
} from '../../src/emulators/index.js'
import { type Paymux, type PaymuxConfig, type PaymuxEvent, type PaymuxOptions, paymux } from '../../src/paymux/index.js'
import { toNodeHandler } from '../../src/webhooks/index.js'
import { listen } from '../webhooks/listening.js'

/** Both emulators, a folder for ledgers, and the variables that configurations refer to. */
export interface Stage {
  readonly payop: PayopEmulator
  readonly ippopay: IppoPayEmulator
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

export const openStage = async (): Promise<Stage> => {
  const payop = await startPayopEmulator()
  const ippopay = await startIppoPayEmulator()
  const folder = mkdtempSync(join(tmpdir(), 'paymux-test-'))
  const spare = payop.addProject()
  return {
    payop,
    ippopay,
    folder,
    env: {
      PAYOP_API_URL: payop.apiUrl,
      PAYOP_CHECKOUT_URL: payop.checkoutUrl,
      PAYOP_PUBLIC_KEY: payop.credentials.publicKey,
      PAYOP_SECRET_KEY: payop.credentials.secretKey,
      PAYOP_TOKEN: payop.credentials.token,
      PAYOP_PROJECT_ID: payop.credentials.projectId,
      PAYOP_CERTIFICATE: payop.credentials.certificate,
      PAYOP_SPARE_PUBLIC_KEY: spare.publicKey,
      PAYOP_SPARE_SECRET_KEY: spare.secretKey,
      PAYOP_SPARE_TOKEN: payop.credentials.token,
      PAYOP_SPARE_PROJECT_ID: spare.id,
      PAYOP_SPARE_CERTIFICATE: payop.credentials.certificate,
      IPPOPAY_API_URL: ippopay.apiUrl,
      IPPOPAY_CHECKOUT_URL: ippopay.checkoutUrl,
      IPPOPAY_PUBLIC_KEY: ippopay.credentials.publicKey,
      IPPOPAY_SECRET_KEY: ippopay.credentials.secretKey,
      IPPOPAY_PAYOUTS_PUBLIC_KEY: ippopay.credentials.payouts.publicKey,
      IPPOPAY_PAYOUTS_SECRET_KEY: ippopay.credentials.payouts.secretKey,
      PAYMUX_FILE: join(folder, 'ledger.db'),
      PAYMUX_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    },
    close: async () => {
      await Promise.all([payop.close(), ippopay.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What a configuration says in place of a variable of the environment. */
export const from = (variable: string): string => `\${${variable}}`

/** The accounts of a stage, as a configuration has them. */
export const accounts = {
  europe: {
    adapter: 'payop',
    apiUrl: from('PAYOP_API_URL'),
    checkoutUrl: from('PAYOP_CHECKOUT_URL'),
    publicKey: from('PAYOP_PUBLIC_KEY'),
    secretKey: from('PAYOP_SECRET_KEY'),
    token: from('PAYOP_TOKEN'),
    projectId: from('PAYOP_PROJECT_ID'),
    certificate: from('PAYOP_CERTIFICATE'),
  },
  india: {
    adapter: 'ippopay',
    mode: 'live',
    apiUrl: from('IPPOPAY_API_URL'),
    checkoutUrl: from('IPPOPAY_CHECKOUT_URL'),
    publicKey: from('IPPOPAY_PUBLIC_KEY'),
    secretKey: from('IPPOPAY_SECRET_KEY'),
    payouts: { publicKey: from('IPPOPAY_PAYOUTS_PUBLIC_KEY'), secretKey: from('IPPOPAY_PAYOUTS_SECRET_KEY') },
  },
} as const

/** Another account of the gateway of {@link accounts}' `europe`. */
export const spareAccount = {
  ...accounts.europe,
  publicKey: from('PAYOP_SPARE_PUBLIC_KEY'),
  secretKey: from('PAYOP_SPARE_SECRET_KEY'),
  projectId: from('PAYOP_SPARE_PROJECT_ID'),
}

let ledgers = 0

/** A configuration with a ledger of its own in the stage's folder. */
export const configurationOn = ({ folder }: Stage) => {
  ledgers += 1
  return { accounts, store: { type: 'sqlite', file: join(folder, `ledger-${ledgers}.db`) } } as const
}

/** The value of a task that is expected to succeed. */
export const right = async <A>(task: TaskEither<PaymentError, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(`${result.left._tag}: ${result.left.message}`)
  return result.right
}

/** The error of a task that is expected to fail. */
export const left = async <A>(task: TaskEither<PaymentError, A>): Promise<PaymentError> => {
  const result = await task()
  if (E.isRight(result)) throw new Error('it succeeded')
  return result.left
}

const opened: Paymux[] = []

/** Opens a configuration as the merchant would; {@link closeShops} stops it. */
export const openShop = async (
  stage: Stage,
  config: string | PaymuxConfig,
  options: PaymuxOptions = {},
): Promise<Paymux> => {
  const shop = await right(paymux(config, { env: stage.env, ...options }))
  opened.push(shop)
  return shop
}

/** Stops every shop of {@link openShop}. */
export const closeShops = async (): Promise<void> => {
  await Promise.all(opened.splice(0).map((shop) => right(shop.stop())))
}

/** A clock that runs, and can be put forward: nothing waits for minutes in a test. */
export const createMovableClock = () => {
  let ahead = 0
  return {
    clock: () => Date.now() + ahead,
    advance: (ms: number): void => {
      ahead += ms
    },
  }
}

/** A server whose address is known before there is anything to serve. */
export const openWebhooks = async () => {
  let behind: Pick<Paymux, 'webhooks'> | undefined
  const listening = await listen(
    createServer((incoming, outgoing) => {
      if (behind === undefined) outgoing.writeHead(503).end()
      else toNodeHandler(behind.webhooks)(incoming, outgoing)
    }),
  )
  return {
    publicUrl: `${listening.url}/notify`,
    leadsTo: (shop: Pick<Paymux, 'webhooks'>): void => {
      behind = shop
    },
    close: listening.close,
  }
}

/** Keeps what it is told, and lets wait for it. */
export const createListener = () => {
  const events: PaymuxEvent[] = []
  let waiting: (() => void)[] = []
  return {
    events,
    types: () => events.map(({ type }) => type),
    hear: async (event: PaymuxEvent): Promise<void> => {
      events.push(event)
      for (const wake of waiting.splice(0)) wake()
    },
    until: async (isMeant: (event: PaymuxEvent) => boolean): Promise<PaymuxEvent> => {
      for (;;) {
        const found = events.find(isMeant)
        if (found !== undefined) return found
        await new Promise<void>((wake) => {
          waiting = [...waiting, wake]
        })
      }
    },
  }
}

export const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }
const urls = { success: 'https://shop.example/thanks', failure: 'https://shop.example/thanks' }

/** An order that Payop takes in EUR, and both gateways in INR. */
export const order = (
  idempotencyKey: string,
  amount: PaymentRequest['amount'] = { value: '49.90', currency: 'EUR' },
): PaymentRequest => ({ idempotencyKey, amount, merchantReference: `ORD-${idempotencyKey}`, payer, urls })

export const rupees = (idempotencyKey: string): PaymentRequest =>
  order(idempotencyKey, { value: '4990.00', currency: 'INR' })

export const iban = {
  type: 'iban',
  iban: 'DE89370400440532013000',
  name: 'Pat Payee',
  email: 'pat@example.org',
} as const

/** A payout that Payop makes. */
export const payout = (idempotencyKey: string): PayoutRequest => ({
  idempotencyKey,
  amount: { value: '25.00', currency: 'EUR' },
  merchantReference: 'INV-1',
  beneficiary: iban,
})

/** A payout that IppoPay makes. */
export const rupeePayout = (idempotencyKey: string): PayoutRequest => ({
  idempotencyKey,
  amount: { value: '2500.00', currency: 'INR' },
  merchantReference: 'INV-2',
  beneficiary: {
    type: 'indian_bank_account',
    accountNumber: '000111222333',
    ifsc: 'TEST0000001',
    name: 'Asha Supplier',
  },
})

/** The gateway's id. */
export const idOf = (reference: Reference<Kind>): string => {
  if ('id' in reference) return reference.id
  throw new Error('this object has no id')
}
