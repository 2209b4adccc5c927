import {
  createStatelessProvider,
  type Flow,
  type PaymentField,
  type PaymentRequest,
  type PayoutField,
  type PayoutRequest,
  type RefundField,
  type RefundRequest,
} from '../../../src/core/index.js'
import { right } from '../../either.js'
import { anAccount, gateway, paymentRequest, payoutRequest, says } from './support.js'

type Fields = Partial<Omit<PaymentRequest, 'method'>> & {
  readonly method?: Omit<PaymentRequest['method'] & object, 'flow'>
}

/** What one field of a request becomes: parts of the order, parts of the UPI request, or nothing. */
interface Row {
  readonly fields: Fields
  readonly order?: Readonly<Record<string, unknown>>
  readonly upi?: Readonly<Record<string, unknown>>
  readonly notPassedOn?: true
}

const phone = { country_code: '91', national_number: '9876543210' }

// Complete by its type: a field that is added to the request fails to compile until it is listed here.
const payment: Readonly<Record<PaymentField, Row>> = {
  description: { fields: { description: 'One book' }, order: { notes: 'One book' } },
  metadata: { fields: { metadata: { shelf: '7' } }, notPassedOn: true },
  'payer.name': {
    fields: { payer: { name: 'Ann Buyer' } },
    order: { customer: { name: 'Ann Buyer' } },
    upi: { Name: 'Ann Buyer' },
  },
  'payer.email': {
    fields: { payer: { email: 'ann.buyer@example.com' } },
    order: { customer: { email: 'ann.buyer@example.com' } },
    upi: { email: 'ann.buyer@example.com' },
  },
  'payer.phone': {
    fields: { payer: { phone: '+919876543210' } },
    order: { customer: { phone } },
    upi: { phone: '9876543210' },
  },
  'payer.locale': { fields: { payer: { locale: 'hi-IN' } }, notPassedOn: true },
  'payer.ip': { fields: { payer: { ip: '203.0.113.7' } }, notPassedOn: true },
  'payer.extra': { fields: { payer: { extra: { date_of_birth: '2000-01-01' } } }, notPassedOn: true },
  'method.code': { fields: { method: { code: 'upi' } }, order: { payment_modes: 'upi' } },
  'method.fields': { fields: { method: { fields: { vpa: 'ann@bank' } } }, notPassedOn: true },
  'urls.success': {
    fields: { urls: { success: 'https://shop.example/thanks' } },
    order: { return_url: 'https://shop.example/thanks' },
  },
  'urls.failure': { fields: { urls: { failure: 'https://shop.example/sorry' } }, notPassedOn: true },
  'urls.notification': {
    fields: { urls: { notification: 'https://shop.example/hooks/t0ken' } },
    order: { notify_url: 'https://shop.example/hooks/t0ken' },
  },
}

const bodyOf = (text: string | undefined): unknown => JSON.parse(text ?? 'null')

const pay = async (flow: Flow, { method, ...fields }: Fields) => {
  const answers = [says.order(), says.intent('upi://pay?pa=shop@bank&am=19.99')]
  const arrived = gateway(flow === 'upi_intent' ? answers : answers.slice(0, 1))
  const request: PaymentRequest = { ...paymentRequest, ...fields, method: { flow, ...method } }
  const { status, notPassedOn } = right(await createStatelessProvider(anAccount()).createPayment(request)())
  expect(status).toBe('requires_action')
  const [order, upi, ...others] = arrived.map(({ body }) => bodyOf(body))
  expect(others).toEqual([])
  return { order, upi, notPassedOn }
}

const plain = { amount: 19.99, currency: 'INR' }
const flows: readonly Flow[] = ['hosted', 'popup', 'upi_intent']
const upiOf = (flow: Flow, fields: Row['upi']) =>
  flow === 'upi_intent' ? { ...fields, pay_mode_id: 'upi-intent' } : undefined

