import {
  decideTransition,
  type Kind,
  omitUndefined,
  REVERSAL_CONFIRMATION_MS,
  type StatusOf,
} from '../../src/core/index.js'
import {
  type AccountRecord,
  type AttemptRecord,
  attemptStates,
  type Committed,
  type EventRecord,
  type InboxRecord,
  type LogRecord,
  type ObjectKey,
  type ObjectRecord,
  type OperationRecord,
  type OperationView,
  operationStates,
  READ_SPACING_MS,
  subjectOf,
  type Write,
  without,
} from '../../src/ledger/index.js'

/** What the port promises, in plain maps: the stores are compared with it. */

/** An object, with what refunds reserve of it beyond what was captured. */
type KeptObject = ObjectRecord & { readonly overReserved?: bigint }

interface Kept {
  readonly operations: ReadonlyMap<string, { readonly record: OperationRecord; readonly leaseUntil: number }>
  readonly attempts: ReadonlyMap<string, AttemptRecord>
  readonly objects: ReadonlyMap<string, KeptObject>
  readonly events: ReadonlyMap<
    string,
    { readonly record: EventRecord; readonly nextDeliveryAt: number; readonly isTaken: boolean }
  >
  readonly inbox: ReadonlyMap<string, InboxRecord>
  readonly log: readonly LogRecord[]
  readonly accounts: ReadonlyMap<string, AccountRecord>
}

/** What the database itself refuses, guard or not. */
export class Illegal extends Error {}

/** The guard does not hold. */
class Unheld extends Error {}

const hold = (holds: boolean): void => {
  if (!holds) throw new Unheld()
}
const legal = (isLegal: boolean): void => {
  if (!isLegal) throw new Illegal()
}

const withRow = <V>(rows: ReadonlyMap<string, V>, key: string, row: V): ReadonlyMap<string, V> =>
  new Map([...rows, [key, row]])

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)

const mayFollow = (states: Readonly<Record<string, readonly string[]>>, from: string, to: string): boolean =>
  from === to || (states[from] ?? []).includes(to)

const mayBecome = (kind: Kind, from: StatusOf<Kind>, to: StatusOf<Kind>): boolean =>
  from === to ||
  (['failed', to] as const).some((observed) => {
    const transition = decideTransition(kind, from, observed as StatusOf<Kind>, REVERSAL_CONFIRMATION_MS)
    return transition.action === 'advance' && transition.to === to
  })

const attemptKey = (operationId: string, n: number): string => `${operationId} ${n}`
const entryKey = ({ account, dedupeKey }: Pick<InboxRecord, 'account' | 'dedupeKey'>): string =>
  `${account} ${dedupeKey}`
const isAbout = (object: ObjectKey | undefined, key: ObjectKey): boolean =>
  object !== undefined && subjectOf(object) === subjectOf(key)
const isOver = ({ state }: OperationRecord): boolean => ['executed', 'refused', 'canceled'].includes(state)

const replaceOperation = (
  operations: Kept['operations'],
  { operation, from, keepLease }: Write & { write: 'operation' },
): Kept['operations'] => {
  const stored = operations.get(operation.id)
  if (stored?.record.fence !== operation.fence || stored.record.state !== from) throw new Unheld()
  legal(mayFollow(operationStates, from, operation.state))
  legal(operation.attempt >= stored.record.attempt && operation.events >= stored.record.events)
  const { name, idempotencyKey, fingerprint, request, createdAt } = stored.record
  const record = { ...operation, name, idempotencyKey, fingerprint, request, createdAt }
  return withRow(operations, operation.id, { record, leaseUntil: keepLease ? stored.leaseUntil : 0 })
}

const requestPoll = (
  operations: Kept['operations'],
  { id, at }: Write & { write: 'request_poll' },
): Kept['operations'] => {
  const stored = operations.get(id)
  if (stored === undefined || !['dispatched', 'indeterminate'].includes(stored.record.state)) return operations
  const { nextPollAt: before, scheduledPollAt: scheduled } = stored.record
  const nextPollAt = Math.min(before ?? at, at)
  const isEarlier = before !== undefined && before > at
  const scheduledPollAt = isEarlier ? (scheduled ?? before) : scheduled
  const record = { ...stored.record, nextPollAt, ...omitUndefined({ scheduledPollAt }) }
  return withRow(operations, id, { ...stored, record })
}

