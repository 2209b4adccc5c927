import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { DAY, type PaymentError } from '../../core/index.js'
import type { Encryption } from '../encryption.js'
import { reducedError, reducedPayload, reducedRequest, reducedSnapshot } from '../erasure.js'
import { toStoredText, whyUnreadable } from '../json.js'
import { subjectOf } from '../object.js'
import { type ObjectKey, openStates, overStates, unmatchedStates } from '../records.js'
import type { Erasable, Erasure, RetentionAges } from '../store.js'
import type { Database } from './reencryption.js'
import { eventPayload, objectRecord, operationRecord, ownKey } from './rows.js'
import { isOneOf, now, type Part, raw, type Sql, sql } from './sql.js'
import {
  assign,
  type Columns,
  decryptRow,
  encryptRow,
  isKeptEvent,
  isKeptObject,
  isKeptOperation,
  isThinned,
  type Row,
  type Table,
  tables,
} from './tables.js'

/** What it takes of a database. */
export interface ErasingDatabase extends Database {
  /** Brings what was erased out of the files, too. Gives whether nothing is left in them. */
  readonly flush: Erasure['flush']
  readonly keptElsewhere: Erasure['keptElsewhere']
}

type Result<A> = E.Either<PaymentError, A>

/** Objects and operations of one batch: each is decrypted and encrypted anew. */
const BATCH = 50
/** Rows of one batch that need no more than a delete, or one text. */
const LIGHT_BATCH = 250

/** A notification that was erased is known for so long by its key: a repeat of a later one only causes a read. */
const NOTIFICATIONS_KNOWN_MS = 400 * DAY

const isObject = ({ account, kind, id }: ObjectKey): Sql => sql`account = ${account} and kind = ${kind} and id = ${id}`

const isOpen = raw(isOneOf('state', openStates))

/** What an object has to be, beside what its index says. */
const isErasable = sql`${raw(isKeptObject)} and disputed = 0 and needs_review = 0 and reserved = refunded
  and not exists (select 1 from paymux_operations o where o.id = paymux_objects.operation_id and o.${isOpen})`

const objectErased = (key: ObjectKey): Sql =>
  sql`exists (select 1 from paymux_objects where ${isObject(key)} and erased_at is not null)`

const operationErased = (id: string): Sql =>
  sql`exists (select 1 from paymux_operations where id = ${id} and erased_at is not null)`

/** The columns of a row that is erased. */
const erased = (encryption: Encryption, table: Table, row: Columns): Readonly<Record<string, Part>> => {
  const columns: Columns = encryptRow(encryption, table, { ...row, erased_at: 1 })
  return {
    ...Object.fromEntries(Object.entries(columns).filter(([name]) => !table.key.includes(name))),
    erased_at: now,
  }
}

const eraseObject = (encryption: Encryption, row: Row): Result<Sql> =>
  pipe(
    decryptRow(encryption, tables.objects, row),
    E.flatMap(objectRecord),
    E.map((object) => {
      const { account, kind, id, version, snapshot } = object
      const reduced = { account, kind, id, version: version + 1, snapshot: toStoredText(reducedSnapshot(snapshot)) }
      const set = assign({ ...erased(encryption, tables.objects, reduced), metadata: null })
      return sql`update paymux_objects set ${set} where ${isObject(object)} and version = ${version} and ${isErasable}`
    }),
  )

const eraseOperation = (encryption: Encryption, row: Row, because: Sql): Result<readonly Sql[]> =>
  pipe(
    decryptRow(encryption, tables.operations, row),
    E.flatMap(operationRecord),
    E.map(({ id, request, error }) => {
      const reduced = {
        id,
        request: toStoredText(reducedRequest(request)),
        error: error === undefined ? null : toStoredText(reducedError(error)),
      }
      const set = assign(erased(encryption, tables.operations, reduced))
      const isOver = raw(isOneOf('state', overStates))
      return [
        sql`update paymux_operations set ${set} where id = ${id} and erased_at is null and ${isOver} and ${because}`,
        sql`update paymux_attempts set draft = null where operation_id = ${id} and draft is not null and ${operationErased(id)}`,
        sql`update paymux_log set attestation = null where operation_id = ${id} and attestation is not null and ${operationErased(id)}`,
      ]
    }),
  )

const eraseEvent = (encryption: Encryption, row: Row, because: Sql): Result<Sql> =>
  pipe(
    decryptRow(encryption, tables.events, row),
    E.flatMap(eventPayload),
    E.map((payload) => {
      const id = String(row.id)
      const set = assign(erased(encryption, tables.events, { id, payload: toStoredText(reducedPayload(payload)) }))
      return sql`update paymux_events set ${set} where id = ${id} and erased_at is null and ${because}`
    }),
  )

