import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import type { Paymux, PaymuxOptions } from './assemble.js'

/**
 * Makes a {@link Paymux} of a configuration: an object, or the path of a JSON file. It opens the ledger and loads the
 * adapters and drivers that the configuration names, and nothing else. Nothing is sent, and nothing runs in the
 * background before `start`. Gives `InvalidConfig`, which names paths and prints no value, and `Unreachable` where the
 * store does not answer.
 */
export const paymux = (config: unknown, options: PaymuxOptions = {}): TE.TaskEither<PaymentError, Paymux> =>
  pipe(
    // Who uses one account without a ledger does not load what is needed for several with one.
    TE.fromTask<typeof import('./assemble.js'), PaymentError>(() => import('./assemble.js')),
    TE.flatMap(({ assemble }) => assemble(config, options)),
  )
