import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, invalidRequest, unreachable } from '../../src/core/index.js'
import { left, setUp } from './fake-adapter.js'

describe('getStatus', () => {
  it.each(['payment', 'refund', 'payout'] as const)('reads a %s back', async (kind) => {
    const { provider, written } = setUp()
    const task = provider.getStatus({ kind, account: 'main', id: 'obj-7' })
    expect(written).toEqual([])
    expect(await task()).toMatchObject(E.right({ reference: { kind, id: 'obj-7' } }))
    expect(written).toEqual([`GET /${kind}/obj-7`])
  })

  it('may be run again', async () => {
    const { provider, written } = setUp()
    const task = provider.getStatus({ kind: 'payout', account: 'main', key: 'key-7' })
    await task()
    await task()
    expect(written).toEqual(['GET /payout/by-key/key-7', 'GET /payout/by-key/key-7'])
  })

  it('asks no account but the one that holds the object', async () => {
    const { provider, connected } = setUp()
    expect(await left(provider.getStatus({ kind: 'payment', account: 'other', id: 'obj-7' }))).toEqual(
      invalidRequest([{ path: 'account', expected: 'the account that holds the object' }]),
    )
    expect(connected).toEqual([])
  })

  it.each([undefined, null, 'obj-7', {}, { kind: 'payment', account: 'main' }])(
    'gives InvalidRequest for %j',
    async (reference) => {
      expect(await left(setUp().provider.getStatus(reference as never))).toMatchObject({ _tag: 'InvalidRequest' })
    },
  )

  it('gives what the read gave, which may be repeated', async () => {
    const lost = indeterminate('reads', 'first_byte')
    expect(
      await left(setUp(() => E.left(lost)).provider.getStatus({ kind: 'payment', account: 'main', id: 'obj-7' })),
    ).toEqual(lost)
    const unreached = unreachable('connect')
    expect(
      await left(setUp(() => E.left(unreached)).provider.getStatus({ kind: 'payment', account: 'main', id: 'obj-7' })),
    ).toEqual(unreached)
  })

  it('tells of an adapter that throws as of a read that was lost', async () => {
    const { provider } = setUp(() => {
      throw new Error('a bug in the adapter')
    })
    expect(await left(provider.getStatus({ kind: 'payment', account: 'main', id: 'obj-7' }))).toEqual(
      indeterminate('reads', 'answer'),
    )
  })
})
