import type * as TE from 'fp-ts/lib/TaskEither.js'
import { endpoints } from '../../../src/adapters/ippopay/index.js'
import { type Adapter, createCall, type Effect, type Exchange, type PaymentError } from '../../../src/core/index.js'
import { left, right } from '../../either.js'
import {
  type Answered,
  anAccount,
  authorizations,
  beneficiary,
  beneficiaryRef,
  gateway,
  json,
  order,
  over,
  says,
  transaction,
  transfer,
  transRef,
} from './support.js'

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' })
const orderId = 'order_G@nz!3qBq'

interface Row {
  readonly name: string
  readonly run: (adapter: Adapter) => TE.TaskEither<PaymentError, unknown>
  readonly auth: keyof typeof authorizations
  readonly line: string
  readonly body: string
  readonly answer: Answered
  readonly gives: unknown
}

const call =
  <I, O>(exchange: Exchange<Effect, I, O>, input: I) =>
  (adapter: Adapter) =>
    over(adapter)(exchange, input)

const rows: readonly Row[] = [
  {
    name: 'create order, with amount and currency alone',
    run: call(endpoints.createOrder, { amount: inr(100000n) }),
    auth: 'collections',
    line: 'POST /v1/order/create',
    body: '{"amount":1000,"currency":"INR"}',
    answer: says.order(),
    gives: order(),
  },
  {
    name: 'create order, with everything',
    run: call(endpoints.createOrder, {
      amount: inr(1999n),
      paymentModes: ['cc', 'dc', 'nb', 'upi'],
      customer: {
        name: 'Ann Buyer',
        email: 'ann.buyer@example.com',
        phone: { countryCode: '91', nationalNumber: '9876543210' },
      },
      notifyUrl: 'https://shop.example/hooks/t0ken',
      returnUrl: 'https://shop.example/thanks',
      notes: 'One book',
    }),
    auth: 'collections',
    line: 'POST /v1/order/create',
    body:
      '{"amount":19.99,"currency":"INR","payment_modes":"cc,dc,nb,upi","customer":{"name":"Ann Buyer",' +
      '"email":"ann.buyer@example.com","phone":{"country_code":"91","national_number":"9876543210"}},' +
      '"notify_url":"https://shop.example/hooks/t0ken","return_url":"https://shop.example/thanks","notes":"One book"}',
    answer: json({ success: true, message: 'Order created', data: { order: order() } }, 201),
    gives: order(),
  },
  {
    name: 'get order',
    run: call(endpoints.getOrder, { orderId }),
    auth: 'collections',
    line: `GET /v1/order/${orderId}`,
    body: '',
    answer: says.order({ status: 'paid', trans_id: 'trans_7ahBy2Hf1', mode: 'live' }),
    gives: order({ status: 'paid', trans_id: 'trans_7ahBy2Hf1', mode: 'live' }),
  },
  {
    name: 'get transaction',
    run: call(endpoints.getTransaction, { orderId }),
    auth: 'collections',
    line: `GET /v1/order/${orderId}/transaction`,
    body: '',
    answer: says.transaction(),
    gives: transaction(),
  },
  {
    name: 'refund, full',
    run: call(endpoints.refundOrder, { orderId }),
    auth: 'collections',
    line: `POST /v1/order/refund/${orderId}`,
    body: '{}',
    answer: says.refundAccepted,
    gives: undefined,
  },
  {
    name: 'refund, partial',
    run: call(endpoints.refundOrder, { orderId, amount: inr(50n) }),
    auth: 'collections',
    line: `POST /v1/order/refund/${orderId}`,
    body: '{"refund_amt":0.5}',
    answer: says.refundAccepted,
    gives: undefined,
  },
  {
    name: 'UPI intent',
    run: call(endpoints.processUpiIntent, {
      orderId,
      name: 'Ann Buyer',
      email: 'ann.buyer@example.com',
      phone: '9876543210',
    }),
    auth: 'collections',
    line: `POST /v1/order/${orderId}/process`,
    body: '{"Name":"Ann Buyer","email":"ann.buyer@example.com","phone":"9876543210","pay_mode_id":"upi-intent"}',
    answer: says.intent('upi://pay?pa=shop@bank&pn=A Shop&mc=1234&tr=1&tn=x&am=1439.6'),
    gives: 'upi://pay?pa=shop@bank&pn=A Shop&mc=1234&tr=1&tn=x&am=1439.6',
  },
  {
    name: 'payout balance',
    run: call(endpoints.getBalance, undefined),
    auth: 'payouts',
    line: 'GET /v1/payout/account/balance',
    body: '',
    answer: json({ success: true, message: 'Account Details', data: { account: { available_balance: '47.50' } } }),
    gives: inr(4750n),
  },
  {
    name: 'create beneficiary',
    run: call(endpoints.createBeneficiary, {
      beneficiaryRef,
      accountNumber: '000111222333',
      ifsc: 'TEST0000001',
      name: 'Bea Payee',
    }),
    auth: 'payouts',
    line: 'POST /v1/payout/beneficiary/create',
    body: `{"acc_number":"000111222333","ifsc":"TEST0000001","name":"Bea Payee","beneficiary_ref":"${beneficiaryRef}"}`,
    answer: says.beneficiaryCreated,
    gives: undefined,
  },
  {
    name: 'list beneficiaries',
    run: call(endpoints.listBeneficiaries, { page: 1, limit: 20 }),
    auth: 'payouts',
    line: 'GET /v1/payout/beneficiary/list?limit=20&page=1',
    body: '',
    answer: json({ success: true, message: 'Beneficiaries', data: { beneficiaries: [beneficiary()], total: 1 } }),
    gives: { beneficiaries: [beneficiary()], total: 1 },
  },
  {
    name: 'get beneficiary',
    run: call(endpoints.getBeneficiary, { beneficiaryRef }),
    auth: 'payouts',
    line: `GET /v1/payout/beneficiary/getdetails/${beneficiaryRef}`,
    body: '',
    answer: says.beneficiary(),
    gives: beneficiary(),
  },
  {
    name: 'request transfer',
    run: call(endpoints.requestTransfer, {
      amount: inr(250000n),
      transRef,
      beneficiaryRef,
      payMode: 'NEFT',
      remarks: 'Invoice 77',
    }),
    auth: 'payouts',
    line: 'POST /v1/payout/transfer/request',
    body: `{"amount":2500,"trans_ref":"${transRef}","beneficiary_ref":"${beneficiaryRef}","remarks":"Invoice 77","pay_mode":"NEFT"}`,
    answer: says.transfer(),
    gives: transfer(),
  },
  {
    name: 'get transfer',
    run: call(endpoints.getTransfer, { transRef }),
    auth: 'payouts',
    line: `GET /v1/payout/transfer/detail?trans_ref=${transRef}`,
    body: '',
    answer: says.transfer({ status: 'success', utr: 'N1' }),
    gives: transfer({ status: 'success', utr: 'N1' }),
  },
]

