import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { toResult, unreachable } from '../../src/core/index.js'
import { buildEvents, type EventRecord, toStoredJson, unreadable } from '../../src/ledger/index.js'
import {
  type Delivery,
  type DeliveryFailure,
  deliverEvents,
  redeliverEvent,
  type Subscriber,
} from '../../src/orchestrator/events/deliver-events.js'
import type { PaymuxEvent } from '../../src/orchestrator/events/events.js'
import { HOUR, key, MINUTE, payment, readingStage, SECOND, START } from './reading-stage.js'

const SUBJECT = 'payment:main:pay-1'

const payload = toStoredJson({ object: toResult(payment()) })

const setUp = async (subscribers: Readonly<Record<string, Subscriber>>, options: Partial<Delivery> = {}) => {
  const stage = await readingStage()
  const failures: DeliveryFailure[] = []
  const { store, now } = stage.context
  const delivery: Delivery = {
    store,
    now,
    subscribers: new Map(Object.entries(subscribers)),
    failed: (failure) => void failures.push(failure),
    ...options,
  }
  await stage.record(key, payment())
  const emit = async (...types: readonly string[]) => {
    const events = buildEvents(SUBJECT, stage.eventTypes(SUBJECT).length, types, payload, stage.now())
    await stage.elsewhere(events.map((event) => ({ write: 'event', event })))
  }
  const due = async (): Promise<readonly EventRecord[]> => {
    const found = await store.dueEvents(SUBJECT, 100)()
    if (E.isLeft(found)) throw new Error(found.left.message)
    return found.right
  }
  const redeliver = (id: string) => redeliverEvent(id, delivery)
  return { ...stage, failures, emit, due, deliver: () => deliverEvents(SUBJECT, delivery), redeliver }
}

/** Keeps what it took. */
const taking = () => {
  const taken: PaymuxEvent[] = []
  const take: Subscriber = async (event) => void taken.push(event)
  return { taken, take, types: () => taken.map(({ type }) => type) }
}

describe('events that cannot be read', () => {
  it('wait longer each time, and are counted, whether the row or the payload cannot be read', async () => {
    const { take, types } = taking()
    const { elsewhere, deliver, due, pass, now, context } = await setUp({ shop: take })
    await deliver()
    const strange = {
      id: 'x',
      type: 'payment.teleported',
      subject: SUBJECT,
      sequence: 2,
      payload,
      createdAt: now(),
      tries: 0,
    }
    await elsewhere([{ write: 'event', event: strange }])
    const counted = async () => {
      const health = await context.store.health()()
      return E.isRight(health) ? health.right.unreadableEvents : undefined
    }
    const waits: number[] = []
    for (let tries = 0; tries < 4; tries += 1) {
      await deliver()
      const begun = now()
      while ((await due()).length === 0) pass(SECOND)
      waits.push((now() - begun) / SECOND)
    }
    expect(waits).toEqual([5, 5, 10, 20])
    expect(await counted()).toBe(1)
    expect(types()).toEqual(['payment.requires_action'])
    const dueEvents = () => TE.left(unreadable('paymux_events.payload'))
    await deliverEvents(SUBJECT, {
      store: { ...context.store, dueEvents },
      now,
      subscribers: new Map([['shop', take]]),
    })
    expect(await due()).toEqual([])
  })
})

describe('events of a store that does not answer', () => {
  it('are no unreadable ones: they are tried again at once', async () => {
    const { take, types } = taking()
    const { context, now, due, deliver } = await setUp({ shop: take })
    const dueEvents = () => TE.left(unreachable('store', { code: 'ETIMEDOUT' }))
    const subscribers = new Map([['shop', take]])
    await deliverEvents(SUBJECT, { store: { ...context.store, dueEvents }, now, subscribers })
    expect(await context.store.health()()).toMatchObject({ right: { unreadableEvents: 0 } })
    expect(await due()).toHaveLength(1)
    await deliver()
    expect(types()).toEqual(['payment.requires_action'])
  })
})

