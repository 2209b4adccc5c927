import { READ_SPACING_MS } from '../../src/ledger/index.js'
import { type Attacked, type Deed, harmless, openAttacked } from '../webhooks/forgeries/attacked.js'
import { corpus } from '../webhooks/forgeries/corpus.js'
import { type Forgery, INVOICE } from '../webhooks/forgeries/forgery.js'
import { forgeries } from '../webhooks/forgeries/generate.js'
import { NOW } from '../webhooks/support.js'

const expectHarmless = ({ status, body, writes, states }: Deed, sentAt: number): void => {
  expect(states).toHaveLength(status === 200 ? 1 : 0)
  expect(writes.filter(({ write }) => !harmless.includes(write))).toEqual([])
  for (const write of writes) if (write.write === 'request_refresh') expect(write.at).toBeGreaterThanOrEqual(sentAt)
  expect(body).toBe(status === 200 ? 'ok' : 'no')
}

describe('a forgery is answered as it must be, and states nothing:', () => {
  let attacked: Attacked
  let before: unknown
  beforeAll(async () => {
    attacked = await openAttacked()
    before = await attacked.ledger()
  })
  afterAll(() => attacked.store.close())

  it.each(corpus.map((forgery) => [forgery.name, forgery] as const))('%s', async (_name, forgery) => {
    const deed = await attacked.send(forgery)
    expectHarmless(deed, NOW)
    expect({ status: deed.status, state: deed.states[0] }).toEqual({ status: forgery.status, state: forgery.state })
  })

  it('all of them together leave the ledger as it was', async () => {
    expect(await attacked.ledger()).toEqual(before)
    expect(before).toMatchObject({ objects: [{ status: 'requires_action' }, {}, {}, {}], operation: { operation: {} } })
    expect(Object.hasOwn(Object.prototype, 'isPaid')).toBe(false)
  })
})

describe('the corpus', () => {
  it('has at least 300 forgeries, no two of one name', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(300)
    expect(new Set(corpus.map(({ name, target }) => `${target} ${name}`)).size).toBe(corpus.length)
  })
})

describe('generated forgeries', () => {
  it('are the same for the same seed', () => {
    const once = [...forgeries(7, 50)].map(({ path: _path, ...rest }) => rest)
    expect([...forgeries(7, 50)].map(({ path: _path, ...rest }) => rest)).toEqual(once)
    expect([...forgeries(8, 50)].map(({ path: _path, ...rest }) => rest)).not.toEqual(once)
  })

  it('are answered as they must be, and leave the ledger as it was', async () => {
    const attacked = await openAttacked()
    const before = await attacked.ledger()
    for (const forgery of forgeries(4217, 1000)) {
      const deed = await attacked.send(forgery)
      expect([forgery.name, deed.status]).toEqual([forgery.name, forgery.status])
      expectHarmless(deed, NOW)
    }
    expect(await attacked.ledger()).toEqual(before)
    await attacked.store.close()
  })
})

describe('a flood of forgeries', () => {
  const invoice = { account: 'payop', kind: 'payment', id: INVOICE } as const
  const paid = (n: number): Forgery => ({
    name: `paid, ${n} times`,
    target: 'payop',
    body: JSON.stringify({ invoice: { id: INVOICE, status: n % 11 }, transaction: { state: n % 16 } }),
    status: 200,
  })

  it('makes an object be read once in five seconds, not more often', async () => {
    const attacked = await openAttacked()
    const reads: number[] = []
    // A reader that records what it saw, which is what it saw before, whenever the refresh is due.
    for (let n = 0; n < 600; n++) {
      attacked.clock.now = NOW + n * 100
      await attacked.send(paid(n))
      const object = await attacked.object(invoice)
      if (object === undefined) throw new Error('it is gone')
      if ((object.nextReadAt ?? Number.POSITIVE_INFINITY) > attacked.clock.now) continue
      reads.push(attacked.clock.now)
      const { nextReadAt: _due, ...rest } = object
      const read = { ...rest, version: object.version + 1, lastReadAt: attacked.clock.now }
      await attacked.store.commit([
        { write: 'object', object: read, version: object.version, refreshRequestsSeen: object.refreshRequests },
      ])()
    }
    const gaps = reads.slice(1).map((at, index) => at - (reads[index] ?? 0))
    expect(reads.length).toBeGreaterThan(5)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(READ_SPACING_MS)
    await attacked.store.close()
  })
})