const eraseNotifications = ({ account, kind, id }: ObjectKey, because: Sql): Sql =>
  sql`update paymux_inbox set body = null, erased_at = ${now} where object_account = ${account} and object_kind = ${kind} and object_id = ${id} and erased_at is null and ${because}`

const ago = (ms: number): Sql => sql`${now} - ${ms}`

const oldBodies = (ms: number): Sql =>
  sql`select account, dedupe_key from paymux_inbox where erased_at is null and received_at < ${ago(ms)} order by erased_at, received_at limit ${LIGHT_BATCH}`

const oldNotifications = sql`select account, dedupe_key from paymux_inbox where erased_at < ${ago(NOTIFICATIONS_KNOWN_MS)} and not ${raw(isOneOf('state', unmatchedStates))} order by erased_at limit ${LIGHT_BATCH}`

const oldEvents = (ms: number, skipped: number): Sql =>
  sql`select id, payload from paymux_events where ${raw(isKeptEvent)} and redeliver_at is null and delivered_at < ${ago(ms)} order by delivered_at limit ${LIGHT_BATCH} offset ${skipped}`

const oldObjects = (ms: number, skipped: number): Sql =>
  sql`select * from paymux_objects where ${isErasable} and over_at < ${ago(ms)} order by over_at limit ${BATCH} offset ${skipped}`

const oldOperations = (ms: number, skipped: number): Sql =>
  sql`select * from paymux_operations where ${raw(isKeptOperation)} and state_since < ${ago(ms)} order by state_since limit ${BATCH} offset ${skipped}`

const oldLines = (ms: number): Sql =>
  sql`select id from paymux_log where ${raw(isThinned)} and at < ${ago(ms)} and not exists (select 1 from paymux_operations o where o.id = paymux_log.operation_id and o.${isOpen}) order by at limit ${LIGHT_BATCH}`

/** What finds the next batch of each part. */
export const oldRows = (ms: number): Readonly<Record<string, Sql>> => ({
  paymux_inbox: oldBodies(ms),
  paymux_events: oldEvents(ms, 0),
  paymux_objects: oldObjects(ms, 0),
  paymux_operations: oldOperations(ms, 0),
  paymux_log: oldLines(ms),
})

/** What was found for a batch. */
interface Batch {
  /** How many rows it had. */
  readonly found: number
  /** How many of them cannot be read: they stay as they are. */
  readonly unreadable: number
}

/**
 * Erases personal data: what is asked for, and what has been kept for long enough. Each object is erased with its operation, its
 * attempts, its events and its notifications in one transaction. Each statement looks itself whether the object is erased by the
 * one before it, so that two processes, or a read that was recorded meanwhile, do no harm.
 */