const applyToOperation = (kept: Kept, write: Write, now: number): Kept['operations'] => {
  const { operations } = kept
  switch (write.write) {
    case 'claim': {
      const { operation, leaseMs } = write
      const isSame = (other: OperationRecord) =>
        other.id === operation.id ||
        (other.name === operation.name && other.idempotencyKey === operation.idempotencyKey)
      hold(![...operations.values()].some(({ record }) => isSame(record)))
      return withRow(operations, operation.id, { record: operation, leaseUntil: now + leaseMs })
    }
    case 'acquire_lease': {
      const stored = operations.get(write.id)
      if (stored === undefined || stored.record.fence !== write.fence || stored.leaseUntil > now) throw new Unheld()
      const record = { ...stored.record, fence: write.fence + 1 }
      return withRow(operations, write.id, { record, leaseUntil: now + write.leaseMs })
    }
    case 'renew_lease': {
      const stored = operations.get(write.id)
      if (stored?.record.fence !== write.fence || stored.leaseUntil === 0) throw new Unheld()
      return withRow(operations, write.id, { ...stored, leaseUntil: now + write.leaseMs })
    }
    case 'operation':
      return replaceOperation(operations, write)
    case 'request_poll':
      return requestPoll(operations, write)
    case 'stall': {
      const stored = operations.get(write.id)
      const isOpen = stored !== undefined && ['prepared', 'dispatched', 'indeterminate'].includes(stored.record.state)
      if (!isOpen || stored.leaseUntil > now) return operations
      const record = { ...stored.record, nextPollAt: write.at, stalled: write.why }
      return withRow(operations, write.id, { ...stored, record })
    }
    default:
      return operations
  }
}

const applyToAttempt = ({ attempts, operations }: Kept, write: Write): Kept['attempts'] => {
  if (write.write !== 'attempt') return attempts
  const { attempt } = write
  const key = attemptKey(attempt.operationId, attempt.n)
  const stored = attempts.get(key)
  if (write.is === 'new') {
    hold(stored === undefined)
    legal(operations.has(attempt.operationId))
    return withRow(attempts, key, attempt)
  }
  if (stored === undefined) throw new Unheld()
  legal(mayFollow(attemptStates, stored.state, attempt.state) && attempt.dispatchCount >= stored.dispatchCount)
  legal(stored.account === attempt.account && stored.position === attempt.position)
  // What was dispatched first stays.
  return withRow(attempts, key, {
    ...attempt,
    ...omitUndefined({
      draft: stored.draft ?? attempt.draft,
      traceparent: stored.traceparent ?? attempt.traceparent,
    }),
  })
}

const withRefreshRequest = (object: KeptObject, at: number): KeptObject => ({
  ...object,
  refreshRequests: object.refreshRequests + 1,
  nextReadAt: Math.min(object.nextReadAt ?? at, at),
})

const isUnmatched = ({ state }: InboxRecord): boolean => ['unmatched', 'unclaimed'].includes(state)

const waitsFor = ({ inbox }: Kept, key: ObjectKey): boolean =>
  [...inbox.values()].some((row) => isAbout(row.object, key) && (isUnmatched(row) || row.state === 'reported'))

const replaceObject = (objects: Kept['objects'], write: Write & { write: 'object' }, now: number): Kept['objects'] => {
  const stored = objects.get(subjectOf(write.object))
  if (stored?.version !== write.version) throw new Unheld()
  legal(mayBecome(stored.kind, stored.status, write.object.status) && write.object.version >= stored.version)
  legal(write.object.status === stored.status || write.object.version > stored.version)
  legal(write.object.events >= stored.events && stored.reserved <= (write.object.captured?.minorUnits ?? 0n))
  const { reserved, overReserved = 0n, refunded, refreshRequests, createdAt } = stored
  const object = { ...write.object, reserved, overReserved, refunded, refreshRequests, createdAt }
  const soon = Math.min(object.nextReadAt ?? Number.POSITIVE_INFINITY, now + READ_SPACING_MS)
  return withRow(
    objects,
    subjectOf(object),
    refreshRequests > write.refreshRequestsSeen ? { ...object, nextReadAt: soon } : object,
  )
}

