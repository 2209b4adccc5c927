import { asUuid, operationDigest, type PaymentRequest } from '../../../src/core/index.js'
import { fail, right, succeed } from '../../either.js'
import {
  allRequested,
  anAccount,
  answers,
  aPayment,
  aProvider,
  complete,
  hostedOnly,
  INVOICE,
  itself,
  PROJECT,
  reference,
  TRANSACTION,
} from './support.js'

const CREATE = '/v1/invoices/create'
const CHECKOUT = '/v1/checkout/create'
const key = asUuid(operationDigest('payop', 'createPayment', 'order-1001'))
const created = () => answers('POST', CREATE, { data: '', status: 1 }, { headers: { identifier: INVOICE } })
const bodyOf = ([request]: readonly { readonly body: string }[]) => JSON.parse(request?.body ?? '')

const direct: PaymentRequest = {
  ...aPayment,
  payer: { email: 'buyer@example.com', name: 'Ann Buyer', ip: '203.0.113.9', extra: { nationalid: '7' } },
  method: { flow: 'direct', code: '203822' },
}

describe('a hosted payment', () => {
  it('is an invoice, and its page is where the payer goes', async () => {
    const sent = created()
    expect(await succeed(aProvider(hostedOnly).createPayment(aPayment))).toEqual({
      ...itself,
      notPassedOn: [],
      status: 'requires_action',
      providerState: {},
      amountCheck: 'unchecked',
      disputed: false,
      nextAction: {
        type: 'redirect',
        url: `https://checkout.payop.com/en/payment/invoice-preprocessing/${INVOICE}`,
      },
      review: [],
    })
    expect(bodyOf(sent)).toEqual({
      publicKey: `application-${PROJECT}`,
      order: { id: 'ORD-1001', amount: '2.00', currency: 'EUR', items: [] },
      payer: { email: 'buyer@example.com' },
      language: 'en',
      resultUrl: 'https://shop.example/ok?i={{invoiceId}}&t={{txid}}',
      failPath: 'https://shop.example/ko',
      signature: '4b41589d282358cf87b5c5efa781f430d3c9e14febd8853f3e025f7634b114c9',
      metadata: { paymux: key },
    })
  })

  it('leads the payer to the one address there is, whatever came of it', async () => {
    const sent = created()
    await succeed(aProvider().createPayment({ ...aPayment, urls: { success: 'https://shop.example/order' } }))
    const page = 'https://shop.example/order'
    expect(bodyOf(sent)).toMatchObject({ resultUrl: page, failPath: page })
  })

  it('carries everything that Payop has a place for', async () => {
    const sent = created()
    const payment = await succeed(
      aProvider().createPayment({
        ...aPayment,
        description: 'One book',
        metadata: { shelf: '7' },
        payer: {
          email: 'buyer@example.com',
          name: 'Ann Buyer',
          phone: '+4915112345678',
          locale: 'PT-br',
          extra: { date_of_birth: '02.01.1990' },
        },
        method: { flow: 'hosted', code: '381' },
      }),
    )
    expect(payment.nextAction).toMatchObject({
      url: `https://checkout.payop.com/pt/payment/invoice-preprocessing/${INVOICE}`,
    })
    expect(bodyOf(sent)).toMatchObject({
      order: { description: 'One book' },
      payer: { name: 'Ann Buyer', phone: '+4915112345678', extraFields: { date_of_birth: '02.01.1990' } },
      language: 'pt',
      paymentMethod: '381',
      metadata: { shelf: '7', paymux: key },
    })
  })

  it.each([
    ['1500', 'JPY', '1500'],
    ['12.345', 'KWD', '12.345'],
    ['2', 'EUR', '2.00'],
  ])('of %s %s says %s', async (amount, currency, text) => {
    const sent = created()
    await succeed(aProvider().createPayment({ ...aPayment, amount: { value: amount, currency } }))
    expect(bodyOf(sent).order).toMatchObject({ amount: text, currency })
  })

  it('is concluded from what was stored', async () => {
    const adapter = anAccount(hostedOnly)
    const amount = { minorUnits: 200n, currency: 'EUR' }
    const draft = right(await adapter.createPayment.draft({ ...aPayment, amount }, () => () => Promise.reject())())
    const stored = JSON.parse(JSON.stringify(draft))
    expect(stored).toEqual(draft)
    expect(JSON.stringify(stored)).not.toContain('testsecret')
    const answer = { status: 201, headers: { identifier: INVOICE }, body: '{"data":"","status":1}' }
    expect(right(adapter.createPayment.interpret(stored, answer)).reference).toEqual(reference)
    const unreadable = adapter.createPayment.interpret({ ...stored, context: { language: 'xx' } }, answer)
    expect(unreadable).toMatchObject({ left: { _tag: 'Indeterminate', retry: 'after_read' } })
  })
})

