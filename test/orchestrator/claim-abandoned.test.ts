import type { InboxRecord } from '../../src/ledger/index.js'
import { claimAbandoned } from '../../src/orchestrator/reads/claim-abandoned.js'
import { right, succeed } from '../either.js'
import { entry } from '../ledger/records.js'
import { type Account, broken, lost, ok, okAs, paymentRequest, type Shown, stage } from './operations-stage.js'

const WANTED = { accounts: ['main'], perSecond: 20 }

const lostOrder = { account: 'main', kind: 'payment', id: 'order-lost' } as const

/** A first create that was executed and lost, a second whose link was given out, and a notification about the first. */
const setUp = async (shown: Shown = { status: 'succeeded' }, fields: Partial<InboxRecord> = {}) => {
  const reads: string[] = []
  let shows: Shown = {}
  let reading: NonNullable<Account['reading']> = ok
  const account: Account = {
    effect: 'creates',
    submission: [lost, okAs('order-2')],
    fields: ['urls.notification'],
    shows: () => shows,
    reading: (wire) => {
      reads.push(wire.path)
      return reading(wire)
    },
  }
  let addresses = 0
  const attemptAddress = () => {
    addresses += 1
    return { url: `https://shop.example/${addresses}`, tokenHash: `hash-${addresses}` }
  }
  const made = await stage({ main: account }, { attemptAddress })
  right(await made.provider.createPayment(paymentRequest('k1'))())
  shows = shown
  const stored = entry('n1', { object: lostOrder, tokenHash: 'hash-1', ...fields })
  const main = { name: 'main', identity: {} }
  await succeed(
    made.store.commit([
      { write: 'account', account: main },
      { write: 'inbox', entry: stored },
    ]),
  )
  return {
    ...made,
    reads,
    answers: (next: NonNullable<Account['reading']>) => {
      reading = next
    },
    waiting: async () => (await succeed(made.store.unmatched(Number.MAX_SAFE_INTEGER, 9))).map(({ state }) => state),
  }
}

describe('a notification to the address of an abandoned attempt', () => {
  it('records a payment that was begun, with its operation, and tells that it was paid', async () => {
    const { context, object, eventTypes, waiting } = await setUp()
    expect(await claimAbandoned(context, WANTED)).toBe(1)
    const operation = right(await context.store.operationByKey('createPayment', 'k1')())?.operation
    expect(await object(lostOrder)).toMatchObject({
      abandoned: true,
      status: 'succeeded',
      origin: { operationId: operation?.id, idempotencyKey: 'k1', merchantReference: 'ORD-1' },
      expectedAmount: { minorUnits: 4990n, currency: 'EUR' },
    })
    expect(eventTypes('payment:main:order-lost')).toEqual(['payment.succeeded', 'payment.on_abandoned_attempt'])
    expect(await waiting()).toEqual([])
    expect(await claimAbandoned(context, WANTED)).toBe(0)
  })

  it('claims no payment of another order, and is not looked at again', async () => {
    const { context, object, reads, waiting } = await setUp({ status: 'succeeded', review: ['reference_mismatch'] })
    expect(await claimAbandoned(context, WANTED)).toBe(0)
    expect(await object(lostOrder)).toBeUndefined()
    expect(await waiting()).toEqual(['unclaimed'])
    await claimAbandoned(context, WANTED)
    expect(reads).toHaveLength(1)
  })

  it('is looked at again where the read failed', async () => {
    const { context, answers, object, waiting } = await setUp()
    answers(broken)
    await claimAbandoned(context, WANTED)
    expect(await waiting()).toEqual(['unmatched'])
    answers(ok)
    expect(await claimAbandoned(context, WANTED)).toBe(1)
    expect(await object(lostOrder)).toMatchObject({ abandoned: true })
  })

  it('is read within the budget of the account, and waits for its turn', async () => {
    const { context, store, reads, clock, waiting } = await setUp({ status: 'requires_action' })
    const forged = ['n2', 'n3'].map((key) => entry(key, { object: { ...lostOrder, id: key }, tokenHash: 'hash-1' }))
    await succeed(store.commit(forged.map((one) => ({ write: 'inbox', entry: one }) as const)))
    for (const second of [1, 2, 3]) {
      for (const _process of ['a', 'b']) await claimAbandoned(context, { ...WANTED, perSecond: 1 })
      expect(reads).toHaveLength(second)
      clock.now += 1000
    }
    expect(await waiting()).toEqual(['unclaimed', 'unclaimed', 'unclaimed'])
  })

  it('does not wait for those of an account that the configuration does not have', async () => {
    const { context, store, object, waiting } = await setUp()
    const ofGone = Array.from({ length: 12 }, (_, n) =>
      entry(`g${n}`, { account: 'gone', object: { ...lostOrder, account: 'gone', id: `g${n}` }, receivedAt: 0 }),
    )
    await succeed(store.commit(ofGone.map((one) => ({ write: 'inbox', entry: one }) as const)))
    expect(await claimAbandoned(context, WANTED)).toBe(1)
    expect(await object(lostOrder)).toMatchObject({ abandoned: true })
    expect(new Set(await waiting())).toEqual(new Set(['unmatched']))
  })

  it('is not read if other reads have used the budget up', async () => {
    const { context, store, reads, waiting } = await setUp()
    expect(right(await store.acquireRead('main', 1)())).toBe(true)
    expect(await claimAbandoned(context, { ...WANTED, perSecond: 1 })).toBe(0)
    expect(reads).toEqual([])
    expect(await waiting()).toEqual(['unmatched'])
  })

  it('of an attempt that was not abandoned, or of no attempt, causes no read', async () => {
    for (const tokenHash of ['hash-2', 'hash-9', undefined]) {
      const { context, reads, waiting } = await setUp({}, { object: { ...lostOrder, id: 'order-9' } })
      const other = entry('n2', {
        object: { ...lostOrder, id: 'order-8' },
        ...(tokenHash === undefined ? {} : { tokenHash }),
      })
      await succeed(
        context.store.commit([{ write: 'inbox_state', of: { account: 'main', dedupeKey: 'n1' }, state: 'known' }]),
      )
      await succeed(context.store.commit([{ write: 'inbox', entry: other }]))
      expect(await claimAbandoned(context, WANTED)).toBe(0)
      expect(reads).toEqual([])
      expect(await waiting()).toEqual(['unclaimed'])
    }
  })
})

describe('a payment that nobody has begun to pay', () => {
  it('is not claimed by an address alone: it may be the order of an operation that is being made', async () => {
    const { context, object, waiting } = await setUp({ status: 'requires_action' })
    expect(await claimAbandoned(context, WANTED)).toBe(0)
    expect(await object(lostOrder)).toBeUndefined()
    expect(await waiting()).toEqual(['unclaimed'])
  })
})
