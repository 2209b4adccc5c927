import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, type PaymentError, refused, unreachable } from '../../src/core/index.js'
import { createObjectReader } from '../../src/orchestrator/reads/read-object.js'
import { DAY, HOUR, key, MINUTE, payment, readingStage } from './reading-stage.js'

const ACCOUNT = 'account:main'
const expired = refused('authentication', 401)

const setUp = async () => {
  const stage = await readingStage()
  await stage.elsewhere([{ write: 'account', account: { name: 'main', identity: {} } }])
  await stage.record(key, payment())
  const readObject = createObjectReader(stage.context)
  const { store } = stage.context
  return {
    ...stage,
    fails: (error: PaymentError = expired) => stage.answers(() => E.left(error)),
    succeeds: () => stage.answers(() => E.right(payment())),
    read: () => readObject(key),
    types: () => stage.eventTypes(ACCOUNT),
    health: async () => {
      const found = await store.health()()
      return E.isRight(found) ? found.right.accounts[0] : undefined
    },
  }
}

describe('an account whose reads fail', () => {
  it('is reported once after 15 minutes, with the reason, and its recovery once', async () => {
    const { fails, succeeds, read, pass, types, onlyEvent, health, now } = await setUp()
    fails()
    const since = now()
    await read()
    pass(15 * MINUTE - 1)
    await read()
    expect(types()).toEqual([])
    expect(await health()).toMatchObject({ failingSince: since, reason: 'Refused authentication 401', failedReads: 1 })
    pass(1)
    for (let reads = 0; reads < 3; reads += 1) await read()
    expect(types()).toEqual(['account.failing'])
    expect(onlyEvent('account.failing')).toMatchObject({
      account: 'main',
      failing: { since, reason: 'Refused authentication 401' },
    })
    succeeds()
    for (let reads = 0; reads < 3; reads += 1) await read()
    expect(types()).toEqual(['account.failing', 'account.recovered'])
    const healthy = await health()
    expect(healthy).toMatchObject({ account: 'main', dueReads: 0, failedReads: 0 })
    expect(healthy).not.toHaveProperty('failingSince')
    fails()
    await read()
    pass(15 * MINUTE)
    await read()
    expect(types()).toEqual(['account.failing', 'account.recovered', 'account.failing'])
  })

  it('is reported by its own schedule: no pause between two reads is longer than that, whatever an operator has to put right', async () => {
    const { fails, read, pass, types, object, now } = await setUp()
    pass(9 * DAY)
    fails()
    const first = now()
    while (types().length === 0) {
      await read()
      pass(((await object(key))?.nextReadAt ?? 0) - now())
    }
    expect(now() - first).toBeLessThanOrEqual(30 * MINUTE)
  })

  it('is not reported while other reads of it succeed', async () => {
    const { fails, succeeds, read, pass, types } = await setUp()
    for (let hours = 0; hours < 4; hours += 1) {
      fails()
      await read()
      pass(10 * MINUTE)
      succeeds()
      await read()
      pass(HOUR)
    }
    expect(types()).toEqual([])
  })

  it('is reported by one of many processes that read at once', async () => {
    const { fails, read, pass, types } = await setUp()
    fails()
    await read()
    pass(15 * MINUTE)
    await Promise.all(Array.from({ length: 16 }, read))
    expect(types()).toEqual(['account.failing'])
  })

  it('is not the account if the ledger did not answer', async () => {
    const { fails, read, pass, types } = await setUp()
    fails(unreachable('store'))
    await read()
    pass(15 * MINUTE)
    await read()
    expect(types()).toEqual([])
  })

  it('has the reason of the last read', async () => {
    const { fails, read, health } = await setUp()
    fails()
    await read()
    fails(indeterminate('reads', 'first_byte'))
    await read()
    expect((await health())?.reason).toBe('Indeterminate first_byte')
  })
})