describe('a direct payment', () => {
  const paid = (data: object) => [created(), answers('POST', CHECKOUT, { data, status: 1 })] as const

  it('makes the invoice and pays it', async () => {
    const [made, sent] = paid({ isSuccess: true, message: '', txid: TRANSACTION })
    expect(await succeed(aProvider().createPayment(direct))).toEqual({
      ...itself,
      notPassedOn: [],
      status: 'processing',
      providerState: { checkout: 'true' },
      amountCheck: 'unchecked',
      disputed: false,
      nextAction: { type: 'wait_and_poll', afterMs: 5000 },
      review: [],
    })
    expect(bodyOf(made)).toMatchObject({ paymentMethod: '203822', metadata: { paymux: key } })
    expect(bodyOf(sent)).toEqual({
      invoiceIdentifier: INVOICE,
      customer: {
        email: 'buyer@example.com',
        name: 'Ann Buyer',
        ip: '203.0.113.9',
        extraFields: { nationalid: '7' },
      },
      checkStatusUrl: 'https://checkout.payop.com/en/payment/wait-page/{{txid}}',
      paymentMethod: 203822,
    })
  })

  it('waits on the merchant’s page and pays in another currency, if the request says so', async () => {
    const [, sent] = paid({ isSuccess: true, txid: TRANSACTION })
    const fields = { checkStatusUrl: 'https://shop.example/wait?t={{txid}}', payCurrency: 'USD' }
    await succeed(aProvider().createPayment({ ...direct, method: { flow: 'direct', code: '203822', fields } }))
    expect(bodyOf(sent)).toMatchObject(fields)
  })

  it.each([
    ['', 'temporary'],
    ['3DS authentication failed', 'authentication_failed'],
    ['Declined', 'declined'],
  ])('that Payop declines (%p) failed, which is no error', async (message, reason) => {
    paid({ isSuccess: false, message })
    expect(await succeed(aProvider().createPayment(direct))).toMatchObject({
      reference,
      status: 'failed',
      reason,
      providerState: { checkout: 'false' },
    })
  })

  it.each([
    [504, '<html></html>'],
    [200, '{"data":{"txid":"x"},"status":1}'],
    [200, '{"status":1}'],
  ])('whose answer is lost (%i %s) is unknown, and was sent once', async (status, body) => {
    created()
    const sent = answers('POST', CHECKOUT, body, { status })
    expect(await fail(aProvider().createPayment(direct))).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'after_read',
      account: 'payop',
      exchange: 'payop.checkouts.create',
      reference,
    })
    expect(sent).toHaveLength(1)
  })

  it('whose invoice could not be made was not sent', async () => {
    answers('POST', CREATE, '<html></html>', { status: 502 })
    expect(await fail(aProvider().createPayment(direct))).toMatchObject({
      _tag: 'Unreachable',
      phase: 'draft',
      retry: 'safe',
      exchange: 'payop.invoices.create',
    })
    answers('POST', CREATE, { message: 'Wrong signature' }, { status: 422 })
    expect(await fail(aProvider().createPayment(direct))).toMatchObject({ _tag: 'Refused', reason: 'signature' })
  })
})

describe('nothing is sent, and the path is named,', () => {
  const variants: ReadonlyArray<readonly [string, Partial<PaymentRequest>, string, string]> = [
    ['without an e-mail address', { payer: {} }, 'InvalidRequest', 'payer.email'],
    [
      'without an address for success',
      { urls: { failure: 'https://shop.example/ko' } },
      'InvalidRequest',
      'urls.success',
    ],
    ['with a method that is no number', { method: { flow: 'hosted', code: 'visa' } }, 'Unsupported', 'method.code'],
    ['in a popup', { method: { flow: 'popup' } }, 'Unsupported', 'method.flow'],
    ['by UPI', { method: { flow: 'upi_intent' } }, 'Unsupported', 'method.flow'],
    ['directly without a method', { ...direct, method: { flow: 'direct' } }, 'InvalidRequest', 'method.code'],
    ['directly without a name', { ...direct, payer: { email: 'buyer@example.com' } }, 'InvalidRequest', 'payer.name'],
    [
      'directly by a method that is no number',
      { ...direct, method: { flow: 'direct', code: 'card' } },
      'Unsupported',
      'method.code',
    ],
    [
      'directly with nowhere to wait',
      { ...direct, method: { flow: 'direct', code: '1', fields: { checkStatusUrl: 'shop' } } },
      'InvalidRequest',
      'method.fields.checkStatusUrl',
    ],
    [
      'directly in no currency',
      { ...direct, method: { flow: 'direct', code: '1', fields: { payCurrency: 'US' } } },
      'InvalidRequest',
      'method.fields.payCurrency',
    ],
  ]
  it.each(variants)('%s', async (_what, fields, tag, path) => {
    const error = await fail(aProvider().createPayment({ ...aPayment, ...fields }))
    expect(error).toMatchObject({ _tag: tag, outcome: 'not_sent', issues: [{ path }] })
    expect(allRequested()).toBe(true)
  })

  it('all at once', async () => {
    const error = await fail(aProvider().createPayment({ ...aPayment, payer: {}, urls: {} }))
    expect(error).toMatchObject({ account: 'payop', issues: [{ path: 'payer.email' }, { path: 'urls.success' }] })
  })
})

describe('the key of a payment', () => {
  it('belongs to the account and the idempotency key', async () => {
    const keyOf = async (account: string, idempotencyKey: string) => {
      const sent = created()
      await succeed(aProvider({ ...complete, account }).createPayment({ ...aPayment, idempotencyKey }))
      return bodyOf(sent).metadata.paymux
    }
    const first = await keyOf('a', 'one')
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(await keyOf('a', 'one')).toBe(first)
    expect(await keyOf('a', 'two')).not.toBe(first)
    expect(await keyOf('b', 'one')).not.toBe(first)
  })
})
