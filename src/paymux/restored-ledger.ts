import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import {
  checkPlainData,
  DAY,
  decode,
  exactObject,
  fromPredicate,
  invalidRequest,
  omitUndefined,
  type PaymentError,
} from '../core/index.js'
import { markRestored, type RestoredReport } from '../ledger/stores/moving/restore.js'
import type { Environment } from '../orchestrator/index.js'
import { closing, openWhole } from './open-whole.js'
import { readConfiguration } from './setup.js'

/** The backup that a ledger was restored from. Times are milliseconds since the epoch. */
export interface RestoredBackup {
  /** When the backup was taken, or earlier: of what was done from then on the ledger knows nothing. */
  readonly takenAt: number
  /**
   * Until when a key that the ledger does not know may be one of the lost ones: until the shop's callers and queues repeat none of
   * the time before. Default: 24 hours from the call.
   */
  readonly until?: number
  /** The variables that `${NAME}` in the configuration stands for. Default: `process.env`. */
  readonly env?: Environment
}

/** Queues and callers that repeat a call for longer are rare, and those know for how long. */
const DEFAULT_ASKING_MS = DAY

const Time = fromPredicate(
  'milliseconds since the epoch',
  (value): value is number => Number.isSafeInteger(value) && Number(value) > 0,
)
const Times = exactObject('the times of a backup', { takenAt: Time }, { until: Time })

const checkTimes = (
  backup: { readonly takenAt: unknown; readonly until?: unknown },
  now: number,
): E.Either<PaymentError, t.TypeOf<typeof Times>> =>
  checkPlainData(
    () =>
      pipe(
        decode(Times, omitUndefined({ takenAt: backup.takenAt, until: backup.until })),
        E.mapLeft(invalidRequest),
        E.filterOrElse(
          ({ takenAt }) => takenAt <= now,
          () => invalidRequest([{ path: 'takenAt', expected: 'a time that has passed' }]),
        ),
        E.filterOrElse(
          ({ takenAt, until = takenAt }) => takenAt <= until,
          () => invalidRequest([{ path: 'until', expected: 'a time after takenAt' }]),
        ),
      ),
    invalidRequest,
  )

/** As {@link restoredLedger} of the entry points. */
export const restored = (
  config: unknown,
  { env = process.env, ...times }: RestoredBackup,
): TE.TaskEither<PaymentError, RestoredReport> =>
  pipe(
    TE.fromIOEither(() => checkTimes(times, Date.now())),
    TE.bindTo('span'),
    TE.bind('configuration', () => readConfiguration(config, env)),
    TE.flatMap(({ span, configuration }) =>
      closing(
        openWhole(config, configuration, { accepted: ['open'], mustExist: true }),
        (ledger) => () => markRestored(ledger, { ...span, askingMs: DEFAULT_ASKING_MS }),
      ),
    ),
  )
