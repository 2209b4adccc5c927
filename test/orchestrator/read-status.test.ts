import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, type Reference, type Snapshot } from '../../src/core/index.js'
import { readStatus } from '../../src/orchestrator/reads/read-status.js'
import { left, right } from '../either.js'
import { key, MINUTE, payment, readingStage, reference } from './reading-stage.js'

const amount = { minorUnits: 4990n, currency: 'EUR' }
const money = { value: '49.90', currency: 'EUR' }

const setUp = async () => {
  const stage = await readingStage()
  const status = (of: Reference<'payment'> = reference) => readStatus(of, stage.context)()
  return { ...stage, status }
}

describe('the status of an object that the ledger has', () => {
  it('is read back, recorded and reported', async () => {
    const { record, answers, status, object, eventTypes } = await setUp()
    await record(key, payment())
    answers(() => E.right(payment({ status: 'succeeded', amount })))
    expect(right(await status())).toMatchObject({
      kind: 'payment',
      account: 'main',
      id: 'pay-1',
      reference,
      status: 'succeeded',
      amount: money,
      captured: money,
      refunded: { value: '0.00', currency: 'EUR' },
    })
    expect(await object(key)).toMatchObject({ status: 'succeeded', version: 2 })
    expect(eventTypes('payment:main:pay-1')).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('is the recorded one where a read is behind it', async () => {
    const { record, answers, status } = await setUp()
    await record(key, payment({ status: 'succeeded', amount }))
    const nextAction = { type: 'redirect', url: 'https://pay.example.com/1' } as const
    answers(() => E.right(payment({ nextAction })))
    const result = right(await status())
    expect(result.status).toBe('succeeded')
    expect(result).not.toHaveProperty('nextAction')
  })

  it('is what a newer read recorded, where ours is overtaken each time', async () => {
    const { record, answers, status, elsewhere, paymentRecord } = await setUp()
    await record(key, payment())
    answers(async () => {
      const recorded = await paymentRecord(key)
      const { version } = recorded
      await elsewhere([
        {
          write: 'object',
          object: { ...recorded, status: 'processing', version: version + 1 },
          version,
          refreshRequestsSeen: 0,
        },
      ])
      return E.right(payment({ status: 'failed' }))
    })
    expect(right(await status()).status).toBe('processing')
  })

  it('is read once more where something newer overtook the read', async () => {
    const { record, answers, status, elsewhere, object, requested } = await setUp()
    const recorded = await record(key, payment())
    answers(async () => {
      const write = {
        write: 'object',
        object: { ...recorded, version: 2 },
        version: 1,
        refreshRequestsSeen: 0,
      } as const
      if ((await object(key))?.version === 1) await elsewhere([write])
      return E.right(payment({ status: 'succeeded' }))
    })
    expect(right(await status()).status).toBe('succeeded')
    expect(requested).toHaveLength(2)
  })

  it('is the error of the read where it fails, and nothing is recorded', async () => {
    const { record, answers, status, object } = await setUp()
    await record(key, payment())
    answers(() => E.left(indeterminate('reads', 'body')))
    expect(left(await status())).toMatchObject({ _tag: 'Indeterminate', retry: 'safe' })
    expect((await object(key))?.version).toBe(1)
  })

  it('is found by our key, where the gateway gave it an id', async () => {
    const { record, answers, recordPayout, context, requested, elsewhere } = await setUp()
    const payout: Snapshot<'payout'> = {
      ...payment(),
      reference: { kind: 'payout', account: 'main', id: 'out-1' },
      status: 'processing',
    }
    const at = { account: 'main', kind: 'payout', id: 'out-1' } as const
    const recorded = await record(at, payout)
    await recordPayout({ object: at })
    answers(() => E.right({ ...payout, status: 'succeeded' }))
    const byKey = { kind: 'payout', account: 'main', idempotencyKey: 'key-1' } as const
    expect(right(await readStatus(byKey, context)()).status).toBe('succeeded')
    expect(requested).toEqual([payout.reference])
    expect(right(await readStatus({ ...byKey, account: 'main', idempotencyKey: 'key-2' }, context)()).status).toBe(
      'succeeded',
    )
    expect(requested.at(-1)).toEqual({ ...byKey, idempotencyKey: 'key-2' })
    await elsewhere([{ write: 'new_object', object: { ...recorded, account: 'other' } }])
    await recordPayout({ idempotencyKey: 'key-3', object: { ...at, account: 'other' } })
    const read = requested.length
    expect(left(await readStatus({ ...byKey, idempotencyKey: 'key-3' }, context)())).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path: 'account' }],
    })
    expect(requested).toHaveLength(read)
  })
})

