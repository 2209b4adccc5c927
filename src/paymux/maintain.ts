import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import type { CheckReport } from '../ledger/stores/moving/check.js'
import type { CopyReport } from '../ledger/stores/moving/copy.js'
import type { RestoredReport } from '../ledger/stores/moving/restore.js'
import type { CheckOptions } from './check-ledger.js'
import type { CancelOptions, CopyOptions } from './copy-ledger.js'
import type { PaymuxConfig } from './define-config.js'
import type { RestoredBackup } from './restored-ledger.js'

// A shop does not load what is done once a year.
const copying = TE.fromTask<typeof import('./copy-ledger.js'), PaymentError>(() => import('./copy-ledger.js'))

/**
 * Copies the ledger of one configuration into the empty store of another, between SQLite and PostgreSQL or within one of them, while no
 * process works on either. It compares both at the end, row by row, and makes the copy the ledger: the old one is never opened
 * for work again, and refuses the writes of a process that has it open. If it is interrupted, call it again with the same
 * configurations: it goes on. Errors: `InvalidConfig`, also for a target that is not empty; `Unreachable` with a code `ERR_LEDGER_…`.
 *
 * @example
 * ```ts
 * import { copyLedger } from 'paymux'
 *
 * const copied = copyLedger('paymux.sqlite.json', 'paymux.postgres.json', {
 *   onProgress: ({ step, done, total }) => console.log(step, done, total),
 * })
 * ```
 */
export const copyLedger = (
  from: string | PaymuxConfig,
  to: string | PaymuxConfig,
  options: CopyOptions = {},
): TE.TaskEither<PaymentError, CopyReport> =>
  pipe(
    copying,
    TE.flatMap(({ copy }) => copy(from, to, options)),
  )

/**
 * Gives up a copy that is not done: the ledger that was being copied is open again, and what the target holds is never opened. Errors:
 * `InvalidConfig` for a ledger that is not being copied, or that has been moved.
 */
export const cancelCopy = (
  from: string | PaymuxConfig,
  options: CancelOptions = {},
): TE.TaskEither<PaymentError, void> =>
  pipe(
    copying,
    TE.flatMap(({ cancel }) => cancel(from, options)),
  )

/**
 * Checks a ledger whole: the database, its schema, whether every row decrypts and with which key, the sequences of events, attempts and
 * the log, and what holds between rows. It changes nothing, and the ledger may be at work. Every finding names a table, a row
 * and what to do. Errors: `InvalidConfig`, also for keys that are not the ledger's; `Unreachable`.
 *
 * @example
 * ```ts
 * import { checkLedger } from 'paymux'
 *
 * const checked = checkLedger('paymux.config.json')
 * ```
 */
export const checkLedger = (
  config: string | PaymuxConfig,
  options: CheckOptions = {},
): TE.TaskEither<PaymentError, CheckReport> =>
  pipe(
    TE.fromTask<typeof import('./check-ledger.js'), PaymentError>(() => import('./check-ledger.js')),
    TE.flatMap(({ check }) => check(config, options)),
  )

/**
 * Marks a ledger that was restored from a backup, before any process works on it: what was sent after the backup has no record, and
 * must not be sent again. From then on paymux sends nothing by itself of what was open in the backup. Until the given time it
 * asks the gateways for a key that it does not know: what they have is recorded and given, and what they cannot say is
 * {@link Indeterminate} with the code `ERR_LEDGER_RESTORED`. It may be called again. Errors: `InvalidRequest` for
 * times that are wrong; `InvalidConfig`; `Unreachable`.
 *
 * @example
 * ```ts
 * import { restoredLedger } from 'paymux'
 *
 * const marked = restoredLedger('paymux.config.json', { takenAt: Date.parse('2026-11-28T03:00:00Z') })
 * ```
 */
export const restoredLedger = (
  config: string | PaymuxConfig,
  backup: RestoredBackup,
): TE.TaskEither<PaymentError, RestoredReport> =>
  pipe(
    TE.fromTask<typeof import('./restored-ledger.js'), PaymentError>(() => import('./restored-ledger.js')),
    TE.flatMap(({ restored }) => restored(config, backup)),
  )
