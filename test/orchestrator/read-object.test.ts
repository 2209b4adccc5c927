import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, type Payment, rateLimited, refused } from '../../src/core/index.js'
import { createReadBudget, type ObjectRecord, READ_SPACING_MS, resultOfRecord } from '../../src/ledger/index.js'
import { createObjectReader, UNPAID_EXPIRES_MS } from '../../src/orchestrator/read-object.js'
import { DAY, HOUR, key, MINUTE, payment, readingStage, SECOND } from './reading-stage.js'

const SUBJECT = 'payment:main:pay-1'
const unlimited = () => createReadBudget({ perSecond: 1000, burst: 1000 })

const setUp = (budget = unlimited()) => {
  const stage = readingStage()
  const readObject = createObjectReader(stage.context, budget)
  const due = () => stage.object(key)?.nextReadAt
  /** Lets time pass until the object is due, and does the job. */
  const untilRead = async () => {
    stage.pass(Math.max(0, (due() ?? 0) - stage.now()))
    await readObject(key)
  }
  return { ...stage, readObject, due, untilRead }
}

const reads = (fields: Partial<Payment>) => () => E.right(payment(fields))

describe('an object that is due', () => {
  it('is read back with what it is expected to amount to, and what was read is recorded and told', async () => {
    const { record, answers, untilRead, object, told, asked, heard } = setUp()
    const expected = { amount: 4990n, currency: 'EUR' }
    record(key, payment(), { expected })
    answers(reads({ status: 'succeeded', providerState: { invoice: '1' }, amount: expected }))
    await untilRead()
    expect(asked).toEqual([{ kind: 'payment', account: 'main', id: 'pay-1', expected }])
    expect(object(key)).toMatchObject({ status: 'succeeded', version: 2, captured: expected })
    expect(told(SUBJECT)).toEqual(['payment.requires_action', 'payment.succeeded'])
    expect(heard).toEqual(['answer'])
  })

  it('is left alone where it is not due, not there, or not to be read any more', async () => {
    const { record, readObject, asked, elsewhere, object } = setUp()
    await readObject(key)
    const recorded = record(key, payment())
    await readObject(key)
    const { nextReadAt: _none, ...over } = recorded
    elsewhere([{ write: 'object', object: { ...over, version: 2 }, version: 1, ringsSeen: 0 }])
    await readObject(key)
    expect(asked).toEqual([])
    expect(object(key)?.version).toBe(2)
  })

  it('is read although our clock is a little behind the one that said it is due', async () => {
    const { record, readObject, pass, asked } = setUp()
    record(key, payment())
    pass(5 * MINUTE - SECOND)
    await readObject(key)
    expect(asked).toHaveLength(1)
  })

  it('is left for a minute to others where this worker does not have its account', async () => {
    const { record, untilRead, adapters, asked, due, now, told } = setUp()
    record(key, payment())
    adapters.clear()
    await untilRead()
    expect(asked).toEqual([])
    expect(due()).toBe(now() + MINUTE)
    expect(told(SUBJECT)).toEqual(['payment.requires_action'])
  })
})

describe('a read that something newer overtook', () => {
  const overtaking = (times: number) => {
    const stage = setUp()
    const { record, answers, object, elsewhere } = stage
    record(key, payment())
    let left = times
    answers(() => {
      if (left > 0) {
        left -= 1
        const recorded = object(key) as ObjectRecord
        // Another worker put it off: it is still due.
        elsewhere([
          {
            write: 'object',
            object: { ...recorded, version: recorded.version + 1 },
            version: recorded.version,
            ringsSeen: 0,
          },
        ])
      }
      return E.right(payment({ status: 'succeeded' }))
    })
    return stage
  }

  it('is not recorded, and is made once more', async () => {
    const { untilRead, asked, object } = overtaking(1)
    await untilRead()
    expect(asked).toHaveLength(2)
    expect(object(key)?.status).toBe('succeeded')
  })

  it('is left due where it was overtaken again', async () => {
    const { untilRead, asked, object, due, now } = overtaking(5)
    await untilRead()
    expect(asked).toHaveLength(2)
    expect(object(key)?.status).toBe('requires_action')
    expect(due()).toBeLessThanOrEqual(now())
  })

  it('is not made again where what is newer was a read', async () => {
    const stage = setUp()
    stage.record(key, payment())
    const other = createObjectReader(stage.context, unlimited())
    let isFirst = true
    stage.answers(async () => {
      if (isFirst) {
        isFirst = false
        await other(key)
      }
      return E.right(payment({ status: 'processing' }))
    })
    await stage.untilRead()
    expect(stage.asked).toHaveLength(2)
    expect(stage.object(key)?.version).toBe(2)
  })
})

describe('a bell that is rung while the read is under way', () => {
  it('makes the next read due soon', async () => {
    const { record, answers, untilRead, elsewhere, due, now } = setUp()
    record(key, payment())
    answers(() => {
      elsewhere([{ write: 'ring', object: key, at: now() }])
      return E.right(payment({ status: 'processing' }))
    })
    await untilRead()
    expect(due()).toBe(now() + READ_SPACING_MS)
  })
})

