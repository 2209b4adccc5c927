import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { invalidConfig, type PaymentError, unreachable } from '../../../core/index.js'
import { whyNotOpen } from '../../ledger-status.js'
import { takeFingerprintKey } from '../../open-encryption.js'
import { admitWrites, type CopyStatus, copyStatusOf, ledgerStatusRow, refuseWrites } from '../ledger-status.js'
import type { MaintainedLedger } from '../maintained.js'
import { type Part, raw, type Sql, sql } from '../sql.js'
import { assign, decryptRow, encryptRow, type Row, tables } from '../tables.js'
import type { Statement } from '../writes.js'
import { columnsOf, copiedTables, countAllRows, digestOf, eachBatch, type TableDigest, type TableName } from './rows.js'

/** How far a copy is. It is plain data. */
export interface CopyProgress {
  /** `copy`: rows are written to the target. `verify`: the rows of both are read, and compared. */
  readonly step: 'copy' | 'verify'
  /** The table, without its prefix: `operations`. */
  readonly table: string
  /** How many rows of the step are done, of all tables. */
  readonly done: number
  /** How many rows the step has. */
  readonly total: number
}

/** What was copied. It is plain data. */
export interface CopyReport {
  /** Whether it went on with a copy that was interrupted. */
  readonly resumed: boolean
  /** By table, how many rows there are, and a digest of what they hold, decrypted. Both ledgers had the same. */
  readonly tables: Readonly<Record<string, TableDigest>>
}

type Result<A> = Promise<E.Either<PaymentError, A>>

const guarded = (statement: Sql): Statement => ({ sql: statement, guarded: true })
const unguarded = (statement: Sql): Statement => ({ sql: statement, guarded: false })

const statusOf = async (ledger: MaintainedLedger): Result<CopyStatus> => {
  const rows = await ledger.query(ledgerStatusRow)
  return E.isLeft(rows) ? rows : E.right(copyStatusOf(rows.right))
}

const wrong = (path: string, expected: string): E.Either<PaymentError, never> =>
  E.left(invalidConfig([{ path, expected }]))

/** Another process has changed what this one read: nothing is known of who is right. */
const overtaken: PaymentError = unreachable('store', { code: 'ERR_LEDGER_BUSY' })

/** Commits, if nothing was changed by another process since it was read. */
const commit = async (ledger: MaintainedLedger, statements: readonly Statement[]): Result<void> => {
  const committed = await ledger.commit(statements)
  if (E.isLeft(committed)) return committed
  return committed.right ? E.right(undefined) : E.left(overtaken)
}

const isEmpty = raw(copiedTables.map((name) => `not exists (select 1 from ${tables[name].name})`).join(' and '))

/** Makes an empty ledger the target of a copy. What else has it open can write no more, and is seen if it has written before. */
const beginArriving = async (from: MaintainedLedger, to: MaintainedLedger, copyId: string): Result<void> => {
  const encryption = takeFingerprintKey(from, to)
  if (E.isLeft(encryption)) return encryption
  const { fingerprintKey } = encryption.right
  const set = assign({ status: 'arriving', copy_id: copyId, copied_to: null, fingerprint_key: fingerprintKey })
  const written = await to.commit([
    ...refuseWrites[to.database].map(unguarded),
    guarded(sql`update paymux_ledger set ${set} where status in ('open', 'arriving') and ${isEmpty}`),
  ])
  if (E.isLeft(written)) return written
  return written.right
    ? E.right(undefined)
    : wrong('to.store', 'an empty store: a new file or database, which no shop was started on')
}

const beginLeaving = (from: MaintainedLedger, copyId: string): Result<void> =>
  commit(from, [
    ...refuseWrites[from.database].map(unguarded),
    guarded(sql`update paymux_ledger set status = 'leaving', copy_id = ${copyId} where status = 'open'`),
  ])

const closed = ({ status }: CopyStatus): E.Either<PaymentError, never> => E.left(whyNotOpen(status) ?? overtaken)

/** A copy that goes on from what the target holds, or that only has to be finished. */
type Begun = { readonly copyId: string; readonly resumed: boolean; readonly isWhole: boolean }

