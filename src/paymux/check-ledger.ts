import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import { type CheckProgress, type CheckReport, checkRecords } from '../ledger/stores/moving/check.js'
import type { Environment } from '../orchestrator/index.js'
import { closing, openWhole, quietly } from './open-whole.js'
import { readConfiguration } from './setup.js'

/** What may be set for a check. */
export interface CheckOptions {
  /** The variables that `${NAME}` in the configuration stands for. Default: `process.env`. */
  readonly env?: Environment
  /** Called after each batch of rows. What it throws is dropped. Default: nothing. */
  readonly onProgress?: (progress: CheckProgress) => void
}

const asItIs = { accepted: ['open', 'arriving', 'leaving', 'moved'], mustExist: true, readOnly: true } as const

/** As {@link checkLedger} of the entry points. */
export const check = (
  config: unknown,
  { env = process.env, onProgress = () => {} }: CheckOptions,
): TE.TaskEither<PaymentError, CheckReport> =>
  pipe(
    readConfiguration(config, env),
    TE.flatMap((configuration) =>
      closing(openWhole(config, configuration, asItIs), (ledger) => () => checkRecords(ledger, quietly(onProgress))),
    ),
  )
