import * as E from 'fp-ts/lib/Either.js'
import type { Deduplication, Kind, Snapshot, Snapshots, StatusOf } from '../../src/core/index.js'
import { type Observation, type Observed, resultOfRecord } from '../../src/ledger/index.js'
import { createObjectReader } from '../../src/orchestrator/reads/read-object.js'
import { readStatus } from '../../src/orchestrator/reads/read-status.js'
import { left, right, succeed } from '../either.js'
import { lost, ok, okAs, paymentRequest, payoutRequest, stage } from './operations-stage.js'
import { DAY, observeAnswer, payment, readingStage } from './reading-stage.js'

const known = { merchantReference: 'ORD-1', payment: 'pay-1', key: 'key-of-1' }

const at = <K extends Kind>(kind: K) => ({ account: 'main', kind, id: 'obj-1' }) as const
const shown = <K extends Kind>(kind: K, status: StatusOf<K>, fields: Partial<Snapshot<K>> = {}) =>
  ({
    reference: { kind, account: 'main', id: 'obj-1' },
    status,
    providerState: { state: status },
    amountCheck: 'unchecked',
    disputed: false,
    review: [],
    ...fields,
  }) as Snapshots[K]

const observing =
  <K extends Kind>(kind: K, open: StatusOf<K>, end: StatusOf<K>) =>
  (fields: Partial<Snapshot<K>>, facts: Partial<Observed> = { names: known }) => {
    const first: Observation<K> = observeAnswer<K>(at(kind), undefined, shown(kind, open), facts)
    return { first, after: observeAnswer<K>(at(kind), first.object, shown(kind, end, fields)) }
  }

const kinds = {
  payment: observing('payment', 'requires_action', 'succeeded'),
  refund: observing('refund', 'processing', 'succeeded'),
  payout: observing('payout', 'processing', 'failed'),
}

describe.each(Object.entries(kinds))('a %s', (kind, observed) => {
  it.each(Object.keys(known))('that is shown with another %s keeps its status, and is reviewed once', (name) => {
    const amount = { minorUnits: 999n, currency: 'EUR' }
    const { first, after } = observed({ names: { [name]: 'other' }, amount, disputed: true })
    expect(after.object.status).toBe(first.object.status)
    expect(after.eventTypes).toEqual([`${kind}.review`])
    expect(resultOfRecord<Kind>(after.object)).toMatchObject({ review: ['reference_mismatch'], disputed: false })
    expect(after.object.snapshot).not.toHaveProperty('amount')
    expect(after.object.captured).toBeUndefined()
  })

  it('that shows what it belongs to, or less of it, or more, is read as ever', () => {
    for (const names of [known, {}, { key: known.key }, { ...known, other: 'x' }]) {
      const { first, after } = observed({ names })
      expect(after.object.status).not.toBe(first.object.status)
      expect(after.object.snapshot.review).toEqual([])
    }
  })

  it('whose adapter says so itself keeps its status, too', () => {
    const { first, after } = observed({ review: ['reference_mismatch'] })
    expect(after.object.status).toBe(first.object.status)
    expect(after.eventTypes).toEqual([`${kind}.review`])
  })

  it('holds on to what it was first shown with, where nothing was known before', () => {
    const { first } = observed({}, {})
    expect(first.object.snapshot).not.toHaveProperty('names')
    const { after } = observed({ names: { key: 'key-of-1' } }, {})
    expect(after.object.snapshot.names).toEqual({ key: 'key-of-1' })
  })
})

describe('a refund that was recorded before its operation', () => {
  const amount = { minorUnits: 1000n, currency: 'EUR' }
  const origin = { operationId: 'op-1', idempotencyKey: 'k1', notPassedOn: [] }
  const reservation = { account: 'main', id: 'pay-1', amount, held: true }
  const facts = { origin, expectedAmount: amount, reservation }
  const pay = { account: 'main', kind: 'payment', id: 'pay-1' } as const
  const early = (status: StatusOf<'refund'>) =>
    observeAnswer<'refund'>(at('refund'), undefined, shown('refund', status)).object
  const reserving = ({ writes }: Observation<'refund'>) =>
    writes.filter(({ write }) => write === 'reserve' || write === 'refunded')

  it.each([
    ['processing', []],
    ['succeeded', [{ write: 'refunded', object: pay, amount }]],
    ['failed', [{ write: 'reserve', object: pay, amount: { ...amount, minorUnits: -1000n }, clipped: true }]],
  ] as const)('as %s counts for its payment once the operation is recorded, and once only', (status, writes) => {
    const joined = observeAnswer<'refund'>(at('refund'), early(status), shown('refund', status), facts)
    expect(reserving(joined)).toEqual(writes)
    expect(joined.object).toMatchObject({ ...facts, reservation: { ...reservation, held: status !== 'failed' } })
    const later = observeAnswer<'refund'>(at('refund'), joined.object, shown('refund', status), facts)
    expect(reserving(later)).toEqual([])
  })

  it('is believed by the operation about itself, not about a guess of its amount', () => {
    const guessed = { ...early('processing'), expectedAmount: { minorUnits: 1n, currency: 'EUR' } }
    expect(observeAnswer<'refund'>(at('refund'), guessed, shown('refund', 'processing'), facts).object).toMatchObject(
      facts,
    )
  })

  it('gives nothing back by an answer that shows another object', () => {
    const review = shown('refund', 'failed', { review: ['reference_mismatch'] })
    const joined = observeAnswer<'refund'>(at('refund'), early('failed'), review, facts)
    expect(reserving(joined)).toEqual([])
    expect(joined.object).not.toHaveProperty('reservation')
  })
})

