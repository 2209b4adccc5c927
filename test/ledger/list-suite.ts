import * as E from 'fp-ts/lib/Either.js'
import { fromMoney, type Kind, type Money, machines, omitUndefined, type StatusOf } from '../../src/core/index.js'
import type {
  EventFilter,
  Job,
  ListPage,
  ListRequest,
  ObjectFilter,
  ObjectRecord,
  ObjectSummary,
  OperationFilter,
  PageRequest,
  Store,
  SummaryLine,
  Write,
} from '../../src/ledger/index.js'
import { right } from '../either.js'
import fc from '../property.js'
import { attempt, captured, claiming, event, FAR, operation, PAST, payment, snapshot } from './records.js'

const DAY = 86_400_000

const newestFirst: PageRequest = { order: 'newest_first', limit: 100 }

const eur = (minorUnits: bigint) => ({ minorUnits, currency: 'EUR' })

/** An object of any kind. */
const object = <K extends Kind>(kind: K, id: string, fields: Partial<ObjectRecord<'payment'>> = {}): ObjectRecord => {
  const { snapshot: reported, ...rest } = payment(id, fields)
  const reference = { kind, account: rest.account, id }
  return { ...rest, kind, snapshot: { ...reported, reference } } as ObjectRecord
}

const statuses: { readonly [K in Kind]: readonly StatusOf<K>[] } = {
  payment: [...machines.payment.statuses, 'unknown'],
  refund: [...machines.refund.statuses, 'unknown'],
  payout: [...machines.payout.statuses, 'unknown'],
}

const pick = <A>(...values: readonly A[]) => fc.constantFrom(...values)
const perhaps = <A>(arbitrary: fc.Arbitrary<A>) => fc.option(arbitrary, { nil: undefined })

const drawnKind = pick<Kind>('payment', 'payment', 'refund', 'payout')
const drawnStatus = (kind: Kind): fc.Arbitrary<StatusOf<Kind>> => fc.constantFrom(...statuses[kind])

const drawnObject = drawnKind.chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    status: drawnStatus(kind),
    account: pick('main', 'spare'),
    currency: pick('EUR', 'INR', undefined),
    merchantReference: pick('order 1', 'order 2', undefined),
    createdAt: fc.nat(6).map((n) => PAST + n * (DAY / 2)),
    amount: fc.bigInt({ min: 0n, max: 999_999_999_999_999_999n }),
    isCaptured: fc.boolean(),
    review: fc.boolean(),
    disputed: fc.boolean(),
  }),
)
type Drawn = typeof drawnObject extends fc.Arbitrary<infer A> ? A : never

const drawnFilter: fc.Arbitrary<ObjectFilter> = fc
  .record({
    kind: perhaps(drawnKind),
    status: perhaps(pick<StatusOf<Kind>>('processing', 'succeeded', 'failed')),
    account: perhaps(pick('main', 'spare')),
    currency: perhaps(pick('EUR', 'INR')),
    merchantReference: perhaps(pick('order 1', 'order 2')),
    review: perhaps(fc.boolean()),
    disputed: perhaps(fc.boolean()),
  })
  .map(omitUndefined)

const recordOf = (id: string, drawn: Drawn): ObjectRecord => {
  const { kind, status, account, currency, merchantReference, createdAt, amount, isCaptured, review, disputed } = drawn
  const money = currency === undefined ? undefined : { minorUnits: amount, currency }
  const isPaid = kind === 'payment' && isCaptured && money !== undefined
  return object(kind, id, {
    account,
    status: status as StatusOf<'payment'>,
    createdAt,
    disputed,
    snapshot: snapshot(id, { review: review ? ['unconfirmed'] : [] }),
    ...(merchantReference === undefined
      ? {}
      : { origin: { operationId: 'a', idempotencyKey: id, merchantReference, notPassedOn: [] } }),
    ...(money === undefined ? {} : { expectedAmount: money }),
    ...(isPaid ? { captured: money, reserved: amount / 2n, refunded: amount / 4n } : {}),
  })
}