const applyToObject = (kept: Kept, write: Write, now: number): Kept['objects'] => {
  const { objects } = kept
  const change = (key: ObjectKey, changed: (object: KeptObject) => KeptObject) => {
    const stored = objects.get(subjectOf(key))
    return stored === undefined ? objects : withRow(objects, subjectOf(key), changed(stored))
  }
  switch (write.write) {
    case 'new_object':
      hold(!objects.has(subjectOf(write.object)))
      return withRow(objects, subjectOf(write.object), write.object)
    case 'object':
      return replaceObject(objects, write, now)
    case 'unread':
      return change(write.object, (object) => {
        const isOther = write.of !== undefined && write.of.version !== object.version
        if (isOther || object.nextReadAt === undefined) return object
        const since = now - Math.max(object.lastReadAt, object.createdAt)
        const at = now + Math.min(Math.max(since, write.minMs), write.maxMs)
        const isRequested = write.of !== undefined && object.refreshRequests > write.of.refreshRequests
        return { ...object, nextReadAt: isRequested ? Math.min(at, now + READ_SPACING_MS) : at }
      })
    case 'request_refresh':
      return change(write.object, (object) => withRefreshRequest(object, write.at))
    case 'match':
      return waitsFor(kept, write.object)
        ? change(write.object, (object) => withRefreshRequest(object, write.at))
        : objects
    case 'reserve': {
      const stored = objects.get(subjectOf(write.object))
      const cap = stored?.captured
      if (stored === undefined || cap?.currency !== write.amount.currency) {
        hold(write.clipped)
        return objects
      }
      const sum = stored.reserved + (stored.overReserved ?? 0n) + write.amount.minorUnits
      hold(write.clipped || (sum >= stored.refunded && sum <= cap.minorUnits))
      return change(write.object, (object) => ({
        ...object,
        reserved: most(object.refunded, least(cap.minorUnits, sum)),
        overReserved: most(0n, sum - cap.minorUnits),
      }))
    }
    case 'refunded':
      return change(write.object, (object) =>
        object.captured?.currency === write.amount.currency
          ? { ...object, refunded: least(object.refunded + write.amount.minorUnits, object.reserved) }
          : object,
      )
    default:
      return objects
  }
}

const applyToEvent = ({ events }: Kept, write: Write): Kept['events'] => {
  switch (write.write) {
    case 'event': {
      const { id, subject, sequence } = write.event
      const isSame = (other: EventRecord) =>
        other.id === id || (other.subject === subject && other.sequence === sequence)
      hold(![...events.values()].some(({ record }) => isSame(record)))
      return withRow(events, id, { record: write.event, nextDeliveryAt: 0, isTaken: false })
    }
    case 'delivered': {
      const stored = events.get(write.id)
      return stored === undefined ? events : withRow(events, write.id, { ...stored, isTaken: true })
    }
    case 'undelivered': {
      const stored = events.get(write.id)
      if (stored === undefined || stored.isTaken) return events
      const record = { ...stored.record, tries: stored.record.tries + 1 }
      return withRow(events, write.id, { ...stored, record, nextDeliveryAt: write.nextDeliveryAt })
    }
    default:
      return events
  }
}

const applyToInbox = (kept: Kept, write: Write): Kept['inbox'] => {
  const { inbox, objects } = kept
  const change = (isMeant: (row: InboxRecord) => boolean, state: InboxRecord['state']) =>
    new Map([...inbox].map(([key, row]) => [key, isMeant(row) ? { ...row, state } : row]))
  switch (write.write) {
    case 'inbox': {
      const stored = inbox.get(entryKey(write.entry))
      const row = stored === undefined ? write.entry : { ...stored, deliveries: stored.deliveries + 1 }
      return withRow(inbox, entryKey(write.entry), row)
    }
    case 'inbox_state': {
      const { of, state } = write
      const isMeant = (row: InboxRecord): boolean => {
        if ('unmatchedBefore' in of)
          return row.account === of.account && isUnmatched(row) && row.receivedAt < of.unmatchedBefore
        if ('dedupeKey' in of) return entryKey(row) === entryKey(of) && row.state !== 'known'
        return isAbout(row.object, of)
      }
      return change(isMeant, state)
    }
    case 'match':
      return objects.has(subjectOf(write.object))
        ? change((row) => isAbout(row.object, write.object) && (isUnmatched(row) || row.state === 'reported'), 'known')
        : inbox
    default:
      return inbox
  }
}

