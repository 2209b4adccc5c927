import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, invalidRequest, locate, type PaymentError, unreachable } from '../../src/core/index.js'
import { fail } from '../either.js'
import { setUp } from './fake-adapter.js'

/** An error as it arrives here. */
const located = (error: PaymentError, exchange?: string) => locate(error, { account: 'main', exchange })

describe('getStatus', () => {
  it.each(['payment', 'refund', 'payout'] as const)('reads a %s back', async (kind) => {
    const { provider, written } = setUp()
    const task = provider.getStatus({ kind, account: 'main', id: 'obj-7' })
    expect(written).toEqual([])
    expect(await task()).toMatchObject(
      E.right({ kind, account: 'main', id: 'obj-7', reference: { kind, id: 'obj-7' } }),
    )
    expect(written).toEqual([`GET /${kind}/obj-7`])
  })

  it('may be run again', async () => {
    const { provider, written } = setUp()
    const task = provider.getStatus({ kind: 'payout', account: 'main', idempotencyKey: 'key-7' })
    await task()
    await task()
    expect(written).toEqual(['GET /payout/by-key/key-7', 'GET /payout/by-key/key-7'])
  })

  it('asks no account but the one that holds the object', async () => {
    const { provider, connected } = setUp()
    expect(await fail(provider.getStatus({ kind: 'payment', account: 'other', id: 'obj-7' }))).toEqual(
      located(invalidRequest([{ path: 'account', expected: 'the account that holds the object' }])),
    )
    expect(connected).toEqual([])
  })

  it.each([undefined, null, 'obj-7', {}, { kind: 'payment', account: 'main' }])(
    'gives InvalidRequest for %j',
    async (reference) => {
      const { provider } = setUp()
      expect(await fail(Reflect.apply(provider.getStatus, provider, [reference]))).toMatchObject({
        _tag: 'InvalidRequest',
      })
    },
  )

  it('reads nothing of its reference before its task is run', async () => {
    let touched = 0
    const reference = {
      get kind(): 'payment' {
        touched++
        throw new Error('CANARY')
      },
      account: 'main',
      id: 'obj-7',
    }
    const task = setUp().provider.getStatus(reference)
    await Promise.resolve()
    expect(touched).toBe(0)
    expect(await fail(task)).toEqual(
      located(invalidRequest([{ path: '(root)', expected: 'plain data: a part of it threw when it was read' }])),
    )
  })

  it('gives what the read gave, which may be repeated', async () => {
    const lost = indeterminate('reads', 'first_byte')
    expect(
      await fail(setUp(() => E.left(lost)).provider.getStatus({ kind: 'payment', account: 'main', id: 'obj-7' })),
    ).toEqual(located(lost, 'fake.objects.get'))
    const unreached = unreachable('connect')
    expect(
      await fail(setUp(() => E.left(unreached)).provider.getStatus({ kind: 'payment', account: 'main', id: 'obj-7' })),
    ).toEqual(located(unreached, 'fake.objects.get'))
  })

  it('tells of an adapter that throws as of a read that was lost', async () => {
    const { provider } = setUp(() => {
      throw new Error('a bug in the adapter')
    })
    expect(await fail(provider.getStatus({ kind: 'payment', account: 'main', id: 'obj-7' }))).toEqual(
      located(indeterminate('reads', 'answer')),
    )
  })
})
