import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Issue, PaymentError } from './error.js'

/** Runs a task of an adapter, or of who sends for one. Code that throws breaks its contract; the caller still gets what is known about the money. */
export const catchThrown = <A>(
  task: () => TE.TaskEither<PaymentError, A>,
  error: () => PaymentError,
): TE.TaskEither<PaymentError, A> =>
  pipe(
    TE.tryCatch(() => task()(), error),
    TE.flatMapEither(identity),
  )

/**
 * Checks what a caller gave. A getter or a proxy may throw when it is read: then it is wrong at `path`, and what was thrown is not
 * repeated.
 */
export const checkPlainData = <E, A>(
  check: () => E.Either<E, A>,
  error: (issues: readonly Issue[]) => E,
  path = '(root)',
): E.Either<E, A> =>
  pipe(
    E.tryCatch(check, () => error([{ path, expected: 'plain data: a part of it threw when it was read' }])),
    E.flatMap(identity),
  )