const reference = { kind: 'payment', account: 'main', id: 'pay-1' } as const

describe('a read that names another order', () => {
  const names = { merchantReference: 'ORD-1' }
  const setUp = async () => {
    const stage = await readingStage()
    await stage.record(reference, payment(), { names })
    stage.answers(() => E.right(payment({ status: 'succeeded', names: { merchantReference: 'ORD-2' } })))
    return stage
  }
  const SUBJECT = 'payment:main:pay-1'

  it('made for a caller gives the recorded status with its review', async () => {
    const { context, eventTypes } = await setUp()
    const result = await succeed(readStatus(reference, context))
    expect(result).toMatchObject({ status: 'requires_action', review: ['reference_mismatch'] })
    expect(result).not.toHaveProperty('names')
    await succeed(readStatus(reference, context))
    expect(eventTypes(SUBJECT)).toEqual(['payment.requires_action', 'payment.review'])
  })

  it('made in the background is told once, and the next one that names the right order counts', async () => {
    const { context, eventTypes, pass, answers, object } = await setUp()
    const read = createObjectReader(context)
    for (let times = 0; times < 2; times += 1) {
      pass(DAY)
      await read(reference)
    }
    expect(eventTypes(SUBJECT)).toEqual(['payment.requires_action', 'payment.review'])
    answers(() => E.right(payment({ status: 'succeeded', names })))
    pass(DAY)
    await read(reference)
    expect(await object(reference)).toMatchObject({ status: 'succeeded', snapshot: { review: [] } })
  })
})

describe('an object that is recorded for one operation', () => {
  it('is not recorded for another whose answer names it', async () => {
    const { provider, view } = await stage({ main: { submission: [okAs('obj-1')] } })
    right(await provider.payout(payoutRequest('k1'))())
    expect(left(await provider.payout(payoutRequest('k2'))())).toMatchObject({ _tag: 'Indeterminate' })
    expect((await view('payout', 'k2')).operation).toMatchObject({ state: 'indeterminate' })
    expect((await view('payout', 'k2')).operation.object).toBeUndefined()
  })

  it.each<Deduplication>([
    { kind: 'none' },
    // A poll that found nothing would lead to a resend.
    { kind: 'replays', windowMs: DAY, proven: true },
  ])('is not recorded for another whose poll finds it, and that one waits: %j', async (deduplication) => {
    const submission = [okAs('obj-1'), lost]
    const shows = () => ({ id: 'obj-1' })
    const made = await stage({ main: { submission, deduplication, lookupByKey: true, reading: ok, shows } })
    const { provider, view, recover, clock, object, sent, events } = made
    right(await provider.payout(payoutRequest('k1'))())
    left(await provider.payout(payoutRequest('k2'))())
    const [recorded, first, told] = [await object(at('payout')), await view('payout', 'k1'), events().length]
    expect(recorded).toMatchObject({ origin: { idempotencyKey: 'k1' } })
    clock.now = (await view('payout', 'k2')).operation.nextPollAt ?? 0
    await recover('payout', 'k2')
    const { operation, attempts } = await view('payout', 'k2')
    expect(operation).toMatchObject({ state: 'indeterminate', pollCount: 2, error: { _tag: 'Indeterminate' } })
    expect(operation).not.toHaveProperty('object')
    expect(operation.nextPollAt).toBeGreaterThan(clock.now)
    expect(attempts).toMatchObject([{ state: 'dispatched', dispatchCount: 1 }])
    expect(await object(at('payout'))).toEqual(recorded)
    expect(await view('payout', 'k1')).toEqual(first)
    expect(sent('main')).toBe(2)
    expect(events()).toHaveLength(told)
  })

  it('gives two keys two links: an order that another key has is made again', async () => {
    const account = { effect: 'creates', submission: [okAs('order-1'), okAs('order-1'), okAs('order-2')] } as const
    const { provider } = await stage({ main: account })
    const first = right(await provider.createPayment(paymentRequest('k1'))())
    const second = right(await provider.createPayment(paymentRequest('k2'))())
    expect([first.id, second.id]).toEqual(['order-1', 'order-2'])
    expect(right(await provider.createPayment(paymentRequest('k1'))()).id).toBe('order-1')
  })
})