const sameIdentity = (a: AccountRecord, b: AccountRecord): boolean => {
  const text = ({ identity }: AccountRecord) => JSON.stringify(Object.entries(identity).sort())
  return text(a) === text(b)
}

const applyToAccount = ({ accounts }: Kept, write: Write): Kept['accounts'] => {
  if (write.write !== 'account') return accounts
  const stored = accounts.get(write.account.name)
  const { account, extended = account.identity } = write
  const isKnown = (identity: AccountRecord['identity']) =>
    stored === undefined || sameIdentity(stored, { ...account, identity })
  hold(isKnown(account.identity) || isKnown(extended))
  return withRow(accounts, write.account.name, write.account)
}

const apply = (kept: Kept, write: Write, now: number): Kept => ({
  operations: applyToOperation(kept, write, now),
  attempts: applyToAttempt(kept, write),
  objects: applyToObject(kept, write, now),
  events: applyToEvent(kept, write),
  inbox: applyToInbox(kept, write),
  log: write.write === 'log' ? [...kept.log, write.log] : kept.log,
  accounts: applyToAccount(kept, write),
})

const nothing: Kept = {
  operations: new Map(),
  attempts: new Map(),
  objects: new Map(),
  events: new Map(),
  inbox: new Map(),
  log: [],
  accounts: new Map(),
}

const by =
  <A>(key: (row: A) => number | string) =>
  (a: A, b: A): number =>
    key(a) < key(b) ? -1 : Number(key(a) > key(b))

/** A store of plain maps. `commit` throws {@link Illegal} for what the database itself refuses. */
export const referenceStore = (now: () => number) => {
  let kept = nothing
  const attemptsOf = (id: string): readonly AttemptRecord[] =>
    [...kept.attempts.values()].filter(({ operationId }) => operationId === id).sort(by(({ n }) => n))
  const open = (): readonly OperationRecord[] =>
    [...kept.operations.values()]
      .map(({ record }) => record)
      .filter((record) => !isOver(record))
      .sort(by(({ createdAt, id }) => `${String(createdAt).padStart(20)} ${id}`))
  return {
    commit: (writes: readonly Write[]): Committed => {
      let next = kept
      for (const [index, write] of writes.entries()) {
        try {
          next = apply(next, write, now())
        } catch (error) {
          if (error instanceof Unheld) return { done: false, index }
          throw error
        }
      }
      kept = next
      return { done: true }
    },
    operation: (id: string): OperationView | undefined => {
      const stored = kept.operations.get(id)
      return stored === undefined
        ? undefined
        : { operation: stored.record, attempts: attemptsOf(id), leased: stored.leaseUntil > now() }
    },
    object: (key: ObjectKey): ObjectRecord | undefined => {
      const stored: KeptObject | undefined = kept.objects.get(subjectOf(key))
      return stored === undefined ? undefined : without(stored, 'overReserved')
    },
    unmatched: (before: number): readonly InboxRecord[] =>
      [...kept.inbox.values()]
        .filter((row) => isUnmatched(row) && row.receivedAt < before)
        .sort(by(({ receivedAt, account, dedupeKey }) => `${String(receivedAt).padStart(20)} ${account} ${dedupeKey}`)),
    dueEvents: (subject: string): readonly EventRecord[] => {
      const waiting = [...kept.events.values()]
        .filter(({ record, isTaken }) => record.subject === subject && !isTaken)
        .sort(by(({ record }) => record.sequence))
      const first = waiting.findIndex(({ nextDeliveryAt }) => nextDeliveryAt > now())
      return waiting.slice(0, first === -1 ? waiting.length : first).map(({ record }) => record)
    },
    unresolved: (): readonly OperationRecord[] =>
      open().filter(
        ({ id, nextPollAt, stalled }) =>
          (nextPollAt === undefined || stalled !== undefined) && (kept.operations.get(id)?.leaseUntil ?? 0) <= now(),
      ),
    unfinishedAt: (account: string): readonly string[] =>
      open()
        .filter(({ id, accounts, attempt: n }) => {
          const position = attemptsOf(id).find((attempt) => attempt.n === n)?.position
          return position !== undefined && accounts.slice(position).includes(account)
        })
        .map(({ id }) => id),
    accounts: (): readonly AccountRecord[] => [...kept.accounts.values()].sort(by(({ name }) => name)),
    log: (operationId: string): readonly LogRecord[] => kept.log.filter((line) => line.operationId === operationId),
  }
}
