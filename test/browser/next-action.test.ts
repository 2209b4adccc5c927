import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { payopCards } from '../../src/adapters/payop/cards.js'
import { Secret } from '../../src/core/index.js'
import { type IppoPayEmulator, startIppoPayEmulator } from '../../src/emulators/index.js'
import { createProvider, type Payment, type PaymentProvider, type PaymentRequest } from '../../src/paymux/promises.js'
import { useFixture } from '../emulators/payop/fixture.js'
import { inBrowser, press } from './in-browser.js'
import { selfPostingForm, useShop } from './shop.js'

const CARD = {
  pan: new Secret('4111111111111111'),
  expirationDate: new Secret('12/29'),
  cvv: new Secret('123'),
  holderName: new Secret('ANN BUYER'),
}

inBrowser('a payer who does what nextAction says', (page) => {
  const fixture = useFixture()
  const shop = useShop()
  let ippopay: IppoPayEmulator
  beforeEach(async () => {
    ippopay = await startIppoPayEmulator()
  })
  afterEach(() => ippopay.close())

  const payopConfig = () => {
    const { apiUrl, checkoutUrl, credentials } = fixture().emulator
    return { adapter: 'payop', apiUrl, checkoutUrl, ...credentials } as const
  }
  const ippopayConfig = () => {
    const { apiUrl, checkoutUrl, credentials } = ippopay
    return { adapter: 'ippopay', apiUrl, checkoutUrl, ...credentials } as const
  }
  const cardProvider = (): Promise<PaymentProvider> =>
    createProvider(payopConfig(), {
      payop: async () => (config) =>
        pipe(
          payopCards(config),
          E.map((accountOf) => accountOf(CARD)),
        ),
    })

  const request = (currency: string): PaymentRequest => ({
    idempotencyKey: 'order-1001',
    amount: { value: '49.90', currency },
    merchantReference: 'ORD-1001',
    payer: { email: 'ann@example.com', name: 'Ann Buyer', phone: '+919876543210' },
    urls: { success: `${shop().url}/thanks` },
  })
  const payopRequest = (method: PaymentRequest['method'] = { flow: 'hosted' }): PaymentRequest => ({
    ...request('EUR'),
    method,
    urls: { success: `${shop().url}/thanks`, failure: `${shop().url}/sorry` },
  })

  /** What a shop makes of `nextAction`. */
  const sendOn = async ({ nextAction }: Payment): Promise<void> => {
    if (nextAction?.type === 'redirect') await page().goto(shop().redirect('/pay', nextAction.url))
    else if (nextAction?.type === 'submit_form')
      await page().goto(shop().show('/pay', selfPostingForm(nextAction.url, nextAction.fields)))
    else throw new Error(`a browser cannot do that: ${nextAction?.type}`)
  }

  it.each([
    ['Payop', payopConfig, payopRequest, 'Pay'],
    ['IppoPay', ippopayConfig, () => request('INR'), 'Success'],
  ])('pays on the hosted page: %s', async (_, config, requestOf, button) => {
    const provider = await createProvider(config())
    const payment = await provider.createPayment(requestOf())
    await sendOn(payment)
    await press(page(), button)
    await shop().arrival(page(), '/thanks')
    expect(await provider.getStatus(payment.reference)).toMatchObject({ status: 'succeeded' })
  })

  it('confirms at the bank', async () => {
    const provider = await createProvider(payopConfig())
    const { reference } = await provider.createPayment(payopRequest({ flow: 'direct', code: '30000018' }))
    await sendOn(await provider.getStatus(reference))
    await press(page(), 'Confirm')
    await shop().arrival(page(), '/thanks')
    expect(await provider.getStatus(reference)).toMatchObject({ status: 'succeeded' })
  })

  it.each([
    ['authenticated', '/thanks', { status: 'succeeded' }],
    ['failed', '/sorry', { status: 'failed', reason: 'authentication_failed' }],
  ])("posts a form to the card's issuer: %s", async (answer, path, end) => {
    const provider = await cardProvider()
    const { reference } = await provider.createPayment(payopRequest({ flow: 'direct', code: '381' }))
    const payment = await provider.getStatus(reference)
    expect(payment.nextAction?.type).toBe('submit_form')
    await sendOn(payment)
    await press(page(), answer)
    await shop().arrival(page(), path)
    expect(await provider.getStatus(reference)).toMatchObject(end)
  })
})
