import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import { type CopyProgress, type CopyReport, cancelCopyOf, copyRecords } from '../ledger/stores/moving/copy.js'
import type { Environment } from '../orchestrator/index.js'
import { closing, openWhole, quietly } from './open-whole.js'
import { readConfiguration } from './setup.js'

/** What may be set to give a copy up. */
export interface CancelOptions {
  /** The variables that `${NAME}` in the configurations stands for. Default: `process.env`. */
  readonly env?: Environment
}

/** What may be set for a copy. */
export interface CopyOptions extends CancelOptions {
  /** Called after each batch of rows. What it throws is dropped. Default: nothing. */
  readonly onProgress?: (progress: CopyProgress) => void
}

const begun = { accepted: ['open', 'leaving', 'moved'], mustExist: true } as const

/** As {@link copyLedger} of the entry points. */
export const copy = (
  from: unknown,
  to: unknown,
  { env = process.env, onProgress = () => {} }: CopyOptions,
): TE.TaskEither<PaymentError, CopyReport> =>
  pipe(
    TE.Do,
    TE.bind('source', () => readConfiguration(from, env)),
    TE.bind('target', () => readConfiguration(to, env)),
    TE.flatMap(({ source, target }) =>
      closing(openWhole(from, source, begun), (old) =>
        closing(
          openWhole(to, target, { accepted: ['open', 'arriving'] }),
          (fresh) => () => copyRecords(old, fresh, quietly(onProgress)),
        ),
      ),
    ),
  )

/** As {@link cancelCopy} of the entry points. */
export const cancel = (from: unknown, { env = process.env }: CancelOptions): TE.TaskEither<PaymentError, void> =>
  pipe(
    readConfiguration(from, env),
    TE.flatMap((source) =>
      closing(openWhole(from, source, { ...begun, keepsSchema: true }), (ledger) => () => cancelCopyOf(ledger)),
    ),
  )
