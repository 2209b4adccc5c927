import type { Store } from '../../src/ledger/index.js'
import { createObjectReader } from '../../src/orchestrator/reads/read-object.js'
import { workOnReads } from '../../src/orchestrator/reads/work-on-reads.js'
import { eventually } from '../eventually.js'
import { payment, readingStage } from './reading-stage.js'

const gone = { account: 'gone', kind: 'payment', id: 'pay-2' } as const

describe('an object of an account that the configuration does not have', () => {
  const setUp = async () => {
    const stage = await readingStage()
    const { elsewhere, record, store, adapters, adapter, now } = stage
    await elsewhere(['main', 'gone'].map((name) => ({ write: 'account', account: { name, identity: {} } }) as const))
    const reference = { kind: 'payment', account: 'gone', id: 'pay-2' } as const
    await record(gone, payment({ reference }))
    // A notification about it.
    await elsewhere([{ write: 'request_refresh', object: gone, at: now() }])
    const own = new Set(['main'])
    const acquired: string[] = []
    let rounds = 0
    const counted: Pick<Store, 'accountsToRead' | 'acquireReads'> = {
      accountsToRead: () => {
        rounds += 1
        return store.accountsToRead()
      },
      acquireReads: (account, wanted) => {
        acquired.push(account)
        return store.acquireReads(account, wanted)
      },
    }
    const work = workOnReads({
      store: counted,
      accounts: () => own,
      readObject: createObjectReader(stage.context),
      perSecond: 20,
      concurrency: 4,
    })
    const comesBack = () => {
      adapters.set('gone', { ...adapter, account: 'gone' })
      own.add('gone')
    }
    return { ...stage, work, acquired, comesBack, untilRound: (n: number) => eventually(() => rounds >= n) }
  }

  it('is neither acquired nor written, and is read at once when the account is back', async () => {
    const { work, acquired, comesBack, untilRound, object, requested, written } = await setUp()
    const before = await object(gone)
    await untilRound(4)
    expect([acquired, requested, written('unread')]).toEqual([[], [], []])
    expect(await object(gone)).toEqual(before)
    comesBack()
    await eventually(() => requested.length > 0)
    await work.stop()
    expect(acquired[0]).toBe('gone')
    expect((await object(gone))?.version).toBe(2)
  })
})