const keyOf = ({ account, kind, id }: Pick<ObjectRecord, 'account' | 'kind' | 'id'>): string =>
  `${account} ${kind} ${id}`

const matches = (record: ObjectRecord, filter: ObjectFilter): boolean => {
  const { kind, status, account, currency, merchantReference, review, disputed } = filter
  const same = <A>(wanted: A | undefined, has: A | undefined): boolean => wanted === undefined || wanted === has
  return (
    same(kind, record.kind) &&
    same(status, record.status) &&
    same(account, record.account) &&
    same(currency, record.expectedAmount?.currency) &&
    same(merchantReference, record.origin?.merchantReference) &&
    same(review, record.snapshot.review.length > 0) &&
    same(disputed, record.disputed)
  )
}

const inOrder = (order: PageRequest['order'], records: readonly ObjectRecord[]): readonly ObjectRecord[] => {
  const sorted = [...records].sort((a, b) => {
    const [one, other] = [a, b].map((record) => `${String(record.createdAt).padStart(20)} ${keyOf(record)}`)
    return String(one) < String(other) ? -1 : 1
  })
  return order === 'newest_first' ? sorted.reverse() : sorted
}

const sumOf = (amounts: readonly (Money | undefined)[]): bigint =>
  amounts.reduce((sum, amount) => sum + (amount === undefined ? 0n : (fromMoney(amount)?.minorUnits ?? 0n)), 0n)