describe('the events of one subject', () => {
  it('go to every subscriber once, in their order', async () => {
    const [mail, books] = [taking(), taking()]
    const { emit, deliver, due } = await setUp({ mail: mail.take, books: books.take })
    await emit('payment.processing', 'payment.succeeded')
    await deliver()
    await deliver()
    const all = ['payment.requires_action', 'payment.processing', 'payment.succeeded']
    expect([mail.types(), books.types()]).toEqual([all, all])
    expect(await due()).toEqual([])
  })

  it('carry the object as it was recorded', async () => {
    const { take, taken } = taking()
    const { deliver } = await setUp({ mail: take })
    await deliver()
    expect(taken).toEqual([
      {
        id: `${SUBJECT}#1`,
        type: 'payment.requires_action',
        subject: SUBJECT,
        sequence: 1,
        at: START,
        account: 'main',
        object: toResult(payment(), { recordedAt: START }),
      },
    ])
  })

  it('wait behind one that cannot be read, which is tried again', async () => {
    const { take, types } = taking()
    const { emit, deliver, elsewhere, now, eventTypes } = await setUp({ mail: take })
    const events = buildEvents(SUBJECT, eventTypes(SUBJECT).length, ['payment.processing'], { object: 'broken' }, now())
    await elsewhere(events.map((event) => ({ write: 'event', event })))
    await emit('payment.succeeded')
    await deliver()
    expect(types()).toEqual(['payment.requires_action'])
  })

  it('wait for an hour without subscribers, and are not lost', async () => {
    const { deliver, due, pass } = await setUp({})
    await deliver()
    pass(HOUR - 1)
    expect(await due()).toEqual([])
    pass(1)
    expect(await due()).toHaveLength(1)
  })
})