const isSameLedger = (one: MaintainedLedger, other: MaintainedLedger): boolean =>
  one.encryption.fingerprint('copy') === other.encryption.fingerprint('copy')

/** Marks both ledgers, the target first: then it is not opened, whatever becomes of this process. */
const beginAnew = async (from: MaintainedLedger, to: MaintainedLedger, target: CopyStatus): Result<Begun> => {
  if (target.status === 'open' && isSameLedger(from, to)) return wrong('to.store', 'another store than the one of from')
  const copyId = randomUUID()
  const arriving = await beginArriving(from, to, copyId)
  if (E.isLeft(arriving)) return arriving
  const leaving = await beginLeaving(from, copyId)
  return E.isLeft(leaving) ? leaving : E.right({ copyId, resumed: false, isWhole: false })
}

const goOn = async (from: MaintainedLedger, to: MaintainedLedger, copyId: string, hasBegun: boolean): Result<Begun> => {
  // The target was not marked, or another copy has taken it while it was empty.
  const written = hasBegun ? E.right(undefined) : await beginArriving(from, to, copyId)
  return E.isLeft(written) ? written : E.right({ copyId, resumed: true, isWhole: false })
}

const begin = async (from: MaintainedLedger, to: MaintainedLedger): Result<Begun> => {
  const source = await statusOf(from)
  if (E.isLeft(source)) return source
  const target = await statusOf(to)
  if (E.isLeft(target)) return target
  const { status, copyId } = source.right
  const isTarget = copyId !== undefined && copyId === target.right.copyId && target.right.status === 'arriving'
  if (status === 'open') return beginAnew(from, to, target.right)
  if (copyId === undefined || status === 'arriving' || (status === 'moved' && !isTarget)) return closed(source.right)
  return status === 'moved' ? E.right({ copyId, resumed: true, isWhole: true }) : goOn(from, to, copyId, isTarget)
}

/** Up to where the rows have come: a table, by its place, and the key of the last row. */
interface Place {
  readonly table: number
  readonly key?: Row
}

const beginning: Place = { table: 0 }

const storedPlace = (copiedTo: string | undefined): Place =>
  copiedTo === undefined ? beginning : (JSON.parse(copiedTo) as Place)

const keyOf = (name: TableName, row: Row): Row =>
  // A key's numbers are counts: they stay small.
  Object.fromEntries(
    tables[name].key.map((column) => [column, typeof row[column] === 'bigint' ? Number(row[column]) : row[column]]),
  )

/** Writes rows, and up to where they have come, if no other process has written there since. */
const writeBatch = (
  to: MaintainedLedger,
  copyId: string,
  { rows, name, before, after }: { rows: readonly Row[]; name: TableName; before: string | undefined; after: string },
): Result<void> => {
  const previous: Part = before ?? null
  // Open for this transaction alone: no other sees it.
  const opening = sql`update paymux_ledger set status = 'open', copied_to = ${after} where status = 'arriving' and copy_id = ${copyId} and copied_to is not distinct from cast(${previous} as text)`
  return commit(to, [
    guarded(opening),
    ...to.insertRows(tables[name], rows.map(columnsOf)),
    guarded(sql`update paymux_ledger set status = 'arriving'`),
  ])
}

/** The rows of one ledger as another one keeps them. Gives the error of the first that does not decrypt. */
const reencrypted = (from: MaintainedLedger, to: MaintainedLedger, name: TableName) =>
  E.traverseArray((row: Row): E.Either<PaymentError, Row> => {
    const plain = decryptRow(from.encryption, tables[name], row)
    return E.isLeft(plain) ? plain : E.right(encryptRow(to.encryption, tables[name], columnsOf(plain.right)))
  })

const copyRows = async (
  from: MaintainedLedger,
  to: MaintainedLedger,
  copyId: string,
  progress: (table: TableName, rows: number) => void,
): Result<void> => {
  const target = await statusOf(to)
  if (E.isLeft(target)) return target
  let { copiedTo } = target.right
  const { table: first, key } = storedPlace(copiedTo)
  for (const [index, name] of copiedTables.entries()) {
    if (index < first) continue
    const copied = await eachBatch(from, tables[name], index === first ? key : undefined, async (rows, last) => {
      const written = reencrypted(from, to, name)(rows)
      if (E.isLeft(written)) return written
      const place: Place = { table: index, key: keyOf(name, last) }
      const after = JSON.stringify(place)
      const done = await writeBatch(to, copyId, { rows: written.right, name, before: copiedTo, after })
      copiedTo = after
      progress(name, rows.length)
      return done
    })
    if (E.isLeft(copied)) return copied
  }
  return commit(to, to.goOnCounting)
}

