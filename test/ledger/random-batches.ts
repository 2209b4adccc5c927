import * as E from 'fp-ts/lib/Either.js'
import {
  type AttemptRecord,
  type Committed,
  type InboxRecord,
  type ObjectKey,
  type ObjectRecord,
  type OperationRecord,
  operationStates,
  type Store,
  type Write,
} from '../../src/ledger/index.js'
import fc from '../property.js'
import { attempt, entry, event, FAR, LONG_MS, logLine, operation, PAST, payment } from './records.js'
import { Illegal, referenceStore } from './reference-store.js'

/** A store and the reference are given the same random batches, and must hold the same afterwards. */

const NOW = 2_000_000_000_000

const pick = <A>(...values: readonly A[]) => fc.constantFrom(...values)
const few = pick(1, 2)
const money = fc.record({ minorUnits: fc.bigInt({ min: -40n, max: 60n }), currency: pick('EUR', 'EUR', 'USD') })
const when = pick(undefined, PAST, FAR)
const optionally = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value })

const operationWrite = fc
  .record({
    id: few,
    key: few,
    fence: few,
    from: pick<OperationRecord['state']>('prepared', 'prepared', 'dispatched', 'indeterminate', 'canceled'),
    follow: fc.nat(4),
    nextPollAt: when,
    n: few,
    keepLease: fc.boolean(),
    leaseMs: pick(-1, LONG_MS),
    write: pick('claim', 'claim', 'acquire_lease', 'renew_lease', 'operation', 'operation', 'request_poll', 'stall'),
  })
  .map((drawn) => (prefix: string): Write => {
    const { fence, leaseMs, from, keepLease } = drawn
    const id = `${prefix}o${drawn.id}`
    const record = (state: OperationRecord['state']) =>
      operation(id, {
        idempotencyKey: `${prefix}k${drawn.key}`,
        state,
        fence,
        attempt: drawn.n,
        ...optionally('nextPollAt', drawn.nextPollAt),
      })
    switch (drawn.write) {
      case 'claim':
        return { write: 'claim', operation: { ...record('prepared'), fence: 1 }, leaseMs }
      case 'acquire_lease':
      case 'renew_lease':
        return { write: drawn.write, id, fence, leaseMs }
      case 'request_poll':
        return { write: 'request_poll', id, at: drawn.nextPollAt ?? FAR - 1 }
      case 'stall':
        return { write: 'stall', id, at: drawn.nextPollAt ?? FAR - 1, why: 'ERR_STORED_JSON' }
      default: {
        const states: readonly OperationRecord['state'][] = [...operationStates[from], from, 'executed']
        return { write: 'operation', operation: record(states[drawn.follow % states.length] ?? from), from, keepLease }
      }
    }
  })

const attemptWrite = fc
  .record({
    id: few,
    n: few,
    state: pick<AttemptRecord['state']>('open', 'dispatched', 'dispatched', 'executed', 'unsent'),
    dispatchCount: fc.nat(2),
    is: pick('new' as const, 'changed' as const),
  })
  .map(({ id, n, state, dispatchCount, is }) => (prefix: string): Write => {
    const account = n === 1 ? 'main' : 'spare'
    return {
      write: 'attempt',
      attempt: attempt(`${prefix}o${id}`, { n, position: n - 1, account, state, dispatchCount }),
      is,
    }
  })

const objectWrite = fc
  .record({
    id: few,
    status: pick<ObjectRecord<'payment'>['status']>(
      'processing',
      'failed',
      'succeeded',
      'succeeded',
      'unknown',
      'reversed',
    ),
    version: fc.nat(3),
    captured: pick(undefined, 100n, 100n),
    due: when,
    refreshRequestsSeen: few,
    amount: money,
    clipped: fc.boolean(),
    write: pick('new_object', 'object', 'object', 'request_refresh', 'match', 'reserve', 'reserve', 'refunded'),
  })
  .map((drawn) => (prefix: string): Write => {
    const { status, version, refreshRequestsSeen, amount, clipped } = drawn
    const key: ObjectKey = { account: 'main', kind: 'payment', id: `${prefix}p${drawn.id}` }
    const object = payment(key.id, {
      status,
      version: version + 1,
      ...optionally(
        'captured',
        drawn.captured === undefined ? undefined : { minorUnits: drawn.captured, currency: 'EUR' },
      ),
      ...optionally('nextReadAt', drawn.due),
    })
    switch (drawn.write) {
      case 'new_object':
        return { write: 'new_object', object: { ...object, version: 1 } }
      case 'object':
        return { write: 'object', object, version, refreshRequestsSeen }
      case 'reserve':
        return { write: 'reserve', object: key, amount, clipped }
      case 'refunded':
        return { write: 'refunded', object: key, amount: { ...amount, minorUnits: amount.minorUnits + 40n } }
      default:
        return {
          write: drawn.write === 'request_refresh' ? 'request_refresh' : 'match',
          object: key,
          at: drawn.due ?? FAR - 1,
        }
    }
  })

const eventWrite = fc
  .record({ subject: few, sequence: fc.integer({ min: 1, max: 3 }), nextDeliveryAt: pick(PAST, FAR), write: fc.nat(4) })
  .map(({ subject, sequence, nextDeliveryAt, write }) => (prefix: string): Write => {
    const one = event(`${prefix}s${subject}`, sequence)
    if (write < 3) return { write: 'event', event: one }
    return write === 3 ? { write: 'delivered', id: one.id } : { write: 'undelivered', id: one.id, nextDeliveryAt }
  })

