import { identity, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from './error.js'

/** Runs a task of an adapter, or of who sends for one. Code that throws breaks its contract; the caller still gets what is known about the money. */
export const catchThrown = <A>(
  task: () => TE.TaskEither<PaymentError, A>,
  error: () => PaymentError,
): TE.TaskEither<PaymentError, A> =>
  pipe(
    TE.tryCatch(() => task()(), error),
    TE.flatMapEither(identity),
  )
