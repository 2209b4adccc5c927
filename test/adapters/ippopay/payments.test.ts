import { hostedPage } from '../../../src/adapters/ippopay/index.js'
import {
  createCall,
  createStatelessProvider,
  indeterminate,
  type PaymentRequest,
  type Reference,
  type WireAnswer,
  type WireRequest,
} from '../../../src/core/index.js'
import { left, right } from '../../either.js'
import { type Answered, anAccount, gateway, json, lines, paymentRequest, says } from './support.js'

const orderId = 'order_G@nz!3qBq'
const link = 'upi://pay?pa=shop@bank&pn=A Shop&am=19.99'
const reference = { kind: 'payment', account: 'ippopay', id: orderId } as const

const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }

const create = (request: PaymentRequest, overrides?: Readonly<Record<string, unknown>>) =>
  createStatelessProvider(anAccount(overrides)).createPayment(request)()

describe('a payment on the hosted page', () => {
  it('is an order and a redirect', async () => {
    const arrived = gateway([says.order()])
    expect(right(await create(paymentRequest))).toEqual({
      kind: 'payment',
      account: 'ippopay',
      id: orderId,
      reference,
      status: 'requires_action',
      providerState: { order: 'created' },
      amount: { value: '19.99', currency: 'INR' },
      amountCheck: 'exact',
      disputed: false,
      notPassedOn: [],
      nextAction: {
        type: 'redirect',
        url: `https://pay.ippopay.com/order/${orderId}?public_key=pk_live_aB3dE6gH9jK2&redirect=true`,
      },
      review: [],
    })
    expect(lines(arrived)).toEqual(['POST /v1/order/create'])
  })

  it.each<[Partial<typeof payer>, string]>([
    [{ name: 'Ann Buyer' }, '{"name":"Ann Buyer"}'],
    [{ email: 'ann.buyer@example.com' }, '{"email":"ann.buyer@example.com"}'],
    [{ phone: '+919876543210' }, '{"phone":{"country_code":"91","national_number":"9876543210"}}'],
  ])('sends of the payer what is known (case %#)', async (known, customer) => {
    const arrived = gateway([says.order()])
    right(await create({ ...paymentRequest, payer: known }))
    expect(arrived[0]?.body).toBe(`{"amount":19.99,"currency":"INR","customer":${customer}}`)
  })

  it('leads to the configured page', async () => {
    gateway([says.order()])
    const { nextAction } = right(await create(paymentRequest, { checkoutUrl: 'http://127.0.0.1:4999' }))
    expect(nextAction).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4999\/order\/order_G@nz!3qBq\?/),
    })
  })

  it('has a link that odd ids and keys do not break out of', () => {
    const action = hostedPage({ checkoutUrl: 'https://pay.example.com', publicKey: 'a&b=c' }, 'x/../y?z#')
    expect(action).toEqual({
      type: 'redirect',
      url: 'https://pay.example.com/order/x%2F..%2Fy%3Fz%23?public_key=a%26b%3Dc&redirect=true',
    })
  })

  it('whose order has another amount says so and has no link', async () => {
    gateway([says.order({ amount: 1.99 })])
    const payment = right(await create(paymentRequest))
    expect(payment).toMatchObject({
      status: 'requires_action',
      amount: { value: '1.99', currency: 'INR' },
      amountCheck: 'mismatch',
    })
    expect(payment).not.toHaveProperty('nextAction')
  })

  it('whose order is in a state of its own has no link', async () => {
    gateway([says.order({ status: 'frozen' })])
    const payment = right(await create(paymentRequest))
    expect(payment).toMatchObject({ status: 'unknown', providerState: { order: 'frozen' }, review: ['unmapped_state'] })
    expect(payment).not.toHaveProperty('nextAction')
  })
})

it('a payment in the popup is an order and the parameters of the script', async () => {
  const arrived = gateway([says.order()])
  expect(right(await create({ ...paymentRequest, method: { flow: 'popup' } }))).toMatchObject({
    reference,
    status: 'requires_action',
    nextAction: {
      type: 'open_popup',
      script: 'https://js.ippopay.com/scripts/ippopay.v1.js',
      parameters: { order_id: orderId, public_key: 'pk_live_aB3dE6gH9jK2' },
    },
  })
  expect(lines(arrived)).toEqual(['POST /v1/order/create'])
})

