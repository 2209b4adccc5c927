import { conflict, HOUR } from '../../src/core/index.js'
import {
  type Committed,
  type Job,
  LONGEST_RECONCILIATION_PAUSE_MS,
  type ObjectKey,
  type ObjectRecord,
  type OperationRecord,
  READ_SPACING_MS,
  type Store,
  type Write,
} from '../../src/ledger/index.js'
import { right } from '../either.js'
import { listSuite } from './list-suite.js'
import { randomBatches } from './random-batches.js'
import {
  attempt,
  captured,
  claiming,
  entry,
  event,
  FAR,
  LONG_MS,
  logLine,
  operation,
  PAST,
  payment,
  paymentRequest,
  snapshot,
} from './records.js'

/** A store for one test. */
export interface Opened {
  readonly store: Store
  readonly close: () => Promise<void>
}

const done: Committed = { done: true }
const notHeld = (index: number): Committed => ({ done: false, index })

/** Text that no database holds, and how it is held. */
const [bad, held] = ['a\0b\ud83d', 'a\ufffdb\ufffd']

const eur = (minorUnits: bigint) => ({ minorUnits, currency: 'EUR' })

/** What every store keeps of the port, on an empty store for each test. */
export const storeSuite = (name: string, open: () => Promise<Opened>): void => {
  describe(`${name} keeps the port:`, () => {
    let opened: Opened
    let store: Store

    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.close())

    const commit = async (...writes: readonly Write[]): Promise<Committed> => right(await store.commit(writes)())
    const write = async (...writes: readonly Write[]): Promise<void> => expect(await commit(...writes)).toEqual(done)
    const refusedByDatabase = async (...writes: readonly Write[]): Promise<void> =>
      expect(await store.commit(writes)()).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store' } })
    const read = async (id: string) => right(await store.operation(id)())
    const readObject = async (key: ObjectKey) => right(await store.object(key)())
    const change = (record: OperationRecord, keepLease = false): Write => ({
      write: 'operation',
      operation: record,
      from: 'prepared',
      keepLease,
    })

    describe('operations', () => {
      it('reads a claim back as it was written, with its attempt', async () => {
        const full = {
          merchantReference: 'order 7',
          nextPollAt: 5,
          reservation: { account: 'main', id: 'p1', amount: eur(700n), held: true },
          error: conflict(),
        }
        await write(...claiming('a', full))
        const view = { operation: operation('a', full), attempts: [attempt('a')], leased: true }
        expect(await read('a')).toEqual(view)
        expect(right(await store.operationByKey('createPayment', 'key-a')())).toEqual(view)
        expect(right(await store.operationByKey('refund', 'key-a')())).toBeUndefined()
        expect(await read('b')).toBeUndefined()
      })

      it('lets one of 64 callers claim a key', async () => {
        const claims = await Promise.all(
          Array.from({ length: 64 }, (_, n) => commit(...claiming(`op-${n}`, { idempotencyKey: 'same' }))),
        )
        expect(claims.filter((claim) => claim.done)).toHaveLength(1)
        expect(claims.filter((claim) => !claim.done && claim.index === 0)).toHaveLength(63)
      })

      it('takes over what nobody holds, under the fence that was read', async () => {
        await write(...claiming('a', {}, -1))
        expect(await commit({ write: 'acquire_lease', id: 'a', fence: 2, leaseMs: LONG_MS })).toEqual(notHeld(0))
        await write({ write: 'acquire_lease', id: 'a', fence: 1, leaseMs: LONG_MS })
        expect(await read('a')).toMatchObject({ operation: { fence: 2 }, leased: true })
        expect(await commit({ write: 'acquire_lease', id: 'a', fence: 2, leaseMs: LONG_MS })).toEqual(notHeld(0))
      })

      it('renews a lease under its fence only', async () => {
        await write(...claiming('a', {}, -1))
        expect(await commit({ write: 'renew_lease', id: 'a', fence: 2, leaseMs: LONG_MS })).toEqual(notHeld(0))
        await write({ write: 'renew_lease', id: 'a', fence: 1, leaseMs: LONG_MS })
        expect(await read('a')).toMatchObject({ leased: true })
      })

      it('replaces an operation under its fence and from its state, and gives the lease back', async () => {
        await write(...claiming('a'))
        const dispatched = operation('a', { state: 'dispatched', accounts: ['spare'], nextPollAt: 9 })
        expect(await commit(change({ ...dispatched, fence: 2 }))).toEqual(notHeld(0))
        await write(change(dispatched, true))
        expect(await read('a')).toMatchObject({ operation: dispatched, leased: true })
        expect(await commit(change(dispatched))).toEqual(notHeld(0))
        const object = { account: 'main', kind: 'payment', id: 'p1' } as const
        const executed = operation('a', { state: 'executed', object })
        await write({ write: 'operation', operation: executed, from: 'dispatched', keepLease: false })
        expect(await read('a')).toEqual({ operation: executed, attempts: [attempt('a')], leased: false })
      })

      it('keeps key, fingerprint and request whatever is written', async () => {
        await write(...claiming('a'))
        await write(
          change(operation('a', { idempotencyKey: 'other', fingerprint: 'e', request: paymentRequest('other') })),
        )
        expect((await read('a'))?.operation).toEqual(operation('a'))
      })

      it('writes all of a commit or nothing', async () => {
        await write(...claiming('a'))
        const writes = [...claiming('b'), ...claiming('c', { idempotencyKey: 'key-a' })]
        expect(await commit(...writes)).toEqual(notHeld(2))
        expect(await read('b')).toBeUndefined()
        expect(await commit(...claiming('b'))).toEqual(done)
      })

      it('undoes only the commit whose guard does not hold', async () => {
        await write(...claiming('a'))
        const commits = await Promise.all([
          commit(...claiming('d')),
          commit({ write: 'inbox', entry: entry('x') }, ...claiming('b', { idempotencyKey: 'key-a' })),
          commit(...claiming('c')),
        ])
        expect(commits).toEqual([done, notHeld(1), done])
        expect(right(await store.unmatched(FAR, 9)())).toEqual([])
      })

      it('keeps the first draft of an attempt, and its place in a trace', async () => {
        await write(...claiming('a'))
        const wire = {
          exchange: 'pay.create',
          effect: 'creates',
          method: 'POST',
          base: 'api',
          path: '/x',
          auth: 'key',
          headers: {},
        } as const
        const reference = {
          kind: 'payment',
          account: 'main',
          id: 'p1',
          expectedAmount: { value: '0.05', currency: 'EUR' },
        } as const
        const dispatched = attempt('a', {
          state: 'dispatched',
          effect: 'creates',
          dispatchCount: 1,
          firstDispatchedAt: 7,
          tokenHash: 'h1',
          draft: { wire, context: { of: 1 }, reference, notPassedOn: ['payer.ip'] },
          reference,
          traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        })
        const before = right(await store.now()())
        await write({ write: 'attempt', attempt: dispatched, is: 'changed' })
        const first = right(await store.attemptByToken('h1')())
        // By the store's clock, whatever the writer's says.
        expect(first?.firstDispatchedAt).toBeGreaterThanOrEqual(before)
        expect(first).toEqual({ ...dispatched, firstDispatchedAt: first?.firstDispatchedAt })
        expect(right(await store.attemptByToken('h2')())).toBeUndefined()
        const again = {
          ...dispatched,
          dispatchCount: 2,
          draft: { wire: { ...wire, path: '/y' }, context: null, notPassedOn: [] },
          traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-00`,
        }
        await write({ write: 'attempt', attempt: again, is: 'changed' })
        expect((await read('a'))?.attempts).toEqual([{ ...first, dispatchCount: 2 }])
      })

      it('finds an abandoned attempt by the key in its draft, and that there is one', async () => {
        await write(...claiming('a'))
        expect(right(await store.abandonedAttempt('main')())).toBeUndefined()
        const { account } = attempt('a')
        const wire = {
          exchange: 'x',
          effect: 'creates',
          method: 'POST',
          base: 'api',
          path: '/',
          auth: 'k',
          headers: {},
        } as const
        const draft = { wire, context: null, notPassedOn: [], names: { key: 'gateway-key' } }
        const dispatched = attempt('a', { state: 'dispatched', effect: 'creates', dispatchCount: 1, draft })
        await write({ write: 'attempt', attempt: dispatched, is: 'changed' })
        expect(right(await store.abandonedAttempt(account, 'gateway-key')())).toBeUndefined()
        await write({ write: 'attempt', attempt: { ...dispatched, state: 'abandoned' }, is: 'changed' })
        for (const key of ['gateway-key', undefined])
          expect(right(await store.abandonedAttempt(account, key)())).toMatchObject({ state: 'abandoned', draft })
        expect(right(await store.abandonedAttempt(account, 'other')())).toBeUndefined()
        expect(right(await store.abandonedAttempt('nowhere')())).toBeUndefined()
      })

      it('finds the payments of an order number that stand as succeeded, first to last', async () => {
        const of = (id: string, statusSince: number, status: 'succeeded' | 'failed' = 'succeeded') => {
          const origin = { operationId: `op-${id}`, idempotencyKey: id, merchantReference: 'ORD-7', notPassedOn: [] }
          return { write: 'new_object', object: payment(id, { status, statusSince, origin }) } as const
        }
        await write(of('late', 3), of('early', 2), of('failed', 1, 'failed'))
        expect(right(await store.succeededFor('ORD-7', 9)()).map(({ id }) => id)).toEqual(['early', 'late'])
        expect(right(await store.succeededFor('ORD-7', 1)()).map(({ id }) => id)).toEqual(['early'])
        expect(right(await store.succeededFor('ORD-8', 9)())).toEqual([])
      })

      it('keeps an entry known that became so, and finds those about payments that are unmatched', async () => {
        const about = { account: 'main', kind: 'payment', id: 'p7' } as const
        await write(
          { write: 'inbox', entry: entry('known', { object: about, state: 'known' }) },
          { write: 'inbox', entry: entry('new', { object: about, tokenHash: 'hash' }) },
          { write: 'inbox', entry: entry('refund', { object: { ...about, kind: 'refund' } }) },
        )
        const unclaimed = async () => right(await store.unclaimedPayments(['main', 'spare'], 9)())
        expect(await unclaimed()).toEqual([entry('new', { object: about, tokenHash: 'hash' })])
        expect(right(await store.unclaimedPayments(['spare'], 9)())).toEqual([])
        for (const dedupeKey of ['known', 'new'])
          await write({ write: 'inbox_state', of: { account: 'main', dedupeKey }, state: 'unclaimed' })
        expect(await unclaimed()).toEqual([])
        const waiting = right(await store.unmatched(FAR, 9)())
        expect(waiting.map(({ dedupeKey, state }) => [dedupeKey, state])).toEqual([
          ['new', 'unclaimed'],
          ['refund', 'unmatched'],
        ])
      })

      it('puts off what cannot be read, and finds it unresolved until it goes on', async () => {
        const stall = (id: string): Write => ({ write: 'stall', id, at: FAR, why: 'ERR_STORED_JSON' })
        await write(...claiming('free', { nextPollAt: 5 }, -1), ...claiming('held', { nextPollAt: 5 }))
        await write(...claiming('over', { nextPollAt: 5 }, -1), change(operation('over', { state: 'canceled' })))
        await write(stall('free'), stall('held'), stall('over'), stall('nobody'))
        expect((await read('free'))?.operation).toMatchObject({ nextPollAt: FAR, stalled: 'ERR_STORED_JSON' })
        for (const id of ['held', 'over']) expect((await read(id))?.operation).not.toHaveProperty('stalled')
        expect(right(await store.unresolved(9)())).toMatchObject([{ id: 'free', stalled: 'ERR_STORED_JSON' }])
        expect(right(await store.health()())).toMatchObject({ unresolvedOperations: 1 })
        await write(change(operation('free', { nextPollAt: FAR })))
        expect(right(await store.unresolved(9)())).toEqual([])
      })

      it('finds what is unresolved and what is unfinished at an account', async () => {
        await write(...claiming('gone', { createdAt: 1 }, -1), ...claiming('second', { createdAt: 3 }, -1))
        await write(...claiming('first', { createdAt: 2, accounts: ['main'] }, -1), ...claiming('held'))
        await write(...claiming('planned', { nextPollAt: FAR, accounts: ['spare', 'main'] }, -1))
        await write(change(operation('gone', { state: 'canceled' })))
        expect(right(await store.unresolved(9)()).map(({ id }) => id)).toEqual(['first', 'second'])
        expect(right(await store.unresolved(1)()).map(({ id }) => id)).toEqual(['first'])
        expect(right(await store.openOperationsAt('spare', 9)())).toEqual(['second', 'held', 'planned'])
        await write(change(operation('second', { attempt: 2 })))
        await write({
          write: 'attempt',
          attempt: attempt('second', { n: 2, position: 1, account: 'spare' }),
          is: 'new',
        })
        expect(right(await store.openOperationsAt('main', 9)())).toEqual(['first', 'held', 'planned'])
        expect(right(await store.openOperationsAt('spare', 1)())).toEqual(['second'])
        expect(right(await store.openOperationsAt('other', 9)())).toEqual([])
      })

      it('requests refreshes of only operations that something was sent of', async () => {
        await write(...claiming('a'))
        await write({ write: 'request_poll', id: 'a', at: 4 }, { write: 'request_poll', id: 'nobody', at: 4 })
        expect((await read('a'))?.operation.nextPollAt).toBeUndefined()
        await write(change(operation('a', { state: 'dispatched', nextPollAt: FAR })))
        await write({ write: 'request_poll', id: 'a', at: 4 })
        await write({ write: 'request_poll', id: 'a', at: 6 })
        expect((await read('a'))?.operation.nextPollAt).toBe(4)
      })

      it('tells how work stands: of each account what is due, and how much waits for an operator', async () => {
        await write({ write: 'account', account: { name: 'main', identity: {} } })
        const { now, ...rest } = right(await store.health()())
        expect(rest).toEqual({
          status: 'open',
          accounts: [{ account: 'main', dueReads: 0, failedReads: 0, notifications: expect.any(Object) }],
          schemaVersion: 1,
          unresolvedOperations: 0,
          indeterminateOperations: 0,
          undeliveredEvents: 0,
          unreadableEvents: 0,
        })
        expect(Math.abs(now - right(await store.now()()))).toBeLessThan(LONG_MS)
        await write({ write: 'new_object', object: payment('due', { nextReadAt: PAST }) })
        await write({ write: 'new_object', object: payment('later', { nextReadAt: FAR }) })
        await write(...claiming('a', {}, -1), ...claiming('held'))
        await write(change(operation('held', { state: 'dispatched' })))
        const unknown = operation('held', { state: 'indeterminate', nextPollAt: FAR })
        await write({ write: 'operation', operation: unknown, from: 'dispatched', keepLease: false })
        await write({ write: 'event', event: event('s', 1) }, { write: 'unreadable_event', subject: 's' })
        await write({ write: 'event', event: event('t', 1, { createdAt: PAST + 1 }) })
        await write({ write: 'new_object', object: payment('asked') })
        await write({ write: 'request_refresh', object: payment('asked'), at: PAST - 1 })
        await write({
          write: 'unread',
          object: payment('later'),
          error: 'Unreachable store',
          minMs: LONG_MS,
          maxMs: LONG_MS,
        })
        expect(right(await store.health()())).toMatchObject({
          accounts: [{ account: 'main', dueReads: 2, oldestDueAt: PAST - 1, failedReads: 1 }],
          unresolvedOperations: 1,
          oldestUnresolvedAt: expect.any(Number),
          indeterminateOperations: 1,
          oldestIndeterminateAt: expect.any(Number),
          undeliveredEvents: 2,
          oldestUndeliveredAt: PAST,
          unreadableEvents: 1,
          oldestUnreadableAt: PAST,
        })
        await write({ write: 'delivered', id: 's#1' })
        const after = right(await store.health()())
        expect(after).toMatchObject({ undeliveredEvents: 1, oldestUndeliveredAt: PAST + 1, unreadableEvents: 0 })
        expect(after).not.toHaveProperty('oldestUnreadableAt')
      })

      it('keeps how the reads of an account end, by one writer at a time', async () => {
        expect(right(await store.accountReads('main')())).toBeUndefined()
        await write({ write: 'account', account: { name: 'main', identity: {} } })
        const known = right(await store.accountReads('main')())
        expect(known).toEqual({ isReported: false, events: 0, version: 0, now: expect.any(Number) })
        const reads = {
          failingSince: PAST,
          reason: 'Refused authentication 401',
          isReported: true,
          events: 1,
          version: 1,
        }
        await write({ write: 'account_reads', account: 'main', reads })
        expect(await commit({ write: 'account_reads', account: 'main', reads })).toEqual(notHeld(0))
        expect(right(await store.accountReads('main')())).toMatchObject(reads)
      })

      it('gives out the comparison of an account’s lists once, and when it is due again', async () => {
        const acquire = async () => right(await store.acquireReconciliation('main', HOUR)())
        expect(await acquire()).toBeUndefined()
        await write({ write: 'account', account: { name: 'main', identity: {} } })
        expect(await acquire()).toBeUndefined()
        const counts = { listed: 3, unreadable: 0, missingInLedger: 1, staleInLedger: 1 }
        const reconciliation = { at: PAST, comparedTo: PAST - 1, ...counts }
        await write({ write: 'reconciled', account: 'main', reconciliation, nextMs: 0 })
        expect(right(await store.health()())).toMatchObject({ accounts: [{ account: 'main', reconciliation }] })
        expect(await acquire()).toEqual({ last: reconciliation })
        expect(await acquire()).toBeUndefined()
        await write({ write: 'reconciled', account: 'main', reconciliation, nextMs: HOUR })
        expect(await acquire()).toBeUndefined()
      })

      it('gives one out that a clock which was ahead has put off for longer than any may wait', async () => {
        await write({ write: 'account', account: { name: 'main', identity: {} } })
        const reconciliation = { at: PAST, listed: 0, unreadable: 0, missingInLedger: 0, staleInLedger: 0 }
        const nextMs = LONGEST_RECONCILIATION_PAUSE_MS + HOUR
        await write({ write: 'reconciled', account: 'main', reconciliation, nextMs })
        expect(right(await store.acquireReconciliation('main', HOUR)())).toEqual({ last: reconciliation })
      })

      it('keeps the log in the order of its lines', async () => {
        const lines = ['claimed', 'dispatched', 'lost'].map((what) => logLine('a', { what, detail: `${what}!` }))
        for (const log of lines) await write({ write: 'log', log })
        const attested = logLine('b', { attestation: { attestedBy: 'ann@shop.example', note: 'the list of payouts' } })
        await write({ write: 'log', log: logLine('b') }, { write: 'log', log: attested })
        expect(right(await store.log('a')())).toEqual(lines)
        expect(right(await store.log('b')())).toEqual([logLine('b'), attested])
      })

      it('keeps one identity for each account', async () => {
        const account = { name: 'main', identity: { mode: 'live', project: '7' } }
        await write({ write: 'account', account })
        await write({ write: 'account', account: { name: 'main', identity: { project: '7', mode: 'live' } } })
        const other = { name: 'main', identity: { mode: 'test', project: '7' } }
        expect(await commit({ write: 'account', account: other })).toEqual(notHeld(0))
        expect(right(await store.accounts()())).toEqual([account])
      })

      it('lets an identity be extended by who tells what it was', async () => {
        const identity = { mode: 'live', project: '7' }
        const more = { name: 'main', identity: { ...identity, payouts: '8' } }
        await write({ write: 'account', account: { name: 'main', identity } })
        const other = { mode: 'test', project: '7' }
        expect(await commit({ write: 'account', account: more, extended: other })).toEqual(notHeld(0))
        await write({ write: 'account', account: more, extended: { project: '7', mode: 'live' } })
        expect(right(await store.accounts()())).toEqual([more])
        expect(await commit({ write: 'account', account: { name: 'main', identity } })).toEqual(notHeld(0))
      })
    })

    describe('objects', () => {
      it('lists those of an account that are still read back, oldest first', async () => {
        await write(
          { write: 'new_object', object: payment('later', { nextReadAt: FAR, createdAt: PAST + 1 }) },
          { write: 'new_object', object: payment('first', { nextReadAt: PAST }) },
          { write: 'new_object', object: payment('over') },
          { write: 'new_object', object: payment('elsewhere', { account: 'spare', nextReadAt: FAR }) },
        )
        const key = (id: string) => ({ account: 'main', kind: 'payment', id })
        expect(right(await store.followedAt('main', 9)())).toEqual([key('first'), key('later')])
        expect(right(await store.followedAt('main', 1)())).toEqual([key('first')])
        expect(right(await store.followedAt('other', 9)())).toEqual([])
      })

      const replace = (object: ObjectRecord, version: number, refreshRequestsSeen: number): Write => ({
        write: 'object',
        object,
        version,
        refreshRequestsSeen,
      })

      it('reads an object back as it was written', async () => {
        const object = payment('p1', {
          origin: {
            operationId: 'a',
            idempotencyKey: 'key-a',
            merchantReference: 'order-a',
            metadata: { version: '2' },
            notPassedOn: ['metadata'],
          },
          abandoned: true,
          status: 'succeeded',
          expectedAmount: eur(2n ** 62n),
          captured: eur(2n ** 62n),
          reserved: 2n ** 61n,
          refunded: 3n,
          reservation: { account: 'main', id: 'p0', amount: eur(1n), held: false },
          disputed: true,
          suspectedSince: 4,
          flags: ['alert:failed'],
          nextReadAt: FAR,
        })
        await write({ write: 'new_object', object })
        expect(await readObject(object)).toEqual(object)
        expect(await readObject({ ...object, kind: 'refund' })).toBeUndefined()
        expect(await commit({ write: 'new_object', object })).toEqual(notHeld(0))
      })

      it('replaces an object under its version, beside what others count', async () => {
        await write({ write: 'new_object', object: captured('p1', 900n) })
        await write({ write: 'reserve', object: payment('p1'), amount: eur(500n), clipped: false })
        await write({ write: 'refunded', object: payment('p1'), amount: eur(200n) })
        const object = {
          ...captured('p1', 900n),
          version: 2,
          snapshot: snapshot('p1', { providerCode: 'later' }),
          nextReadAt: FAR,
        }
        expect(await commit(replace(object, 2, 0))).toEqual(notHeld(0))
        await write(replace(object, 1, 0))
        expect(await readObject(object)).toEqual({ ...object, reserved: 500n, refunded: 200n })
      })

      it('reads again soon what was refreshed since the read began, and not what was refreshed before', async () => {
        await write({ write: 'new_object', object: payment('p1', { nextReadAt: FAR }) })
        await write({ write: 'request_refresh', object: payment('p1'), at: FAR + 1 })
        expect(await readObject(payment('p1'))).toMatchObject({ refreshRequests: 1, nextReadAt: FAR })
        await write(replace(payment('p1', { version: 2, nextReadAt: FAR }), 1, 1))
        expect(await readObject(payment('p1'))).toMatchObject({ refreshRequests: 1, nextReadAt: FAR })
        const before = right(await store.now()())
        await write(replace(payment('p1', { version: 3 }), 2, 0))
        const after = right(await store.now()())
        const dueAt = (await readObject(payment('p1')))?.nextReadAt
        expect(dueAt).toBeGreaterThanOrEqual(before + 5_000)
        expect(dueAt).toBeLessThanOrEqual(after + 5_000)
        await write(
          { write: 'request_refresh', object: payment('p1'), at: 3 },
          { write: 'request_refresh', object: payment('p2'), at: 3 },
        )
        expect(await readObject(payment('p1'))).toMatchObject({ refreshRequests: 2, nextReadAt: 3 })
        expect(await readObject(payment('p2'))).toBeUndefined()
      })

      it('stops at the cap 1,600 reservations of 16 callers that race', async () => {
        await write({ write: 'new_object', object: captured('p1', 1_000n) })
        const reserve = { write: 'reserve', object: payment('p1'), amount: eur(100n), clipped: false } as const
        const all: Committed[] = []
        // Not all at once: a pool lets a commit wait for a connection for a few seconds, and the machine may be slow.
        const caller = async (): Promise<void> => {
          for (let n = 0; n < 100; n += 1) all.push(await commit(reserve))
        }
        await Promise.all(Array.from({ length: 16 }, caller))
        expect(all).toHaveLength(1_600)
        expect(all.filter((one) => one.done)).toHaveLength(10)
        expect(await readObject(payment('p1'))).toMatchObject({ reserved: 1_000n })
      })

      it('reserves between what was refunded and what was captured, in one currency', async () => {
        const reserve = (minorUnits: bigint, clipped: boolean, currency = 'EUR'): Write => ({
          write: 'reserve',
          object: payment('p1'),
          amount: { minorUnits, currency },
          clipped,
        })
        expect(await commit(reserve(1n, false))).toEqual(notHeld(0))
        await write(reserve(1n, true), { write: 'new_object', object: payment('p1') })
        expect(await commit(reserve(1n, false))).toEqual(notHeld(0))
        await write(replace({ ...captured('p1', 100n), version: 2 }, 1, 0))
        expect(await commit(reserve(1n, false, 'USD'))).toEqual(notHeld(0))
        await write(reserve(60n, false), { write: 'refunded', object: payment('p1'), amount: eur(90n) })
        expect(await readObject(payment('p1'))).toMatchObject({ reserved: 60n, refunded: 60n })
        expect(await commit(reserve(-1n, false))).toEqual(notHeld(0))
        expect(await commit(reserve(41n, false))).toEqual(notHeld(0))
        await write(reserve(41n, true))
        expect(await readObject(payment('p1'))).toMatchObject({ reserved: 100n, refunded: 60n })
        // One unit was over what was captured.
        await write(reserve(-2n, true))
        expect(await readObject(payment('p1'))).toMatchObject({ reserved: 99n, refunded: 60n })
        await write(reserve(5n, true))
        expect(await commit(reserve(-1n, false))).toEqual(notHeld(0))
        expect(await commit(reserve(-4n, false))).toEqual({ done: true })
        expect(await readObject(payment('p1'))).toMatchObject({ reserved: 100n, refunded: 60n })
        await write(reserve(-99n, true), reserve(5n, true, 'USD'))
        expect(await readObject(payment('p1'))).toMatchObject({ reserved: 60n, refunded: 60n })
      })
    })

    describe('text that a database cannot hold', () => {
      const object = { account: 'main', kind: 'payment', id: bad } as const

      it('in what came from outside is held as U+FFFD, and found by what came', async () => {
        await write(
          ...claiming('a', { merchantReference: bad }),
          { write: 'new_object', object: payment(bad, { providerState: { transaction: bad } }) },
          { write: 'inbox', entry: entry(bad, { object, body: bad, reported: { transaction: bad } }) },
          { write: 'event', event: event(bad, 1, { payload: { about: bad } }) },
          { write: 'log', log: logLine('a', { detail: bad }) },
        )
        expect(await readObject(object)).toMatchObject({ id: held, providerState: { transaction: bad } })
        expect(right(await store.unmatched(FAR, 9)())).toMatchObject([
          { dedupeKey: held, object: { id: held }, reported: { transaction: bad } },
        ])
        expect(right(await store.dueEvents(bad, 9)())).toMatchObject([{ subject: held, payload: { about: bad } }])
        expect(right(await store.log('a')())).toMatchObject([{ detail: held }])
        expect(await read('a')).toMatchObject({ operation: { merchantReference: held } })
      })
    })

    describe('notifications', () => {
      it('counts deliveries of the same notification', async () => {
        const one = entry('x', { object: { account: 'main', kind: 'payment', id: 'p1' } })
        await write({ write: 'inbox', entry: one })
        await write({ write: 'inbox', entry: { ...one, body: 'other', receivedAt: 3 } })
        expect(right(await store.unmatched(FAR, 9)())).toEqual([{ ...one, deliveries: 2 }])
      })

      it('finds those unmatched since before a time, oldest first', async () => {
        for (const at of [3, 1, 2]) await write({ write: 'inbox', entry: entry(`x${at}`, { receivedAt: at }) })
        await write({ write: 'inbox', entry: entry('known', { state: 'known', receivedAt: 1 }) })
        const found = async (before: number, limit: number) =>
          right(await store.unmatched(before, limit)()).map(({ dedupeKey }) => dedupeKey)
        expect(await found(3, 9)).toEqual(['x1', 'x2'])
        expect(await found(9, 2)).toEqual(['x1', 'x2'])
        await write({ write: 'inbox_state', of: { account: 'main', unmatchedBefore: 2 }, state: 'reported' })
        expect(await found(9, 9)).toEqual(['x2', 'x3'])
      })

      it('tells an account’s unmatched ones apart, those from listed sources first', async () => {
        const all = [entry('a', { receivedAt: 1, unlistedSource: true }), entry('b', { receivedAt: 2 })]
        for (const one of [...all, entry('c', { account: 'spare' })]) await write({ write: 'inbox', entry: one })
        expect(right(await store.unmatched(FAR, 9, 'main')()).map(({ dedupeKey }) => dedupeKey)).toEqual(['b', 'a'])
        expect(right(await store.unmatchedEntries(FAR)())).toEqual([
          { account: 'main', count: 2, firstReceivedAt: 1, lastReceivedAt: 2 },
          { account: 'spare', count: 1, firstReceivedAt: PAST, lastReceivedAt: PAST },
        ])
        expect(right(await store.unmatchedEntries(2)())).toMatchObject([{ account: 'main', count: 1 }])
      })

      it('knows what came before, and how much of one object', async () => {
        const about = { object: { account: 'main', kind: 'payment', id: 'p1' } } as const
        const before = async (dedupeKey: string) => right(await store.inboxBefore(entry(dedupeKey, about))())
        expect(await before('x')).toEqual({ isStored: false, aboutObject: 0 })
        await write({ write: 'inbox', entry: entry('x', about) }, { write: 'inbox', entry: entry('y', about) })
        expect(await before('x')).toEqual({ isStored: true, aboutObject: 2 })
        expect(await before('z')).toEqual({ isStored: false, aboutObject: 2 })
        expect(right(await store.inboxBefore(entry('x'))())).toEqual({ isStored: true, aboutObject: 0 })
      })

      it('finds those about an object, as they came, without what is encrypted', async () => {
        const about = (id: string) => ({ object: { account: 'main', kind: 'payment', id } }) as const
        const all = [
          entry('late', { ...about('p1'), receivedAt: 9, reported: { transaction: '3' } }),
          entry('early', { ...about('p1'), receivedAt: 5, state: 'known', unlistedSource: true }),
          entry('other', about('p2')),
          entry('refund', { object: { account: 'main', kind: 'refund', id: 'p1' } }),
          entry('none'),
        ]
        for (const one of [...all, entry('early', about('p1'))]) await write({ write: 'inbox', entry: one })
        const found = async (limit: number) => right(await store.notificationsAbout(payment('p1'), limit)())
        expect(await found(9)).toEqual([
          { account: 'main', reported: { transaction: '2' }, receivedAt: 5, deliveries: 2, unlistedSource: true },
          { account: 'main', reported: { transaction: '3' }, receivedAt: 9, deliveries: 1, unlistedSource: false },
        ])
        expect(await found(1)).toHaveLength(1)
      })

      it('matches all that wait for objects that are there', async () => {
        const about = (id: string) => ({ object: { account: 'main', kind: 'payment', id } }) as const
        for (const id of ['p1', 'p2', 'p3']) await write({ write: 'inbox', entry: entry(id, about(id)) })
        await write({ write: 'new_object', object: payment('p1') }, { write: 'new_object', object: payment('p2') })
        await write({ write: 'match_unmatched', before: PAST, at: 4 })
        expect(right(await store.unmatched(FAR, 9)())).toHaveLength(3)
        await write({ write: 'match_unmatched', before: FAR, at: 4 })
        expect(right(await store.unmatched(FAR, 9)()).map(({ dedupeKey }) => dedupeKey)).toEqual(['p3'])
        expect(await readObject(payment('p2'))).toMatchObject({ refreshRequests: 1, nextReadAt: 4 })
      })

      it('keeps an account’s hour within its quota, over callers that race', async () => {
        const counts = (fields: object = {}) => ({
          account: 'main',
          unlistedSource: false,
          quarantined: 0 as const,
          rejected: 0 as const,
          overQuota: 0 as const,
          entries: 1 as const,
          bytes: 100,
          ...fields,
        })
        const count = (fields: object, quota = { entries: 20, bytes: 1000 }) =>
          commit({ write: 'notification_count', counts: counts(fields), quota })
        const raced = async (fields: object, quota?: { entries: number; bytes: number }) =>
          (await Promise.all(Array.from({ length: 40 }, () => count(fields, quota)))).filter(({ done }) => done).length
        expect(await raced({})).toBe(10)
        expect(await raced({ unlistedSource: true }, { entries: 5, bytes: 9_999 })).toBe(5)
        expect(await raced({ account: 'spare', quarantined: 1 })).toBe(10)
        await write({ write: 'notification_count', counts: counts({ entries: 0, bytes: 0, overQuota: 1 }) })
        await write({ write: 'forget_counts' })
        const account = (name: string): Write => ({ write: 'account', account: { name, identity: {} } })
        await write(account('main'), account('spare'), account('third'))
        const { accounts } = right(await store.health()())
        expect(accounts.map(({ notifications }) => notifications)).toEqual([
          { unlistedSource: 5, rejected: 0, quarantined: 0, overQuota: 1 },
          { unlistedSource: 0, rejected: 0, quarantined: 10, overQuota: 0 },
          { unlistedSource: 0, rejected: 0, quarantined: 0, overQuota: 0 },
        ])
      })

      it('matches what waits for an object once the object is there', async () => {
        const about = { object: { account: 'main', kind: 'payment', id: 'p1' } } as const
        await write({ write: 'inbox', entry: entry('x', about) }, { write: 'inbox', entry: entry('y') })
        await write({ write: 'match', object: payment('p1'), at: 4 })
        expect(right(await store.unmatched(FAR, 9)())).toHaveLength(2)
        await write({ write: 'new_object', object: payment('p1') }, { write: 'match', object: payment('p1'), at: 4 })
        expect(right(await store.unmatched(FAR, 9)()).map(({ dedupeKey }) => dedupeKey)).toEqual(['y'])
        expect(await readObject(payment('p1'))).toMatchObject({ refreshRequests: 1, nextReadAt: 4 })
        await write({ write: 'match', object: payment('p1'), at: 2 })
        expect(await readObject(payment('p1'))).toMatchObject({ refreshRequests: 1, nextReadAt: 4 })
      })

      it('changes the state of all that point at an object', async () => {
        const about = { object: { account: 'main', kind: 'payment', id: 'p1' } } as const
        await write({ write: 'inbox', entry: entry('x', about) }, { write: 'inbox', entry: entry('y', about) })
        await write({ write: 'inbox_state', of: about.object, state: 'quarantined' })
        expect(right(await store.unmatched(FAR, 9)())).toEqual([])
      })
    })

    describe('events', () => {
      const due = async (subject: string, limit = 9) =>
        right(await store.dueEvents(subject, limit)()).map(({ sequence }) => sequence)

      it('takes each sequence number of a subject once', async () => {
        await write({ write: 'event', event: event('s', 1) })
        expect(await commit({ write: 'event', event: event('s', 1, { id: 'other' }) })).toEqual(notHeld(0))
        expect(await commit({ write: 'event', event: event('t', 1, { id: 's#1' }) })).toEqual(notHeld(0))
        expect(right(await store.dueEvents('s', 9)())).toEqual([event('s', 1)])
      })

      it('lets no event overtake another of its subject', async () => {
        for (const n of [2, 1, 3, 4]) await write({ write: 'event', event: event('s', n) })
        await write({ write: 'event', event: event('t', 1) })
        expect(await due('s')).toEqual([1, 2, 3, 4])
        expect(await due('s', 2)).toEqual([1, 2])
        await write({ write: 'delivered', id: 's#1' }, { write: 'undelivered', id: 's#3', nextDeliveryAt: FAR })
        expect(await due('s')).toEqual([2])
        await write({ write: 'undelivered', id: 's#3', nextDeliveryAt: PAST })
        expect(right(await store.dueEvents('s', 9)()).map(({ tries }) => tries)).toEqual([0, 2, 0])
        expect(await due('t')).toEqual([1])
      })

      it('delivers once and for all', async () => {
        await write({ write: 'event', event: event('s', 1) }, { write: 'delivered', id: 's#1' })
        await write({ write: 'undelivered', id: 's#1', nextDeliveryAt: PAST }, { write: 'delivered', id: 's#1' })
        expect(await due('s')).toEqual([])
      })
    })

    describe('what the database refuses, whoever writes:', () => {
      it('a state of an operation that does not follow', async () => {
        await write(...claiming('a'))
        await refusedByDatabase(change(operation('a', { state: 'executed' })))
        await refusedByDatabase(...claiming('b', { state: 'paid' as 'prepared' }))
        expect(await read('a')).toMatchObject({ operation: { state: 'prepared' } })
      })

      it('a state of an attempt that does not follow, and marks that fall', async () => {
        await write(...claiming('a'))
        const to = (fields: Partial<ReturnType<typeof attempt>>): Write => ({
          write: 'attempt',
          attempt: attempt('a', fields),
          is: 'changed',
        })
        await refusedByDatabase(to({ state: 'abandoned' }))
        await write(to({ state: 'dispatched', dispatchCount: 2 }))
        await refusedByDatabase(to({ state: 'dispatched', dispatchCount: 1 }))
        await refusedByDatabase(to({ state: 'dispatched', dispatchCount: 2, account: 'spare' }))
        await write(to({ state: 'executed', dispatchCount: 2 }))
        await refusedByDatabase(to({ state: 'dispatched', dispatchCount: 2 }))
      })

      it('a status that evidence cannot lead to', async () => {
        const become = (status: ObjectRecord['status'], version: number): Write => ({
          write: 'object',
          object: { ...captured('p1', 5n), status: status as 'processing', version },
          version: version - 1,
          refreshRequestsSeen: 0,
        })
        await write({ write: 'new_object', object: payment('p1', { status: 'unknown' }) })
        await write(become('processing', 2), become('failed', 3), become('succeeded', 4))
        for (const status of ['processing', 'failed', 'unknown', 'returned'] as const)
          await refusedByDatabase(become(status, 5))
        await write(become('reversed', 5), become('succeeded', 6))
        await refusedByDatabase({ write: 'new_object', object: payment('p2', { status: 'paid' as 'failed' }) })
        expect(await readObject(payment('p1'))).toMatchObject({ status: 'succeeded', version: 6 })
      })

      it('a status of the same version, and a version that falls', async () => {
        const to = (fields: Partial<ObjectRecord<'payment'>>): Write => ({
          write: 'object',
          object: payment('p1', fields),
          version: 5,
          refreshRequestsSeen: 0,
        })
        await write({ write: 'new_object', object: payment('p1', { version: 5 }) })
        await refusedByDatabase(to({ version: 5, status: 'failed' }))
        await refusedByDatabase(to({ version: 4 }))
        await write(to({ version: 6, status: 'failed' }))
      })

      it('more reserved than captured', async () => {
        await refusedByDatabase({ write: 'new_object', object: { ...captured('p1', 5n), reserved: 6n } })
        await refusedByDatabase({ write: 'new_object', object: { ...captured('p1', 5n), refunded: 1n } })
        await refusedByDatabase({ write: 'new_object', object: payment('p1', { reserved: 1n }) })
      })

      it('an attempt at no operation', async () => {
        await refusedByDatabase({ write: 'attempt', attempt: attempt('nobody'), is: 'new' })
      })
    })

    describe('reads', () => {
      const ids = (keys: readonly ObjectKey[]) => keys.map(({ id }) => id)
      const acquire = async (limit: number, account = 'main') =>
        ids(right(await store.acquireReads(account, { perSecond: 1000, limit })()))
      const due = (id: string, nextReadAt: number, fields: Partial<ObjectRecord<'payment'>> = {}): Write => ({
        write: 'new_object',
        object: payment(id, { nextReadAt, ...fields }),
      })
      const refresh = (id: string, at = PAST): Write => ({ write: 'request_refresh', object: payment(id), at })

      beforeEach(() =>
        write(...['main', 'spare'].map((name) => ({ write: 'account', account: { name, identity: {} } }) as const)),
      )

      it('acquires what is due of one account, and nothing that is acquired already', async () => {
        await write(due('a', 2), due('b', 1), due('later', FAR), due('c', 1, { account: 'spare' }))
        await write({ write: 'new_object', object: payment('over') })
        expect(right(await store.accountsToRead()())).toEqual(['main', 'spare'])
        expect(await acquire(9)).toEqual(['b', 'a'])
        expect(await acquire(9)).toEqual([])
        expect(right(await store.accountsToRead()())).toEqual(['spare'])
        expect(await acquire(9, 'spare')).toEqual(['c'])
        expect(await acquire(9, 'nobody')).toEqual([])
      })

      it('acquires what notifications asked for first, and the oldest of the rest in one turn of four', async () => {
        await write(...Array.from({ length: 8 }, (_, n) => due(`s${n}`, n + 1)))
        await write(...Array.from({ length: 8 }, (_, n) => due(`r${n}`, FAR)))
        await write(...Array.from({ length: 8 }, (_, n) => refresh(`r${n}`, 100 + n)))
        expect(await acquire(8)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 's0', 's1'])
        // One at a time, the turns are the same.
        const one: (string | undefined)[] = []
        for (let n = 0; n < 5; n += 1) one.push(...(await acquire(1)))
        expect(one).toEqual(['r6', 'r7', 's2', 's3', 's4'])
      })

      it('says which of them a notification asked for', async () => {
        await write(due('scheduled', 1), due('requested', FAR), refresh('requested'))
        const acquired = right(await store.acquireReads('main', { perSecond: 1000, limit: 9 })())
        expect(acquired).toEqual([
          { account: 'main', kind: 'payment', id: 'requested', isRequested: true },
          { account: 'main', kind: 'payment', id: 'scheduled' },
        ])
      })

      it('gives an object out again once its read is recorded', async () => {
        const object = payment('a', { nextReadAt: PAST })
        await write({ write: 'new_object', object }, refresh('a'))
        expect(await acquire(9)).toEqual(['a'])
        await write(refresh('a'))
        expect(await acquire(9)).toEqual([])
        await write({ write: 'object', object: { ...object, version: 2 }, version: 1, refreshRequestsSeen: 1 })
        expect(await acquire(9)).toEqual(['a'])
        await write({ write: 'object', object: { ...object, version: 3 }, version: 2, refreshRequestsSeen: 2 })
        expect(await acquire(9)).toEqual(['a'])
      })

      it('puts an object off whose read failed, by the store’s clock, unless it was written since', async () => {
        const object = payment('a', { nextReadAt: PAST })
        const failed = {
          write: 'unread',
          object,
          error: 'Refused authentication 401',
          minMs: 5_000,
          maxMs: 600_000,
        } as const
        await write({ write: 'new_object', object })
        await acquire(9)
        await write({ ...failed, of: { version: 2, refreshRequests: 0 } })
        expect((await readObject(object))?.nextReadAt).toBe(PAST)
        const before = right(await store.now()())
        await write({ ...failed, of: object })
        const at = (await readObject(object))?.nextReadAt ?? 0
        expect(at).toBeGreaterThanOrEqual(before + 600_000)
        expect(at).toBeLessThanOrEqual(right(await store.now()()) + 600_000)
        expect(await acquire(9)).toEqual([])
        await write(refresh('a'), { ...failed, of: object })
        expect((await readObject(object))?.nextReadAt).toBeLessThanOrEqual(right(await store.now()()) + READ_SPACING_MS)
      })

      it('takes a read of no object from the same budget', async () => {
        const takeOne = async (account: string) => right(await store.acquireRead(account, 2)())
        await write(due('a', 1), due('b', 2))
        expect(await takeOne('nobody')).toBe(false)
        expect(await takeOne('main')).toBe(true)
        expect(ids(right(await store.acquireReads('main', { perSecond: 2, limit: 9 })()))).toEqual(['a'])
        expect(await takeOne('main')).toBe(false)
        expect(await takeOne('spare')).toBe(true)
      })

      it('keeps the budget of an account over many who acquire at once', async () => {
        await write(...Array.from({ length: 200 }, (_, n) => due(`o${n}`, n)))
        const begun = right(await store.now()())
        const rounds = Array.from({ length: 40 }, async () =>
          ids(right(await store.acquireReads('main', { perSecond: 20, limit: 5 })())),
        )
        const taken = (await Promise.all(rounds)).flat()
        const seconds = (right(await store.now()()) - begun) / 1000
        expect(new Set(taken).size).toBe(taken.length)
        expect(taken.length).toBeGreaterThanOrEqual(20)
        expect(taken.length).toBeLessThanOrEqual(20 + Math.ceil(20 * seconds))
      })
    })

    describe('work', () => {
      /** Works until so many jobs were handed out; each is done by `finish`. */
      const handedOut = async (count: number, finish: (job: Job) => Promise<void> = async () => {}): Promise<Job[]> => {
        const jobs: Job[] = []
        let enough = () => {}
        const reached = new Promise<void>((resolve) => {
          enough = resolve
        })
        const work = store.work(async (job) => {
          jobs.push(job)
          await finish(job)
          if (jobs.length >= count) enough()
        }, 4)
        await reached
        await work.stop()
        return jobs
      }

      it('hands out what is named by text that a database cannot hold', async () => {
        const object = { account: 'main', kind: 'payment', id: bad } as const
        await write({ write: 'inbox', entry: entry(bad, { object }) })
        await write({ write: 'new_object', object: payment(bad) }, { write: 'match', object, at: PAST })
        expect(right(await store.unmatched(FAR, 9)())).toEqual([])
        await write({ write: 'account', account: { name: 'main', identity: {} } })
        expect(right(await store.acquireReads('main', { perSecond: 20, limit: 9 })())).toEqual([
          { ...object, id: held, isRequested: true },
        ])
      })

      it('hands out what is due, and nothing else', async () => {
        await write(
          ...claiming('due', { nextPollAt: PAST }, -1),
          ...claiming('held', { nextPollAt: PAST }),
          ...claiming('later', { nextPollAt: FAR }, -1),
          { write: 'event', event: event('s', 1) },
          { write: 'event', event: event('s', 2) },
        )
        const settle = async (job: Job): Promise<void> => {
          switch (job.job) {
            case 'operation':
              return write(change(operation('due', { state: 'canceled' })))
            case 'events':
              return write({ write: 'delivered', id: 's#1' }, { write: 'delivered', id: 's#2' })
            case 'redelivery':
              return
          }
        }
        const jobs = await handedOut(2, settle)
        expect(jobs).toHaveLength(2)
        expect(jobs).toEqual(
          expect.arrayContaining([
            { job: 'operation', id: 'due' },
            { job: 'events', subject: 's' },
          ]),
        )
      })

      it('wakes for what a commit makes due', async () => {
        const jobs = handedOut(1, () => write({ write: 'delivered', id: 's#1' }))
        await write({ write: 'event', event: event('s', 1) })
        expect(await jobs).toEqual([{ job: 'events', subject: 's' }])
      })

      describe('that is run by the piece', () => {
        const always = { concurrency: 4, mayBegin: () => true }
        const events = (...subjects: readonly string[]) =>
          write(...subjects.map((subject) => ({ write: 'event', event: event(subject, 1) }) as const))
        const deliver = async (job: Job): Promise<void> => {
          if (job.job === 'events') await write({ write: 'delivered', id: `${job.subject}#1` })
        }

        it('hands out what is due, each job once, and ends when nothing is left', async () => {
          await write(
            ...claiming('due', { nextPollAt: PAST }, -1),
            ...claiming('held', { nextPollAt: PAST }),
            ...claiming('later', { nextPollAt: FAR }, -1),
          )
          const subjects = Array.from({ length: 9 }, (_, n) => `s${n}`)
          await events(...subjects)
          const jobs: Job[] = []
          const settle = async (job: Job): Promise<void> => {
            jobs.push(job)
            if (job.job === 'operation') await write(change(operation('due', { state: 'canceled' })))
            else await deliver(job)
          }
          expect(right(await store.runDue(settle, always)())).toEqual({ ran: 10, more: false })
          expect(jobs).toHaveLength(10)
          expect(jobs).toEqual(
            expect.arrayContaining([
              { job: 'operation', id: 'due' },
              ...subjects.map((subject) => ({ job: 'events', subject })),
            ]),
          )
          expect(right(await store.runDue(settle, always)())).toEqual({ ran: 0, more: false })
        })

        it('hands out what a job makes due', async () => {
          await events('s')
          const seen: Job[] = []
          const follow = async (job: Job): Promise<void> => {
            seen.push(job)
            if (seen.length === 1) await events('t')
            await deliver(job)
          }
          expect(right(await store.runDue(follow, always)())).toEqual({ ran: 2, more: false })
          expect(seen[1]).toEqual({ job: 'events', subject: 't' })
        })

        it('begins none when it may not, says that there may be more, and leaves the rest to others', async () => {
          await events('s', 't', 'u')
          let begun = 0
          const mayBegin = () => begun < 2
          const one = async (job: Job): Promise<void> => {
            begun += 1
            await deliver(job)
          }
          expect(right(await store.runDue(one, { concurrency: 1, mayBegin })())).toEqual({ ran: 2, more: true })
          expect(await handedOut(1, deliver)).toHaveLength(1)
        })

        it('is not held up by a job that stays due, and does not lose it', async () => {
          await events('s')
          expect(right(await store.runDue(async () => {}, always)())).toEqual({ ran: 1, more: false })
          expect(await handedOut(1, deliver)).toEqual([{ job: 'events', subject: 's' }])
        })

        it('shares with those who work until they are stopped', async () => {
          const subjects = Array.from({ length: 40 }, (_, n) => `s${n}`)
          await events(...subjects)
          const seen: string[] = []
          const count = async (job: Job): Promise<void> => {
            seen.push(job.job === 'events' ? job.subject : '')
            await deliver(job)
          }
          const work = store.work(count, 2)
          while (seen.length < subjects.length) right(await store.runDue(count, always)())
          await work.stop()
          expect([...seen].sort()).toEqual([...subjects].sort())
        })
      })

      it('waits for what is running when it is stopped', async () => {
        await write({ write: 'event', event: event('s', 1) })
        const order: string[] = []
        let finish = () => {}
        const ended = new Promise<void>((resolve) => {
          finish = resolve
        })
        let begin = () => {}
        const begun = new Promise<void>((resolve) => {
          begin = resolve
        })
        const work = store.work(async () => {
          begin()
          await ended
          order.push('handled')
        }, 1)
        await begun
        const stopped = work.stop().then(() => order.push('stopped'))
        await write()
        expect(order).toEqual([])
        finish()
        await stopped
        expect(order).toEqual(['handled', 'stopped'])
      })

      it('hands one job to one of two workers', async () => {
        const subjects = Array.from({ length: 40 }, (_, n) => `s${n}`)
        await write(...subjects.map((subject) => ({ write: 'event', event: event(subject, 1) }) as const))
        const seen: string[] = []
        let all = () => {}
        const reached = new Promise<void>((resolve) => {
          all = resolve
        })
        const deliver = async (job: Job): Promise<void> => {
          const subject = job.job === 'events' ? job.subject : ''
          seen.push(subject)
          await write({ write: 'delivered', id: `${subject}#1` })
          if (new Set(seen).size === subjects.length) all()
        }
        const workers = [store.work(deliver, 4), store.work(deliver, 4)]
        await reached
        await Promise.all(workers.map((work) => work.stop()))
        expect([...seen].sort()).toEqual([...subjects].sort())
      })
    })

    listSuite(() => store)
    randomBatches(() => store)
  })
}
