import { type InboxRecord, READ_SPACING_MS } from '../../src/ledger/index.js'
import type { Subscriber } from '../../src/orchestrator/events/deliver-events.js'
import { deliverEvents } from '../../src/orchestrator/events/deliver-events.js'
import type { PaymuxEvent } from '../../src/orchestrator/events/events.js'
import { reportUnmatched, UNMATCHED_REPORTED_MS } from '../../src/orchestrator/events/report-unmatched.js'
import { succeed } from '../either.js'
import { key, payment, readingStage, START } from './reading-stage.js'

const entry = (fields: Partial<InboxRecord> = {}): InboxRecord => ({
  account: 'main',
  dedupeKey: 'd-1',
  object: key,
  reported: { invoice: '1' },
  body: 'kept to ourselves',
  receivedAt: START,
  deliveries: 2,
  unlistedSource: false,
  state: 'unmatched',
  ...fields,
})

const SUBJECT = 'notifications:main:d-1'

const setUp = async (...entries: readonly InboxRecord[]) => {
  const stage = await readingStage()
  await stage.elsewhere(entries.map((one) => ({ write: 'inbox', entry: one })))
  return {
    ...stage,
    unmatched: async () =>
      (await succeed(stage.store.unmatched(stage.now() + 1, 100))).map(({ dedupeKey }) => dedupeKey),
    report: () => reportUnmatched(stage.context),
    /** What is known already requests no read. */
    matchAgain: () => stage.elsewhere([{ write: 'match', object: key, at: stage.now() }]),
  }
}

describe('a notification that came before its object was recorded', () => {
  it('is known once the object is, and requests a read of it', async () => {
    const { record, unmatched, object, matchAgain } = await setUp(entry())
    expect(await unmatched()).toEqual(['d-1'])
    await record(key, payment())
    expect(await unmatched()).toEqual([])
    expect(await object(key)).toMatchObject({ refreshRequests: 1, nextReadAt: START + READ_SPACING_MS })
    await matchAgain()
    expect(await object(key)).toMatchObject({ refreshRequests: 1 })
  })

  it('requests a read also where an operator was called about it before', async () => {
    const { record, object, matchAgain } = await setUp(entry({ state: 'reported' }))
    await record(key, payment())
    expect(await object(key)).toMatchObject({ refreshRequests: 1 })
    await matchAgain()
    expect(await object(key)).toMatchObject({ refreshRequests: 1 })
  })

  it('requests no read of another object', async () => {
    const { record, unmatched, object } = await setUp(entry({ object: { ...key, id: 'pay-2' } }))
    await record(key, payment())
    expect(await unmatched()).toEqual(['d-1'])
    expect((await object(key))?.refreshRequests).toBe(0)
  })
})

describe('a notification that no object was found for', () => {
  it('is reported after seven days, once, and holds no body', async () => {
    const { pass, report, unmatched, eventTypes, context, record, object } = await setUp(entry())
    pass(UNMATCHED_REPORTED_MS)
    expect(await report()).toBe(0)
    pass(1)
    expect(await report()).toBe(1)
    expect(await report()).toBe(0)
    expect(await unmatched()).toEqual([])
    expect(eventTypes(SUBJECT)).toEqual(['notification.unmatched'])
    const taken: unknown[] = []
    const take: Subscriber = async (event) => void taken.push(event)
    await deliverEvents(SUBJECT, { ...context, subscribers: new Map([['mail', take]]) })
    expect(taken).toMatchObject([
      {
        account: 'main',
        unmatched: {
          count: 1,
          firstReceivedAt: START,
          lastReceivedAt: START,
          notifications: [{ object: key, reported: { invoice: '1' }, receivedAt: START, deliveries: 2 }],
        },
      },
    ])
    expect(JSON.stringify(taken)).not.toContain('kept to ourselves')
    await record(key, payment())
    expect(await object(key)).toMatchObject({ refreshRequests: 1 })
  })

  it('is reported at once, with all the others of its account in one event, listed sources first', async () => {
    const forged = Array.from({ length: 5000 }, (_, n) =>
      entry({ dedupeKey: `forged-${n}`, object: { ...key, id: `forged-${n}` }, unlistedSource: true }),
    )
    const lost = entry({ dedupeKey: 'lost', object: { ...key, id: 'lost' }, receivedAt: START + 1 })
    const { pass, report, unmatched, context } = await setUp(...forged, lost)
    pass(UNMATCHED_REPORTED_MS + 2)
    expect(await report()).toBe(5001)
    expect(await unmatched()).toEqual([])
    const taken: PaymuxEvent[] = []
    const take: Subscriber = async (event) => void taken.push(event)
    await deliverEvents('notifications:main:lost', { ...context, subscribers: new Map([['mail', take]]) })
    expect(taken).toMatchObject([{ unmatched: { count: 5001, firstReceivedAt: START, lastReceivedAt: START + 1 } }])
    const [event] = taken
    const shown = event?.type === 'notification.unmatched' ? event.unmatched.notifications : []
    expect(shown).toHaveLength(100)
    expect(shown[0]?.object).toEqual({ ...key, id: 'lost' })
    expect(await report()).toBe(0)
  })

  it('is reported by one worker only', async () => {
    const { pass, report, eventTypes } = await setUp(entry())
    pass(UNMATCHED_REPORTED_MS + 1)
    expect((await Promise.all([report(), report()])).sort()).toEqual([0, 1])
    expect(eventTypes(SUBJECT)).toHaveLength(1)
  })

  it('is not reported where the object was recorded beside it', async () => {
    const { record, elsewhere, pass, report, unmatched, object, now, matchAgain, eventTypes } = await setUp()
    await record(key, payment())
    await elsewhere([{ write: 'inbox', entry: entry() }])
    pass(UNMATCHED_REPORTED_MS + 1)
    expect(await report()).toBe(0)
    expect(await unmatched()).toEqual([])
    expect(await object(key)).toMatchObject({ refreshRequests: 1, nextReadAt: expect.any(Number) })
    expect((await object(key))?.nextReadAt).toBeLessThanOrEqual(now())
    expect(eventTypes(SUBJECT)).toEqual([])
    await matchAgain()
    expect(await object(key)).toMatchObject({ refreshRequests: 1 })
  })

  it('waits while the store does not answer', async () => {
    const { pass, report, goDown } = await setUp(entry())
    pass(UNMATCHED_REPORTED_MS + 1)
    goDown(true)
    expect(await report()).toBe(0)
    goDown(false)
    expect(await report()).toBe(1)
  })
})
