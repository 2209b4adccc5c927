import { noEncryption } from '../../src/ledger/encryption.js'
import type { ObjectRecord, Store } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { createWebhooks, type NotificationDecision } from '../../src/webhooks/index.js'
import { right } from '../either.js'
import fc from '../property.js'
import { anAdapter, aPayment, NOW, post, settings } from './support.js'

const client = { address: '203.0.113.7' }
const ids = ['pay-1', 'pay-2', 'pay-unknown']
const words = ['pending', 'failed', 'paid']
const claim = fc.record({ id: fc.constantFrom(...ids), word: fc.constantFrom(...words) })

const open = async (): Promise<Store> =>
  right(await openSqlite({ file: ':memory:', encryption: noEncryption, clock: () => NOW })())

/** Delivers claims to a new ledger that knows two payments, and gives what it then holds. */
const delivered = async (claims: readonly { readonly id: string; readonly word: string }[]) => {
  const store = await open()
  const seeds = ids.slice(0, 2).map((id) => ({ write: 'new_object', object: aPayment(id) }) as const)
  right(await store.commit(seeds)())
  const webhooks = right(createWebhooks({ store, adapters: () => anAdapter(), settings, now: () => NOW }))
  for (const { id, word } of claims) {
    const body = JSON.stringify({ id, reported: { order: word } })
    expect((await webhooks.handle(post(webhooks.address('main'), body), client)).status).toBe(200)
  }
  const objectOf = async (id: string): Promise<ObjectRecord | undefined> =>
    right(await store.object({ account: 'main', kind: 'payment', id })())
  const due = await Promise.all(ids.map(async (id) => (await objectOf(id))?.nextReadAt))
  const requests = await Promise.all(ids.map(async (id) => (await objectOf(id))?.refreshRequests))
  const waiting = right(await store.unmatched(NOW + 1, 100)())
  await store.close()
  return { due, requests, waiting: waiting.map(({ body, deliveries }) => ({ body, deliveries })) }
}

const kept = ({ due, waiting }: Awaited<ReturnType<typeof delivered>>) => ({
  due,
  entries: waiting.map(({ body }) => body).sort(),
})

describe('deliveries', () => {
  it('leave the same in whatever order they come, and however often', async () => {
    const shuffled = fc
      .array(claim, { minLength: 1, maxLength: 8 })
      .chain((claims) =>
        fc.tuple(fc.constant(claims), fc.shuffledSubarray([...claims, ...claims], { minLength: claims.length * 2 })),
      )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([claims, again]) => {
        expect(kept(await delivered(again))).toEqual(kept(await delivered(claims)))
      }),
      { numRuns: 20 },
    )
  })

  it('are counted in one entry', async () => {
    const unknown = { id: 'pay-unknown', word: 'paid' }
    const { waiting } = await delivered([unknown, unknown, unknown])
    expect(waiting).toEqual([{ body: expect.any(String), deliveries: 3 }])
  })

  it('request a refresh for what is new, the third time as the first', async () => {
    const say = (word: string) => ({ id: 'pay-1', word })
    const { requests, due } = await delivered([say('failed'), say('paid'), say('failed'), say('pending')])
    expect(requests).toEqual([3, 0, undefined])
    expect(due).toEqual([NOW, undefined, undefined])
  })

  it('about one object that differ in words alone keep a hundred entries, and request a read all the same', async () => {
    const store = await open()
    const object = aPayment('pay-1')
    right(await store.commit([{ write: 'new_object', object }])())
    const decisions: NotificationDecision[] = []
    const webhooks = right(
      createWebhooks({
        store,
        adapters: () => anAdapter(),
        settings,
        now: () => NOW,
        onNotification: (decision) => void decisions.push(decision),
      }),
    )
    for (let n = 0; n < 105; n += 1) {
      const body = JSON.stringify({ id: 'pay-1', reported: { order: `word ${n}` } })
      expect((await webhooks.handle(post(webhooks.address('main'), body), client)).status).toBe(200)
    }
    expect(decisions.map(({ overQuota }) => overQuota === true)).toEqual([
      ...Array.from({ length: 100 }, () => false),
      ...Array.from({ length: 5 }, () => true),
    ])
    expect(right(await store.object(object)())?.refreshRequests).toBe(105)
    await store.close()
  })

  it('with a body that is too long keep its beginning', async () => {
    const store = await open()
    const webhooks = right(createWebhooks({ store, adapters: () => anAdapter(), settings, now: () => NOW }))
    const body = JSON.stringify({ filling: 'x'.repeat(100_000), id: 'pay-1' })
    expect((await webhooks.handle(post(webhooks.address('main'), body), client)).status).toBe(200)
    const [entry] = right(await store.unmatched(NOW + 1, 9)())
    expect(entry?.object?.id).toBe('pay-1')
    expect(entry?.body?.length).toBeLessThan(4200)
    await store.close()
  })

  it('of a long run of spaces are read in no time', async () => {
    const store = await open()
    const webhooks = right(createWebhooks({ store, adapters: () => anAdapter(), settings, now: () => NOW }))
    const body = `x${' '.repeat(200_000)}x`
    // Quadratic time would be minutes, and outlast the test.
    expect((await webhooks.handle(post(webhooks.address('main'), body), client)).status).toBe(200)
    await store.close()
  })
})
