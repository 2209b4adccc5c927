import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Draft } from '../../src/core/index.js'
import type { Paymux, PaymuxConfig, PaymuxOptions, queries, Resolution } from '../../src/paymux/index.js'
import { paymux as paymuxPromises } from '../../src/paymux/promises.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { catalogWith } from '../proof/stage/careless.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createMovableClock,
  iban,
  idOf,
  left,
  openShop,
  order,
  payer,
  payout,
  right,
  rupees,
  type Stage,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 3).toString('base64') } }
const euros = (value: string) => ({ value, currency: 'EUR' })
const seen = { attestedBy: 'ann@shop.example', note: 'there is none in the dashboard' }

/** Adapters whose refunds cannot be looked up: no gateway is so poor yet. */
const catalog = catalogWith((adapter) => {
  const { refund: offered } = adapter.capabilities
  const draft: typeof adapter.refund.draft = (request, call) =>
    TE.map(({ wire, context, notPassedOn }: Draft) => ({ wire, context, notPassedOn }))(
      adapter.refund.draft(request, call),
    )
  return {
    ...adapter,
    capabilities: {
      ...adapter.capabilities,
      refund: offered.supported
        ? { ...offered, lookupByKey: false, deduplication: { kind: 'none' } as const }
        : offered,
    },
    refund: { ...adapter.refund, draft },
  }
})

const codesOf = ({ steps }: queries.Story): readonly string[] => steps.map(({ code }) => code)

/** The only story of a list. */
const only = ([story, ...others]: readonly queries.Story[]): queries.Story => {
  if (story === undefined || others.length > 0) throw new Error(`${others.length + 1} or no stories`)
  return story
}