describe('a read that fails', () => {
  it('tells nobody, keeps what is recorded, and is tried again after as long as nothing was read', async () => {
    const { record, answers, untilRead, object, due, now, told, heard } = setUp()
    record(key, payment())
    answers(() => E.left(indeterminate('reads', 'first_byte')))
    const waits: number[] = []
    for (let tries = 0; tries < 4; tries += 1) {
      await untilRead()
      waits.push(((due() ?? 0) - now()) / MINUTE)
    }
    expect(waits).toEqual([5, 10, 10, 10])
    expect(object(key)).toMatchObject({ status: 'requires_action', lastReadAt: 0 })
    expect(told(SUBJECT)).toEqual(['payment.requires_action'])
    expect(heard).toEqual(['Indeterminate', 'Indeterminate', 'Indeterminate', 'Indeterminate'])
  })

  it('waits for seconds where it was read just now', async () => {
    const { record, answers, elsewhere, readObject, due, now } = setUp()
    record(key, payment())
    elsewhere([{ write: 'ring', object: key, at: now() }])
    answers(() => E.left(indeterminate('reads', 'first_byte')))
    await readObject(key)
    expect(due()).toBe(now() + 5 * SECOND)
  })

  it('waits as long as the gateway asks', async () => {
    const { record, answers, untilRead, due, now } = setUp()
    record(key, payment())
    answers(() => E.left(rateLimited(30 * MINUTE)))
    await untilRead()
    expect(due()).toBe(now() + 30 * MINUTE)
  })

  it('is tried hourly where a person has to put something right', async () => {
    const { record, answers, untilRead, pass, due, now } = setUp()
    record(key, payment())
    pass(DAY)
    answers(() => E.left(refused('permission', 403)))
    await untilRead()
    expect(due()).toBe(now() + HOUR)
  })

  it('counts as failed where the adapter throws', async () => {
    const { record, answers, untilRead, object, heard } = setUp()
    record(key, payment())
    answers(() => {
      throw new Error('a bug')
    })
    await untilRead()
    expect(heard).toEqual(['Indeterminate'])
    expect(object(key)?.status).toBe('requires_action')
  })

  it('stays due where the store does not answer either', async () => {
    const { record, answers, untilRead, goDown, due, now } = setUp()
    record(key, payment())
    answers(() => {
      goDown(true)
      return E.right(payment({ status: 'succeeded' }))
    })
    await untilRead()
    expect(due()).toBe(now())
  })
})

describe('the reads of one account', () => {
  it('wait their turn, in order, and none is dropped', async () => {
    const { record, readObject, pass, asked, object } = setUp(createReadBudget({ perSecond: 1, burst: 1 }))
    const keys = ['a', 'b', 'c'].map((id) => ({ ...key, id }))
    for (const at of keys) record(at, payment({ reference: { kind: 'payment', account: 'main', id: at.id } }))
    pass(5 * MINUTE)
    const due = async () => {
      for (const at of keys) await readObject(at)
    }
    await due()
    expect(asked).toHaveLength(1)
    expect(keys.map((at) => object(at)?.version)).toEqual([2, 2, 2])
    pass(SECOND)
    await due()
    expect(asked).toHaveLength(2)
    pass(SECOND)
    await due()
    expect(asked.map((asking) => Object(asking).id)).toEqual(['a', 'b', 'c'])
  })
})

describe('a payment that nobody has paid for seven days', () => {
  const old = async (fields: Partial<Payment>, recorded: Partial<Payment> = {}) => {
    const stage = setUp()
    stage.record(key, payment(recorded))
    stage.pass(UNPAID_EXPIRES_MS)
    stage.answers(reads(fields))
    await stage.untilRead()
    return stage
  }
  const nextAction = { type: 'redirect', url: 'https://pay.example.com/1' } as const

  it('expires once a read shows that it is still unpaid, and is not to be paid any more', async () => {
    const { object, told } = await old({ nextAction })
    const recorded = object(key) as ObjectRecord<'payment'>
    expect(resultOfRecord(recorded)).toMatchObject({ status: 'expired', reason: 'overdue' })
    expect(resultOfRecord(recorded)).not.toHaveProperty('nextAction')
    expect(told(SUBJECT)).toEqual(['payment.requires_action', 'payment.expired'])
  })

  it('is looked at again: a late success corrects it', async () => {
    const { answers, untilRead, object, told, due, now } = await old({})
    expect(due()).toBe(now() + HOUR)
    answers(reads({ status: 'succeeded' }))
    await untilRead()
    expect(object(key)?.status).toBe('succeeded')
    expect(told(SUBJECT).at(-1)).toBe('payment.late_success')
  })

  it('stays expired while reads show it unpaid, and tells so once', async () => {
    const { answers, untilRead, object, told } = await old({})
    answers(reads({ nextAction }))
    await untilRead()
    const recorded = object(key) as ObjectRecord<'payment'>
    expect(resultOfRecord(recorded)).toMatchObject({ status: 'expired' })
    expect(resultOfRecord(recorded)).not.toHaveProperty('nextAction')
    expect(told(SUBJECT)).toEqual(['payment.requires_action', 'payment.expired'])
  })

  it.each([
    ['paid', 'succeeded'],
    ['under way', 'processing'],
  ] as const)('does not expire where the read shows it %s', async (_what, status) => {
    expect((await old({ status })).object(key)?.status).toBe(status)
  })

  it('does not expire where the read is not understood', async () => {
    expect((await old({ status: 'unknown' })).object(key)?.status).toBe('requires_action')
  })

  it('does not expire where it was under way before', async () => {
    expect((await old({}, { status: 'processing' })).object(key)).toMatchObject({ status: 'processing', version: 2 })
  })

  it('does not expire a moment sooner', async () => {
    const stage = setUp()
    stage.record(key, payment())
    stage.pass(UNPAID_EXPIRES_MS - 1)
    await stage.readObject(key)
    expect(stage.object(key)?.status).toBe('requires_action')
  })
})
