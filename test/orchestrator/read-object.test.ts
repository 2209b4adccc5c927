import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { indeterminate, rateLimited, refused, type Snapshot } from '../../src/core/index.js'
import { READ_SPACING_MS, resultOfRecord, unreadable } from '../../src/ledger/index.js'
import { createObjectReader, UNPAID_EXPIRES_MS } from '../../src/orchestrator/reads/read-object.js'
import { DAY, HOUR, key, MINUTE, payment, readingStage, SECOND } from './reading-stage.js'

const SUBJECT = 'payment:main:pay-1'

const setUp = async () => {
  const stage = await readingStage()
  const readObject = createObjectReader(stage.context)
  const due = async () => (await stage.object(key))?.nextReadAt
  /** Lets time pass until the object is due, and does the job. */
  const untilRead = async () => {
    stage.pass(Math.max(0, ((await due()) ?? 0) - stage.now()))
    await readObject(key)
  }
  return { ...stage, readObject, due, untilRead }
}

const reads = (fields: Partial<Snapshot<'payment'>>) => () => E.right(payment(fields))

describe('an object that is due', () => {
  it('is read back with what it is expected to amount to, and what was read is recorded and reported', async () => {
    const { record, answers, untilRead, object, eventTypes, requested, outcomes } = await setUp()
    const expectedAmount = { minorUnits: 4990n, currency: 'EUR' }
    await record(key, payment(), { expectedAmount })
    answers(reads({ status: 'succeeded', providerState: { invoice: '1' }, amount: expectedAmount }))
    await untilRead()
    expect(requested).toEqual([
      { kind: 'payment', account: 'main', id: 'pay-1', expectedAmount: { value: '49.90', currency: 'EUR' } },
    ])
    expect(await object(key)).toMatchObject({ status: 'succeeded', version: 2, captured: expectedAmount })
    expect(eventTypes(SUBJECT)).toEqual(['payment.requires_action', 'payment.succeeded'])
    expect(outcomes).toEqual(['answer'])
  })

  it('is left alone if the ledger does not have it', async () => {
    const { readObject, requested, written } = await setUp()
    await readObject(key)
    expect(requested).toEqual([])
    expect(written('unread')).toEqual([])
  })

  it('is left to others if this worker does not have its account', async () => {
    const { record, readObject, adapters, requested, written, eventTypes } = await setUp()
    await record(key, payment())
    adapters.clear()
    await readObject(key)
    expect(requested).toEqual([])
    expect(written('unread')).toEqual([])
    expect(eventTypes(SUBJECT)).toEqual(['payment.requires_action'])
  })
})

describe('an object whose record cannot be read', () => {
  const corrupt = async () => {
    const stage = await setUp()
    await stage.record(key, payment())
    const object = () => TE.left(unreadable('paymux_objects.snapshot'))
    const reader = createObjectReader({ ...stage.context, store: { ...stage.store, object } })
    return { ...stage, reader }
  }

  it('is not tried again each second: the pauses double, up to ten minutes', async () => {
    const { reader, pass, due, now, requested } = await corrupt()
    const waits: number[] = []
    for (let tries = 0; tries < 5; tries += 1) {
      await reader(key)
      const wait = ((await due()) ?? 0) - now()
      waits.push(wait / SECOND)
      pass(wait)
    }
    expect(waits).toEqual([5, 5, 10, 20, 40])
    pass(HOUR)
    await reader(key)
    expect(((await due()) ?? 0) - now()).toBe(10 * MINUTE)
    expect(requested).toEqual([])
  })
})

