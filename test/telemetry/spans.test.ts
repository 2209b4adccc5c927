import { context, trace } from '@opentelemetry/api'
import {
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
} from '../paymux/stage.js'
import { useStage, useWebhooks } from '../paymux/use-stage.js'
import { collect, shown } from './collected.js'

const stage = useStage()
const webhooks = useWebhooks()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const portOf = (url: string): number => Number(new URL(url).port)

describe('the spans of a payment', () => {
  it('are one for the call, and beneath it one for each request and each commit', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { only, beneath, spans } = collect()
    const payment = await right(shop.createPayment(order('spans-1')))
    const call = only('paymux.create_payment')
    expect(shown(call)).toEqual({
      name: 'paymux.create_payment',
      kind: 'INTERNAL',
      status: 'UNSET',
      attributes: {
        'paymux.operation.name': 'create_payment',
        'paymux.operation.id': payment.operationId,
        'paymux.account': 'europe',
        'paymux.outcome': 'executed',
        'paymux.replayed': false,
        'paymux.status': 'requires_action',
      },
    })
    expect(call.parentSpanContext).toBeUndefined()
    expect(beneath(call)).toEqual([
      'commit paymux_ledger',
      'POST payop.invoices.create',
      'commit paymux_ledger',
      'commit paymux_ledger',
    ])
    expect(spans()).toHaveLength(5)
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  it('follow the conventions for HTTP clients and databases, without a path', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { only, named } = collect()
    await right(shop.createPayment(order('spans-2')))
    expect(shown(only('POST payop.invoices.create'))).toEqual({
      name: 'POST payop.invoices.create',
      kind: 'CLIENT',
      status: 'UNSET',
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'url.scheme': 'http',
        'url.full': `${stage.payop.apiUrl}/`,
        'server.address': '127.0.0.1',
        'server.port': portOf(stage.payop.apiUrl),
        'paymux.exchange': 'payop.invoices.create',
        'paymux.effect': 'creates',
        'paymux.account': 'europe',
      },
    })
    expect(named('commit paymux_ledger').map(shown)).toContainEqual({
      name: 'commit paymux_ledger',
      kind: 'CLIENT',
      status: 'UNSET',
      attributes: {
        'db.system.name': 'sqlite',
        'db.operation.name': 'commit',
        'paymux.commit.writes': expect.any(Number),
        'paymux.commit.outcome': 'done',
      },
    })
  })

  it('are part of the trace of the caller', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { only, tracer } = collect()
    await tracer.startActiveSpan('checkout', async (span) => {
      await right(shop.createPayment(order('spans-3')))
      span.end()
    })
    const checkout = only('checkout')
    expect(only('paymux.create_payment').parentSpanContext?.spanId).toBe(checkout.spanContext().spanId)
  })

  it('say that a repeat gave the recorded payment', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    await right(shop.createPayment(order('spans-4')))
    const { only, spans } = collect()
    await right(shop.createPayment(order('spans-4')))
    expect(only('paymux.create_payment').attributes).toMatchObject({
      'paymux.outcome': 'replayed',
      'paymux.replayed': true,
    })
    // The claim did not hold.
    expect(spans().map(({ name }) => name)).toEqual(['commit paymux_ledger', 'paymux.create_payment'])
    expect(only('commit paymux_ledger').attributes).toMatchObject({ 'paymux.commit.outcome': 'guarded' })
  })

  it('are an error if the outcome is not known, and if a request got no answer', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    const { only } = collect()
    await left(shop.payout(payout('spans-5')))
    expect(shown(only('paymux.payout'))).toMatchObject({
      status: 'ERROR',
      attributes: { 'paymux.outcome': 'unknown', 'error.type': 'Indeterminate', 'paymux.account': 'europe' },
    })
    expect(shown(only('POST payop.withdrawals.create'))).toMatchObject({
      status: 'ERROR',
      attributes: { 'error.type': 'ECONNRESET', 'paymux.phase': 'first_byte' },
    })
  })

  it('are no error if the gateway refuses, or the request is wrong: these are answers', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { named } = collect()
    stage.payop.inject({
      route: 'POST /v1/invoices/create',
      fault: { kind: 'status', status: 422, effect: false, body: { message: 'Wrong amount', status: 0 } },
    })
    await left(shop.createPayment(order('spans-6')))
    await left(shop.createPayment({ ...order('spans-7'), amount: { value: 'much', currency: 'EUR' } }))
    expect(named('POST payop.invoices.create').map(shown)).toMatchObject([
      { status: 'UNSET', attributes: { 'http.response.status_code': 422, 'error.type': '422' } },
    ])
    expect(named('paymux.create_payment').map(shown)).toMatchObject([
      { status: 'UNSET', attributes: { 'paymux.outcome': 'refused', 'error.type': 'Refused' } },
      { status: 'UNSET', attributes: { 'paymux.outcome': 'not_sent', 'error.type': 'InvalidRequest' } },
    ])
  })

  it('count the tries before one', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { reference } = await right(shop.createPayment(order('spans-8')))
    const { named } = collect()
    stage.payop.inject({ route: 'GET /v1/invoices/:id', fault: { kind: 'reset_before_reading' } })
    await right(shop.getStatus(reference))
    expect(named('GET payop.invoices.get').map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([
      undefined,
      1,
    ])
  })
})