export const createErasure = (encryption: Encryption, database: ErasingDatabase): Erasure => {
  const { query, commit } = database

  const eventsOf = async (subject: string, because: Sql): Promise<Result<readonly Sql[]>> => {
    const rows = await query(
      sql`select id, payload from paymux_events where subject = ${subject} and erased_at is null`,
    )
    return E.isLeft(rows) ? rows : E.traverseArray((row: Row) => eraseEvent(encryption, row, because))(rows.right)
  }

  const operationAndEvents = async (rows: readonly Row[], because: Sql): Promise<Result<readonly Sql[]>> => {
    const [row] = rows
    if (row === undefined) return E.right([])
    const operation = eraseOperation(encryption, row, because)
    if (E.isLeft(operation)) return operation
    const id = String(row.id)
    const events = await eventsOf(`operation:${id}`, operationErased(id))
    return E.isLeft(events) ? events : E.right([...operation.right, ...events.right])
  }

  const objectStatements = async (row: Row): Promise<Result<readonly Sql[]>> => {
    const key = ownKey(row)
    if (E.isLeft(key)) return key
    const because = objectErased(key.right)
    const { account, kind, id } = key.right
    const object = eraseObject(encryption, row)
    if (E.isLeft(object)) return object
    const rows = await query(
      sql`select * from paymux_operations where id = ${String(row.operation_id)} and object_account = ${account} and object_kind = ${kind} and object_id = ${id}`,
    )
    if (E.isLeft(rows)) return rows
    const operation = await operationAndEvents(rows.right, because)
    if (E.isLeft(operation)) return operation
    const events = await eventsOf(subjectOf(key.right), because)
    if (E.isLeft(events)) return events
    return E.right([object.right, ...operation.right, ...events.right, eraseNotifications(key.right, because)])
  }

  const operationStatements = (row: Row): Promise<Result<readonly Sql[]>> =>
    operationAndEvents([row], raw('object_id is null'))

  const read = (what: Erasable): Promise<Result<readonly Row[]>> =>
    'operationId' in what
      ? query(sql`select * from paymux_operations where id = ${what.operationId}`)
      : query(sql`select * from paymux_objects where ${isObject(what)}`)

  const erase = async (what: Erasable): Promise<Result<boolean>> => {
    const rows = await read(what)
    if (E.isLeft(rows)) return rows
    const [row] = rows.right
    if (row === undefined) return E.right(false)
    const statements = await ('operationId' in what ? operationStatements(row) : objectStatements(row))
    if (E.isLeft(statements)) return statements
    const committed = await commit(statements.right)
    if (E.isLeft(committed)) return committed
    return pipe(
      await read(what),
      E.map(([after]) => (after?.erased_at ?? null) !== null),
    )
  }

  /** Erases what a query finds, all in one transaction, but what cannot be read. Gives the error of a store that does not answer. */
  const eraseBatch = async (
    found: Sql,
    statementsOf: (row: Row) => Promise<Result<readonly Sql[]>>,
  ): Promise<Result<Batch>> => {
    const rows = await query(found)
    if (E.isLeft(rows)) return rows
    const statements: Sql[] = []
    let unreadable = 0
    // One row after the other: payments need the connections more.
    for (const row of rows.right) {
      const ofRow = await statementsOf(row)
      if (E.isRight(ofRow)) statements.push(...ofRow.right)
      else if (whyUnreadable(ofRow.left) === undefined) return ofRow
      else unreadable += 1
    }
    const committed = statements.length === 0 ? E.right(undefined) : await commit(statements)
    return E.isLeft(committed) ? committed : E.right({ found: rows.right.length, unreadable })
  }

  /** Runs a statement on the rows that a query finds, if it finds any. */
  const changeBatch = async (found: Sql, change: Sql): Promise<Result<Batch>> => {
    const rows = await query(found)
    if (E.isLeft(rows)) return rows
    const committed = rows.right.length === 0 ? E.right(undefined) : await commit([change])
    return E.isLeft(committed) ? committed : E.right({ found: rows.right.length, unreadable: 0 })
  }

  const bodies = (ms: number) => () => {
    const old = oldBodies(ms)
    return changeBatch(
      old,
      sql`update paymux_inbox set body = null, erased_at = ${now} where (account, dedupe_key) in (${old}) and erased_at is null`,
    )
  }
  const notifications = () =>
    changeBatch(oldNotifications, sql`delete from paymux_inbox where (account, dedupe_key) in (${oldNotifications})`)
  const payloads = (ms: number) => (skipped: number) =>
    eraseBatch(oldEvents(ms, skipped), async (row) =>
      pipe(
        eraseEvent(encryption, row, raw('redeliver_at is null')),
        E.map((statement) => [statement]),
      ),
    )
  const objects = (ms: number) => (skipped: number) => eraseBatch(oldObjects(ms, skipped), objectStatements)
  const operations = (ms: number) => (skipped: number) => eraseBatch(oldOperations(ms, skipped), operationStatements)
  const lines = (ms: number) => () =>
    changeBatch(oldLines(ms), sql`delete from paymux_log where id in (${oldLines(ms)})`)

  /** What is done in a pass, in order. */
  const steps = ({ personalDataMs, notificationsMs, eventsMs, logMs }: RetentionAges) => [
    ...(notificationsMs === undefined ? [] : [bodies(notificationsMs), notifications]),
    ...(eventsMs === undefined ? [] : [payloads(eventsMs)]),
    ...(personalDataMs === undefined ? [] : [objects(personalDataMs), operations(personalDataMs)]),
    ...(logMs === undefined ? [] : [lines(logMs)]),
  ]

  // What is erased leaves its index, so a pass needs no position but for what it cannot read.
  const begun = { step: 0, skipped: 0, hasErased: false }
  let pass = begun

  const finish = async (): Promise<Result<boolean>> => {
    const { hasErased } = pass
    pass = begun
    // What another process still reads leaves the files with a later pass.
    const flushed = hasErased ? await database.flush()() : E.right(true)
    return E.isLeft(flushed) ? flushed : E.right(false)
  }

  const next = async (ages: RetentionAges): Promise<Result<boolean>> => {
    const all = steps(ages)
    for (let step = all[pass.step]; step !== undefined; step = all[pass.step]) {
      const batch = await step(pass.skipped)
      if (E.isLeft(batch)) return batch
      const { found, unreadable } = batch.right
      if (found > 0) {
        pass = { ...pass, skipped: pass.skipped + unreadable, hasErased: true }
        return E.right(true)
      }
      pass = { ...pass, step: pass.step + 1, skipped: 0 }
    }
    return finish()
  }

  return {
    erase: (what) => () => erase(what),
    next: (ages) => () => next(ages),
    flush: database.flush,
    keptElsewhere: database.keptElsewhere,
  }
}