describe('an event that a subscriber does not take', () => {
  it('stops those behind it, and comes again, to everybody, before them', async () => {
    const [mail, books] = [taking(), taking()]
    let isClosed = true
    const { emit, deliver, pass } = await setUp({
      mail: mail.take,
      books: async (event) => {
        if (isClosed) throw new Error('closed')
        await books.take(event)
      },
    })
    await emit('payment.succeeded')
    await deliver()
    expect([mail.types(), books.types()]).toEqual([['payment.requires_action'], []])
    isClosed = false
    await deliver()
    expect(books.types()).toEqual([])
    pass(5 * SECOND)
    await deliver()
    expect(mail.types()).toEqual(['payment.requires_action', 'payment.requires_action', 'payment.succeeded'])
    expect(books.types()).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('comes again after pauses that double from 5 s to an hour', async () => {
    const { deliver, due, pass, now } = await setUp({ books: () => Promise.reject(new Error('closed')) })
    const pauses: number[] = []
    for (let tries = 0; tries < 12; tries += 1) {
      const from = now()
      await deliver()
      while ((await due()).length === 0) pass(SECOND)
      pauses.push((now() - from) / SECOND)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
    expect(HOUR / SECOND).toBe(3600)
  })

  it('names who did not take it, and why', async () => {
    const cause = new Error('closed')
    const { deliver, failures } = await setUp({ mail: taking().take, books: () => Promise.reject(cause) })
    await deliver()
    expect(failures).toEqual([
      { subscriber: 'books', event: expect.objectContaining({ type: 'payment.requires_action' }), cause },
    ])
  })

  it('was not taken where the subscriber throws at once', async () => {
    const thrower: Subscriber = () => {
      throw new Error('at once')
    }
    const { deliver, failures, due } = await setUp({ books: thrower })
    await deliver()
    expect(failures).toHaveLength(1)
    expect(await due()).toEqual([])
  })

  it('was not taken where the subscriber comes to no end in time', async () => {
    const { take, types } = taking()
    const { emit, deliver, failures } = await setUp({ mail: take, books: () => new Promise(() => {}) }, { limitMs: 5 })
    await emit('payment.succeeded')
    await deliver()
    expect(failures.map(({ subscriber, ...failure }) => [subscriber, 'cause' in failure])).toEqual([['books', false]])
    expect(types()).toEqual(['payment.requires_action'])
  })
})

describe('a worker', () => {
  it('begins no further event when its time is nearly over', async () => {
    const { take, types } = taking()
    const stage = await setUp({
      mail: async (event) => {
        stage.pass(20 * SECOND)
        await take(event)
      },
    })
    await stage.emit('payment.succeeded')
    await stage.deliver()
    expect(types()).toEqual(['payment.requires_action'])
    await stage.deliver()
    expect(types()).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('delivers again what it could not record as delivered, and lets nothing overtake it', async () => {
    const { take, types } = taking()
    const stage = await setUp({
      mail: async (event) => {
        stage.goDown(types().length === 0)
        await take(event)
      },
    })
    await stage.emit('payment.succeeded')
    await stage.deliver()
    expect(types()).toEqual(['payment.requires_action'])
    stage.goDown(false)
    await stage.deliver()
    expect(types()).toEqual(['payment.requires_action', 'payment.requires_action', 'payment.succeeded'])
  })

  it('does nothing while the store does not answer', async () => {
    const { take, types } = taking()
    const { deliver, goDown, pass } = await setUp({ mail: take })
    goDown(true)
    await deliver()
    pass(MINUTE)
    expect(types()).toEqual([])
  })
})

describe('an event that is asked for once more', () => {
  const first = `${SUBJECT}#1`
  const asked = async (subscribers: Readonly<Record<string, Subscriber>>) => {
    const stage = await setUp(subscribers)
    await stage.deliver()
    await stage.emit('payment.processing')
    await stage.elsewhere([{ write: 'redeliver', id: first }])
    const again = async () => {
      const found = await stage.context.store.event(first)()
      return E.isRight(found) ? found.right : undefined
    }
    return { ...stage, again }
  }

  it('goes to every subscriber, and moves no other event', async () => {
    const [mail, books] = [taking(), taking()]
    const { redeliver, again, due } = await asked({ mail: mail.take, books: books.take })
    await redeliver(first)
    expect([mail.taken, books.taken].map((taken) => taken.map(({ id }) => id))).toEqual([
      [first, first],
      [first, first],
    ])
    expect(mail.taken[1]).toEqual(mail.taken[0])
    expect(await again()).not.toHaveProperty('redeliverAt')
    expect((await due()).map(({ sequence }) => sequence)).toEqual([2])
    await redeliver(first)
    await redeliver('none')
    expect(mail.taken).toHaveLength(2)
  })

  it('comes again after a pause if a subscriber does not take it', async () => {
    let isOpen = true
    const take: Subscriber = async () => {
      if (!isOpen) throw new Error('the books are closed')
    }
    const { redeliver, again, failures, now } = await asked({ books: take })
    isOpen = false
    await redeliver(first)
    expect(failures).toMatchObject([{ subscriber: 'books', event: { id: first } }])
    expect(await again()).toMatchObject({ redeliverAt: now() + 5 * SECOND, event: { tries: 1 } })
    await redeliver(first)
    expect(await again()).toMatchObject({ redeliverAt: now() + 10 * SECOND, deliveredAt: expect.any(Number) })
  })

  it('waits for an hour where there is no subscriber', async () => {
    const { redeliver, again, elsewhere, now } = await asked({})
    // Nothing was delivered before: it is due in its turn.
    expect(await again()).toMatchObject({ nextDeliveryAt: now() })
    await elsewhere([
      { write: 'delivered', id: first },
      { write: 'redeliver', id: first },
    ])
    await redeliver(first)
    expect(await again()).toMatchObject({ redeliverAt: now() + HOUR })
  })
})
