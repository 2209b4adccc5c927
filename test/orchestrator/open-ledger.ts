import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, unreachable } from '../../src/core/index.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import type { EventRecord, ObjectKey, ObjectRecord, Store, Write } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { type EventType, eventOf, type PaymuxEvent } from '../../src/orchestrator/events/events.js'
import { right, succeed } from '../either.js'

const opened: Store[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
})

type OneOf<W extends Write['write']> = Extract<Write, { write: W }>

/** SQLite in memory, by a clock of the test, closed after the test. It lists what was committed, and can stop to answer. */
export const openLedger = async (now: () => number) => {
  const sqlite = await succeed(openSqlite({ file: ':memory:', encryption: noEncryption, clock: now }))
  opened.push(sqlite)
  const commits: (readonly Write[])[] = []
  let isDown = false

  const unlessDown =
    <A>(task: TaskEither<PaymentError, A>): TaskEither<PaymentError, A> =>
    async () =>
      isDown ? E.left(unreachable('store')) : task()
  const commit: Store['commit'] = (writes) => async () => {
    const committed = await sqlite.commit(writes)()
    if (E.isRight(committed) && committed.right.done) commits.push(writes)
    return committed
  }
  const store: Store = {
    ...sqlite,
    commit: (writes) => unlessDown(commit(writes)),
    operation: (id) => unlessDown(sqlite.operation(id)),
    operationByKey: (name, key) => unlessDown(sqlite.operationByKey(name, key)),
    object: (key) => unlessDown(sqlite.object(key)),
    inboxBefore: (entry) => unlessDown(sqlite.inboxBefore(entry)),
    unmatched: (before, limit, account) => unlessDown(sqlite.unmatched(before, limit, account)),
    unmatchedEntries: (before) => unlessDown(sqlite.unmatchedEntries(before)),
    dueEvents: (subject, limit) => unlessDown(sqlite.dueEvents(subject, limit)),
    accountReads: (account) => unlessDown(sqlite.accountReads(account)),
    accountsToRead: () => unlessDown(sqlite.accountsToRead()),
    acquireReads: (account, wanted) => unlessDown(sqlite.acquireReads(account, wanted)),
    acquireRead: (account, perSecond) => unlessDown(sqlite.acquireRead(account, perSecond)),
    health: () => unlessDown(sqlite.health()),
    openOperationsAt: (account, limit) => unlessDown(sqlite.openOperationsAt(account, limit)),
  }
  const written = <W extends Write['write']>(write: W): readonly OneOf<W>[] =>
    commits.flat().filter((one): one is OneOf<W> => one.write === write)
  const recordedEvents = (): readonly EventRecord[] => written('event').map(({ event }) => event)
  return {
    store,
    written,
    /** The stored object. */
    object: (key: ObjectKey): Promise<ObjectRecord | undefined> => succeed(sqlite.object(key)),
    /** The stored payment; throws if there is none. */
    paymentRecord: async (key: ObjectKey & { readonly kind: 'payment' }): Promise<ObjectRecord<'payment'>> => {
      const found = await succeed(sqlite.object(key))
      if (found === undefined) throw new Error('no such payment')
      return found as ObjectRecord<'payment'>
    },
    /** Types of the events about a subject, in order, delivered or not. */
    eventTypes: (subject: string): readonly string[] =>
      recordedEvents()
        .filter((event) => event.subject === subject)
        .map(({ type }) => type),
    /** Every event, in the order of the commits, as subscribers get it. */
    events: (): readonly PaymuxEvent[] => recordedEvents().map((record) => right(eventOf(record))),
    /** The only event of a type. */
    onlyEvent: (type: EventType): PaymuxEvent => {
      const [found, ...others] = recordedEvents().filter((event) => event.type === type)
      if (found === undefined || others.length > 0) throw new Error(`${others.length + 1} or no events ${type}`)
      return right(eventOf(found))
    },
    goDown: (down: boolean): void => {
      isDown = down
    },
    /** Commits as another worker does. Throws if a guard does not hold. */
    elsewhere: async (writes: readonly Write[]): Promise<void> => {
      const committed = await succeed(commit(writes))
      if (!committed.done) throw new Error(`the guard of ${writes[committed.index]?.write} does not hold`)
    },
  }
}
