import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Draft, PaymentError } from '../../src/core/index.js'
import type { Paymux, Resolution } from '../../src/paymux/index.js'
import { catalogWith } from '../proof/stage/careless.js'
import {
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  iban,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
  rupees,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const operationOf = (error: PaymentError): string => {
  if (error._tag === 'Indeterminate' && error.operationId !== undefined) return error.operationId
  throw new Error(`no operation: ${error._tag}`)
}

/** A payout that Payop executed, and whose answer was lost. */
const lostPayout = async (shop: Paymux, key: string): Promise<string> => {
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  return operationOf(await left(shop.payout(payout(key))))
}

const paid = async (shop: Paymux, key: string) => {
  const { reference } = await right(shop.createPayment(order(key, { value: '100.00', currency: 'EUR' })))
  stage.payop.act(idOf(reference), 'pay')
  await right(shop.getStatus(reference))
  return reference
}

/** A refund of everything that Payop never got to see, and whose answer was lost. */
const lostRefund = async (shop: Paymux, key: string) => {
  const payment = await paid(shop, `${key}-payment`)
  stage.payop.inject({ route: 'POST /v1/refunds/create', fault: { kind: 'reset_before_reading' } })
  const id = operationOf(await left(shop.refund({ idempotencyKey: key, payment })))
  return { id, payment }
}

const seen = { attestedBy: 'ann@shop.example', note: 'seen in the dashboard' }

describe('the record of an operation', () => {
  it('shows each account that was tried, and its log each step', async () => {
    const shop = await openShop(stage, configurationOn(stage), {
      env: { ...stage.env, PAYOP_API_URL: 'http://127.0.0.1:1' },
    })
    const { reference } = await right(shop.createPayment(rupees('record-1')))
    const summary = await right(shop.operation({ name: 'createPayment', idempotencyKey: 'record-1' }))
    expect(summary).toMatchObject({
      state: 'executed',
      accounts: ['europe', 'india'],
      attempts: [
        { n: 1, account: 'europe', state: 'unsent', endedBy: expect.stringContaining('Unreachable') },
        { n: 2, account: 'india', state: 'executed' },
      ],
      object: { account: 'india', id: idOf(reference) },
    })
    expect(await right(shop.operation(summary.id))).toEqual(summary)
    const steps = (await right(shop.log(summary.id))).map(({ n, what }) => `${n} ${what}`)
    expect(steps).toEqual(['1 claimed', '1 unsent', '2 dispatched', '2 executed'])
  })

  it('tells where a lost payout stands, and when it is looked at again', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const id = await lostPayout(shop, 'record-2')
    const summary = await right(shop.operation(id))
    expect(summary).toMatchObject({
      name: 'payout',
      idempotencyKey: 'record-2',
      state: 'indeterminate',
      accounts: ['europe'],
      inProgress: false,
      nextPollAt: expect.any(Number),
      attempts: [{ n: 1, account: 'europe', state: 'dispatched', dispatchCount: 1 }],
      error: { _tag: 'Indeterminate' },
    })
    const log = await right(shop.log(id))
    expect(log.map(({ what }) => what)).toEqual(['claimed', 'dispatched', 'indeterminate'])
    for (const shown of [summary, log]) expect(JSON.stringify(shown)).not.toContain(iban.iban)
  })

  it('is refused for an id that there is none of', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    expect(await left(shop.operation('none'))).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path: 'operation' }],
    })
    expect(await right(shop.log('none'))).toEqual([])
    expect(await right(shop.listUnresolved())).toEqual([])
  })
})

describe('a second caller of a running operation', () => {
  it('is told at once that it runs, or waits for its result where told to', async () => {
    const config = configurationOn(stage)
    const [hasty, patient] = [await openShop(stage, config), await openShop(stage, config, { waitMs: 10_000 })]
    stage.payop.inject({ route: 'POST /v1/invoices/create', fault: { kind: 'latency', ms: 200 } })
    const first = right(hasty.createPayment(order('wait-1')))
    const [second, third] = await Promise.all([
      left(hasty.createPayment(order('wait-1'))),
      right(patient.createPayment(order('wait-1'))),
    ])
    expect(second._tag).toBe('InProgress')
    expect(third).toMatchObject({ replayed: true, reference: (await first).reference })
  })
})

