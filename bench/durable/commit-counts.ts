import Database from 'libsql'
import { Client } from 'pg'

/**
 * What this process asks its drivers for: transactions of the store's port, and commits that wait for the disk. In SQLite
 * one of those holds a group of the others, and is one flush of the write-ahead log.
 */
export const counted = { commits: 0, flushes: 0 }

const count = (text: unknown): void => {
  if (text === 'savepoint member') counted.commits += 1
  if (text === 'commit') counted.flushes += 1
}

interface Executes {
  exec(text: string): unknown
}

const countExecuted = (prototype: Executes): void => {
  const { exec } = prototype
  prototype.exec = function (text) {
    count(text)
    return exec.call(this, text)
  }
}

/** Counts from now on. To be called before a store is opened. */
export const startCounting = (): void => {
  countExecuted(Database.prototype as Executes)
  const sqlite = process.getBuiltinModule('node:sqlite') as { DatabaseSync: { prototype: Executes } } | undefined
  if (sqlite !== undefined) countExecuted(sqlite.DatabaseSync.prototype)
  const { query } = Client.prototype
  Client.prototype.query = function (this: Client, ...parameters: Parameters<typeof query>) {
    if (parameters[0] === 'commit') counted.commits += 1
    return query.apply(this, parameters)
  } as typeof query
}
