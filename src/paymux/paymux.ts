import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import type { PaymuxConfig } from './define-config.js'
import type { Paymux } from './facade.js'
import type { PaymuxOptions } from './options.js'

/**
 * Opens the ledger of a configuration: an object, or the path of a JSON file. It loads the adapters and drivers that the
 * configuration names, and no others. Nothing is sent, and nothing runs in the background before `start`. Errors:
 * `InvalidConfig`, which names paths and prints no value; `Unreachable` if the store does not answer.
 *
 * @example
 * ```ts
 * import { paymux } from 'paymux'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 *
 * const status = pipe(
 *   paymux('paymux.config.json'),
 *   TE.flatMap((shop) => shop.getStatus({ kind: 'payment', account: 'main', id: 'made-up-id' })),
 *   TE.map((payment) => payment.status),
 * )
 * ```
 */
export const paymux = (
  config: string | PaymuxConfig,
  options: PaymuxOptions = {},
): TE.TaskEither<PaymentError, Paymux> =>
  pipe(
    // A program that uses one account without a ledger does not load what several accounts with one need.
    TE.fromTask<typeof import('./assemble.js'), PaymentError>(() => import('./assemble.js')),
    TE.flatMap(({ assemble }) => assemble(config, options)),
  )
