import { createSecretKey } from 'node:crypto'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, refused, type Snapshot } from '../../src/core/index.js'
import {
  createEncryption,
  type EncryptionKeys,
  isOver,
  noEncryption,
  type ObjectKey,
  type ObjectRecord,
  type OperationRecord,
  type RetentionAges,
  type Store,
  subjectOf,
  toStoredJson,
  type Write,
} from '../../src/ledger/index.js'
import { decryptRow, type Row, type Table, tables } from '../../src/ledger/stores/tables.js'
import { right } from '../either.js'
import fc from '../property.js'
import { attempt, claiming, entry, event, LONG_MS, logLine, operation, PAST, payment, snapshot } from './records.js'

/** A ledger of the test, which another program can open beside paymux. */
export interface ErasedLedger {
  readonly open: (encryption: EncryptionKeys) => TaskEither<PaymentError, Store>
  /** The rows of a query. */
  readonly rows: (statement: string) => Promise<readonly Row[]>
  /** Runs a statement without the triggers. */
  readonly force: (statement: string) => Promise<void>
  /** Runs a statement and takes it back. Gives whether the database let it change a row. */
  readonly tried: (statement: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

const DAY = 86_400_000
const key = (byte: number) => createSecretKey(Buffer.alloc(32, byte))
const k1: EncryptionKeys = { current: 'k1', keys: { k1: key(1) }, migrate: false }
const both: EncryptionKeys = { current: 'k2', keys: { k1: key(1), k2: key(2) }, migrate: true }

const eur = (minorUnits: bigint) => ({ minorUnits, currency: 'EUR' })

/** What is known of a person: each text names who it is about. */
const personal = (who: string) => ({
  name: `${who} Person`,
  email: `${who}@home.example`,
  phone: `+49 ${who}`,
  ip: `ip of ${who}`,
  bank: `UTR of ${who}`,
  order: `gift for ${who}`,
  attestedBy: `${who}@shop.example`,
  note: `${who} said so`,
})

const requestOf = (who: string) => {
  const { name, email, phone, ip, order } = personal(who)
  const { request } = operation(who)
  const checked = request as Extract<typeof request, { readonly payer: unknown }>
  return { ...checked, description: order, metadata: { order }, payer: { name, email, phone, ip, country: 'DE' } }
}

const draftOf = (who: string) => ({
  wire: {
    exchange: 'pay.create',
    effect: 'creates' as const,
    method: 'POST' as const,
    base: 'api',
    path: '/',
    auth: 'key',
    headers: {},
    body: JSON.stringify(personal(who)),
  },
  context: { payer: personal(who).email },
  notPassedOn: [],
  names: { key: `key-${who}` },
})

const keyOf = (who: string): ObjectKey => ({ account: 'main', kind: 'payment', id: `p-${who}` })

const snapshotOf = (who: string, fields: Partial<Snapshot<'payment'>> = {}): Snapshot<'payment'> =>
  snapshot(`p-${who}`, {
    status: 'succeeded',
    reason: 'declined',
    bankReference: personal(who).bank,
    nextAction: { type: 'redirect', url: `https://pay.example/${personal(who).email}` },
    amount: eur(1999n),
    fee: eur(7n),
    ...fields,
  })

const objectOf = (who: string, fields: Partial<ObjectRecord<'payment'>> = {}): ObjectRecord<'payment'> => {
  const { id } = keyOf(who)
  const { idempotencyKey } = operation(who)
  const metadata = { order: personal(who).order }
  const origin = { operationId: who, idempotencyKey, merchantReference: `order-${who}`, metadata, notPassedOn: [] }
  const record = payment(id, {
    status: 'succeeded',
    captured: eur(1999n),
    expectedAmount: eur(1999n),
    snapshot: snapshotOf(who),
    origin,
    ...fields,
  })
  return isOver(record) ? { ...record, overAt: PAST } : record
}

/** A payment with everything that belongs to it, each part with personal data. */
const payments = (
  who: string,
  object: Partial<ObjectRecord<'payment'>> = {},
  operationFields: Partial<OperationRecord> = {},
): readonly Write[] => {
  const { bank, order, attestedBy, note, email } = personal(who)
  const record = objectOf(who, object)
  const request = requestOf(who)
  const attestation = { attestedBy, note }
  const dispatched = { state: 'dispatched' as const, dispatchCount: 1, draft: draftOf(who) }
  const executed = operation(who, { state: 'executed', request, object: keyOf(who), ...operationFields })
  const about = { id: record.id, kind: 'payment', account: 'main', status: 'succeeded', bankReference: bank }
  return [
    { write: 'claim', operation: operation(who, { request }), leaseMs: -1 },
    { write: 'attempt', attempt: attempt(who), is: 'new' },
    { write: 'operation', operation: operation(who, { state: 'dispatched' }), from: 'prepared', keepLease: false },
    { write: 'attempt', attempt: attempt(who, dispatched), is: 'changed' },
    { write: 'operation', operation: executed, from: 'dispatched', keepLease: false },
    { write: 'new_object', object: record },
    {
      write: 'event',
      event: event(subjectOf(record), 1, { payload: toStoredJson({ object: { ...about, metadata: { order } } }) }),
    },
    {
      write: 'event',
      event: event(`operation:${who}`, 1, {
        type: 'operation.resolved',
        payload: toStoredJson({ operation: { id: who, name: 'createPayment', state: 'executed' }, attestation }),
      }),
    },
    {
      write: 'inbox',
      entry: entry(`n-${who}`, { object: keyOf(who), body: JSON.stringify({ email }), state: 'known' }),
    },
    { write: 'log', log: logLine(who, { what: 'claimed' }) },
    { write: 'log', log: logLine(who, { what: 'polled' }) },
    { write: 'log', log: logLine(who, { what: 'resolved', attestation }) },
  ]
}

/** An operation that is over without an object. */
const refusals = (who: string, state: 'refused' | 'canceled' = 'refused'): readonly Write[] => {
  const error = refused('validation', 400, { providerCode: `code-${who}`, fields: [`field_${who}`] })
  return [
    { write: 'claim', operation: operation(who, { request: requestOf(who) }), leaseMs: -1 },
    { write: 'attempt', attempt: attempt(who), is: 'new' },
    { write: 'operation', operation: operation(who, { state, error }), from: 'prepared', keepLease: false },
    { write: 'log', log: logLine(who, { what: 'claimed' }) },
  ]
}

const mostly = <A>(usual: A, ...others: readonly A[]): fc.Arbitrary<A> =>
  fc.constantFrom(...Array.from({ length: 4 * others.length }, () => usual), ...others)

/** What may have become of a payment when retention comes. */
const drawnHistory = fc.record({
  status: mostly<ObjectRecord<'payment'>['status']>('succeeded', 'processing', 'failed', 'unknown'),
  disputed: mostly(false, true),
  review: mostly<Snapshot<'payment'>['review']>([], ['contradiction']),
  suspectedSince: mostly<number | undefined>(undefined, PAST),
  reserved: mostly(0n, 5n),
  age: mostly(500, 1),
  state: mostly<OperationRecord['state']>('executed', 'indeterminate'),
  isDelivered: fc.boolean(),
})
type History = typeof drawnHistory extends fc.Arbitrary<infer A> ? A : never

/** A payment with such a history, and whether retention has to leave it alone. */
const historyOf = (who: string, history: History, now: number) => {
  const { status, disputed, review, suspectedSince, reserved, age, state, isDelivered } = history
  const { overAt, ...record } = objectOf(who, {
    status,
    disputed,
    reserved,
    snapshot: snapshotOf(who, { status, review }),
    ...(suspectedSince === undefined ? {} : { suspectedSince }),
  })
  const object = overAt === undefined ? record : { ...record, overAt: now - age * DAY }
  const writes = payments(who, {}, { state }).map(
    (write): Write => (write.write === 'new_object' ? { write: 'new_object', object } : write),
  )
  const delivered: Write = { write: 'delivered', id: `${subjectOf(object)}#1` }
  return {
    writes: isDelivered ? [...writes, delivered] : writes,
    isProtected: overAt === undefined || reserved > 0n || state !== 'executed' || age === 1,
  }
}

const text = (rows: unknown): string =>
  JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

/** What the ledger does about personal data, on any store. */
export const erasureSuite = (name: string, create: () => Promise<ErasedLedger>): void => {
  describe(`personal data in ${name}`, () => {
    let ledger: ErasedLedger
    const stores: Store[] = []
    beforeEach(async () => {
      ledger = await create()
    })
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close()
      await ledger.close()
    })

    const open = async (encryption: EncryptionKeys = k1): Promise<Store> => {
      const store = right(await ledger.open(encryption)())
      stores.push(store)
      return store
    }
    const commit = async (store: Store, ...writes: readonly Write[]) =>
      expect(right(await store.commit(writes)())).toEqual({ done: true })
    const erase = async (store: Store, what: Parameters<Store['erasure']['erase']>[0]) =>
      right(await store.erasure.erase(what)())
    /** All passes until one finds nothing more. Gives how many batches there were. */
    const retain = async (store: Store, ages: RetentionAges): Promise<number> => {
      let batches = 0
      while (right(await store.erasure.next(ages)())) batches += 1
      return batches
    }
    /** Every row of every table, decrypted. */
    const dump = async (keys: EncryptionKeys = k1): Promise<Readonly<Record<string, readonly Row[]>>> => {
      const encryption = createEncryption(keys, key(9), true)
      const all: Record<string, readonly Row[]> = {}
      for (const [of, table] of Object.entries<Table>(tables)) {
        const rows = await ledger.rows(`select * from ${table.name} order by ${table.key.join(', ')}`)
        all[of] = rows.map((row) => right(decryptRow(encryption, table, row)))
      }
      return all
    }
    /** Which of a person's texts the ledger holds. */
    const held = async (who: string, keys: EncryptionKeys = k1): Promise<readonly string[]> => {
      const all = text(await dump(keys))
      return [...Object.values(personal(who)), `code-${who}`, `field_${who}`].filter((value) => all.includes(value))
    }

    it.each([
      ['with keys', k1],
      ['without keys', noEncryption],
    ])('%s, is erased from everything that belongs to an object, and from nothing else', async (_name, keys) => {
      const store = await open(keys)
      await commit(store, ...payments('ann'), ...payments('bob'))
      const before = await store.operation('ann')()
      expect(await held('ann', keys)).toEqual(Object.values(personal('ann')))
      expect(await erase(store, keyOf('ann'))).toBe(true)
      expect(await held('ann', keys)).toEqual([])
      expect(await held('bob', keys)).toEqual(Object.values(personal('bob')))
      const after = right(await store.operationByKey('createPayment', 'key-ann')())
      const { fingerprint, state } = right(before)?.operation ?? operation('none')
      expect(after?.operation).toMatchObject({ fingerprint, state, object: keyOf('ann') })
      expect(after?.operation.request).toEqual({
        idempotencyKey: 'key-ann',
        amount: eur(1999n),
        merchantReference: 'order-ann',
        payer: { country: 'DE' },
        urls: {},
        method: { flow: 'direct', code: 'card' },
      })
      const erasedAt = expect.any(Number)
      expect(after).toMatchObject({ operation: { erasedAt }, attempts: [{ dispatchCount: 1 }] })
      expect(after?.attempts[0]?.draft).toBeUndefined()
      expect(right(await store.object(keyOf('ann'))())).toMatchObject({
        status: 'succeeded',
        captured: eur(1999n),
        version: 2,
        erasedAt,
        snapshot: { amount: eur(1999n), fee: eur(7n), providerState: { transaction: '1' } },
      })
      const [listed] = right(await store.listEvents({ filter: {}, page: { order: 'newest_first', limit: 9 } })()).items
      expect(listed).toBeDefined()
      expect(right(await store.event(`${subjectOf(keyOf('ann'))}#1`)())).toMatchObject({
        event: { erasedAt },
        payload: { right: { object: { id: 'p-ann', status: 'succeeded' } } },
      })
      expect(right(await store.log('ann')()).map(({ what }) => what)).toEqual(['claimed', 'polled', 'resolved'])
    })

    it('is erased once: a second time nothing changes', async () => {
      const store = await open()
      await commit(store, ...payments('ann'), ...refusals('eve'))
      expect(await erase(store, keyOf('ann'))).toBe(true)
      expect(await erase(store, { operationId: 'eve' })).toBe(true)
      const once = await dump()
      expect(await erase(store, keyOf('ann'))).toBe(true)
      expect(await erase(store, { operationId: 'eve' })).toBe(true)
      expect(await dump()).toEqual(once)
    })

    it('of what came about an erased object since, goes with the next erasure', async () => {
      const store = await open()
      await commit(store, ...payments('ann'))
      await erase(store, keyOf('ann'))
      const { email } = personal('ann')
      await commit(
        store,
        { write: 'inbox', entry: entry('later', { object: keyOf('ann'), body: email, state: 'known' }) },
        { write: 'event', event: event(subjectOf(keyOf('ann')), 2, { payload: { metadata: { email } } }) },
      )
      expect(await held('ann')).toEqual([email])
      expect(await erase(store, keyOf('ann'))).toBe(true)
      expect(await held('ann')).toEqual([])
    })

    it.each<[string, Partial<ObjectRecord<'payment'>>]>([
      ['is open', { status: 'processing', snapshot: snapshotOf('ann', { status: 'processing' }) }],
      ['is disputed', { disputed: true }],
      ['is under review', { snapshot: snapshotOf('ann', { review: ['unmapped_state'] }) }],
      ['has another amount than expected', { snapshot: snapshotOf('ann', { amountCheck: 'mismatch' }) }],
      ['is suspected', { suspectedSince: PAST }],
      ['has a refund under way', { reserved: 5n }],
    ])('of an object that %s stays', async (_name, fields) => {
      const store = await open()
      await commit(store, ...payments('ann', fields))
      const before = await dump()
      expect(await erase(store, keyOf('ann'))).toBe(false)
      expect(await retain(store, { personalDataMs: DAY })).toBe(0)
      expect(await dump()).toEqual(before)
    })

    it('of an object whose operation is not over stays', async () => {
      const store = await open()
      await commit(store, ...claiming('ann', { request: requestOf('ann') }, -1))
      await commit(store, { write: 'new_object', object: objectOf('ann') })
      const before = await dump()
      expect(await erase(store, keyOf('ann'))).toBe(false)
      expect(await erase(store, { operationId: 'ann' })).toBe(false)
      expect(await retain(store, { personalDataMs: DAY })).toBe(0)
      expect(await dump()).toEqual(before)
    })

    it('of an operation that is over without an object is erased with what it was refused for', async () => {
      const store = await open()
      await commit(store, ...refusals('eve'), ...refusals('bob'))
      expect((await held('eve')).length).toBeGreaterThan(5)
      expect(await erase(store, { operationId: 'eve' })).toBe(true)
      expect(await held('eve')).toEqual([])
      expect((await held('bob')).length).toBeGreaterThan(5)
      expect(right(await store.operation('eve')())).toMatchObject({
        operation: {
          state: 'refused',
          erasedAt: expect.any(Number),
          error: { _tag: 'Refused', reason: 'validation', httpStatus: 400, retry: 'never' },
        },
      })
    })

    it('of what the ledger does not have is not erased', async () => {
      const store = await open()
      expect(await erase(store, keyOf('ann'))).toBe(false)
      expect(await erase(store, { operationId: 'ann' })).toBe(false)
    })

    it('comes back with the call that opens a canceled operation again, and only with it', async () => {
      const store = await open()
      await commit(store, ...refusals('eve', 'canceled'))
      const again = operation('eve', { fence: 2, request: requestOf('eve') })
      const reopening: readonly Write[] = [
        { write: 'acquire_lease', id: 'eve', fence: 1, leaseMs: LONG_MS },
        { write: 'operation', operation: again, from: 'canceled', keepLease: true },
      ]
      const other = operation('eve', { fence: 2, request: requestOf('bob') })
      await commit(store, ...refusals('bob', 'canceled'))
      await erase(store, { operationId: 'eve' })
      await commit(store, ...reopening)
      const opened = right(await store.operation('eve')())?.operation
      expect(opened).toEqual(again)
      // One that was not erased keeps the request that it has.
      await commit(
        store,
        { write: 'acquire_lease', id: 'bob', fence: 1, leaseMs: LONG_MS },
        { write: 'operation', operation: { ...other, id: 'bob', fence: 2 }, from: 'canceled', keepLease: true },
      )
      expect(right(await store.operation('bob')())?.operation.request).toEqual(requestOf('bob'))
    })

    it('that something happens to after the erasure is kept in full, and erased again', async () => {
      const store = await open()
      await commit(store, ...payments('ann'))
      await erase(store, keyOf('ann'))
      const disputed = { ...objectOf('ann', { disputed: true }), version: 3 }
      const change = (object: ObjectRecord, version: number): Write => ({
        write: 'object',
        object,
        version,
        refreshRequestsSeen: 0,
      })
      await commit(store, change(disputed, 2))
      expect(await held('ann')).toContain(personal('ann').bank)
      expect(await erase(store, keyOf('ann'))).toBe(false)
      await commit(store, change({ ...objectOf('ann'), version: 4 }, 3))
      expect(await erase(store, keyOf('ann'))).toBe(true)
      expect(await held('ann')).toEqual([])
    })

    describe('grows old:', () => {
      it('each part by its own clock, and what has no limit stays', async () => {
        const store = await open()
        const now = right(await store.now()())
        const fresh = { ...objectOf('new'), overAt: now - 9 * DAY }
        await commit(store, ...payments('ann'), ...refusals('eve'))
        const parts = payments('new').map((write) =>
          write.write === 'new_object' ? { ...write, object: fresh } : write,
        )
        await commit(store, ...parts, { write: 'delivered', id: `${subjectOf(keyOf('ann'))}#1` })
        await commit(store, { write: 'inbox', entry: entry('fresh', { receivedAt: now - DAY, body: 'fresh@home' }) })
        await commit(store, { write: 'log', log: logLine('ann', { what: 'polled', at: now }) })
        const start = await dump()
        expect(await retain(store, {})).toBe(0)
        expect(await dump()).toEqual(start)

        expect(await retain(store, { notificationsMs: 2 * DAY })).toBe(1)
        expect((await dump()).inbox?.map(({ dedupe_key, body }) => [dedupe_key, body])).toEqual([
          ['fresh', 'fresh@home'],
          ['n-ann', null],
          ['n-new', null],
        ])
        // Only an event that was delivered so long ago; by the store's clock it was a moment ago.
        expect(await retain(store, { eventsMs: DAY })).toBe(0)
        await ledger.force(`update paymux_events set delivered_at = ${PAST} where delivered_at is not null`)
        expect(await retain(store, { eventsMs: DAY })).toBe(1)
        const events = (await dump()).events ?? []
        expect(events.filter(({ erased_at }) => erased_at !== null).map(({ id }) => id)).toEqual([
          `${subjectOf(keyOf('ann'))}#1`,
        ])

        expect(await retain(store, { logMs: DAY })).toBe(1)
        expect(right(await store.log('ann')()).map(({ what, at }) => [what, at])).toEqual([
          ['claimed', PAST],
          ['resolved', PAST],
          ['polled', now],
        ])

        await ledger.force(`update paymux_operations set state_since = ${PAST}`)
        expect(await retain(store, { personalDataMs: 10 * DAY })).toBe(2)
        expect([await held('ann'), await held('eve')]).toEqual([[], []])
        expect((await held('new')).length).toBeGreaterThan(5)
        expect(await retain(store, { personalDataMs: 8 * DAY })).toBe(1)
        expect(await held('new')).toEqual([])
      })

      it('an erased notification is deleted 400 days later, if nothing waits for it', async () => {
        const store = await open()
        await commit(store, ...payments('ann'), { write: 'inbox', entry: entry('waiting') })
        await commit(store, { write: 'inbox', entry: entry('recent', { state: 'known' }) })
        expect(await retain(store, { notificationsMs: DAY })).toBe(1)
        await ledger.force(`update paymux_inbox set erased_at = ${PAST} where dedupe_key <> 'recent'`)
        expect(await retain(store, { notificationsMs: DAY })).toBe(1)
        expect((await dump()).inbox?.map(({ dedupe_key }) => dedupe_key)).toEqual(['recent', 'waiting'])
      })

      it('an event that is to be delivered once more waits until it was', async () => {
        const store = await open()
        const id = `${subjectOf(keyOf('ann'))}#1`
        await commit(store, ...payments('ann'), { write: 'delivered', id }, { write: 'redeliver', id })
        await ledger.force(`update paymux_events set delivered_at = ${PAST} where delivered_at is not null`)
        expect(await retain(store, { eventsMs: DAY })).toBe(0)
        await ledger.force('update paymux_events set redeliver_at = null')
        expect(await retain(store, { eventsMs: DAY })).toBe(1)
      })

      it('in batches, over two processes at once', async () => {
        const [one, other] = [await open(), await open()]
        for (let n = 0; n < 130; n += 1) await commit(one, ...payments(`p${n}`))
        const ages = { personalDataMs: DAY, notificationsMs: DAY }
        const batches = await Promise.all([retain(one, ages), retain(other, ages)])
        expect(batches[0] + batches[1]).toBeGreaterThanOrEqual(2)
        const { objects = [], operations = [], inbox = [] } = await dump()
        for (const row of [...objects, ...operations, ...inbox]) expect(row.erased_at).not.toBeNull()
        expect(objects.map(({ version }) => Number(version))).toEqual(objects.map(() => 2))
        expect(await held('p1')).toEqual([])
      })

      it('and goes on where it was, if the database did not answer', async () => {
        const store = await open()
        for (const who of ['a1', 'a2']) await commit(store, ...payments(who))
        await ledger.rows('alter table paymux_events rename to paymux_away')
        expect(await store.erasure.next({ personalDataMs: DAY })()).toMatchObject({
          left: { _tag: 'Unreachable', phase: 'store' },
        })
        await ledger.rows('alter table paymux_away rename to paymux_events')
        expect(await retain(store, { personalDataMs: DAY })).toBe(1)
        expect([await held('a1'), await held('a2')]).toEqual([[], []])
      })

      it('but not what cannot be read: it stays as it is, and hides nothing else', async () => {
        const store = await open()
        for (const who of ['a1', 'a2', 'a3']) await commit(store, ...payments(who))
        await commit(store, ...refusals('a4'), ...refusals('a5'))
        await ledger.force(
          `update paymux_operations set state_since = ${PAST}, request = 'v1.k9.a.b.c' where id in ('a1', 'a4')`,
        )
        await ledger.force(`update paymux_operations set state_since = ${PAST} where id = 'a5'`)
        await ledger.force(`update paymux_events set payload = 'v1.k9.a.b.c' where subject = 'payment:main:p-a2'`)
        const stored = () => ledger.rows(`select * from paymux_objects where id in ('p-a1', 'p-a2') order by id`)
        const before = await stored()
        expect(await store.erasure.erase(keyOf('a1'))()).toMatchObject({ left: { code: 'ERR_ENCRYPTION_KEY' } })
        expect(await store.erasure.erase(keyOf('a2'))()).toMatchObject({ left: { code: 'ERR_ENCRYPTION_KEY' } })
        expect(await store.erasure.erase({ operationId: 'a4' })()).toMatchObject({
          left: { code: 'ERR_ENCRYPTION_KEY' },
        })
        expect(await retain(store, { personalDataMs: DAY })).toBe(2)
        expect(await stored()).toEqual(before)
        const erased = await ledger.rows('select id from paymux_operations where erased_at is not null order by id')
        expect(erased.map(({ id }) => id)).toEqual(['a3', 'a5'])
      })
    })

    it('of whatever is open, disputed, unresolved or under review stays, and no amount, status or key changes', async () => {
      const store = await open()
      const now = right(await store.now()())
      const asSet = (rows: readonly Row[] = [], columns: readonly string[]) =>
        rows.map((row) => columns.map((column) => String(row[column])).join())
      const kept = async () => {
        const { operations, attempts, objects, events, inbox } = await dump()
        return [
          asSet(operations, [
            'id',
            'idempotency_key',
            'fingerprint',
            'state',
            'fence',
            'merchant_reference',
            'object_id',
            'created_at',
          ]),
          asSet(attempts, ['operation_id', 'n', 'account', 'state', 'dispatch_count', 'gateway_key', 'reference']),
          asSet(objects, [
            ...[
              'id',
              'status',
              'status_since',
              'events',
              'expected_minor_units',
              'captured_minor_units',
              'captured_currency',
            ],
            ...[
              'reserved',
              'refunded',
              'disputed',
              'needs_review',
              'flags',
              'provider_state',
              'idempotency_key',
              'updated_at',
            ],
          ]),
          asSet(events, ['id', 'type', 'subject', 'sequence', 'created_at', 'delivered_at']),
          asSet(inbox, ['dedupe_key', 'object_id', 'reported', 'received_at', 'deliveries', 'state']),
        ]
      }
      let run = 0
      let hasErased = 0
      await fc.assert(
        fc.asyncProperty(fc.array(drawnHistory, { minLength: 1, maxLength: 6 }), async (histories) => {
          run += 1
          const protectedIds: string[] = []
          for (const [n, history] of histories.entries()) {
            const who = `run${run}x${n}`
            const { writes, isProtected } = historyOf(who, history, now)
            if (isProtected) protectedIds.push(who)
            await commit(store, ...writes)
          }
          const before = await dump()
          const keptBefore = await kept()
          await retain(store, { personalDataMs: 400 * DAY, eventsMs: DAY })
          expect(await kept()).toEqual(keptBefore)
          const after = await dump()
          const isOf = (row: Row): boolean =>
            protectedIds.some((who) =>
              [who, `p-${who}`, `n-${who}`].includes(String(row.id ?? row.operation_id ?? row.dedupe_key)),
            )
          for (const table of ['operations', 'attempts', 'objects', 'inbox', 'log'])
            expect(after[table]?.filter(isOf)).toEqual(before[table]?.filter(isOf))
          const erased = (after.objects ?? []).filter((row) => row.erased_at !== null)
          expect(erased.filter(isOf)).toEqual([])
          hasErased = erased.length
        }),
        { numRuns: 20 },
      )
      expect(hasErased).toBeGreaterThan(3)
    })

    it('stays erased when the key of the ledger changes', async () => {
      const store = await open()
      await commit(store, ...payments('ann'))
      await erase(store, keyOf('ann'))
      const rotating = await open(both)
      while (right(await rotating.reencryption.next()()));
      expect(right(await rotating.object(keyOf('ann'))())).toMatchObject({ erasedAt: expect.any(Number) })
      const stored = await ledger.rows(
        'select o.request, p.snapshot, e.payload from paymux_operations o, paymux_objects p, paymux_events e',
      )
      for (const row of stored)
        for (const column of Object.values(row)) expect(String(column)).toMatch(/^erased\.v1\.k2\./)
      expect(await held('ann', both)).toEqual([])
    })

    describe('whichever program writes, is erased once and in no other way:', () => {
      interface Change {
        readonly set: string
        readonly column: string
      }
      const change = (column: string, value: string): Change => ({ column, set: `${column} = ${value}` })
      const stamping = change('erased_at', '5')
      const unstamping = change('erased_at', 'null')

      /** Whether all of these changes are made. */
      type Has = (...changes: readonly string[]) => boolean
      const some = (has: Has, ...changes: readonly string[]): boolean => changes.some((one) => has(one))

      interface Case {
        readonly table: string
        readonly changes: Readonly<Record<string, Change>>
        /** Rows, and whether changes of them are let through. */
        readonly rows: Readonly<Record<string, readonly [where: string, isLet: (has: Has) => boolean]>>
      }

      // Half of the updates begin with what erases a row of their table.
      const erasing = ['stamp', 'reduced', 'metadata', 'version', 'body', 'draft', 'attestation']

      /** Changes of one row by their names, one for each column. */
      const chosenOf = ({ changes }: Case, names: readonly string[], isErasing: boolean): readonly string[] => {
        const wanted = isErasing
          ? [
              ...erasing.filter((name) => name in changes),
              ...names.filter((name) => !erasing.includes(name)).slice(0, 1),
            ]
          : names
        const isFirst = (name: string, index: number): boolean =>
          wanted.findIndex((other) => changes[other]?.column === changes[name]?.column) === index
        return wanted.filter(isFirst)
      }

      const isOf = (who: string) => `operation_id = '${who}'`
      const isKept = (has: Has) => !some(has, 'key', 'print')
      const cases: readonly Case[] = [
        {
          table: 'paymux_operations',
          changes: {
            stamp: stamping,
            unstamp: unstamping,
            reduced: change('request', `'erased.plain.x'`),
            other: change('request', `'plain.x'`),
            error: change('error', 'null'),
            key: change('idempotency_key', `'x'`),
            print: change('fingerprint', `'x'`),
            again: change('state', `'prepared'`),
            polls: change('poll_count', '7'),
          },
          rows: {
            over: [
              `id = 'over'`,
              (has) => isKept(has) && !some(has, 'again', 'other') && has('stamp') === has('reduced'),
            ],
            open: [`id = 'open'`, (has) => isKept(has) && !some(has, 'stamp', 'reduced', 'other')],
            gone: [`id = 'gone'`, (has) => isKept(has) && !some(has, 'stamp', 'unstamp', 'reduced', 'other', 'again')],
            // It is opened again with a request, or not at all.
            canceled: [
              `id = 'canceled'`,
              (has) =>
                isKept(has) &&
                (has('again', 'unstamp', 'other') || !some(has, 'again', 'stamp', 'unstamp', 'reduced', 'other')),
            ],
          },
        },
        {
          table: 'paymux_objects',
          changes: {
            stamp: stamping,
            unstamp: unstamping,
            reduced: change('snapshot', `'erased.plain.x'`),
            other: change('snapshot', `'plain.x'`),
            metadata: change('metadata', 'null'),
            version: change('version', 'version + 1'),
            reserve: change('reserved', '1'),
            reference: change('merchant_reference', `'x'`),
            flags: change('flags', `'["x"]'`),
            dispute: change('disputed', '1'),
          },
          rows: {
            over: [
              `id = 'p-over'`,
              (has) =>
                !has('stamp') ||
                (has('reduced', 'metadata', 'version') && !some(has, 'reserve', 'reference', 'flags', 'dispute')),
            ],
            open: [`id = 'p-processing'`, (has) => !has('stamp')],
            refunding: [`id = 'p-refunding'`, (has) => !has('stamp')],
            gone: [
              `id = 'p-gone'`,
              (has) => has('unstamp', 'version', 'other') || !some(has, 'stamp', 'unstamp', 'other', 'dispute'),
            ],
          },
        },
        {
          table: 'paymux_events',
          changes: {
            stamp: stamping,
            unstamp: unstamping,
            reduced: change('payload', `'erased.plain.x'`),
            other: change('payload', `'plain.x'`),
            tries: change('tries', '7'),
            created: change('created_at', '1'),
          },
          rows: {
            over: [
              `id = 'payment:main:p-over#1'`,
              (has) => !some(has, 'created', 'other') && has('stamp') === has('reduced'),
            ],
            gone: [
              `id = 'payment:main:p-gone#1'`,
              (has) => !some(has, 'created', 'other', 'stamp', 'unstamp', 'reduced'),
            ],
          },
        },
        {
          table: 'paymux_inbox',
          changes: {
            stamp: stamping,
            unstamp: unstamping,
            body: change('body', 'null'),
            other: change('body', `'plain.x'`),
            again: change('deliveries', 'deliveries + 1'),
            object: change('object_id', `'x'`),
          },
          rows: {
            over: [`dedupe_key = 'n-over'`, (has) => !some(has, 'object', 'other') && has('stamp') === has('body')],
            gone: [`dedupe_key = 'n-gone'`, (has) => !some(has, 'object', 'other', 'stamp', 'unstamp')],
          },
        },
        {
          table: 'paymux_attempts',
          changes: {
            draft: change('draft', 'null'),
            other: change('draft', `'plain.x'`),
            account: change('account', `'x'`),
            ended: change('ended_by', `'x'`),
          },
          rows: {
            over: [isOf('over'), (has) => !some(has, 'other', 'account', 'draft')],
            gone: [`${isOf('gone')} and n = 2`, (has) => !some(has, 'other', 'account')],
          },
        },
        {
          table: 'paymux_log',
          changes: {
            attestation: change('attestation', 'null'),
            other: change('attestation', `'plain.x'`),
            what: change('what', `'x'`),
          },
          rows: {
            over: [`${isOf('over')} and what = 'resolved'`, (has) => !some(has, 'other', 'what', 'attestation')],
            gone: [`${isOf('gone')} and what = 'later'`, (has) => !some(has, 'other', 'what')],
          },
        },
      ]

      beforeEach(async () => {
        const store = await open(noEncryption)
        await commit(store, ...payments('over'), ...payments('gone'), ...payments('refunding', { reserved: 5n }))
        await commit(
          store,
          ...payments('processing', {
            status: 'processing',
            snapshot: snapshotOf('processing', { status: 'processing' }),
          }),
        )
        await commit(
          store,
          ...claiming('open', { request: requestOf('open') }, -1),
          ...refusals('canceled', 'canceled'),
        )
        await commit(store, { write: 'log', log: logLine('open', { what: 'polled' }) })
        await erase(store, keyOf('gone'))
        await erase(store, { operationId: 'canceled' })
        const later = attempt('gone', { n: 2, draft: draftOf('gone') })
        await commit(store, { write: 'attempt', attempt: later, is: 'new' })
        const attestation = { attestedBy: 'x', note: 'y' }
        await commit(store, { write: 'log', log: logLine('gone', { what: 'later', attestation }) })
        await commit(store, { write: 'inbox', entry: entry('waiting') })
        await ledger.force(`update paymux_inbox set body = null, erased_at = 7 where dedupe_key = 'waiting'`)
      })

      it('of 200 random updates exactly the erasing ones pass, and those that erase nothing', async () => {
        const drawn = fc.constantFrom(...cases).chain((one) =>
          fc.record({
            one: fc.constant(one),
            row: fc.oneof(fc.constant('over'), fc.constantFrom(...Object.keys(one.rows))),
            names: fc.subarray(Object.keys(one.changes), { minLength: 1 }),
            isErasing: fc.boolean(),
          }),
        )
        let [passed, stopped] = [0, 0]
        await fc.assert(
          fc.asyncProperty(drawn, async ({ one, row, names, isErasing }) => {
            const chosen = chosenOf(one, names, isErasing)
            const set = chosen.map((name) => one.changes[name]?.set).join(', ')
            const [where, isLetBy] = one.rows[row] ?? ['false', () => false]
            const isLet = isLetBy((...all) => all.every((name) => chosen.includes(name)))
            const statement = `update ${one.table} set ${set} where ${where}`
            expect([statement, await ledger.tried(statement)]).toEqual([statement, isLet])
            if (isLet) passed += 1
            else stopped += 1
          }),
          { numRuns: 200 },
        )
        expect(Math.min(passed, stopped)).toBeGreaterThan(30)
      })

      it.each([
        [`paymux_log where operation_id = 'over' and what = 'polled'`, true],
        [`paymux_log where operation_id = 'over' and what = 'claimed'`, false],
        [`paymux_log where operation_id = 'over' and what = 'resolved'`, false],
        [`paymux_log where operation_id = 'open' and what = 'polled'`, false],
        [`paymux_inbox where dedupe_key = 'n-gone'`, true],
        [`paymux_inbox where dedupe_key = 'n-over'`, false],
        [`paymux_inbox where dedupe_key = 'waiting'`, false],
        [`paymux_operations where id = 'gone'`, false],
        [`paymux_attempts where operation_id = 'gone'`, false],
        [`paymux_objects where id = 'p-gone'`, false],
        [`paymux_events where id = 'payment:main:p-gone#1'`, false],
      ])('delete from %s', async (rows, isLet) => {
        expect((await ledger.rows(`select 1 from ${rows}`)).length).toBeGreaterThan(0)
        expect(await ledger.tried(`delete from ${rows}`)).toBe(isLet)
      })
    })
  })
}