describe.each(rows)('$name', ({ run, auth, line, body, answer, gives }) => {
  it('puts these bytes on the wire and reads the documented answer', async () => {
    const arrived = gateway([answer])
    expect(right(await run(anAccount())())).toEqual(gives)
    expect(arrived.map((request) => [request.line, request.body])).toEqual([[line, body]])
    expect(arrived[0]?.headers).toMatchObject({
      authorization: authorizations[auth],
      'content-type': 'application/json',
      host: 'api.ippopay.com',
    })
  })

  it('goes to the test prefix with test keys', async () => {
    const arrived = gateway([answer])
    const testKeys = { mode: 'test', publicKey: 'pk_test_aB3dE6gH9jK2' }
    await run(anAccount(testKeys))()
    expect(arrived[0]?.line).toBe(line.replace('/v1/', '/apitest/v1/pg/'))
  })

  it('goes to the configured origin and prefix', async () => {
    const arrived = gateway([answer], 'http://127.0.0.1:4999')
    await run(anAccount({ apiUrl: 'http://127.0.0.1:4999', pathPrefix: '/api/v1/pg' }))()
    expect(arrived[0]?.line).toBe(line.replace('/v1/', '/api/v1/pg/'))
  })

  it.each<[string, PaymentError['_tag'], Answered]>([
    ['success: false under 200', 'Refused', says.no('some text')],
    ['success: false under 400', 'Refused', says.no('some text', 400)],
    ['success: false under 500', 'Indeterminate', says.no('some text', 500)],
    ['a front gateway that says message under 401', 'Refused', json({ message: 'Unauthorized' }, 401)],
    ['a front gateway that says message under 429', 'RateLimited', json({ message: 'API rate limit exceeded' }, 429)],
    ['message without success under 200', 'Indeterminate', json({ message: 'hello' })],
    ['message without success under 400', 'Indeterminate', json({ message: 'hello' }, 400)],
    ['success: true under 400', 'Indeterminate', { ...answer, status: 400 }],
    ['success as text', 'Indeterminate', json({ success: 'true', data: {} })],
    ['the whole answer but for success', 'Indeterminate', json({ ...JSON.parse(answer.body), success: undefined })],
    ['nothing but an object', 'Indeterminate', json({})],
    ['an array', 'Indeterminate', json([])],
    ['null', 'Indeterminate', json(null)],
    ['HTML', 'Indeterminate', { status: 200, body: '<html></html>' }],
    ['HTML under 429', 'Indeterminate', { status: 429, body: '<html></html>' }],
    ['a redirect', 'Indeterminate', { status: 302, body: '' }],
    [
      'JSON with a trailing comma, as in the documentation',
      'Indeterminate',
      { status: 200, body: '{"success":true,"data":{},}' },
    ],
    ['half an answer', 'Indeterminate', { status: 200, body: answer.body.slice(0, -4) }],
  ])('takes %s for %s', async (_name, tag, said) => {
    gateway([said])
    expect(left(await run(anAccount())())._tag).toBe(tag)
  })
})

it('exchanges have names of their own, which their requests carry', () => {
  const exchanges = Object.values(endpoints).filter((member) => 'interpret' in member)
  const names = exchanges.map(({ name }) => name)
  expect(names).toEqual(names.map(() => expect.stringMatching(/^ippopay\.[a-z]+\.[a-z]+$/)))
  expect(new Set(names).size).toBe(11)
  expect(right(endpoints.getOrder.prepare({ orderId }))).toMatchObject({
    exchange: 'ippopay.orders.get',
    effect: 'reads',
  })
  expect(right(endpoints.refundOrder.prepare({ orderId }))).toMatchObject({
    exchange: 'ippopay.refunds.create',
    effect: 'moves_money',
  })
})

it('payout endpoints of an account without payout keys are not sent', async () => {
  const arrived = gateway([])
  const error = left(await createCall(anAccount({ payouts: undefined }).send)(endpoints.getBalance, undefined)())
  expect(error).toMatchObject({ _tag: 'InvalidConfig', outcome: 'not_sent' })
  expect(arrived).toEqual([])
})