describe('a payment by UPI intent', () => {
  const byIntent: PaymentRequest = { ...paymentRequest, payer, method: { flow: 'upi_intent' } }

  it('makes an order, starts it and gives the link', async () => {
    const arrived = gateway([says.order(), says.intent(link)])
    expect(right(await create(byIntent))).toEqual({
      kind: 'payment',
      account: 'ippopay',
      id: orderId,
      reference,
      status: 'requires_action',
      providerState: { order: 'created' },
      amount: { value: '19.99', currency: 'INR' },
      amountCheck: 'exact',
      disputed: false,
      notPassedOn: [],
      nextAction: { type: 'open_intent', url: link },
      review: [],
    })
    expect(lines(arrived)).toEqual(['POST /v1/order/create', `POST /v1/order/${orderId}/process`])
    expect(arrived[1]?.body).toBe(
      '{"Name":"Ann Buyer","email":"ann.buyer@example.com","phone":"9876543210","pay_mode_id":"upi-intent"}',
    )
  })

  it('sends of a payer only what is known', async () => {
    const arrived = gateway([says.order(), says.intent(link)])
    right(await create({ ...byIntent, payer: {}, method: { flow: 'upi_intent', code: 'upi' } }))
    expect(arrived.map(({ body }) => body)).toEqual([
      '{"amount":19.99,"currency":"INR","payment_modes":"upi"}',
      '{"pay_mode_id":"upi-intent"}',
    ])
  })

  it.each([
    ['another amount', { amount: 20 }],
    ['an amount that cannot be read', { amount: null }],
    ['another currency', { currency: 'USD' }],
    ['a state in which it cannot be paid', { status: 'paid' }],
  ])('stops before anything moves when the order has %s', async (_name, fields) => {
    const arrived = gateway([says.order(fields)])
    expect(left(await create(byIntent))).toMatchObject({ _tag: 'Unreachable', phase: 'draft', outcome: 'not_sent' })
    expect(lines(arrived)).toEqual(['POST /v1/order/create'])
  })

  it.each([
    ['for another amount', 'upi://pay?pa=shop@bank&am=19.98'],
    ['in another currency', 'upi://pay?pa=shop@bank&am=19.99&cu=USD'],
    ['with two amounts', 'upi://pay?pa=shop@bank&am=19.99&am=1.00'],
    ['without a payee', 'upi://pay?am=19.99'],
    ['to another address', 'https://pay.example/?pa=shop@bank'],
  ])('hands out no link %s: whether the order was started is not known', async (_what, odd) => {
    gateway([says.order(), says.intent(odd)])
    expect(left(await create(byIntent))).toMatchObject({
      _tag: 'Indeterminate',
      phase: 'answer',
      paths: ['data.pay_process.redirect_data.data.upi_intent'],
      reference: { id: orderId },
    })
  })

  it('was not sent when the order was lost', async () => {
    const arrived = gateway([{ status: 502, body: '' }])
    expect(left(await create(byIntent))).toMatchObject({ _tag: 'Unreachable', phase: 'draft', outcome: 'not_sent' })
    expect(lines(arrived)).toHaveLength(1)
  })

  it('may be under way when the answer to `process` was lost', async () => {
    gateway([says.order(), { status: 502, body: '' }])
    expect(left(await create(byIntent))).toMatchObject({ _tag: 'Indeterminate', retry: 'after_read', httpStatus: 502 })
  })

  it('is refused where `process` is', async () => {
    gateway([says.order(), says.no('Order already paid')])
    expect(left(await create(byIntent))).toMatchObject({ _tag: 'Refused', outcome: 'refused', reason: 'validation' })
  })
})

describe('what IppoPay cannot take', () => {
  it.each<[string, Partial<PaymentRequest>]>([
    ['amount.currency', { amount: { value: '19.99', currency: 'EUR' } }],
    ['method.flow', { method: { flow: 'direct' } }],
    ['method.code', { method: { flow: 'hosted', code: 'db' } }],
    ['method.code', { method: { flow: 'hosted', code: 'cc,' } }],
    ['method.code', { method: { flow: 'hosted', code: 'cc,cc' } }],
    ['method.code', { method: { flow: 'upi_intent', code: 'cc' } }],
    ['method.code', { method: { flow: 'upi_intent', code: 'gpay' } }],
  ])('is Unsupported and named: %s (case %#)', async (path, fields) => {
    const arrived = gateway([])
    expect(left(await create({ ...paymentRequest, ...fields }))).toMatchObject({
      _tag: 'Unsupported',
      outcome: 'not_sent',
      issues: [{ path }],
    })
    expect(arrived).toEqual([])
  })

  it('is named all at once', async () => {
    const error = left(
      await create({
        ...paymentRequest,
        amount: { minorUnits: 1n, currency: 'EUR' },
        metadata: { a: 'b' },
        method: { flow: 'direct', code: 'x' },
      }),
    )
    expect(error).toMatchObject({
      issues: [{ path: 'method.flow' }, { path: 'amount.currency' }, { path: 'method.code' }],
    })
  })

  it('is an amount that no JSON number carries', async () => {
    const arrived = gateway([])
    const amount = { minorUnits: 1_234_567_890_123_456n, currency: 'INR' }
    expect(left(await create({ ...paymentRequest, amount }))).toMatchObject({ _tag: 'InvalidRequest' })
    expect(arrived).toEqual([])
  })
})

