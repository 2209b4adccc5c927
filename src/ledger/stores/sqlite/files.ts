import { type BigIntStats, closeSync, openSync, readFileSync, statSync } from 'node:fs'
import type { MOVED } from '../../ledger-status.js'

/** Why a store answers nothing more: a code that its errors carry. */
export type BrokenBy =
  | 'ERR_LEDGER_REMOVED'
  | 'ERR_LEDGER_REPLACED'
  | 'ERR_LEDGER_WAL'
  | 'ERR_LEDGER_UNLOCKED'
  | 'ERR_LEDGER_FLUSH'
  | typeof MOVED

/** The files that a connection has open. */
export interface OpenFiles {
  /** Gives what became of those that are no longer at their paths; `undefined` if all of them are. */
  readonly compare: () => BrokenBy | undefined
  /**
   * Gives whether this process has held SQLite's locks on them all the time. Then no program has begun to bring `-wal` into the
   * file and to delete it, and one that begins later brings in all that was written. What cannot be seen counts as held.
   */
  readonly areLocked: () => boolean
}

const PRIVATE = 0o600

/**
 * Creates a file that only its owner can read, whatever the umask says. Throws if the file exists. Files that SQLite creates
 * beside it have its mode. An existing file is never opened and closed here: that drops the locks that SQLite has on it in
 * this process.
 */
export const createPrivately = (path: string): void => closeSync(openSync(path, 'wx', PRIVATE))

const at = (path: string): BigIntStats | undefined => statSync(path, { bigint: true, throwIfNoEntry: false })

const isSame = (one: BigIntStats, other: BigIntStats): boolean => one.dev === other.dev && one.ino === other.ino

/** Of a database in memory. */
export const noFiles: OpenFiles = { compare: () => undefined, areLocked: () => true }

// The bytes that a connection has locked for as long as it is open. https://www.sqlite.org/src/file?name=src/os_unix.c
const SHARED_FIRST = 0x40000002
const SHM_DMS = 128

// Linux shows who holds which lock, by process, inode and bytes: `1: POSIX  ADVISORY  READ 4711 fd:01:12345 1073741826 1073742335`.
const holdsByte = (lock: string, { ino }: BigIntStats, byte: number): boolean => {
  if (!lock.includes(`:${ino} `)) return false
  const [, kind, , , pid, , start, end] = lock.trim().split(/\s+/)
  return (
    kind === 'POSIX' && Number(pid) === process.pid && Number(start) <= byte && (end === 'EOF' || byte <= Number(end))
  )
}

/** A lock that was not shown is looked for so often: one that another process gives up meanwhile can hide it. */
const READS = 3

/** A line for each lock of the machine. `undefined`: they are not shown. */
const readLocks = (): readonly string[] | undefined => {
  try {
    return readFileSync('/proc/locks', 'latin1').split('\n')
  } catch {
    return undefined
  }
}

// By device and inode: where this process was once seen to hold a lock, it can be seen to have lost it, by any of its connections.
const seenLocked = new Set<string>()

const hasLock = (stats: BigIntStats | undefined, byte: number, locks: readonly string[]): boolean => {
  if (stats === undefined) return true
  const key = `${stats.dev}:${stats.ino}`
  const isHeld = locks.some((lock) => holdsByte(lock, stats, byte))
  if (isHeld) seenLocked.add(key)
  return isHeld || !seenLocked.has(key)
}

/**
 * Remembers device and inode of the files that a connection has open, to compare them with what stands at their paths. To be
 * called once it has written, or read: from then until it closes, SQLite keeps the same files open.
 *
 * @param opened where SQLite has the file open: it follows links. Empty in memory
 * @param path the file as it was configured: a link may come to lead elsewhere
 * @param isLogged whether `-wal` and `-shm` are among them. Not in a backup that is opened to be read only
 */
export const rememberFiles = (opened: string, path: string, isLogged = true): OpenFiles => {
  if (opened === '') return noFiles
  const file = at(path)
  const wal = at(`${opened}-wal`)
  const shm = at(`${opened}-shm`)
  const isStill = (stats: BigIntStats | undefined, end: string): boolean => {
    const now = at(opened + end)
    return stats !== undefined && now !== undefined && isSame(stats, now)
  }
  return {
    compare: () => {
      const now = at(path)
      if (now === undefined) return 'ERR_LEDGER_REMOVED'
      if (file === undefined || !isSame(file, now)) return 'ERR_LEDGER_REPLACED'
      return !isLogged || (isStill(wal, '-wal') && isStill(shm, '-shm')) ? undefined : 'ERR_LEDGER_WAL'
    },
    areLocked: () => {
      for (let read = 0; read < READS; read += 1) {
        const locks = readLocks()
        if (locks === undefined || (hasLock(file, SHARED_FIRST, locks) && hasLock(shm, SHM_DMS, locks))) return true
      }
      return false
    },
  }
}
