import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../../../core/index.js'
import { createSteadyClock } from '../../clock.js'
import type { EncryptionKeys } from '../../encryption.js'
import { readableStatuses } from '../../ledger-status.js'
import { readOnlyStore } from '../../read-only.js'
import type { Store } from '../../store.js'
import { loadDriver } from './driver.js'
import { openConnection } from './open.js'
import { storeOver } from './store.js'

/** Where the embedded store is kept. */
export interface SqliteOptions {
  /**
   * Path of the file. It is created if it does not exist; beside it SQLite keeps two more, `-wal` and `-shm`. On a local disk: several
   * processes of one machine may share it. `:memory:` keeps nothing.
   */
  readonly file: string
  /** Encrypt what the store holds of requests, answers and notifications. */
  readonly encryption: EncryptionKeys
  /** The store's time, in milliseconds since the epoch. For tests. Default: the machine's clock, without its jumps. */
  readonly clock?: () => number
  /** Nothing is written or created, and the schema stays as it is. Default: `false`. */
  readonly readOnly?: boolean
}

/**
 * Opens the embedded store, and brings its schema up to date. Runs on Node's own SQLite (Node 22.13 and later, where Node 22
 * prints that it is experimental) or on the package libsql. What a commit answers is on the disk. Gives `InvalidConfig` if
 * there is no driver, or the file cannot be opened, is not SQLite's, is of a newer version of paymux, or is on a disk that
 * cannot be shared, if the keys are not the ledger's, or if it is only read and is not there or has an older schema. Gives `Unreachable` with phase `store` if the database does not answer.
 */
export const openSqlite = ({
  file,
  encryption,
  clock = createSteadyClock(),
  readOnly = false,
}: SqliteOptions): TE.TaskEither<PaymentError, Store> =>
  pipe(
    TE.Do,
    TE.flatMap(() => loadDriver()),
    TE.flatMapEither((openDriver) =>
      openConnection(openDriver, file, clock, {
        encryption,
        readOnly,
        ...(readOnly ? { accepted: readableStatuses } : {}),
      }),
    ),
    TE.map((opened) => (readOnly ? readOnlyStore(storeOver(opened, clock)) : storeOver(opened, clock))),
  )