describe('a draft', () => {
  const answer: WireAnswer = { status: 200, headers: {}, body: says.order().body }
  const draftOf = async (request = paymentRequest) => {
    gateway([says.order()])
    const { createPayment, send } = anAccount()
    return right(await createPayment.draft(request, createCall(send))())
  }

  it.each<[PaymentRequest['method'] & object]>([[{ flow: 'hosted' }], [{ flow: 'popup' }], [{ flow: 'upi_intent' }]])(
    'of %j can be stored as JSON and interpreted by another process',
    async (method) => {
      const draft = await draftOf({ ...paymentRequest, method })
      const stored = JSON.parse(JSON.stringify(draft))
      expect(stored).toEqual(draft)
      const answered = method.flow === 'upi_intent' ? says.intent(link) : answer
      const { createPayment } = anAccount()
      expect(right(createPayment.interpret(stored, { ...answer, body: answered.body }))).toMatchObject({
        reference,
        status: 'requires_action',
        amountCheck: 'exact',
      })
    },
  )

  it('holds neither host nor credential, and of the gateway’s answers only the order', async () => {
    const { wire, context } = await draftOf({ ...paymentRequest, method: { flow: 'upi_intent' } })
    expect(wire).toEqual({
      exchange: 'ippopay.orders.process',
      effect: 'moves_money',
      method: 'POST',
      base: 'api',
      path: `/order/${orderId}/process`,
      auth: 'collections',
      headers: { 'content-type': 'application/json' },
      body: '{"pay_mode_id":"upi-intent"}',
    })
    expect(context).toEqual({
      flow: 'upi_intent',
      amount: '19.99',
      order: { order_id: orderId, status: 'created', amount: '19.99', currency: 'INR' },
    })
  })

  it('whose context another version wrote is unknown', async () => {
    const draft = await draftOf()
    expect(left(anAccount().createPayment.interpret({ ...draft, context: { v: 2 } }, answer))).toEqual(
      indeterminate('creates', 'answer'),
    )
  })
})

