import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { acquireDue, renewJob } from '../../src/ledger/stores/sqlite/jobs.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { storeOver } from '../../src/ledger/stores/sqlite/store.js'
import { right, succeed } from '../either.js'
import { claiming, event } from './records.js'

const START = Date.UTC(2026, 0, 2)

describe('the job of a worker that died, in SQLite', () => {
  const setUp = async () => {
    let now = START
    const connection = right(openConnection(await succeed(loadDriver()), ':memory:', () => now))
    const store = storeOver(connection, () => now)
    return {
      connection,
      store,
      pass: (ms: number) => {
        now += ms
      },
      names: () => acquireDue(connection, 9).map(({ name }) => name),
    }
  }

  it('is given to another within 35 seconds, its lease included', async () => {
    const { store, pass, names } = await setUp()
    await succeed(store.commit([...claiming('a', { nextPollAt: 1 }, -1), { write: 'event', event: event('s', 1) }]))
    expect(names()).toEqual(['operation:a', 'events:s'])
    await succeed(store.commit([{ write: 'acquire_lease', id: 'a', fence: 1, leaseMs: 30_000 }]))
    pass(29_999)
    expect(names()).toEqual([])
    pass(1)
    expect(names()).toEqual(['operation:a', 'events:s'])
    await store.close()
  })

  it('stays with a worker that says that it lives', async () => {
    const { connection, store, pass } = await setUp()
    await succeed(store.commit([{ write: 'event', event: event('s', 1) }]))
    const [job] = acquireDue(connection, 9)
    if (job === undefined) throw new Error('nothing is due')
    for (let times = 0; times < 6; times += 1) {
      pass(10_000)
      renewJob(connection, job)
      expect(acquireDue(connection, 9)).toEqual([])
    }
    pass(30_000)
    expect(acquireDue(connection, 9)).toHaveLength(1)
    await store.close()
  })
})