describe('a read that something newer overtook', () => {
  const overtaking = async (times: number) => {
    const stage = await setUp()
    const { record, answers, paymentRecord, elsewhere } = stage
    await record(key, payment())
    let left = times
    answers(async () => {
      if (left > 0) {
        left -= 1
        const recorded = await paymentRecord(key)
        // Another worker postponed it: it is still due.
        await elsewhere([
          {
            write: 'object',
            object: { ...recorded, version: recorded.version + 1 },
            version: recorded.version,
            refreshRequestsSeen: 0,
          },
        ])
      }
      return E.right(payment({ status: 'succeeded' }))
    })
    return stage
  }

  it('is not recorded, and is made once more', async () => {
    const { untilRead, requested, object } = await overtaking(1)
    await untilRead()
    expect(requested).toHaveLength(2)
    expect((await object(key))?.status).toBe('succeeded')
  })

  it('is left due where it was overtaken again', async () => {
    const { untilRead, requested, object, due, now } = await overtaking(5)
    await untilRead()
    expect(requested).toHaveLength(2)
    expect((await object(key))?.status).toBe('requires_action')
    expect(await due()).toBeLessThanOrEqual(now())
  })

  it('is not made again where what is newer was a read', async () => {
    const stage = await setUp()
    await stage.record(key, payment())
    const other = createObjectReader(stage.context)
    let isFirst = true
    stage.answers(async () => {
      if (isFirst) {
        isFirst = false
        await other(key)
      }
      return E.right(payment({ status: 'processing' }))
    })
    await stage.untilRead()
    expect(stage.requested).toHaveLength(2)
    expect((await stage.object(key))?.version).toBe(2)
  })
})

describe('a refresh that is requested while the read is under way', () => {
  it('makes the next read due soon', async () => {
    const { record, answers, untilRead, elsewhere, due, now } = await setUp()
    await record(key, payment())
    answers(async () => {
      await elsewhere([{ write: 'request_refresh', object: key, at: now() }])
      return E.right(payment({ status: 'processing' }))
    })
    await untilRead()
    expect(await due()).toBe(now() + READ_SPACING_MS)
  })
})

describe('a read that fails', () => {
  it('emits no event, keeps what is recorded, and is tried again after as long as nothing was read', async () => {
    const { record, answers, untilRead, object, due, now, eventTypes, outcomes } = await setUp()
    await record(key, payment())
    answers(() => E.left(indeterminate('reads', 'first_byte')))
    const waits: number[] = []
    for (let tries = 0; tries < 4; tries += 1) {
      await untilRead()
      waits.push((((await due()) ?? 0) - now()) / MINUTE)
    }
    expect(waits).toEqual([5, 10, 10, 10])
    expect(await object(key)).toMatchObject({ status: 'requires_action', lastReadAt: 0 })
    expect(eventTypes(SUBJECT)).toEqual(['payment.requires_action'])
    expect(outcomes).toEqual(['Indeterminate', 'Indeterminate', 'Indeterminate', 'Indeterminate'])
  })

  it('waits for seconds where it was read just now', async () => {
    const { record, answers, elsewhere, readObject, due, now } = await setUp()
    await record(key, payment())
    await elsewhere([{ write: 'request_refresh', object: key, at: now() }])
    answers(() => E.left(indeterminate('reads', 'first_byte')))
    await readObject(key)
    expect(await due()).toBe(now() + 5 * SECOND)
  })

  it('waits as long as the gateway asks', async () => {
    const { record, answers, untilRead, due, now } = await setUp()
    await record(key, payment())
    answers(() => E.left(rateLimited(30 * MINUTE)))
    await untilRead()
    expect(await due()).toBe(now() + 30 * MINUTE)
  })

  it('is tried each quarter of an hour if an operator has to put something right', async () => {
    const { record, answers, untilRead, pass, due, now } = await setUp()
    await record(key, payment())
    pass(DAY)
    answers(() => E.left(refused('permission', 403)))
    await untilRead()
    expect(await due()).toBe(now() + 15 * MINUTE)
  })

  it('counts as failed where the adapter throws', async () => {
    const { record, answers, untilRead, object, outcomes } = await setUp()
    await record(key, payment())
    answers(() => {
      throw new Error('a bug')
    })
    await untilRead()
    expect(outcomes).toEqual(['Indeterminate'])
    expect((await object(key))?.status).toBe('requires_action')
  })

  it('stays due where the store does not answer either', async () => {
    const { record, answers, untilRead, goDown, due, now } = await setUp()
    await record(key, payment())
    answers(() => {
      goDown(true)
      return E.right(payment({ status: 'succeeded' }))
    })
    await untilRead()
    expect(await due()).toBe(now())
  })
})

