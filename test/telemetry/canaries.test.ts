import { tracingChannel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { payOnPage } from '../../examples/demo/payer.js'
import { type Adapter, moments, type PaymentError, type Reference, traces } from '../../src/core/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import type { Paymux, PaymuxConfig } from '../../src/paymux/index.js'
import { PaymentFailure } from '../../src/paymux/promises.js'
import { right as expectRight } from '../either.js'
import { eventually } from '../eventually.js'
import { accounts, closeShops, configurationOn, createMovableClock, idOf, openShop, right } from '../paymux/stage.js'
import { useStage, useWebhooks } from '../paymux/use-stage.js'
import { catalogWith } from '../proof/stage/careless.js'
import { canaryOrder, canaryPayout, canaryRefund, canaryRupeePayout, createCanaries } from './canaries.js'
import { collect } from './collected.js'

const stage = useStage()
const webhooks = useWebhooks()

const { plant, leaksIn, count } = createCanaries()

const secret = plant('webhook secret', 'made-up-webhook-secret-of-length-36.')
const encryptionKey = plant('encryption key', Buffer.alloc(32, 'k3y').toString('base64'))

/** Everything that came out, by where. */
const texts = { spans: '', metrics: '', lines: '', channels: '', errors: '' }
/** The operations whose outcome is not known. */
const unknown: string[] = []
let spanNames: readonly string[] = []
let messages: readonly string[] = []

/** The fields of contexts that hold more than a name, an id, a state, a number or a time. */
const nested = new Set<string>()
const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean', 'undefined'].includes(typeof value)

const whole = { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null } as const

/** Keeps what any program could hear on the channels. */
const tapChannels = () => {
  const heard: string[] = []
  const note = (message: object): void => {
    heard.push(inspect(message, whole))
    for (const key of Reflect.ownKeys(message)) if (!isPlain(Reflect.get(message, key))) nested.add(String(key))
  }
  const ends = [
    ...Object.keys(traces).map((name) => {
      const subscribers = { start: note, end: note, asyncStart: note, asyncEnd: note, error: note }
      const channel = tracingChannel<unknown, object>(`paymux:${name}`)
      channel.subscribe(subscribers)
      return () => void channel.unsubscribe(subscribers)
    }),
    ...Object.values(moments).map((moment) => moment.subscribe(note)),
  ]
  return {
    heard,
    end: () => {
      for (const end of ends) end()
    },
  }
}

/**
 * An error as a program prints it, as the value and as the exception. An object that the gateway gives no id is found by the
 * caller's own key, so the key stands in `reference`, as the documents say; everything else is searched.
 */
const printed = (error: PaymentError): string => {
  const known: PaymentError =
    'reference' in error ? { ...error, reference: { kind: 'payment', account: 'a', id: 'x' } } : error
  return inspect([known, new PaymentFailure(known)], { depth: null, showHidden: true })
}

const lie = () => Promise.reject(new Error(plant('text of what a subscriber throws', 'Ann lives in Rose Street')))

/** An adapter whose code throws what it has in its hands. */
const throwing = (adapter: Adapter): Adapter => {
  const thrown = (): never => {
    throw new Error(plant('text of what an adapter throws', 'card 4111111111111111 of Ann'))
  }
  return {
    ...adapter,
    payout: { draft: thrown, interpret: thrown },
    read: { payment: thrown, refund: thrown, payout: thrown },
  }
}

const gatewayText = (n: number): string => plant(`text ${n} of a gateway`, `Dear Ann, your card number ${n}000 is bad`)

const configuration = (): PaymuxConfig => ({
  ...configurationOn(stage),
  routes: [{ when: { currency: ['INR'] }, to: ['india'] }, { to: ['europe'] }],
  encryption: { current: 'k1', keys: { k1: encryptionKey } },
  webhooks: { publicUrl: webhooks.publicUrl, secret },
})

/** Runs what may fail, and keeps its error. */
const attempt = async <A>(task: TaskEither<PaymentError, A>): Promise<A | undefined> => {
  const result = await task()
  if (E.isRight(result)) return result.right
  texts.errors += printed(result.left)
  const { _tag, operationId } = result.left
  if (_tag === 'Indeterminate' && operationId !== undefined) unknown.push(operationId)
  return undefined
}

const failWith = (fault: Parameters<typeof stage.payop.inject>[0]['fault'], route = 'POST /v1/invoices/create'): void =>
  void stage.payop.inject({ route, fault })

const answering = (status: number, body: Readonly<Record<string, unknown>>) =>
  ({ kind: 'status', status, effect: false, body }) as const

/** Calls of every method at both gateways, with what a payer, a bank and an operator do. */
const everyOperation = async (shop: Paymux) => {
  const order = canaryOrder(plant, 'a')
  const { reference, nextAction } = await right(shop.createPayment(order))
  plant('link of a payment', nextAction?.type === 'redirect' ? nextAction.url : '')
  plant('path of a payment at the gateway', `/v1/invoices/${idOf(reference)}`)
  await attempt(shop.createPayment(order))
  await attempt(shop.createPayment({ ...order, merchantReference: 'another' }))
  stage.payop.act(idOf(reference), 'pay')
  await right(shop.getStatus(reference))
  await attempt(shop.getStatus({ kind: 'payment', account: 'europe', idempotencyKey: order.idempotencyKey }))
  const refund = await right(shop.refund(canaryRefund(plant, 'a', reference)))
  stage.payop.decideRefund(idOf(refund.reference), 2)
  await right(shop.getStatus(refund.reference))
  await right(shop.payout(canaryPayout(plant, 'a')))
  const rupees = await right(shop.createPayment(canaryOrder(plant, 'b', 'INR')))
  if (rupees.nextAction?.type === 'redirect') await payOnPage(rupees.nextAction.url)
  await right(shop.getStatus(rupees.reference))
  await attempt(shop.refund(canaryRefund(plant, 'b', rupees.reference, 'INR')))
  await attempt(shop.payout(canaryRupeePayout(plant)))
  return { paid: reference, indian: rupees.reference }
}

/** Every way in which a call fails. */
const everyFailure = async (shop: Paymux, paid: Reference<'payment'>): Promise<void> => {
  const refused = canaryOrder(plant, 'c')
  failWith(answering(422, { message: gatewayText(1), status: 0 }))
  await attempt(shop.createPayment(refused))
  failWith(answering(401, { message: { [gatewayText(2)]: [gatewayText(3)] }, status: 0 }))
  await attempt(shop.createPayment({ ...refused, idempotencyKey: 'again-1' }))
  failWith(answering(502, { html: gatewayText(4) }))
  await attempt(shop.payout({ ...canaryPayout(plant, 'b'), idempotencyKey: 'again-2' }))
  failWith(answering(200, { data: { [gatewayText(5)]: gatewayText(6) } }))
  await attempt(shop.createPayment({ ...refused, idempotencyKey: 'again-3' }))
  failWith(answering(429, { message: gatewayText(7) }), 'POST /v1/refunds/create')
  await attempt(shop.refund({ ...canaryRefund(plant, 'c', paid), idempotencyKey: 'again-4' }))
  for (const kind of ['half_answer', 'truncated_json', 'wrong_content_type', 'reset_after_executing'] as const) {
    failWith({ kind }, 'POST /v1/withdrawals/create-mass')
    await attempt(shop.payout({ ...canaryPayout(plant, 'b'), idempotencyKey: `again-${kind}` }))
    stage.payop.clearFaults()
  }
  await attempt(shop.createPayment({ ...refused, idempotencyKey: plant('wrong key', 'ann@private.example') }))
  await attempt(
    shop.createPayment({ ...refused, payer: { ...refused.payer, email: plant('wrong e-mail', 'ann at home') } }),
  )
  await attempt(
    shop.payout({
      ...canaryPayout(plant, 'b'),
      beneficiary: {
        type: 'iban',
        iban: plant('wrong iban', 'DE00370400440532013000'),
        name: 'x',
        email: 'x@y.example',
      },
    }),
  )
  await attempt(shop.getStatus({ kind: 'payment', account: plant('account of nobody', 'annsaccount'), id: 'x' }))
  await attempt(shop.getStatus({ kind: 'payment', account: 'europe', id: 'ec62e75b-e370-42fc-82f2-25ab2050a163' }))
  await attempt(shop.operation({ name: 'payout', idempotencyKey: plant('key that is not known', 'key-of-nobody') }))
}

/** What operators do. */
const everyResolution = async (shop: Paymux, config: PaymuxConfig): Promise<void> => {
  const word = {
    attestedBy: plant('operator', 'otto.operator@shop.example'),
    note: plant('note of an operator', 'Ann called, and said so'),
  }
  for (const [n, id] of unknown.slice(0, 2).entries())
    await attempt(
      shop.resolve(
        id,
        n === 0 ? { outcome: 'executed', status: 'succeeded', ...word } : { outcome: 'not_executed', ...word },
      ),
    )
  await attempt(shop.resolve('none', { outcome: 'not_executed', ...word }))
  await attempt(shop.reconcile({ from: 0, to: Date.now() + 3_600_000 }))
  await attempt(
    shop.reload({
      ...config,
      accounts: { ...accounts, europe: { ...accounts.europe, secretKey: plant('a new secret', 'sécret of Ann') } },
    }),
  )
  await attempt(shop.reload({ ...config, encryption: { current: plant('a new key', 'k-of-ann'), keys: {} } }))
  await attempt(shop.reload(config))
}

/** What may come to the addresses of a shop. */
const everyNotification = async (
  shop: Paymux,
  paid: Reference<'payment'>,
  indian: Reference<'payment'>,
): Promise<void> => {
  const address = await right(shop.webhooks.address('europe'))
  plant('notification token', address.split('/').at(-1) ?? '')
  const ofAttempt = stage.ippopay.order(idOf(indian))?.notifyUrl ?? ''
  plant('notification token of an attempt', ofAttempt.split('/').at(-1) ?? '')
  const sender = plant('address of a sender', '198.51.100.23')
  const post = (body: string, to = address) =>
    shop.webhooks.handle(
      new Request(`${to}?name=${encodeURIComponent(plant('query of a notification', 'Ann Queryson'))}`, {
        method: 'POST',
        body,
        headers: { 'user-agent': plant('header of a notification', 'agent-of-ann/1.0'), 'x-forwarded-for': sender },
      }),
      { address: sender },
    )
  const told = (id: string, status: string) =>
    JSON.stringify({ invoice: { id, status }, transaction: { state: status } })
  await post(told(idOf(paid), plant('state in a notification', 'paid by Ann')))
  await post(told(idOf(paid), 'paid by Ann'))
  await post(told('00000000-0000-4000-8000-0000000a44b1', plant('forged state', 'stolen from Ann')))
  await post(plant('body of a notification', '<xml>Ann Bodyson</xml>'))
  await post(`${plant('long body of a notification', 'Ann Longson')}${'x'.repeat(300 * 1024)}`)
  await post('{}', `${address}x`)
  await post(plant('body at the address of an attempt', '{"order":"of Ann Attempt"}'), ofAttempt)
}

/** A shop whose adapters throw what they hold. */
const everyThrow = async (paid: Reference<'payment'>): Promise<void> => {
  const shop = await openShop(stage, configuration(), { catalog: catalogWith(throwing) })
  await attempt(shop.payout({ ...canaryPayout(plant, 'b'), idempotencyKey: 'thrown-1' }))
  await attempt(shop.getStatus(paid))
}

/** A shop whose ledger breaks. */
const everyBreak = async (): Promise<void> => {
  const { store } = configurationOn(stage)
  const shop = await openShop(stage, { ...configuration(), store })
  const order = canaryOrder(plant, 'd')
  await right(shop.createPayment(order))
  const other = expectRight(await loadDriver()())(store.file)
  other.exec('alter table paymux_operations rename to elsewhere')
  other.close()
  await attempt(shop.createPayment(order))
  await attempt(shop.operation({ name: 'createPayment', idempotencyKey: order.idempotencyKey }))
}

/** Another process goes on with what one left, reads what is due, and delivers events to a subscriber that fails at first. */
const everyRecovery = async (config: PaymuxConfig, named: (name: string) => readonly unknown[]): Promise<void> => {
  const { clock, advance } = createMovableClock()
  const shop = await openShop(stage, config, { clock })
  failWith({ kind: 'reset_after_executing' }, 'POST /v1/withdrawals/create-mass')
  await attempt(shop.payout({ ...canaryPayout(plant, 'b'), idempotencyKey: 'recovered-1' }))
  stage.payop.clearFaults()
  let tries = 0
  await right(
    shop.subscribe('books', async () => {
      tries += 1
      if (tries < 4) await lie()
    }),
  )
  await right(shop.start())
  const later = setInterval(() => advance(60_000), 50)
  await eventually(() => named('paymux.job.recover').length > 0 && tries > 8)
  clearInterval(later)
}

beforeAll(async () => {
  const { payop, ippopay } = stage
  plant('secret key', payop.credentials.secretKey)
  plant('JWT', payop.credentials.token)
  plant('secret key in India', ippopay.credentials.secretKey)
  plant('secret key for payouts in India', ippopay.credentials.payouts.secretKey)
  const basic = (key: { readonly publicKey: string; readonly secretKey: string }) =>
    Buffer.from(`${key.publicKey}:${key.secretKey}`).toString('base64')
  plant('credentials in India', basic(ippopay.credentials))
  plant('credentials for payouts in India', basic(ippopay.credentials.payouts))
  const { spans, named, meters, lines, stop } = collect()
  const tap = tapChannels()
  const config = configuration()
  const shop = await openShop(stage, config)
  webhooks.leadsTo(shop)
  const { paid, indian } = await everyOperation(shop)
  await everyFailure(shop, paid)
  await everyNotification(shop, paid, indian)
  await everyThrow(paid)
  await everyBreak()
  await everyResolution(shop, config)
  await everyRecovery(config, named)
  await closeShops()
  texts.spans = inspect(
    spans().map(({ name, attributes, events, links, status }) => ({
      name,
      attributes,
      events,
      links: links.map((link) => link.attributes),
      status,
    })),
    { depth: null, maxArrayLength: null, maxStringLength: null },
  )
  texts.metrics = JSON.stringify(
    (await meters.collect()).map(({ descriptor, dataPoints }) => [
      descriptor,
      dataPoints.map(({ attributes }) => attributes),
    ]),
  )
  texts.lines = inspect(lines, { depth: null, maxArrayLength: null, maxStringLength: null })
  texts.channels = tap.heard.join('\n')
  spanNames = [...new Set(spans().map(({ name }) => name))].sort()
  messages = [...new Set(lines.map(({ message }) => message))]
  tap.end()
  stop()
})

describe('more than sixty secrets and personal values, pushed through every operation and failure,', () => {
  it('are as many, and are found where they are', () => {
    expect(count()).toBeGreaterThanOrEqual(60)
    expect(leaksIn('to DE89370400440532013000, by Patricia%20Payeeson')).toEqual(['iban', 'beneficiary'])
    expect(leaksIn('{"value":"48271.37"}, 48271.371 ms')).toEqual(['amount of payment a'])
    expect(leaksIn('148271.37 and 48271.371 ms')).toEqual([])
  })

  it('went everywhere', () => {
    expect(spanNames).toEqual(
      expect.arrayContaining([
        'POST ippopay.orders.create',
        'POST ippopay.transfers.create',
        'POST payop.invoices.create',
        'POST payop.refunds.create',
        'POST payop.withdrawals.create',
        'commit paymux_ledger',
        'paymux.create_payment',
        'paymux.job.deliver_events',
        'paymux.job.reconcile',
        'paymux.job.recover',
        'paymux.payout',
        'paymux.poll',
        'paymux.receive_notification',
        'paymux.refund',
        'process payment.succeeded',
      ]),
    )
    expect(messages).toEqual(
      expect.arrayContaining([
        'The operation was executed.',
        'The gateway refused the operation.',
        'The outcome of the operation is not known.',
        'The key was used before, for another request.',
        'A status changed.',
        'A notification could not be understood.',
        'A subscriber did not take an event. It comes again.',
        'The ledger did not take a commit.',
        'Recovery finished an operation.',
        'An operator resolved an operation.',
      ]),
    )
    expect(texts.errors.match(/_tag/g)?.length).toBeGreaterThan(40)
  })

  it('find no place in a context: only how paymux is holds more than names, ids, states, numbers and times', () => {
    expect([...nested].sort()).toEqual(['accounts', 'reasons', 'store'])
  })

  it.each(Object.keys(texts) as (keyof typeof texts)[])('are in none of the %s', (where) => {
    expect(texts[where].length).toBeGreaterThan(1000)
    expect(leaksIn(texts[where])).toEqual([])
  })
})