describe('the span of a read', () => {
  it('says why, and what the read changed', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const payment = await right(shop.createPayment(order('poll-1')))
    stage.payop.act(idOf(payment.reference), 'pay')
    const { only, beneath } = collect()
    await right(shop.getStatus(payment.reference))
    expect(shown(only('paymux.poll'))).toEqual({
      name: 'paymux.poll',
      kind: 'INTERNAL',
      status: 'UNSET',
      attributes: {
        'paymux.account': 'europe',
        'paymux.kind': 'payment',
        'paymux.poll.reason': 'caller',
        'paymux.poll.changed': true,
        'paymux.operation.id': payment.operationId,
      },
    })
    expect(beneath(only('paymux.poll'))).toEqual(
      expect.arrayContaining(['GET payop.invoices.get', 'commit paymux_ledger']),
    )
  })

  it('begins a trace of its own, although the work began within a span of the shop', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    const { until, tracer, beneath } = collect()
    await right(shop.createPayment(order('poll-2')))
    await tracer.startActiveSpan('boot', async (span) => {
      await right(shop.start())
      span.end()
    })
    advance(3_600_000)
    const poll = await until('paymux.poll')
    expect(poll.parentSpanContext).toBeUndefined()
    expect(poll.attributes).toMatchObject({ 'paymux.poll.reason': 'scheduled', 'paymux.poll.changed': false })
    expect(beneath(poll)).toEqual(['GET payop.invoices.get', 'commit paymux_ledger'])
  })
})

describe('the span of an event', () => {
  it('holds what the subscriber does', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { until, tracer, only } = collect()
    const listener = createListener()
    await right(
      shop.subscribe('books', async (event) => {
        await Promise.resolve()
        tracer.startSpan('book').end()
        await listener.hear(event)
      }),
    )
    await right(shop.start())
    const payment = await right(shop.createPayment(order('event-1')))
    const processed = await until('process payment.requires_action')
    expect(shown(processed)).toEqual({
      name: 'process payment.requires_action',
      kind: 'CONSUMER',
      status: 'UNSET',
      attributes: {
        'messaging.system': 'paymux',
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'process',
        'messaging.destination.name': 'payment.requires_action',
        'messaging.message.id': `payment:europe:${idOf(payment.reference)}#1`,
        'paymux.subscriber': 'books',
        'paymux.delivery.tries': 0,
        'paymux.delivery.taken': true,
        'paymux.account': 'europe',
        'paymux.operation.id': payment.operationId,
      },
    })
    expect(only('book').parentSpanContext?.spanId).toBe(processed.spanContext().spanId)
    const job = await until('paymux.job.deliver_events')
    expect(processed.parentSpanContext?.spanId).toBe(job.spanContext().spanId)
    expect(job.parentSpanContext).toBeUndefined()
    expect(job.attributes).toMatchObject({ 'paymux.job.found': 1, 'paymux.job.did': 1 })
  })

  it('is delivered once more in a job of its own', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { until, spans } = collect()
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(shop.start())
    const { reference } = await right(shop.createPayment(order('event-2')))
    await until('paymux.job.deliver_events')
    await right(shop.redeliver(`payment:europe:${idOf(reference)}#1`))
    const job = await until('paymux.job.redeliver_event')
    expect(job.attributes).toMatchObject({ 'paymux.job.found': 1, 'paymux.job.did': 1 })
    const beneath = spans().filter(({ parentSpanContext }) => parentSpanContext?.spanId === job.spanContext().spanId)
    expect(beneath.map(({ name }) => name)).toContain('process payment.requires_action')
  })
})

describe('the span of a notification', () => {
  it('is beneath that of the web server, and says what became of it', async () => {
    const shop = await openShop(stage, {
      ...configurationOn(stage),
      webhooks: { publicUrl: webhooks.publicUrl, secret: 'made-up-secret-of-32-characters-x' },
    })
    const { only, tracer, beneath } = collect()
    const address = await right(shop.webhooks.address('europe'))
    const server = tracer.startSpan('POST')
    const response = await context.with(trace.setSpan(context.active(), server), () =>
      shop.webhooks.handle(new Request(address, { method: 'POST', body: 'no JSON' }), { address: '203.0.113.9' }),
    )
    expect(response.status).toBe(200)
    const span = only('paymux.receive_notification')
    expect(shown(span)).toEqual({
      name: 'paymux.receive_notification',
      kind: 'INTERNAL',
      status: 'UNSET',
      attributes: {
        'paymux.account': 'europe',
        'paymux.notification.decision': 'quarantined',
        'paymux.notification.status': 200,
        'paymux.notification.unlisted_source': true,
      },
    })
    expect(span.parentSpanContext?.spanId).toBe(server.spanContext().spanId)
    expect(beneath(span)).toEqual(['commit paymux_ledger'])
  })
})

describe('the span of a reconciliation', () => {
  it('is one for each list, with what differs', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { named } = collect()
    await right(shop.reconcile({ from: 0, to: Date.now() }))
    expect(named('paymux.job.reconcile').map(({ attributes }) => attributes['paymux.kind'])).toEqual([
      'refund',
      'payout',
    ])
    expect(named('paymux.job.reconcile')[0]?.attributes).toMatchObject({
      'paymux.account': 'europe',
      'paymux.reconcile.missing_in_ledger': 0,
      'paymux.reconcile.stale_in_ledger': 0,
    })
  })
})