describe('reading a payment', () => {
  const expectedAmount = { value: '19.99', currency: 'INR' }
  const read = (answers: readonly Answered[], expected: Partial<Reference<'payment'>> = {}) => {
    const arrived = gateway(answers)
    const result = createStatelessProvider(anAccount()).getStatus({ ...reference, ...expected })()
    return result.then((either) => ({ either, lines: lines(arrived) }))
  }

  it('reads the order first and the transaction second', async () => {
    const seen = await read([says.order({ status: 'paid' }), says.transaction()], { expectedAmount })
    expect(right(seen.either)).toEqual({
      kind: 'payment',
      account: 'ippopay',
      id: orderId,
      reference: { ...reference, expectedAmount },
      status: 'succeeded',
      providerState: { order: 'paid', transaction: 'success', refund: 'not_requested' },
      amount: { value: '19.99', currency: 'INR' },
      amountCheck: 'exact',
      paid: { value: '19.99', currency: 'INR' },
      captured: { value: '19.99', currency: 'INR' },
      fee: { value: '0.35', currency: 'INR' },
      disputed: false,
      review: [],
    })
    expect(seen.lines).toEqual([`GET /v1/order/${orderId}`, `GET /v1/order/${orderId}/transaction`])
  })

  it.each([
    ['404 of the front gateway', json({ message: 'Not Found' }, 404)],
    ['404 of its own', says.no('Transaction not found', 404)],
    ['success: false under 200', says.no('No transaction')],
    ['success: false under 400', says.no('No transaction', 400)],
  ])('takes %s for no transaction yet', async (_name, answer) => {
    expect(right((await read([says.order(), answer])).either)).toMatchObject({
      status: 'requires_action',
      providerState: { order: 'created' },
    })
    expect(right((await read([says.order({ status: 'paid' }), answer])).either)).toMatchObject({
      status: 'succeeded',
      review: ['unconfirmed'],
    })
  })

  it.each([
    ['401', 'Refused', says.no('Inactive', 401)],
    ['403', 'Refused', says.no('Forbidden', 403)],
    ['429', 'RateLimited', says.no('Slow down', 429)],
    ['500', 'Indeterminate', says.no('Oops', 500)],
    ['HTML', 'Indeterminate', { status: 200, body: '<html></html>' }],
    ['no transaction in a success', 'Indeterminate', json({ success: true, data: {} })],
  ])('fails on %s for the transaction, unless the order is paid', async (_name, tag, answer) => {
    expect(left((await read([says.order(), answer])).either)).toMatchObject({ _tag: tag })
    expect(left((await read([says.order({ status: 'odd' }), answer])).either)).toMatchObject({ _tag: tag })
    expect(right((await read([says.order({ status: 'paid' }), answer], { expectedAmount })).either)).toMatchObject({
      status: 'succeeded',
      amountCheck: 'exact',
      review: ['unconfirmed'],
    })
  })

  it('fails on an order that is another one, and does not go on', async () => {
    const seen = await read([says.order({ order_id: 'order_other' }), says.transaction()])
    expect(left(seen.either)).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'safe',
      exchange: 'ippopay.orders.get',
      paths: ['data.order.order_id'],
    })
    expect(seen.lines).toHaveLength(1)
  })

  it('finds nothing where the order is refused', async () => {
    expect(left((await read([says.no('Order not found')])).either)).toMatchObject({
      _tag: 'Refused',
      reason: 'not_found',
    })
  })

  it('reads the transaction on a connection of its own: the answer does not name the order', async () => {
    gateway([says.order({ status: 'paid' }), says.transaction()])
    const { read, send } = anAccount()
    const wires: WireRequest[] = []
    const call = createCall((wire) => {
      wires.push(wire)
      return send(wire)
    })
    right(await read.payment(reference, call)())
    expect(wires.map(({ exchange, answer }) => [exchange, answer])).toEqual([
      ['ippopay.orders.get', 'named'],
      ['ippopay.transactions.get', undefined],
    ])
  })

  it('honours what the gateway asks to wait', async () => {
    const slow = { ...json({ message: 'slow down' }, 429), headers: { 'retry-after': '7' } }
    expect(left((await read([slow])).either)).toMatchObject({ _tag: 'RateLimited', retryAfterMs: 7000 })
  })

  it('by our key is Unsupported', async () => {
    const { getStatus } = createStatelessProvider(anAccount())
    expect(left(await getStatus({ kind: 'payment', account: 'ippopay', idempotencyKey: 'payment-1' })())).toMatchObject(
      {
        _tag: 'Unsupported',
        issues: [{ path: 'idempotencyKey' }],
      },
    )
  })

  it('gives a late success after a failed try', async () => {
    const failed = right((await read([says.order(), says.transaction({ status: 'failure' })])).either)
    expect(failed).toMatchObject({ status: 'failed', reason: 'declined' })
    const late = await read([says.order(), says.transaction(), says.order({ status: 'paid' })])
    expect(right(late.either)).toMatchObject({ status: 'succeeded', review: [] })
  })

  it.each(['created', 'pending'])(
    'gives a contradiction where an order stays %s beside a successful transaction, which names no order',
    async (status) => {
      const seen = await read([says.order({ status }), says.transaction(), says.order({ status })])
      expect(right(seen.either)).toMatchObject({ status: 'unknown', review: ['contradiction'] })
      expect(right(seen.either)).not.toHaveProperty('captured')
      expect(seen.lines).toHaveLength(3)
    },
  )

  it('reads the order again where the payer paid between the two reads', async () => {
    const seen = await read([says.order(), says.transaction(), says.order({ status: 'paid' })])
    expect(right(seen.either)).toMatchObject({ status: 'succeeded', review: [] })
  })

  it('needs no more of a transaction than its status', async () => {
    const bare = json({ success: true, data: { transaction: { status: 'pending' } } })
    expect(right((await read([says.order(), bare])).either)).toMatchObject({ status: 'processing' })
  })
})
