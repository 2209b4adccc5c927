/** What the types of the packed package accept and refuse. The packaging test compiles it with every module resolution and compiler. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as tasks from 'paymux'
import type * as adapter from 'paymux/adapter'
import type { conformance } from 'paymux/conformance'
import type * as emulators from 'paymux/emulators'
import type { ippopay } from 'paymux/ippopay'
import type { payop } from 'paymux/payop'
import type * as cards from 'paymux/payop/cards'
import * as promises from 'paymux/promises'
import { instrument, type Traces } from 'paymux/telemetry'
import type { toNodeHandler } from 'paymux/webhooks'

declare module 'paymux' {
  interface AccountTypes {
    /** An account of an adapter that is not part of paymux. */
    readonly ourpay: { readonly adapter: 'ourpay'; readonly apiKey: string }
  }
}

export type Everything = [
  typeof adapter,
  typeof conformance,
  typeof emulators,
  typeof ippopay,
  typeof payop,
  typeof cards,
  typeof instrument,
  typeof toNodeHandler,
]

/** Compiles only if the union is closed and its types arrive. */
export const advice = ({ outcome }: tasks.PaymentError): string => {
  switch (outcome) {
    case 'not_sent':
      return 'try again'
    case 'refused':
      return 'ask the payer'
    case 'unknown':
      return 'read it back'
  }
}

const store = { type: 'sqlite', file: ':memory:' } as const

export const configurations = [
  tasks.defineConfig({ accounts: { own: { adapter: 'ourpay', apiKey: 'made-up' } }, store }),
  promises.defineConfig({ accounts: { own: { adapter: 'ourpay', apiKey: 'made-up' } }, store }),
  promises.defineConfig({
    accounts: { main: { adapter: 'payop', publicKey: 'made-up', secretKey: 'made-up' } },
    store,
  }),
  // @ts-expect-error an adapter that does not exist
  promises.defineConfig({ accounts: { main: { adapter: 'other', apiKey: 'made-up' } }, store }),
  // @ts-expect-error a typing mistake in a field
  tasks.defineConfig({ accounts: { own: { adapter: 'ourpay', apikey: 'made-up' } }, store }),
]

/** Without the types of OpenTelemetry. */
export const stop: () => void = instrument({
  api: { context: {}, trace: {}, createContextKey: Symbol.for },
  tracerProvider: { getTracer: () => ({}) },
  meterProvider: { getMeter: (_name: string) => ({}) },
  logger: console,
})

export const outcomeOf = ({ outcome }: Traces['operation']): string => outcome ?? 'unknown'

declare const shop: promises.Paymux
declare const sameShop: tasks.Paymux
declare const reference: tasks.Reference<'refund'>

/** The kind of a reference decides the type of the result, with Promises too. */
export const results: readonly [
  Promise<tasks.Refund>,
  TaskEither<tasks.PaymentError, tasks.Refund>,
  Promise<string>,
  TaskEither<tasks.PaymentError, string>,
  Promise<readonly tasks.ReconciledList[]>,
  Promise<void>,
  Promise<Response>,
  Promise<tasks.Refund>,
  TaskEither<tasks.PaymentError, tasks.Refund>,
  Promise<promises.queries.Page<promises.queries.ObjectSummary>>,
  TaskEither<tasks.PaymentError, tasks.queries.Found>,
  Promise<readonly promises.queries.Story[]>,
  TaskEither<tasks.PaymentError, readonly tasks.queries.Story[]>,
] = [
  shop.getStatus(reference),
  sameShop.getStatus(reference),
  shop.webhooks.address('main'),
  sameShop.webhooks.address('main'),
  shop.reconcile({ from: 0, to: 1 }),
  shop.stop(),
  shop.webhooks.handle(new Request('https://shop.example'), { address: '203.0.113.7' }),
  shop.recorded(reference),
  sameShop.recorded(reference),
  shop.list({ kind: 'payment' }),
  sameShop.find({ merchantReference: 'ORD-1' }),
  shop.explain(reference, { timeZone: 'UTC' }),
  sameShop.explain({ operation: 'refund', idempotencyKey: 'ref-1' }),
]

/** The entries of a list, in both spellings. */
export const entries: readonly [
  AsyncIterable<promises.queries.ObjectSummary>,
  AsyncIterable<Either<tasks.PaymentError, tasks.queries.ListedEvent>>,
  AsyncIterable<unknown>,
] = [
  promises.iterate(shop.list, { status: 'failed' }),
  tasks.iterate(sameShop.listEvents, { undelivered: true }),
  // @ts-expect-error a typing mistake in a field
  promises.iterate(shop.list, { kind: 'payment', stat: 'failed' }),
]