describe('what a person resolves', () => {
  it('as executed, with an id, is read back', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const id = await lostPayout(shop, 'resolve-1')
    const withdrawal = stage.payop.withdrawals().at(-1)?.id ?? ''
    const closed = await right(shop.resolve(id, { outcome: 'executed', id: withdrawal, status: 'succeeded', ...seen }))
    expect(closed).toMatchObject({ state: 'executed', object: { account: 'europe', kind: 'payout', id: withdrawal } })
    // The gateway says more than the person.
    expect(await right(shop.payout(payout('resolve-1')))).toMatchObject({ status: 'processing', replayed: true })
    expect((await right(shop.log(id))).at(-1)).toMatchObject({
      what: 'resolved',
      detail: 'executed',
      attestation: seen,
    })
  })

  it('as executed, with the id of what another operation made, is refused at once, and may be resolved again', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { reference } = await right(shop.payout(payout('resolve-other')))
    const id = await lostPayout(shop, 'resolve-4')
    const withdrawal = stage.payop.withdrawals().at(-1)?.id ?? ''
    const resolution = { outcome: 'executed', status: 'succeeded', ...seen } as const
    for (const _again of [1, 2])
      expect(await left(shop.resolve(id, { ...resolution, id: idOf(reference) }))).toMatchObject({
        _tag: 'InvalidRequest',
        issues: [{ path: 'id', expected: expect.stringContaining('another operation') }],
      })
    expect(await right(shop.operation(id))).toMatchObject({ state: 'indeterminate', inProgress: false })
    expect(await right(shop.resolve(id, { ...resolution, id: withdrawal }))).toMatchObject({ state: 'executed' })
  })

  it('as executed, without an id, stands by their word', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    const id = await lostPayout(shop, 'resolve-2')
    await right(shop.resolve(id, { outcome: 'executed', status: 'succeeded', ...seen }))
    const told = await right(shop.payout(payout('resolve-2')))
    expect(told).toMatchObject({ status: 'succeeded', replayed: true, review: ['unconfirmed'] })
    await right(shop.start())
    expect(await listener.until(({ type }) => type === 'operation.resolved')).toMatchObject({ attestation: seen })
    await listener.until(({ type }) => type === 'payout.succeeded')
  })

  it('as not executed, gives a refund its reservation back, and the same key starts again', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { id, payment } = await lostRefund(shop, 'resolve-3')
    const other = { idempotencyKey: 'resolve-3-other', payment, amount: { value: '1.00', currency: 'EUR' } }
    expect(await left(shop.refund(other))).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'amount' }] })
    expect(await right(shop.resolve(id, { outcome: 'not_executed', ...seen }))).toMatchObject({ state: 'canceled' })
    expect((await right(shop.log(id))).at(-1)).toMatchObject({ detail: 'not executed', attestation: seen })
    expect(await right(shop.refund(other))).toMatchObject({ status: 'processing' })
    expect(await left(shop.refund({ idempotencyKey: 'resolve-3', payment }))).toMatchObject({
      issues: [{ path: 'amount' }],
    })
  })

  it.each<[string, unknown, string]>([
    ['no outcome', { ...seen }, 'outcome'],
    ['another outcome', { outcome: 'perhaps', ...seen }, 'outcome'],
    ['no status', { outcome: 'executed', ...seen }, 'status'],
    ['a status of nothing', { outcome: 'executed', status: 'paid', ...seen }, 'status'],
    ['an id with a blank', { outcome: 'executed', status: 'succeeded', id: 'a b', ...seen }, 'id'],
    ['nobody', { outcome: 'not_executed', note: 'seen' }, 'attestedBy'],
    ['no note', { outcome: 'not_executed', attestedBy: 'ann', note: '' }, 'note'],
    ['more', { outcome: 'not_executed', status: 'failed', ...seen }, 'status'],
  ])('names what is wrong with it: %s', async (_, resolution, path) => {
    const shop = await openShop(stage, configurationOn(stage))
    const id = await lostPayout(shop, 'wrong-1')
    const error = await left(shop.resolve(id, resolution as Resolution))
    expect(error).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path }] })
    expect(JSON.stringify(error)).not.toContain('perhaps')
    expect(await right(shop.operation(id))).toMatchObject({ state: 'indeterminate' })
  })

  it('is nothing that is over, or that nobody knows', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const id = await lostPayout(shop, 'over-1')
    await right(shop.resolve(id, { outcome: 'not_executed', ...seen }))
    for (const other of [id, 'none'])
      expect(await left(shop.resolve(other, { outcome: 'not_executed', ...seen }))).toMatchObject({
        _tag: 'InvalidRequest',
        issues: [{ path: 'operationId' }],
      })
  })
})

