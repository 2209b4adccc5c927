import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, type Payout, type Reference } from '../../src/core/index.js'
import { readStatus } from '../../src/orchestrator/read-status.js'
import { key, left, MINUTE, operationWith, payment, readingStage, reference, right } from './reading-stage.js'

const amount = { amount: 4990n, currency: 'EUR' }

const setUp = () => {
  const stage = readingStage()
  const status = (of: Reference<'payment'> = reference) => readStatus(of, stage.context)()
  return { ...stage, status }
}

describe('the status of an object that the ledger has', () => {
  it('is read back, recorded and told', async () => {
    const { record, answers, status, object, told } = setUp()
    record(key, payment())
    answers(() => E.right(payment({ status: 'succeeded', amount })))
    expect(right(await status())).toMatchObject({ reference, status: 'succeeded', amount })
    expect(object(key)).toMatchObject({ status: 'succeeded', version: 2 })
    expect(told('payment:main:pay-1')).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('is the recorded one where a read is behind it', async () => {
    const { record, answers, status } = setUp()
    record(key, payment({ status: 'succeeded', amount }))
    const nextAction = { type: 'redirect', url: 'https://pay.example.com/1' } as const
    answers(() => E.right(payment({ nextAction })))
    const told = right(await status())
    expect(told.status).toBe('succeeded')
    expect(told).not.toHaveProperty('nextAction')
  })

  it('is what a newer read recorded, where ours is overtaken each time', async () => {
    const { record, answers, status, elsewhere, object } = setUp()
    record(key, payment())
    answers(() => {
      const recorded = object(key)
      if (recorded === undefined) throw new Error('no object')
      const { version } = recorded
      elsewhere([
        { write: 'object', object: { ...recorded, status: 'processing', version: version + 1 }, version, ringsSeen: 0 },
      ])
      return E.right(payment({ status: 'failed' }))
    })
    expect(right(await status()).status).toBe('processing')
  })

  it('is read once more where something newer overtook the read', async () => {
    const { record, answers, status, elsewhere, object, asked } = setUp()
    const recorded = record(key, payment())
    answers(() => {
      const write = { write: 'object', object: { ...recorded, version: 2 }, version: 1, ringsSeen: 0 } as const
      if (object(key)?.version === 1) elsewhere([write])
      return E.right(payment({ status: 'succeeded' }))
    })
    expect(right(await status()).status).toBe('succeeded')
    expect(asked).toHaveLength(2)
  })

  it('is the error of the read where it fails, and nothing is recorded', async () => {
    const { record, answers, status, object } = setUp()
    record(key, payment())
    answers(() => E.left(indeterminate('reads', 'body')))
    expect(left(await status())).toMatchObject({ _tag: 'Indeterminate', retry: 'safe' })
    expect(object(key)?.version).toBe(1)
  })

  it('is found by our key, where the gateway gave it an id', async () => {
    const { record, answers, operations, context, asked, elsewhere } = setUp()
    const payout: Payout = {
      ...payment(),
      reference: { kind: 'payout', account: 'main', id: 'out-1' },
      status: 'processing',
    }
    const at = { account: 'main', kind: 'payout', id: 'out-1' } as const
    const recorded = record(at, payout)
    const view = operationWith({ object: at })
    operations.set('payout key-1', view)
    answers(() => E.right({ ...payout, status: 'succeeded' }))
    const byKey = { kind: 'payout', account: 'main', key: 'key-1' } as const
    expect(right(await readStatus(byKey, context)()).status).toBe('succeeded')
    expect(asked).toEqual([payout.reference])
    expect(right(await readStatus({ ...byKey, account: 'main', key: 'key-2' }, context)()).status).toBe('succeeded')
    expect(asked.at(-1)).toEqual({ ...byKey, key: 'key-2' })
    operations.set('payout key-3', operationWith({ object: { ...at, account: 'other' } }))
    elsewhere([{ write: 'new_object', object: { ...recorded, account: 'other' } }])
    await readStatus({ ...byKey, key: 'key-3' }, context)()
    expect(asked.at(-1)).toEqual({ ...byKey, key: 'key-3' })
  })
})

describe('the amount that a caller expects', () => {
  const other = { amount: 1n, currency: 'EUR' }
  it.each([
    ['is what was asked for', amount, 'exact'],
    ['is another', other, 'mismatch'],
  ])('is compared where it %s, and the ledger stays as it is', async (_what, expected, amountCheck) => {
    const { record, answers, status, object } = setUp()
    record(key, payment(), { expected: amount })
    answers(() => E.right(payment({ status: 'succeeded', amount, amountCheck: 'exact' })))
    expect(right(await status({ ...reference, expected })).amountCheck).toBe(amountCheck)
    expect(object(key)?.flags).toEqual([])
  })

  it('is compared where the ledger expects none', async () => {
    const { record, answers, status } = setUp()
    record(key, payment())
    answers(() => E.right(payment({ amount })))
    expect(right(await status({ ...reference, expected: amount })).amountCheck).toBe('exact')
  })

  it('is not compared where the gateway reports none', async () => {
    const { record, answers, status } = setUp()
    record(key, payment())
    answers(() => E.right(payment()))
    expect(right(await status({ ...reference, expected: amount })).amountCheck).toBe('unchecked')
  })

  it('heals no mismatch with what was asked for', async () => {
    const { record, answers, status } = setUp()
    record(key, payment(), { expected: amount })
    answers(() => E.right(payment({ amount: other, amountCheck: 'mismatch' })))
    expect(right(await status({ ...reference, expected: other })).amountCheck).toBe('mismatch')
  })
})

describe('the status of an object that the ledger does not have', () => {
  it('is read through as it was asked for, and not recorded', async () => {
    const { answers, status, object, asked, heard } = setUp()
    answers(() => E.right(payment({ status: 'succeeded' })))
    expect(right(await status({ ...reference, expected: amount })).status).toBe('succeeded')
    expect(asked).toEqual([{ ...reference, expected: amount }])
    expect(object(key)).toBeUndefined()
    expect(heard).toEqual(['answer'])
  })

  it('is the error of the read where it fails', async () => {
    const { answers, status, heard } = setUp()
    answers(() => E.left(indeterminate('reads', 'body')))
    expect(left(await status())._tag).toBe('Indeterminate')
    expect(heard).toEqual(['Indeterminate'])
  })
})

it('is refused for an account that is not configured', async () => {
  const { status, asked } = setUp()
  expect(left(await status({ ...reference, account: 'other' }))).toMatchObject({
    _tag: 'InvalidRequest',
    issues: [{ path: 'account' }],
  })
  expect(asked).toEqual([])
})

describe('while the store does not answer', () => {
  it('nothing is read', async () => {
    const { status, goDown, asked } = setUp()
    goDown(true)
    expect(left(await status())).toMatchObject({ _tag: 'Unreachable', phase: 'store' })
    expect(asked).toEqual([])
  })

  it('what was read is not told, because it is not recorded', async () => {
    const { record, status, goDown, answers, pass, object } = setUp()
    record(key, payment())
    pass(MINUTE)
    answers(() => {
      goDown(true)
      return E.right(payment({ status: 'succeeded' }))
    })
    expect(left(await status())).toMatchObject({ _tag: 'Unreachable', phase: 'store', retry: 'safe' })
    expect(object(key)).toMatchObject({ status: 'requires_action', lastReadAt: 0 })
  })
})