describe('a refund that the gateway reports with a payment', () => {
  const amount = { minorUnits: 4990n, currency: 'EUR' }
  const paid = { status: 'succeeded', amount, captured: amount } as const

  it.each([
    ['is an operator’s matter if the ledger holds none', 0n, ['payment.succeeded', 'payment.review']],
    ['is the ledger’s own if it holds one', 1000n, ['payment.succeeded']],
  ])('%s', async (_what, minorUnits, events) => {
    const { record, elsewhere, answers, readObject, eventTypes } = await setUp()
    await record(key, payment(paid))
    await elsewhere([{ write: 'reserve', object: key, amount: { ...amount, minorUnits }, clipped: false }])
    answers(reads({ ...paid, review: ['refund_reported'] }))
    await readObject(key)
    await readObject(key)
    expect(eventTypes(SUBJECT)).toEqual(events)
  })
})

describe('a payment that is unpaid for seven days', () => {
  const old = async (fields: Partial<Snapshot<'payment'>>, recorded: Partial<Snapshot<'payment'>> = {}) => {
    const stage = await setUp()
    await stage.record(key, payment(recorded))
    stage.pass(UNPAID_EXPIRES_MS)
    stage.answers(reads(fields))
    await stage.untilRead()
    return stage
  }
  const nextAction = { type: 'redirect', url: 'https://pay.example.com/1' } as const

  it('expires once a read shows that it is still unpaid, and is not to be paid any more', async () => {
    const { paymentRecord, eventTypes } = await old({ nextAction })
    const recorded = await paymentRecord(key)
    expect(resultOfRecord(recorded)).toMatchObject({ status: 'expired', reason: 'overdue' })
    expect(resultOfRecord(recorded)).not.toHaveProperty('nextAction')
    expect(eventTypes(SUBJECT)).toEqual(['payment.requires_action', 'payment.expired'])
  })

  it('is read again: a late success corrects it', async () => {
    const { answers, untilRead, object, eventTypes, due, now } = await old({})
    expect(await due()).toBe(now() + HOUR)
    answers(reads({ status: 'succeeded' }))
    await untilRead()
    expect((await object(key))?.status).toBe('succeeded')
    expect(eventTypes(SUBJECT).at(-1)).toBe('payment.late_success')
  })

  it('stays expired while reads show it unpaid, and is reported once', async () => {
    const { answers, untilRead, paymentRecord, eventTypes } = await old({})
    answers(reads({ nextAction }))
    await untilRead()
    const recorded = await paymentRecord(key)
    expect(resultOfRecord(recorded)).toMatchObject({ status: 'expired' })
    expect(resultOfRecord(recorded)).not.toHaveProperty('nextAction')
    expect(eventTypes(SUBJECT)).toEqual(['payment.requires_action', 'payment.expired'])
  })

  it.each([
    ['paid', 'succeeded'],
    ['under way', 'processing'],
  ] as const)('does not expire where the read shows it %s', async (_what, status) => {
    const { object } = await old({ status })
    expect((await object(key))?.status).toBe(status)
  })

  it('does not expire where the read is not understood', async () => {
    const { object } = await old({ status: 'unknown' })
    expect((await object(key))?.status).toBe('requires_action')
  })

  it('does not expire where it was under way before', async () => {
    const { object } = await old({}, { status: 'processing' })
    expect(await object(key)).toMatchObject({ status: 'processing', version: 2 })
  })

  it('does not expire a moment sooner', async () => {
    const stage = await setUp()
    await stage.record(key, payment())
    stage.pass(UNPAID_EXPIRES_MS - 1)
    await stage.readObject(key)
    expect((await stage.object(key))?.status).toBe('requires_action')
  })
})
