import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, unreachable } from '../../src/core/index.js'
import {
  type EventRecord,
  type InboxRecord,
  type ObjectKey,
  type ObjectRecord,
  type OperationView,
  READ_SPACING_MS,
  type Store,
  subjectOf,
  type Write,
} from '../../src/ledger/index.js'

interface Outbox {
  readonly event: EventRecord
  readonly delivered: boolean
  readonly nextAt: number
}

interface State {
  readonly objects: Map<string, ObjectRecord>
  readonly events: Map<string, Outbox>
  readonly inbox: Map<string, InboxRecord>
}

const entryKey = ({ account, dedupeKey }: Pick<InboxRecord, 'account' | 'dedupeKey'>) => `${account} ${dedupeKey}`

const rung = (object: ObjectRecord, at: number): ObjectRecord => ({
  ...object,
  rings: object.rings + 1,
  nextReadAt: Math.min(object.nextReadAt ?? at, at),
})

const waits = ({ state }: InboxRecord) => state === 'unmatched' || state === 'reported'

const isAbout = ({ object }: InboxRecord, key: ObjectKey) =>
  object !== undefined && subjectOf(object) === subjectOf(key)

/** What a store keeps of objects, events and notifications, in memory, with the guards of the port. */
export const memoryStore = (now: () => number) => {
  let state: State = { objects: new Map(), events: new Map(), inbox: new Map() }
  const operations = new Map<string, OperationView>()
  const rungOperations: string[] = []
  let isDown = false
  let before: (() => void) | undefined

  const replace = (next: State, write: Write & { write: 'object' }): boolean => {
    const stored = next.objects.get(subjectOf(write.object))
    if (stored?.version !== write.version) return false
    const { rings, reserved, refunded } = stored
    const due = Math.min(write.object.nextReadAt ?? Number.POSITIVE_INFINITY, now() + READ_SPACING_MS)
    const object = { ...write.object, rings, reserved, refunded }
    next.objects.set(subjectOf(object), rings > write.ringsSeen ? { ...object, nextReadAt: due } : object)
    return true
  }

  const match = (next: State, write: Write & { write: 'match' }): boolean => {
    const subject = subjectOf(write.object)
    const object = next.objects.get(subject)
    const waiting = [...next.inbox.values()].filter((entry) => waits(entry) && isAbout(entry, write.object))
    if (object === undefined || waiting.length === 0) return true
    next.objects.set(subject, rung(object, write.at))
    for (const entry of waiting) next.inbox.set(entryKey(entry), { ...entry, state: 'known' })
    return true
  }

  const insert = <A>(rows: Map<string, A>, key: string, row: A): boolean => {
    const isFree = !rows.has(key)
    if (isFree) rows.set(key, row)
    return isFree
  }

  const change = <A>(rows: Map<string, A>, key: string, changed: (row: A) => A): boolean => {
    const row = rows.get(key)
    if (row !== undefined) rows.set(key, changed(row))
    return true
  }

  const undelivered = ({ event }: Outbox, nextAt: number): Outbox => ({
    event: { ...event, tries: event.tries + 1 },
    delivered: false,
    nextAt,
  })

  /** Applies a write; `false` where its guard does not hold. */
  const apply = ({ objects, events, inbox }: State, write: Write): boolean => {
    switch (write.write) {
      case 'new_object':
        return insert(objects, subjectOf(write.object), write.object)
      case 'object':
        return replace({ objects, events, inbox }, write)
      case 'ring':
        return change(objects, subjectOf(write.object), (object) => rung(object, write.at))
      case 'match':
        return match({ objects, events, inbox }, write)
      case 'ring_operation':
        return rungOperations.push(write.id) > 0
      case 'event':
        return insert(events, write.event.id, { event: write.event, delivered: false, nextAt: 0 })
      case 'delivered':
        return change(events, write.id, (row) => ({ ...row, delivered: true }))
      case 'undelivered':
        return change(events, write.id, (row) => undelivered(row, write.nextAt))
      case 'inbox':
        return insert(inbox, entryKey(write.entry), write.entry)
      case 'inbox_state':
        return 'dedupeKey' in write.of && change(inbox, entryKey(write.of), (row) => ({ ...row, state: write.state }))
      default:
        throw new Error(`${write.write} is not kept in memory`)
    }
  }

  const answered = <A>(answer: () => A): TE.TaskEither<PaymentError, A> =>
    TE.fromIOEither(() => (isDown ? E.left(unreachable('store')) : E.right(answer())))

  const commit = (writes: readonly Write[]) =>
    answered(() => {
      before?.()
      before = undefined
      const next = { objects: new Map(state.objects), events: new Map(state.events), inbox: new Map(state.inbox) }
      const index = writes.findIndex((write) => !apply(next, write))
      if (index === -1) state = next
      return index === -1 ? ({ done: true } as const) : ({ done: false, index } as const)
    })

  const outbox = () => [...state.events.values()].sort((a, b) => a.event.sequence - b.event.sequence)
  const notKept = () => TE.left(unreachable('store'))
  const store: Store = {
    commit,
    object: (key) => answered(() => state.objects.get(subjectOf(key))),
    dueEvents: (subject, limit) =>
      answered(() => {
        const open = outbox().filter(({ event, delivered }) => event.subject === subject && !delivered)
        const waiting = open.findIndex(({ nextAt }) => nextAt > now())
        return (waiting === -1 ? open : open.slice(0, waiting)).slice(0, limit).map(({ event }) => event)
      }),
    unmatched: (time, limit) =>
      answered(() =>
        [...state.inbox.values()]
          .filter((entry) => entry.state === 'unmatched' && entry.receivedAt < time)
          .sort((a, b) => a.receivedAt - b.receivedAt)
          .slice(0, limit),
      ),
    operation: notKept,
    operationByKey: (operation, key) => answered(() => operations.get(`${operation} ${key}`)),
    unfinishedAt: (account) =>
      answered(() =>
        [...operations.values()]
          .map((view) => view.operation)
          .filter(({ state: at, accounts }) => at === 'indeterminate' && accounts.includes(account))
          .map(({ id }) => id),
      ),
    attemptByToken: notKept,
    parked: notKept,
    followedAt: notKept,
    accounts: notKept,
    log: notKept,
    work: () => ({ stop: () => Promise.resolve() }),
    now: () => answered(now),
    close: () => Promise.resolve(),
  }
  return {
    store,
    rungOperations,
    /** The stored object. */
    object: (key: ObjectKey): ObjectRecord | undefined => state.objects.get(subjectOf(key)),
    /** Types of the events about a subject, in order. */
    told: (subject: string) =>
      outbox()
        .filter(({ event }) => event.subject === subject)
        .map(({ event }) => event.type),
    inbox: () => [...state.inbox.values()],
    operations,
    goDown: (down: boolean) => {
      isDown = down
    },
    /** Does something right before the next commit. */
    beforeCommit: (act: () => void) => {
      before = act
    },
    /** Applies writes as another worker would. */
    elsewhere: (writes: readonly Write[]) => {
      for (const write of writes) if (!apply(state, write)) throw new Error(`the guard of ${write.write}`)
    },
  }
}
