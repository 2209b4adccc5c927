import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import { type Draft, decode, indeterminate, type PaymentError } from '../../core/index.js'

/** The memo of a draft. One that cannot be read, written by another version, leaves the outcome unknown. */
export const memoOf = <A>(codec: t.Decoder<unknown, A>, draft: Draft): E.Either<PaymentError, A> =>
  pipe(
    decode(codec, draft.memo),
    E.mapLeft(() => indeterminate(draft.wire.effect, 'answer')),
  )
