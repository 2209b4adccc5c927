import { type InboxRecord, READ_SPACING_MS } from '../../src/ledger/index.js'
import type { Subscriber } from '../../src/orchestrator/deliver-events.js'
import { deliverEvents } from '../../src/orchestrator/deliver-events.js'
import { reportUnmatched, UNMATCHED_REPORTED_MS } from '../../src/orchestrator/match-notifications.js'
import { key, payment, readingStage, START } from './reading-stage.js'

const entry = (fields: Partial<InboxRecord> = {}): InboxRecord => ({
  account: 'main',
  dedupeKey: 'd-1',
  object: key,
  claimed: { invoice: '1' },
  body: 'kept to ourselves',
  receivedAt: START,
  deliveries: 2,
  state: 'unmatched',
  ...fields,
})

const SUBJECT = 'notification:main:d-1'

const setUp = (...entries: readonly InboxRecord[]) => {
  const stage = readingStage()
  stage.elsewhere(entries.map((one) => ({ write: 'inbox', entry: one })))
  return {
    ...stage,
    states: () => stage.inbox().map(({ state }) => state),
    report: () => reportUnmatched(stage.context),
  }
}

describe('a notification that came before its object was recorded', () => {
  it('is known once the object is, and calls for a read of it', () => {
    const { record, states, object } = setUp(entry(), entry({ dedupeKey: 'd-2', state: 'reported' }))
    record(key, payment())
    expect(states()).toEqual(['known', 'known'])
    expect(object(key)).toMatchObject({ rings: 1, nextReadAt: START + READ_SPACING_MS })
  })

  it('calls for no read of another object', () => {
    const { record, states, object } = setUp(entry({ object: { ...key, id: 'pay-2' } }))
    record(key, payment())
    expect(states()).toEqual(['unmatched'])
    expect(object(key)?.rings).toBe(0)
  })
})

describe('a notification that no object was found for', () => {
  it('is told of after seven days, once, and holds no body', async () => {
    const { pass, report, states, told, context } = setUp(entry())
    pass(UNMATCHED_REPORTED_MS)
    expect(await report()).toBe(0)
    pass(1)
    expect(await report()).toBe(1)
    expect(await report()).toBe(0)
    expect(states()).toEqual(['reported'])
    expect(told(SUBJECT)).toEqual(['notification.unmatched'])
    const taken: unknown[] = []
    const take: Subscriber = async (event) => void taken.push(event)
    await deliverEvents(SUBJECT, { ...context, subscribers: new Map([['mail', take]]) })
    expect(taken).toMatchObject([
      { notification: { object: key, claimed: { invoice: '1' }, receivedAt: START, deliveries: 2 } },
    ])
    expect(JSON.stringify(taken)).not.toContain('kept to ourselves')
  })

  it('is told of by one worker only', async () => {
    const { pass, report, told } = setUp(entry())
    pass(UNMATCHED_REPORTED_MS + 1)
    expect((await Promise.all([report(), report()])).sort()).toEqual([0, 1])
    expect(told(SUBJECT)).toHaveLength(1)
  })

  it('is not told of where the object was recorded beside it', async () => {
    const { record, elsewhere, pass, report, states, object, now } = setUp()
    record(key, payment())
    elsewhere([{ write: 'inbox', entry: entry() }])
    pass(UNMATCHED_REPORTED_MS + 1)
    expect(await report()).toBe(0)
    expect(states()).toEqual(['known'])
    expect(object(key)).toMatchObject({ rings: 1, nextReadAt: expect.any(Number) })
    expect(object(key)?.nextReadAt).toBeLessThanOrEqual(now())
  })

  it('waits while the store does not answer', async () => {
    const { pass, report, goDown } = setUp(entry())
    pass(UNMATCHED_REPORTED_MS + 1)
    goDown(true)
    expect(await report()).toBe(0)
    goDown(false)
    expect(await report()).toBe(1)
  })
})
