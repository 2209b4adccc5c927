import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../../../core/index.js'
import type { Store } from '../../store.js'
import type { Vault } from '../../vault.js'
import { loadDriver } from './driver.js'
import { openConnection } from './open.js'
import { storeOver } from './store.js'

/** Where the embedded store is kept. */
export interface SqliteOptions {
  /**
   * Path of the file, made where it is not there; beside it SQLite keeps two more, `-wal` and `-shm`. On a local disk: several
   * processes of one machine may share it. `:memory:` keeps nothing.
   */
  readonly file: string
  /** Seals what the store holds of requests, answers and notifications. */
  readonly vault: Vault
  /** The store's time, in milliseconds since the epoch; the machine's where absent. For tests. */
  readonly clock?: () => number
}

/**
 * Opens the embedded store, and brings its schema up to date. Runs on Node's own SQLite (Node 22.13 and later, where Node 22
 * prints that it is experimental) or on the package libsql. What a commit answers is on the disk. Gives `InvalidConfig` where
 * there is no driver, the file cannot be opened, is none of SQLite's or of a newer version, or its disk cannot be shared;
 * `Unreachable` with phase `store` where it does not answer.
 */
export const openSqlite = ({ file, vault, clock = Date.now }: SqliteOptions): TE.TaskEither<PaymentError, Store> =>
  pipe(
    TE.Do,
    TE.flatMap(() => loadDriver()),
    TE.flatMapEither((openDriver) => openConnection(openDriver, file, clock)),
    TE.map((connection) => storeOver(connection, vault, clock)),
  )
