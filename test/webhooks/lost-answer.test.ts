import { noEncryption } from '../../src/ledger/encryption.js'
import type { OperationRecord } from '../../src/ledger/index.js'
import { READ_SPACING_MS } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { createWebhooks } from '../../src/webhooks/index.js'
import { right } from '../either.js'
import { anAdapter, anAttempt, anOperation, NOW, post, settings } from './support.js'

const HOUR = 60 * 60_000

/** Posts to the address of the attempt of such an operation, and gives when the operation is due then. */
const dueAfter = async (change: Partial<OperationRecord>, times = 1): Promise<number | undefined> => {
  const store = right(await openSqlite({ file: ':memory:', encryption: noEncryption, clock: () => NOW })())
  const webhooks = right(createWebhooks({ store, adapters: () => anAdapter(), settings, now: () => NOW }))
  const { url, tokenHash } = webhooks.attemptAddress('main')
  right(
    await store.commit([
      { write: 'claim', operation: anOperation(change), leaseMs: 1 },
      { write: 'attempt', attempt: anAttempt(tokenHash), is: 'new' },
    ])(),
  )
  for (let n = 0; n < times; n++)
    expect((await webhooks.handle(post(url, '{"id":"pay-1"}'), { address: '203.0.113.7' })).status).toBe(200)
  const view = right(await store.operation('op-1')())
  await store.close()
  return view?.operation.nextPollAt
}

describe('a notification about an operation whose answer was lost', () => {
  it.each<[string, Partial<OperationRecord>, number | undefined]>([
    ['brings the next poll forward', { state: 'indeterminate', nextPollAt: NOW + HOUR }, NOW + READ_SPACING_MS],
    ['makes one that waits for an operator be polled', { state: 'indeterminate' }, NOW + READ_SPACING_MS],
    ['does not put a poll off', { state: 'indeterminate', nextPollAt: NOW + 1 }, NOW + 1],
    ['brings a dispatched one forward', { state: 'dispatched', nextPollAt: NOW + HOUR }, NOW + READ_SPACING_MS],
    ['does not begin what was not begun', { state: 'prepared', nextPollAt: NOW + HOUR }, NOW + HOUR],
    ['leaves what is over as it is', { state: 'canceled' }, undefined],
  ])('%s', async (_what, change, due) => {
    expect(await dueAfter(change)).toBe(due)
    expect(await dueAfter(change, 3)).toBe(due)
  })
})