describe('the amount that a caller expects', () => {
  const other = { minorUnits: 1n, currency: 'EUR' }
  const otherMoney = { value: '0.01', currency: 'EUR' }
  it.each([
    ['is that of the request', money, 'exact'],
    ['is another', otherMoney, 'mismatch'],
  ])('is compared where it %s, and the ledger stays as it is', async (_what, expectedAmount, amountCheck) => {
    const { record, answers, status, object } = await setUp()
    await record(key, payment(), { expectedAmount: amount })
    answers(() => E.right(payment({ status: 'succeeded', amount, amountCheck: 'exact' })))
    expect(right(await status({ ...reference, expectedAmount })).amountCheck).toBe(amountCheck)
    expect((await object(key))?.flags).toEqual([])
  })

  it('is compared where the ledger expects none', async () => {
    const { record, answers, status } = await setUp()
    await record(key, payment())
    answers(() => E.right(payment({ amount })))
    expect(right(await status({ ...reference, expectedAmount: money })).amountCheck).toBe('exact')
  })

  it('is not compared where the gateway reports none', async () => {
    const { record, answers, status } = await setUp()
    await record(key, payment())
    answers(() => E.right(payment()))
    expect(right(await status({ ...reference, expectedAmount: money })).amountCheck).toBe('unchecked')
  })

  it('removes no mismatch with the amount of the request', async () => {
    const { record, answers, status } = await setUp()
    await record(key, payment(), { expectedAmount: amount })
    answers(() => E.right(payment({ amount: other, amountCheck: 'mismatch' })))
    expect(right(await status({ ...reference, expectedAmount: otherMoney })).amountCheck).toBe('mismatch')
  })
})

describe('the status of an object that the ledger does not have', () => {
  it('is read by the reference of the call, and not recorded', async () => {
    const { answers, status, object, requested, outcomes } = await setUp()
    answers(() => E.right(payment({ status: 'succeeded' })))
    expect(right(await status({ ...reference, expectedAmount: money })).status).toBe('succeeded')
    expect(requested).toEqual([{ ...reference, expectedAmount: money }])
    expect(await object(key)).toBeUndefined()
    expect(outcomes).toEqual(['answer'])
  })

  it('is the error of the read where it fails', async () => {
    const { answers, status, outcomes } = await setUp()
    answers(() => E.left(indeterminate('reads', 'body')))
    expect(left(await status())._tag).toBe('Indeterminate')
    expect(outcomes).toEqual(['Indeterminate'])
  })
})

it('is refused for an account that is not configured', async () => {
  const { status, requested } = await setUp()
  expect(left(await status({ ...reference, account: 'other' }))).toMatchObject({
    _tag: 'InvalidRequest',
    issues: [{ path: 'account' }],
  })
  expect(requested).toEqual([])
})

describe('while the store does not answer', () => {
  it('nothing is read', async () => {
    const { status, goDown, requested } = await setUp()
    goDown(true)
    expect(left(await status())).toMatchObject({ _tag: 'Unreachable', phase: 'store' })
    expect(requested).toEqual([])
  })

  it('what was read is not reported, because it is not recorded', async () => {
    const { record, status, goDown, answers, pass, object } = await setUp()
    await record(key, payment())
    pass(MINUTE)
    answers(() => {
      goDown(true)
      return E.right(payment({ status: 'succeeded' }))
    })
    expect(left(await status())).toMatchObject({ _tag: 'Unreachable', phase: 'store', retry: 'safe' })
    expect(await object(key)).toMatchObject({ status: 'requires_action', lastReadAt: 0 })
  })
})