/** What every store keeps of its lists, on an empty store for each test. */
export const listSuite = (opened: () => Store): void => {
  const write = async (...writes: readonly Write[]): Promise<void> =>
    expect(right(await opened().commit(writes)())).toEqual({ done: true })
  const listObjects = async (filter: ObjectFilter, page: Partial<PageRequest> = {}) =>
    right(await opened().listObjects({ filter, page: { ...newestFirst, ...page } })())
  const idsOf = ({ items }: ListPage<{ readonly id: string }>) => items.map(({ id }) => id)

  /** All pages of a list, one after the other. */
  const everyPage = async (filter: ObjectFilter, page: Partial<PageRequest>, between = async () => {}) => {
    const items: ObjectSummary[] = []
    let after = page.after
    for (;;) {
      const found = await listObjects(filter, { ...page, ...omitUndefined({ after }) })
      items.push(...found.items)
      if (found.next === undefined) return items
      after = found.next
      await between()
    }
  }

  describe('lists of objects', () => {
    it('show what the ledger has in clear', async () => {
      const origin = {
        operationId: 'a',
        idempotencyKey: 'key-a',
        merchantReference: 'order 7',
        notPassedOn: ['payer.ip'],
      }
      const metadata = { basket: 'b-1' }
      const paid = {
        ...captured('p1', 1000n),
        expectedAmount: eur(990n),
        reserved: 600n,
        refunded: 200n,
        updatedAt: FAR,
      }
      await write({ write: 'new_object', object: { ...paid, origin: { ...origin, metadata } } })
      await write({ write: 'new_object', object: object('payout', 'o1', { expectedAmount: eur(7n), createdAt: 2 }) })
      const reservation = { account: 'main', id: 'p1', amount: eur(5n), held: true }
      await write({
        write: 'new_object',
        object: object('refund', 'r1', { reservation, abandoned: true, createdAt: 1 }),
      })
      const common = { account: 'main', status: 'processing', statusSince: PAST, disputed: false, needsReview: false }
      expect((await listObjects({})).items).toEqual([
        {
          ...common,
          kind: 'payment',
          id: 'p1',
          status: 'succeeded',
          amount: { value: '9.90', currency: 'EUR' },
          captured: { value: '10.00', currency: 'EUR' },
          refunded: { value: '2.00', currency: 'EUR' },
          reserved: { value: '4.00', currency: 'EUR' },
          abandoned: false,
          operationId: 'a',
          idempotencyKey: 'key-a',
          merchantReference: 'order 7',
          createdAt: PAST,
          updatedAt: FAR,
        },
        {
          ...common,
          kind: 'payout',
          id: 'o1',
          amount: { value: '0.07', currency: 'EUR' },
          abandoned: false,
          createdAt: 2,
          updatedAt: PAST,
        },
        {
          ...common,
          kind: 'refund',
          id: 'r1',
          amount: { value: '0.05', currency: 'EUR' },
          abandoned: true,
          createdAt: 1,
          updatedAt: PAST,
        },
      ])
    })

    it('know from each write whether an operator should look', async () => {
      const needing = async () => idsOf(await listObjects({ review: true }))
      const written = (fields: Partial<ObjectRecord<'payment'>>, version: number): Write => {
        const after = payment('p1', { ...fields, version: version + 1 })
        return { write: 'object', object: after, version, refreshRequestsSeen: 0 }
      }
      await write({
        write: 'new_object',
        object: payment('p1', { snapshot: snapshot('p1', { review: ['contradiction'] }) }),
      })
      expect(await needing()).toEqual(['p1'])
      await write(written({}, 1))
      expect(await needing()).toEqual([])
      await write(written({ suspectedSince: PAST }, 2))
      expect(await needing()).toEqual(['p1'])
      await write(written({ snapshot: snapshot('p1', { amountCheck: 'mismatch' }) }, 3))
      expect(await needing()).toEqual(['p1'])
      await write(written({ flags: ['alert:failed'] }, 4))
      expect(await needing()).toEqual([])
      expect(idsOf(await listObjects({ review: false }))).toEqual(['p1'])
    })

    it('hold to a time range, the first time included and the last not', async () => {
      for (const createdAt of [1, 2, 3])
        await write({ write: 'new_object', object: payment(`p${createdAt}`, { createdAt }) })
      expect(idsOf(await listObjects({}, { from: 2 }))).toEqual(['p3', 'p2'])
      expect(idsOf(await listObjects({ account: 'main' }, { to: 3 }))).toEqual(['p2', 'p1'])
      expect(idsOf(await listObjects({}, { from: 1, to: 2, order: 'oldest_first' }))).toEqual(['p1'])
    })

    it('are the same in pages as in one piece, in both orders, while objects are recorded between two pages', async () => {
      let runs = 0
      const recorded: ObjectRecord[] = []
      const add = async (drawn: readonly Drawn[], name: string): Promise<void> => {
        const records = drawn.map((one, n) => recordOf(`${name}n${n}`, one))
        await write(...records.map((one) => ({ write: 'new_object', object: one }) as const))
        recorded.push(...records)
      }
      const pageOf = fc.record({
        order: pick<PageRequest['order']>('newest_first', 'oldest_first'),
        limit: fc.integer({ min: 1, max: 5 }),
      })
      await fc.assert(
        fc.asyncProperty(
          fc.array(drawnObject, { minLength: 1, maxLength: 12 }),
          fc.array(drawnObject, { minLength: 0, maxLength: 2 }),
          drawnFilter,
          pageOf,
          async (first, later, filter, page) => {
            runs += 1
            let additions = 0
            await add(first, `r${runs}`)
            const before = inOrder(
              page.order,
              recorded.filter((record) => matches(record, filter)),
            ).map(keyOf)
            const paged = await everyPage(filter, page, async () => {
              additions += 1
              await add(additions > 3 ? [] : later, `r${runs}a${additions}`)
            })
            const known = new Set(before)
            const keys = paged.map(keyOf)
            expect(keys.filter((key) => known.has(key))).toEqual(before)
            // What came between is in its place, or was passed already.
            const after = inOrder(
              page.order,
              recorded.filter((record) => matches(record, filter)),
            ).map(keyOf)
            expect(after.filter((key) => keys.includes(key))).toEqual(keys)
            expect((await everyPage(filter, { ...page, limit: 1000 })).map(keyOf)).toEqual(after)
          },
        ),
        { numRuns: 25 },
      )
    })

    it('give a short page with a place to go on, if what is looked for is far', async () => {
      const COUNT = 2080
      const many = Array.from({ length: COUNT }, (_, n): Write => {
        const fields = n % 1040 === 0 ? { kind: 'refund', id: `r${n}` } : { kind: 'payment', id: `p${n}` }
        return { write: 'new_object', object: object(fields.kind as Kind, fields.id, { createdAt: n }) }
      })
      for (let at = 0; at < COUNT; at += 520) await write(...many.slice(at, at + 520))
      const filter = { account: 'main', kind: 'refund' } as const
      const page = await listObjects(filter)
      expect(idsOf(page)).toEqual(['r1040'])
      expect(page.next?.[0]).toBe(80)
      const rest = await listObjects(filter, { after: page.next ?? [0] })
      expect(rest).toMatchObject({ items: [{ id: 'r0' }] })
      expect(rest).not.toHaveProperty('next')
      const oldest = await listObjects(filter, { order: 'oldest_first' })
      expect(idsOf(oldest)).toEqual(['r0', 'r1040'])
      expect(oldest.next?.[0]).toBe(2000)
      const none = await listObjects(filter, { order: 'oldest_first', after: oldest.next ?? [0] })
      expect(none).toEqual({ items: [] })
      // Without another condition there is nothing to look for.
      expect((await listObjects({ kind: 'refund' })).items).toHaveLength(2)
      expect(await everyPage({ disputed: false }, { limit: 1000 })).toHaveLength(COUNT)
    })
  })

  describe('a summary', () => {
    const summary = async (from: number, to: number, by?: 'day') =>
      right(await opened().summary({ from, to, ...omitUndefined({ by }) })())

    it('is the sum over the list, in total and by day', async () => {
      let runs = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(drawnObject, { minLength: 1, maxLength: 12 }),
          fc
            .tuple(fc.nat(7), fc.nat(7))
            .map(([a, b]) => ({ from: (Math.min(a, b) * DAY) / 2, to: (Math.max(a, b) * DAY) / 2 })),
          perhaps(fc.constant('day' as const)),
          async (drawn, { from, to }, by) => {
            runs += 1
            await write(
              ...drawn.map((one, n) => ({ write: 'new_object', object: recordOf(`r${runs}n${n}`, one) }) as const),
            )
            const listed = await everyPage({}, { from, to, limit: 1000 })
            const group = ({ account, kind, status, amount, day }: Omit<SummaryLine, 'count'>) =>
              [account, kind, status, amount?.currency, day].join(' ')
            const dayOf = ({ createdAt }: ObjectSummary) =>
              by === undefined ? undefined : new Date(createdAt).toISOString().slice(0, 10)
            const groups = new Map<string, ObjectSummary[]>()
            for (const one of listed) {
              const name = group({ ...one, ...omitUndefined({ day: dayOf(one) }) })
              groups.set(name, [...(groups.get(name) ?? []), one])
            }
            const lines = await summary(from, to, by)
            expect(lines).toHaveLength(groups.size)
            for (const line of lines) {
              const objects = groups.get(group(line)) ?? []
              expect(line.count).toBe(objects.length)
              for (const field of ['amount', 'captured', 'refunded'] as const)
                expect(sumOf([line[field]])).toBe(sumOf(objects.map((one) => one[field])))
            }
          },
        ),
        { numRuns: 20 },
      )
    })

    it('adds up what is beyond 64 bits, and keeps amounts of two currencies apart', async () => {
      const most = eur(999_999_999_999_999_999n)
      for (const id of Array.from({ length: 12 }, (_, n) => `p${n}`))
        await write({ write: 'new_object', object: payment(id, { expectedAmount: most }) })
      expect(await summary(0, FAR)).toEqual([
        {
          account: 'main',
          kind: 'payment',
          status: 'processing',
          count: 12,
          amount: { value: '119999999999999999.88', currency: 'EUR' },
        },
      ])
      const expectedAmount = { ...most, currency: 'INR' }
      await write(
        { write: 'new_object', object: { ...captured('q', 5n), expectedAmount } },
        { write: 'new_object', object: { ...captured('r', 5n), expectedAmount, captured: expectedAmount } },
      )
      const lines = await summary(0, FAR)
      expect(lines).toHaveLength(3)
      expect(lines).toContainEqual({
        account: 'main',
        kind: 'payment',
        status: 'succeeded',
        count: 1,
        amount: { value: '9999999999999999.99', currency: 'INR' },
        captured: { value: '0.05', currency: 'EUR' },
        refunded: { value: '0.00', currency: 'EUR' },
      })
      expect(await summary(PAST + 1, FAR)).toEqual([])
    })
  })

  describe('lists of operations', () => {
    const listOperations = async (filter: OperationFilter, page: Partial<PageRequest> = {}) =>
      right(await opened().listOperations({ filter, page: { ...newestFirst, ...page } })())
    const change = (
      id: string,
      fields: Partial<ReturnType<typeof operation>>,
      from: 'prepared' | 'dispatched' | 'indeterminate',
    ): Write => ({
      write: 'operation',
      operation: operation(id, fields),
      from,
      keepLease: false,
    })

    it('say since when an operation has been in its state, by the store’s clock', async () => {
      const now = async () => right(await opened().now()())
      const since = async () => (await listOperations({})).items[0]?.since ?? 0
      const before = await now()
      await write(...claiming('a', { nextPollAt: 5 }))
      const claimed = await since()
      expect(claimed).toBeGreaterThanOrEqual(before)
      expect(claimed).toBeLessThanOrEqual(await now())
      while ((await now()) <= claimed) await new Promise(setImmediate)
      await write(change('a', { state: 'prepared' }, 'prepared'))
      expect(await since()).toBe(claimed)
      await write(change('a', { state: 'dispatched' }, 'prepared'))
      const dispatched = await since()
      expect(dispatched).toBeGreaterThan(claimed)
      while ((await now()) <= dispatched) await new Promise(setImmediate)
      await write(change('a', { state: 'indeterminate' }, 'dispatched'))
      const unknown = await since()
      expect(unknown).toBeGreaterThan(dispatched)
      // A poll that finds nothing changes nothing of that.
      await write(change('a', { state: 'indeterminate', pollCount: 3 }, 'indeterminate'))
      expect(await since()).toBe(unknown)
    })

    it('show what the ledger has in clear, and find by state, method and account', async () => {
      await write(...claiming('a', { createdAt: 1, merchantReference: 'order 7', nextPollAt: FAR }, -1))
      await write(...claiming('b', { createdAt: 2 }))
      await write(change('a', { state: 'dispatched', merchantReference: 'order 7' }, 'prepared'))
      const spare = attempt('a', { n: 2, position: 1, account: 'spare' })
      await write({ write: 'attempt', attempt: spare, is: 'new' })
      const fields = {
        state: 'indeterminate',
        merchantReference: 'order 7',
        attempt: 2,
        stalled: 'no_account',
        nextPollAt: FAR,
      } as const
      await write(change('a', fields, 'dispatched'))
      expect((await listOperations({})).items).toEqual([
        expect.objectContaining({ id: 'b', account: 'main', inProgress: true, state: 'prepared' }),
        {
          id: 'a',
          name: 'createPayment',
          idempotencyKey: 'key-a',
          merchantReference: 'order 7',
          state: 'indeterminate',
          since: expect.any(Number),
          account: 'spare',
          accounts: ['main', 'spare'],
          deadline: FAR,
          nextPollAt: FAR,
          stalled: 'no_account',
          inProgress: false,
          createdAt: 1,
        },
      ])
      expect(idsOf(await listOperations({ state: 'indeterminate' }))).toEqual(['a'])
      expect(idsOf(await listOperations({ state: 'executed' }))).toEqual([])
      expect(idsOf(await listOperations({ account: 'main' }))).toEqual(['b'])
      expect(idsOf(await listOperations({ account: 'spare', name: 'createPayment' }))).toEqual(['a'])
      expect(idsOf(await listOperations({ name: 'payout' }))).toEqual([])
    })

    it('go on where a page ended, in both orders', async () => {
      for (const n of [1, 2, 3, 4]) await write(...claiming(`o${n}`, { createdAt: n > 2 ? 2 : 1 }, -1))
      await write(change('o2', { state: 'canceled' }, 'prepared'))
      for (const [order, ids] of [
        ['oldest_first', ['o1', 'o2', 'o3', 'o4']],
        ['newest_first', ['o4', 'o3', 'o2', 'o1']],
      ] as const) {
        const first = await listOperations({}, { order, limit: 3 })
        const last = await listOperations({}, { order, limit: 3, after: first.next ?? [0] })
        expect([...idsOf(first), ...idsOf(last)]).toEqual(ids)
        expect(last).not.toHaveProperty('next')
      }
      expect(idsOf(await listOperations({}, { from: 2, to: 3, order: 'oldest_first' }))).toEqual(['o3', 'o4'])
    })
  })

  describe('operations and objects that belong together', () => {
    const found = async (what: Parameters<Store['operationsFor']>[0], limit = 9) =>
      right(await opened().operationsFor(what, limit)()).map(({ operation: { id } }) => id)

    it('are found by a merchant’s order number and by their payment, oldest first', async () => {
      const reservation = { account: 'main', id: 'p1', amount: eur(5n), held: false }
      await write(
        ...claiming('refund', { createdAt: 2, reservation }),
        ...claiming('other', { merchantReference: 'order 8' }),
      )
      for (const [createdAt, id] of ['pay', 'later'].entries())
        await write(...claiming(id, { createdAt, merchantReference: 'order 7' }))
      const origin = { operationId: 'pay', idempotencyKey: 'key-pay', merchantReference: 'order 7', notPassedOn: [] }
      await write({ write: 'new_object', object: payment('p1', { origin, createdAt: 4 }) })
      await write({ write: 'new_object', object: object('payout', 'o1', { origin, createdAt: 3 }) })
      expect(await found({ merchantReference: 'order 7' })).toEqual(['pay', 'later'])
      expect(await found({ merchantReference: 'order 7' }, 1)).toEqual(['pay'])
      expect(await found({ payment: { account: 'main', id: 'p1' } })).toEqual(['refund'])
      expect(await found({ payment: { account: 'spare', id: 'p1' } })).toEqual([])
      expect(await found({ merchantReference: 'order 9' })).toEqual([])
      const views = right(await opened().operationsFor({ merchantReference: 'order 7' }, 9)())
      expect(views).toEqual([right(await opened().operation('pay')()), right(await opened().operation('later')())])
      expect(right(await opened().objectsFor('order 7', 9)()).map(({ id }) => id)).toEqual(['o1', 'p1'])
      expect(right(await opened().objectsFor('order 7', 1)())).toHaveLength(1)
    })
  })

  describe('the outbox', () => {
    const listEvents = async (filter: EventFilter, page: Partial<PageRequest> = {}) =>
      right(
        await opened().listEvents({ filter, page: { ...newestFirst, ...page } } satisfies ListRequest<EventFilter>)(),
      )
    const eventIds = async (filter: EventFilter, page: Partial<PageRequest> = {}) =>
      (await listEvents(filter, page)).items.map((entry) => entry.event.id)

    it('is listed by subject, type and delivery, with what became of each event', async () => {
      await write(
        { write: 'event', event: event('s', 1, { createdAt: 1 }) },
        { write: 'event', event: event('s', 2, { createdAt: 3, type: 'payment.alert' }) },
        { write: 'event', event: event('t', 1, { createdAt: 2 }) },
      )
      await write({ write: 'delivered', id: 't#1' }, { write: 'undelivered', id: 's#1', nextDeliveryAt: FAR })
      const { payload, ...header } = event('s', 1, { createdAt: 1, tries: 1 })
      const [alert, delivered, waiting] = (await listEvents({})).items
      expect(waiting).toEqual({ event: header, payload: E.right(payload), nextDeliveryAt: FAR })
      expect(delivered).toMatchObject({ event: { id: 't#1' }, deliveredAt: expect.any(Number) })
      expect(delivered).not.toHaveProperty('nextDeliveryAt')
      expect(alert?.event).toMatchObject({ id: 's#2', type: 'payment.alert' })
      expect(await eventIds({ subject: 's' })).toEqual(['s#2', 's#1'])
      expect(await eventIds({ type: 'payment.succeeded' }, { order: 'oldest_first' })).toEqual(['s#1', 't#1'])
      expect(await eventIds({ undelivered: true })).toEqual(['s#2', 's#1'])
      expect(await eventIds({ undelivered: false })).toEqual(['t#1'])
      expect(await eventIds({ undelivered: true, type: 'payment.alert', subject: 's' })).toEqual(['s#2'])
      expect(await eventIds({ subject: 't', undelivered: true })).toEqual([])
      expect(await eventIds({}, { from: 2, to: 3 })).toEqual(['t#1'])
      const page = await listEvents({}, { limit: 2 })
      expect(await eventIds({}, { limit: 2, after: page.next ?? [0] })).toEqual(['s#1'])
      expect(right(await opened().event('s#1')())).toEqual(waiting)
      expect(right(await opened().event('none')())).toBeUndefined()
    })

    it('delivers once more what was delivered, and at once, in its turn, what was not', async () => {
      await write({ write: 'event', event: event('s', 1) }, { write: 'event', event: event('s', 2) })
      await write({ write: 'delivered', id: 's#1' }, { write: 'undelivered', id: 's#2', nextDeliveryAt: FAR })
      const before = right(await opened().now()())
      await write({ write: 'redeliver', id: 's#1' }, { write: 'redeliver', id: 's#2' })
      const again = right(await opened().event('s#1')())
      expect(again?.redeliverAt).toBeGreaterThanOrEqual(before)
      expect(again).toMatchObject({ deliveredAt: expect.any(Number) })
      expect(right(await opened().event('s#2')())).not.toHaveProperty('redeliverAt')
      expect(right(await opened().dueEvents('s', 9)()).map(({ sequence }) => sequence)).toEqual([2])
      expect(right(await opened().commit([{ write: 'redeliver', id: 'none' }])())).toEqual({ done: false, index: 0 })

      const redeliverAt = again?.redeliverAt ?? 0
      await write({ write: 'redelivered', id: 's#1', redeliverAt: redeliverAt - 1 })
      expect(right(await opened().event('s#1')())).toMatchObject({ redeliverAt })
      await write({ write: 'not_redelivered', id: 's#1', redeliverAt, at: FAR })
      expect(right(await opened().event('s#1')())).toMatchObject({ redeliverAt: FAR, event: { tries: 1 } })
      await write({ write: 'redelivered', id: 's#1', redeliverAt: FAR })
      expect(right(await opened().event('s#1')())).not.toHaveProperty('redeliverAt')
    })

    it('hands out what is to be delivered once more, and what waits no longer', async () => {
      await write({ write: 'event', event: event('s', 1) }, { write: 'event', event: event('t', 1) })
      await write({ write: 'delivered', id: 's#1' }, { write: 'undelivered', id: 't#1', nextDeliveryAt: FAR })
      const jobs: Job[] = []
      let enough = () => {}
      const both = new Promise<void>((resolve) => {
        enough = resolve
      })
      const work = opened().work(async (job) => {
        jobs.push(job)
        if (job.job === 'redelivery') {
          const redeliverAt = right(await opened().event(job.id)())?.redeliverAt ?? 0
          await write({ write: 'redelivered', id: job.id, redeliverAt })
        }
        if (job.job === 'events') await write({ write: 'delivered', id: `${job.subject}#1` })
        if (jobs.length === 2) enough()
      }, 4)
      await write({ write: 'redeliver', id: 's#1' }, { write: 'redeliver', id: 't#1' })
      await both
      await work.stop()
      expect(jobs).toEqual(
        expect.arrayContaining([
          { job: 'redelivery', id: 's#1' },
          { job: 'events', subject: 't' },
        ]),
      )
    })
  })
}
