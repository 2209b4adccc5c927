import { type BigIntStats, closeSync, openSync, statSync } from 'node:fs'

/** Why a store answers nothing more: a code that its errors carry. */
export type BrokenBy = 'ERR_LEDGER_REMOVED' | 'ERR_LEDGER_REPLACED' | 'ERR_LEDGER_WAL' | 'ERR_LEDGER_FLUSH'

/** Gives what became of the files of a connection that are no longer at their paths; `undefined` if all of them are. */
export type CompareFiles = () => BrokenBy | undefined

const PRIVATE = 0o600

/**
 * Creates a file that only its owner can read, whatever the umask says. Throws if the file exists. Files that SQLite creates
 * beside it have its mode. An existing file is never opened and closed here: that drops the locks that SQLite has on it in
 * this process.
 */
export const createPrivately = (path: string): void => closeSync(openSync(path, 'wx', PRIVATE))

const at = (path: string): BigIntStats | undefined => statSync(path, { bigint: true, throwIfNoEntry: false })

const isSame = (one: BigIntStats, other: BigIntStats): boolean => one.dev === other.dev && one.ino === other.ino

/**
 * Remembers device and inode of the files that a connection has open, to compare them with what stands at their paths. To be
 * called once it has written: from then until it closes, SQLite keeps the same three files open.
 *
 * @param opened where SQLite has the file open: it follows links. Empty in memory
 * @param path the file as it was configured: a link may come to lead elsewhere
 */
export const rememberFiles = (opened: string, path: string): CompareFiles => {
  if (opened === '') return () => undefined
  const file = at(path)
  const beside = [`${opened}-wal`, `${opened}-shm`].map((name) => ({ name, stats: at(name) }))
  return () => {
    const now = at(path)
    if (now === undefined) return 'ERR_LEDGER_REMOVED'
    if (file === undefined || !isSame(file, now)) return 'ERR_LEDGER_REPLACED'
    const isBeside = beside.every(({ name, stats }) => {
      const found = at(name)
      return stats !== undefined && found !== undefined && isSame(stats, found)
    })
    return isBeside ? undefined : 'ERR_LEDGER_WAL'
  }
}