describe.each(flows)('an optional field of a payment by %s', (flow) => {
  it.each(Object.entries(payment))('alone: %s', async (path, { fields, order, upi, notPassedOn }) => {
    expect(await pay(flow, fields)).toEqual({
      order: { ...plain, ...order },
      upi: upiOf(flow, upi),
      notPassedOn: notPassedOn === true ? [path] : [],
    })
  })

  it('among all of them', async () => {
    const rows = Object.values(payment)
    const merged = <K extends 'payer' | 'urls' | 'method'>(part: K) =>
      Object.assign({}, ...rows.map(({ fields }) => fields[part]))
    const all = Object.assign({}, ...rows.map(({ fields }) => fields))
    const seen = await pay(flow, { ...all, payer: merged('payer'), urls: merged('urls'), method: merged('method') })
    const customer = Object.assign({}, ...rows.map(({ order }) => order?.customer))
    expect(seen).toEqual({
      order: { ...plain, ...Object.assign({}, ...rows.map(({ order }) => order)), customer },
      upi: upiOf(flow, Object.assign({}, ...rows.map(({ upi }) => upi))),
      notPassedOn: ['metadata', 'payer.locale', 'payer.ip', 'payer.extra', 'method.fields', 'urls.failure'],
    })
  })

  it('that is a phone number outside India is not passed on', async () => {
    for (const abroad of ['+4915112345678', '+19876543210', '+9023456789'])
      expect(await pay(flow, { payer: { phone: abroad } })).toEqual({
        order: plain,
        upi: upiOf(flow, {}),
        notPassedOn: ['payer.phone'],
      })
  })

  it('that is a failure address is passed on if the success address is the same', async () => {
    const success = 'https://shop.example/back'
    expect(await pay(flow, { urls: { success, failure: success } })).toMatchObject({
      order: { return_url: success },
      notPassedOn: [],
    })
    expect(await pay(flow, { urls: { success, failure: `${success}?failed` } })).toMatchObject({
      order: { return_url: success },
      notPassedOn: ['urls.failure'],
    })
  })

  it('that asks for nothing is not listed', async () => {
    expect(await pay(flow, { metadata: {}, payer: { extra: {} }, method: { fields: {} } })).toMatchObject({
      order: plain,
      notPassedOn: [],
    })
  })
})

describe('an optional field of a refund', () => {
  const fields: Readonly<Record<RefundField, Partial<RefundRequest>>> = { metadata: { metadata: { why: 'torn' } } }

  it.each(Object.entries(fields))('is kept from the gateway: %s', async (path, field) => {
    const arrived = gateway([says.order({ status: 'paid' }), says.transaction(), says.refundAccepted])
    const request: RefundRequest = {
      idempotencyKey: 'refund-1',
      payment: { kind: 'payment', account: 'ippopay', id: 'order_G@nz!3qBq' },
      ...field,
    }
    const { notPassedOn } = right(await createStatelessProvider(anAccount()).refund(request)())
    expect(notPassedOn).toEqual([path])
    expect(arrived[2]?.body).toBe('{}')
  })
})

describe('an optional field of a payout', () => {
  const rows: Readonly<
    Record<PayoutField, Pick<Row, 'notPassedOn'> & { fields: Partial<PayoutRequest>; sent: object }>
  > = {
    description: { fields: { description: 'Invoice 77' }, sent: { remarks: 'Invoice 77' } },
    metadata: { fields: { metadata: { shelf: '7' } }, sent: {}, notPassedOn: true },
  }
  const all = Object.assign({}, ...Object.values(rows).map(({ fields }) => fields))
  const cases = [
    ...Object.entries(rows).map(([path, row]) => ({
      ...row,
      name: path,
      notPassedOn: row.notPassedOn === true ? [path] : [],
    })),
    { name: 'all of them', fields: all, sent: { remarks: 'Invoice 77' }, notPassedOn: ['metadata'] },
  ]

  it.each(cases)('$name', async ({ fields, sent, notPassedOn }) => {
    const arrived = gateway([says.beneficiary(), says.transfer()])
    const payout = right(await createStatelessProvider(anAccount()).payout({ ...payoutRequest, ...fields })())
    expect(payout.notPassedOn).toEqual(notPassedOn)
    const { trans_ref: _ref, beneficiary_ref: _beneficiary, ...body } = JSON.parse(arrived[1]?.body ?? 'null')
    expect(body).toEqual({ amount: 2500, pay_mode: 'NEFT', ...sent })
  })
})