/** An operator asks what became of something, and is told from the ledger alone. */
const explainingOn = (configuration: (stage: Stage) => Promise<PaymuxConfig>): void => {
  const open = async (options: PaymuxOptions = {}, settings: Partial<PaymuxConfig> = {}) => {
    const config = { ...(await configuration(stage)), ...settings }
    return { config, shop: await openShop(stage, config, options) }
  }

  const pay = async (shop: Paymux, key: string) => {
    const { reference } = await right(shop.createPayment(order(key)))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    return reference
  }

  it('a clean payment and its refund, whatever they are named by', async () => {
    const { config, shop } = await open()
    const payment = await pay(shop, 'clean')
    const { reference: refund } = await right(
      shop.refund({ idempotencyKey: 'clean-r', payment, amount: euros('20.00') }),
    )
    const stories = await right(shop.explain({ merchantReference: 'ORD-clean' }))
    const [ofPayment, ofRefund] = stories
    expect(stories.map(({ headline }) => headline)).toEqual([
      'ORD-clean (49.90 EUR), on europe (Payop): paid.',
      'Refund of 20.00 EUR for ORD-clean, on europe (Payop): under way.',
    ])
    expect(ofPayment).toMatchObject({
      subject: { kind: 'payment', status: 'succeeded', account: 'europe', id: idOf(payment), idempotencyKey: 'clean' },
      money: { captured: euros('49.90'), reserved: euros('20.00'), refundable: euros('29.90') },
      next: { what: 'read', at: expect.any(Number), calls: [] },
      related: [{ kind: 'refund', id: idOf(refund), amount: euros('20.00') }],
      timeZone: 'UTC',
    })
    expect(ofPayment?.steps.map(({ text }) => text)).toEqual([
      'Your shop asked for 49.90 EUR under the key clean.',
      'The route chose europe (Payop).',
      'paymux recorded that it was about to send a request to Payop, and sent it. The request creates something to pay at, and moves no money.',
      `Payop answered, and calls it ${idOf(payment)}.`,
      'From then on the payment was requires_action.',
      'Your shop has not taken payment.requires_action yet.',
      'paymux read it at Payop: invoice 1, transaction 2, 49.90 EUR. From then on the payment was succeeded.',
      'Your shop has not taken payment.succeeded yet.',
    ])
    const ways: readonly queries.ExplainQuery[] = [
      payment,
      { account: 'europe', id: idOf(payment) },
      { operation: 'createPayment', idempotencyKey: 'clean' },
      { kind: 'payment', account: 'europe', idempotencyKey: 'clean' },
    ]
    for (const way of ways) expect(await right(shop.explain(way))).toEqual(stories)
    expect(await right(shop.explain(refund))).toEqual([ofRefund])
    expect(await right(shop.explain({ ...refund, kind: 'payment' }))).toEqual([])
    expect(await right(shop.explain({ merchantReference: 'ORD-none' }))).toEqual([])
    const promising = await paymuxPromises(config, { env: stage.env })
    expect(await promising.explain(payment)).toEqual(stories)
    const [inIndia] = await promising.explain(payment, { timeZone: 'Asia/Kolkata' })
    await promising.stop()
    expect(inIndia?.text).toContain('\nTimes are in Asia/Kolkata.\n')
    expect(inIndia?.steps.map(({ at }) => at)).toEqual(ofPayment?.steps.map(({ at }) => at))
    for (const value of Object.values(payer)) expect(JSON.stringify(stories)).not.toContain(value)
    expect(structuredClone(stories)).toEqual(stories)
  })

  it('a payout whose answer was lost, and that was found', async () => {
    const { clock, advance } = createMovableClock()
    const { shop } = await open({ clock })
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    await left(shop.payout(payout('lost')))
    const key = { operation: 'payout', idempotencyKey: 'lost' } as const
    const before = only(await right(shop.explain(key)))
    expect(before.headline).toBe('Payout of 25.00 EUR for INV-1, on europe (Payop): not known.')
    expect(codesOf(before)).toEqual(['called', 'routed', 'dispatched', 'unanswered', 'undelivered'])
    const { nextPollAt } = await right(shop.operation({ name: 'payout', idempotencyKey: 'lost' }))
    expect(before.next).toMatchObject({ what: 'poll', at: nextPollAt })

    await right(shop.subscribe('books', async () => undefined))
    await right(shop.start())
    advance(60_000)
    const undelivered = async () => (await right(shop.listEvents({ undelivered: true }))).items
    await eventually(async () => {
      const { state } = await right(shop.operation({ name: 'payout', idempotencyKey: 'lost' }))
      return state === 'executed' && (await undelivered()).length === 0
    })
    const withdrawal = stage.payop.withdrawals().at(-1)?.id ?? ''
    stage.payop.decideWithdrawal(withdrawal, 2)
    await right(shop.getStatus({ kind: 'payout', account: 'europe', id: withdrawal }))
    await eventually(async () => (await undelivered()).length === 0)
    const after = only(await right(shop.explain(key)))
    expect(after.headline).toBe('Payout of 25.00 EUR for INV-1, on europe (Payop): paid out.')
    const texts = after.steps.map(({ text }) => text)
    expect(texts).toContain(
      `paymux asked Payop for it, and Payop had it as ${withdrawal}: the request had been executed.`,
    )
    expect(texts).toContain('Your shop received payout.succeeded.')
    expect(codesOf(after).filter((code) => code === 'dispatched')).toHaveLength(1)
    expect(after.next.what).toBe('read')
    expect(JSON.stringify(after)).not.toContain(iban.iban)
  })

  it('a refund that waits for a person, with the calls to make, and what the person attested', async () => {
    const { shop } = await open({ catalog })
    const payment = await pay(shop, 'waits')
    stage.payop.inject({ route: 'POST /v1/refunds/create', fault: { kind: 'reset_before_reading' } })
    await left(shop.refund({ idempotencyKey: 'waits-r', payment, amount: euros('20.00') }))
    const key = { operation: 'refund', idempotencyKey: 'waits-r' } as const
    const waiting = only(await right(shop.explain(key)))
    expect(waiting.headline).toBe('Refund of 20.00 EUR for ORD-waits, on europe (Payop): not known. It waits for you.')
    expect(codesOf(waiting)).toContain('requires_resolution')
    expect(waiting.next).toMatchObject({ what: 'resolve', since: expect.any(Number) })
    expect(waiting.next.text).toContain('Until then 20.00 EUR of the payment stay reserved.')
    const [ofPayment] = await right(shop.explain(payment))
    expect(ofPayment?.related).toMatchObject([{ kind: 'refund', status: 'unknown', idempotencyKey: 'waits-r' }])

    const call = waiting.next.calls.find(({ condition }) => condition === 'If Payop confirms that it has none')
    if (call?.method !== 'resolve') throw new Error('no call of resolve')
    const [id, resolution] = call.arguments
    expect(await left(shop.resolve(id, resolution))).toMatchObject({ issues: [{ path: 'attestedBy' }] })
    await right(shop.resolve(id, { ...resolution, ...seen } as Resolution))
    const resolved = only(await right(shop.explain(key)))
    expect(resolved.headline).toBe('Refund of 20.00 EUR for ORD-waits, on europe (Payop): nothing was executed.')
    expect(resolved.steps.find(({ code }) => code === 'attested')).toMatchObject({
      by: 'operator',
      params: { executed: false, ...seen },
      text: `ann@shop.example attested that it was not executed: "${seen.note}".`,
    })
    expect(resolved.next).toMatchObject({ what: 'call_again', calls: [] })
  })

  it('an order of which everything was refused, or never left', async () => {
    const { shop } = await open({ env: { ...stage.env, IPPOPAY_API_URL: 'http://127.0.0.1:1' } })
    stage.payop.inject({
      route: 'POST /v1/invoices/create',
      fault: { kind: 'status', status: 422, effect: false, body: { message: { order: { id: ['is wrong'] } } } },
    })
    expect(await left(shop.createPayment(order('refused')))).toMatchObject({ _tag: 'Refused' })
    const refused = only(await right(shop.explain({ merchantReference: 'ORD-refused' })))
    expect(refused).toMatchObject({
      subject: { kind: 'payment', status: 'none', idempotencyKey: 'refused', amount: euros('49.90') },
      headline: 'ORD-refused (49.90 EUR), on europe (Payop): refused; nothing was executed.',
      next: { what: 'nothing' },
    })
    expect(codesOf(refused)).toEqual(['called', 'routed', 'dispatched', 'refused', 'undelivered'])
    stage.payop.inject({ route: 'POST /v1/invoices/create', fault: { kind: 'reset_before_reading' } })
    expect(await left(shop.createPayment(rupees('unsent')))).toMatchObject({ _tag: 'Unreachable' })
    const unsent = only(await right(shop.explain({ merchantReference: 'ORD-unsent' })))
    expect(unsent.headline).toBe('ORD-unsent (4990.00 INR), on india (IppoPay): nothing was executed.')
    expect(unsent.steps.map(({ text }) => text)).toContain('No request left for IppoPay (Unreachable connect).')
    expect(unsent.next.text).toContain('A call under the key unsent starts it again.')
  })

  it('a payment of which too little was paid', async () => {
    const { shop } = await open({}, { routes: [{ to: ['india'] }] })
    const { reference } = await right(shop.createPayment(rupees('under')))
    stage.ippopay.pay(idOf(reference), 'success', { paidPaise: 400_000 })
    await right(shop.getStatus(reference))
    const story = only(await right(shop.explain(reference)))
    expect(story.headline).toBe('ORD-under (4990.00 INR), on india (IppoPay): paid; an operator should look.')
    const difference = '4990.00 INR asked for, 4000.00 INR reported'
    expect(story.steps.find(({ code }) => code === 'noticed')?.text).toBe(
      `What IppoPay reported needed an operator's look (the amounts differ: ${difference}).`,
    )
    expect(story.next).toMatchObject({ what: 'review', calls: [{ method: 'getStatus' }] })
    expect(story.next.text).toContain(`A person should look at it at IppoPay: the amounts differ: ${difference}.`)
  })

  it('a dispute', async () => {
    const { shop } = await open()
    const reference = await pay(shop, 'disputed')
    stage.payop.setChargeback(stage.payop.invoice(idOf(reference)).transactionId ?? '', true)
    await right(shop.getStatus(reference))
    const story = only(await right(shop.explain(reference)))
    expect(story.headline).toBe('ORD-disputed (49.90 EUR), on europe (Payop): paid; disputed.')
    expect(story.steps.map(({ text }) => text)).toContain(
      "Payop reported that the payer's bank took the money back, or tries to.",
    )
    expect(story.next.what).toBe('review')
  })
}

describe('on SQLite, explain tells of', () => {
  explainingOn(async (on) => ({ ...configurationOn(on), encryption }))
})

describeWithPostgres('on PostgreSQL, explain tells of', (server) => {
  const urls: string[] = []
  afterAll(() => Promise.all(urls.map((url) => dropDatabase(server, url))))

  explainingOn(async () => {
    const url = await createDatabase(server)
    urls.push(url)
    return { accounts, store: { type: 'postgres', url }, encryption }
  })
})