describe('what nobody can look up', () => {
  // No gateway's adapter is so poor yet.
  const catalog = catalogWith((adapter) => {
    const { payout: offered } = adapter.capabilities
    const draft: typeof adapter.payout.draft = (request, call) =>
      TE.map(({ wire, context, notPassedOn }: Draft) => ({ wire, context, notPassedOn }))(
        adapter.payout.draft(request, call),
      )
    return {
      ...adapter,
      capabilities: {
        ...adapter.capabilities,
        payout: offered.supported
          ? { ...offered, lookupByKey: false, deduplication: { kind: 'none' } as const }
          : offered,
      },
      payout: { ...adapter.payout, draft },
    }
  })

  it('requires resolution, is reported, and waits for an operator', async () => {
    const shop = await openShop(stage, configurationOn(stage), { catalog })
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(shop.start())
    const id = await lostPayout(shop, 'unresolved-1')
    const [unresolved, ...others] = await right(shop.listUnresolved())
    expect(others).toEqual([])
    expect(unresolved).toMatchObject({ id, idempotencyKey: 'unresolved-1', state: 'indeterminate' })
    expect(unresolved).not.toHaveProperty('nextPollAt')
    const { items } = await right(shop.listOperations({ state: 'indeterminate' }))
    expect(items.map(({ since }) => since)).toEqual([unresolved?.since])
    await listener.until(({ type }) => type === 'operation.requires_resolution')
    expect(await left(shop.payout(payout('unresolved-1')))).toMatchObject({ _tag: 'Indeterminate', operationId: id })
    await right(shop.resolve(id, { outcome: 'executed', status: 'processing', ...seen }))
    expect(await right(shop.listUnresolved())).toEqual([])
  })
})

describe('reconciliation', () => {
  it('tells of what the gateway lists and the ledger does not know', async () => {
    const config = configurationOn(stage)
    const { clock, advance } = createMovableClock()
    const elsewhere = await openShop(stage, configurationOn(stage))
    const shop = await openShop(stage, config, { clock })
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    const stranger = await right(elsewhere.payout(payout('elsewhere-1')))
    advance(11 * 60_000)
    await stage.payop.clock.advance(11 * 60_000)
    const lists = await right(shop.reconcile({ from: 0, to: clock() }))
    const payouts = lists.find(({ account, kind }) => account === 'europe' && kind === 'payout')
    expect(payouts?.missingInLedger.map(({ reference }) => idOf(reference))).toContain(idOf(stranger.reference))
    await right(shop.start())
    await listener.until(({ type }) => type === 'reconciliation.missing_in_ledger')
  })
})

describe('the status by the key of a refund, where the gateway knows one refund of a payment', () => {
  it('is never that of another key', async () => {
    const shop = await openShop(stage, { ...configurationOn(stage), routes: [{ to: ['india'] }] })
    const { reference: payment } = await right(shop.createPayment(rupees('crosstalk-1')))
    stage.ippopay.pay(idOf(payment), 'success')
    await right(shop.getStatus(payment))
    const refund = (idempotencyKey: string) =>
      shop.refund({ idempotencyKey, payment, amount: { value: '10.00', currency: 'INR' } })
    stage.ippopay.inject({
      route: 'POST /v1/order/refund/:order_id',
      fault: { kind: 'status', status: 429, effect: false, body: { success: false, message: 'Too many requests' } },
    })
    const refused = await left(refund('crosstalk-k1'))
    expect(refused).toMatchObject({ _tag: 'RateLimited' })
    const made = await right(refund('crosstalk-k2'))
    const status = (idempotencyKey: string) =>
      shop.getStatus({ kind: 'refund', account: payment.account, idempotencyKey, paymentId: idOf(payment) })
    expect(await left(status('crosstalk-k1'))).toMatchObject({ _tag: refused._tag, outcome: 'refused' })
    expect(await left(status('never-used'))).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path: 'idempotencyKey' }],
    })
    expect(await right(status('crosstalk-k2'))).toMatchObject({ reference: made.reference })
  })

  it('is that of the key, whatever payment the reference names, and by either reference of its payment', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { reference: payment } = await right(shop.createPayment(order('either-1')))
    stage.payop.act(idOf(payment), 'pay')
    await right(shop.getStatus(payment))
    const byKey = { kind: 'payment', account: payment.account, idempotencyKey: 'either-1' } as const
    const amount = { value: '40.00', currency: 'EUR' }
    const { reference } = await right(shop.refund({ idempotencyKey: 'either-k1', payment: byKey, amount }))
    // What the first one reserved is reserved for the second as well.
    expect(await left(shop.refund({ idempotencyKey: 'either-k2', payment, amount }))).toMatchObject({
      issues: [{ path: 'amount' }],
    })
    const status = shop.getStatus({
      kind: 'refund',
      account: payment.account,
      idempotencyKey: 'either-k1',
      paymentId: 'another',
    })
    expect(await right(status)).toMatchObject({ reference })
  })
})
