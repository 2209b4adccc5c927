/** A merchant's program. The packaging test compiles it as an ES module and as CommonJS against the packed package, and runs it. */
import { startPayopEmulator } from 'paymux/emulators'
import { createProvider, PaymentFailure, type PaymuxConfig, paymux } from 'paymux/promises'
import { instrument, type OpenTelemetryApi } from 'paymux/telemetry'
import { toNodeHandler } from 'paymux/webhooks'

const accounts = {
  india: { adapter: 'ippopay', publicKey: 'pk_live_madeup000001', secretKey: 'sk_live_madeup000001', mode: 'live' },
} as const

/** Opens a ledger, or prints why it does not open. */
const tryStore = async (store: PaymuxConfig['store']): Promise<void> => {
  const outcome = await paymux({ accounts, store }).then(
    async (shop) => {
      toNodeHandler(shop.webhooks)
      await shop.stop()
      return 'opened'
    },
    (failure: unknown) => {
      if (!(failure instanceof PaymentFailure)) throw failure
      const { error } = failure
      return error._tag === 'InvalidConfig'
        ? error.issues.map(({ path, expected }) => `${path}: ${expected}`).join()
        : failure.message
    },
  )
  console.log(`${store.type}: ${outcome}`)
}

/** The API of OpenTelemetry, if it is installed. */
const loadApi = async (): Promise<OpenTelemetryApi | undefined> => {
  const name: string = '@opentelemetry/api'
  return import(name).catch(() => undefined)
}

/** Begins to make spans, or prints why there are none. */
const trySpans = async (): Promise<void> => {
  const api = await loadApi()
  try {
    instrument({ tracerProvider: { getTracer: () => ({}) }, ...(api === undefined ? {} : { api }) })()
    console.log('spans: made')
  } catch (failure) {
    if (!(failure instanceof PaymentFailure) || failure.error._tag !== 'InvalidConfig') throw failure
    console.log(`spans: ${failure.error.issues.map(({ path, expected }) => `${path}: ${expected}`).join()}`)
  }
}

const main = async (): Promise<void> => {
  await trySpans()
  await tryStore({ type: 'sqlite', file: ':memory:' })
  await tryStore({ type: 'postgres', url: 'postgres://ann@127.0.0.1:1/ledger' })
  const { apiUrl, checkoutUrl, credentials, close } = await startPayopEmulator()
  try {
    const europe = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials } as const
    const provider = await createProvider(europe)
    const order = {
      idempotencyKey: 'order-1',
      amount: { value: '49.90', currency: 'EUR' },
      merchantReference: 'ORD-1',
      payer: { email: 'ann@example.com', name: 'Ann Buyer' },
      urls: { success: 'https://shop.example.com/thanks', failure: 'https://shop.example.com/sorry' },
    }
    const payment = await provider.createPayment(order)
    const { status } = await provider.getStatus(payment.reference)
    console.log(`payment ${status}`)
    const payout = await provider.payout({
      idempotencyKey: 'payout-1',
      amount: { value: '25.00', currency: 'EUR' },
      merchantReference: 'PAY-1',
      beneficiary: { type: 'paydo_account', account: 'ann@example.com', holder: 'personal' },
    })
    console.log(`payout ${payout.status}`)

    const stop = instrument({
      logger: {
        ...console,
        debug: () => {},
        info: (_fields: object, message: string) => console.log(`line: ${message}`),
      },
    })
    const shop = await paymux({ accounts: { europe }, store: { type: 'sqlite', file: ':memory:' } })
    await shop.start()
    const first = await shop.createPayment({ ...order, idempotencyKey: 'order-2' })
    console.log(`recorded ${first.status}`)
    const again = await shop.createPayment({ ...order, idempotencyKey: 'order-2' })
    console.log(`recorded ${again.status}, again: ${again.replayed}`)
    await shop.stop()
    stop()
  } finally {
    await close()
  }
}

main().catch((error: Error) => {
  console.log(error.message)
  process.exitCode = 1
})
