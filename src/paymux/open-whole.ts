import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { invalidConfig, type PaymentError } from '../core/index.js'
import type { MaintainedLedger, MaintenanceOptions } from '../ledger/stores/maintained.js'
import type { Configuration } from '../orchestrator/index.js'
import { inFile, maintainStore } from './setup.js'

/** A listener whose failures are dropped: work does not fail because it cannot be shown. */
export const quietly =
  <Progress>(report: (progress: Progress) => void) =>
  (progress: Progress): void => {
    try {
      report(progress)
    } catch {
      // Nothing rests on it.
    }
  }

const isKept = ({ store }: Configuration): E.Either<PaymentError, void> =>
  store.type === 'sqlite' && store.file === ':memory:'
    ? E.left(invalidConfig([{ path: 'store.file', expected: 'a file: what is in memory is nowhere else' }]))
    : E.right(undefined)

/** Opens the ledger of a configuration as a whole. Gives what opening it gives, and `InvalidConfig` for one in memory. */
export const openWhole = (
  config: unknown,
  configuration: Configuration,
  options: MaintenanceOptions,
): TE.TaskEither<PaymentError, MaintainedLedger> =>
  pipe(
    TE.fromEither(isKept(configuration)),
    TE.flatMap(() => maintainStore(configuration, options)),
    TE.mapError(inFile(config)),
  )

/** Uses a ledger, and closes it. */
export const closing = <A>(
  opening: TE.TaskEither<PaymentError, MaintainedLedger>,
  use: (ledger: MaintainedLedger) => TE.TaskEither<PaymentError, A>,
): TE.TaskEither<PaymentError, A> => TE.bracket(opening, use, (ledger) => TE.fromTask(ledger.close))