const differs = (table: TableName): PaymentError =>
  unreachable('store', { code: 'ERR_LEDGER_COPY', column: tables[table].name })

/** Reads both ledgers whole, and compares them table by table. */
const verify = async (
  from: MaintainedLedger,
  to: MaintainedLedger,
  progress: (table: TableName, rows: number) => void,
): Result<CopyReport['tables']> => {
  const digests: Record<string, TableDigest> = {}
  for (const name of copiedTables) {
    const source = await digestOf(from, name, (rows) => progress(name, rows))
    if (E.isLeft(source)) return source
    const target = await digestOf(to, name, (rows) => progress(name, rows))
    if (E.isLeft(target)) return target
    if (source.right.rows !== target.right.rows || source.right.sha256 !== target.right.sha256)
      return E.left(differs(name))
    digests[name] = source.right
  }
  return E.right(digests)
}

const restoration = ['taken_at', 'restored_at', 'restored_until']

/** The old one is marked as moved, and only then the new one opened. A copy that stops in between goes on here. */
const finish = async (from: MaintainedLedger, to: MaintainedLedger, copyId: string): Result<void> => {
  const left = await from.commit([
    guarded(
      sql`update paymux_ledger set status = 'moved' where status in ('leaving', 'moved') and copy_id = ${copyId}`,
    ),
  ])
  if (E.isLeft(left)) return left
  if (!left.right) return E.left(overtaken)
  const kept = await from.query(raw(`select ${restoration.join(', ')} from paymux_ledger`))
  if (E.isLeft(kept)) return kept
  const restored = columnsOf(kept.right[0] ?? {})
  return commit(to, [
    guarded(
      sql`update paymux_ledger set ${assign({ ...restored, status: 'open', copied_to: null })} where status = 'arriving' and copy_id = ${copyId}`,
    ),
    ...admitWrites[to.database].map(unguarded),
  ])
}

/**
 * Copies a ledger to an empty one, in batches, verifies the copy, and makes it the ledger. The two are never open at once. After
 * an end at any point, the same call goes on.
 */
export const copyRecords = async (
  from: MaintainedLedger,
  to: MaintainedLedger,
  onProgress: (progress: CopyProgress) => void,
): Result<CopyReport> => {
  const begun = await begin(from, to)
  if (E.isLeft(begun)) return begun
  const { copyId, resumed, isWhole } = begun.right
  const rows = await countAllRows(from)
  if (E.isLeft(rows)) return rows
  const copiedBefore = await countAllRows(to)
  if (E.isLeft(copiedBefore)) return copiedBefore
  const reporting = (step: CopyProgress['step'], total: number, before: number) => {
    let done = before
    return (table: TableName, more: number): void => {
      done += more
      onProgress({ step, table, done, total })
    }
  }
  if (!isWhole) {
    const copied = await copyRows(from, to, copyId, reporting('copy', rows.right, copiedBefore.right))
    if (E.isLeft(copied)) return copied
  }
  const verified = await verify(from, to, reporting('verify', 2 * rows.right, 0))
  if (E.isLeft(verified)) return verified
  const finished = await finish(from, to, copyId)
  return E.isLeft(finished) ? finished : E.right({ resumed, tables: verified.right })
}

/**
 * Gives up a copy that is not finished: the source is open again. What the target holds stays there, and is never opened. Gives
 * `InvalidConfig` for a ledger that is not being copied.
 */
export const cancelCopyOf = async (from: MaintainedLedger): Result<void> => {
  const canceled = await from.commit([
    guarded(sql`update paymux_ledger set status = 'open', copy_id = null where status = 'leaving'`),
    ...admitWrites[from.database].map(unguarded),
  ])
  if (E.isLeft(canceled)) return canceled
  return canceled.right ? E.right(undefined) : wrong('store', 'a ledger that is being copied, and not moved yet')
}