const inboxWrite = fc
  .record({
    id: few,
    object: pick(undefined, 1, 2),
    state: pick<InboxRecord['state']>('unmatched', 'unmatched', 'unclaimed', 'known', 'reported'),
    write: fc.nat(3),
  })
  .map(({ id, object, state, write }) => (prefix: string): Write => {
    const about: ObjectKey = { account: 'main', kind: 'payment', id: `${prefix}p${object ?? 1}` }
    const one = entry(`${prefix}e${id}`, { state, ...optionally('object', object === undefined ? undefined : about) })
    if (write < 2) return { write: 'inbox', entry: one }
    return {
      write: 'inbox_state',
      of: write === 2 ? { account: 'main', unmatchedBefore: one.receivedAt } : about,
      state,
    }
  })

const otherWrite = fc.record({ id: few, mode: pick('live', 'test'), isLog: fc.boolean() }).map(
  ({ id, mode, isLog }) =>
    (prefix: string): Write =>
      isLog
        ? { write: 'log', log: logLine(`${prefix}o${id}`, { what: mode }) }
        : { write: 'account', account: { name: `${prefix}a${id}`, identity: { mode } } },
)

const anyWrite = fc.oneof(operationWrite, attemptWrite, objectWrite, eventWrite, inboxWrite, otherWrite)
// Most are of one write: in a longer one a guard that does not hold undoes the others.
const batch = fc.oneof(
  { weight: 5, arbitrary: fc.array(anyWrite, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(anyWrite, { minLength: 2, maxLength: 4 }) },
)
const batches = fc.array(batch, { minLength: 40, maxLength: 90, size: 'max' })

type Reference = ReturnType<typeof referenceStore>

const outcome = (reference: Reference, writes: readonly Write[]): Committed | 'illegal' => {
  try {
    return reference.commit(writes)
  } catch (error) {
    if (error instanceof Illegal) return 'illegal'
    throw error
  }
}

/** By which clock a read is due within five seconds does not matter here. */
const withoutClock = (object: ObjectRecord | undefined) => {
  const dueAt = object?.nextReadAt ?? 0
  return dueAt > PAST && dueAt < FAR - 1 ? { ...object, nextReadAt: 'soon' } : object
}

const heldByStore = async (store: Store, prefix: string) => {
  const ask = async <A>(read: () => Promise<E.Either<unknown, A>>): Promise<A> => {
    const answer = await read()
    if (E.isLeft(answer)) throw new Error('the store did not answer')
    return answer.right
  }
  const own = <A>(rows: readonly A[], name: (row: A) => string) => rows.filter((row) => name(row).startsWith(prefix))
  const ids = ['1', '2']
  return {
    operations: await Promise.all(ids.map((id) => ask(store.operation(`${prefix}o${id}`)))),
    objects: await Promise.all(
      ids.map(async (id) => withoutClock(await ask(store.object(payment(`${prefix}p${id}`))))),
    ),
    events: await Promise.all(ids.map((id) => ask(store.dueEvents(`${prefix}s${id}`, 9)))),
    logs: await Promise.all(ids.map((id) => ask(store.log(`${prefix}o${id}`)))),
    unmatched: own(await ask(store.unmatched(FAR, 9_999)), ({ dedupeKey }) => dedupeKey),
    // The store's clock says since when; test/ledger/list-suite.ts has it.
    unresolved: own(await ask(store.unresolved(9_999)), ({ id }) => id).map(({ since: _since, ...rest }) => rest),
    unfinished: own(await ask(store.openOperationsAt('spare', 9_999)), (id) => id),
    accounts: own(await ask(store.accounts()), ({ name }) => name),
  }
}

const heldByReference = (reference: Reference, prefix: string) => {
  const ids = ['1', '2']
  return {
    operations: ids.map((id) => reference.operation(`${prefix}o${id}`)),
    objects: ids.map((id) => withoutClock(reference.object(payment(`${prefix}p${id}`)))),
    events: ids.map((id) => reference.dueEvents(`${prefix}s${id}`)),
    logs: ids.map((id) => reference.log(`${prefix}o${id}`)),
    unmatched: reference.unmatched(FAR),
    unresolved: reference.unresolved(),
    unfinished: reference.unfinishedAt('spare'),
    accounts: reference.accounts(),
  }
}

/** Compares a store with the reference over random batches; each run has names of its own. */
export const randomBatches = (store: () => Store): void => {
  it('holds what the reference holds after random batches', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(batches, async (drawn) => {
        runs += 1
        const prefix = `${runs}-`
        const reference = referenceStore(() => NOW)
        for (const batch of drawn) {
          const writes = batch.map((write) => write(prefix))
          const committed = await store().commit(writes)()
          const expected = outcome(reference, writes)
          expect(E.isRight(committed) ? committed.right : 'illegal').toEqual(expected)
        }
        expect(await heldByStore(store(), prefix)).toEqual(heldByReference(reference, prefix))
      }),
      { numRuns: 25 },
    )
    // Some two thousand commits, each on the disk.
  })
}
