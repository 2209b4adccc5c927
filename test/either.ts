import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** The value of a success; throws for an error. */
export const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(`expected success, got ${inspect(either.left)}`)
  return either.right
}

/** The error of a failure; throws for a success. */
export const left = <L>(either: E.Either<L, unknown>): L => {
  if (E.isRight(either)) throw new Error('expected an error, got success')
  return either.left
}

/** Runs a task that has to succeed, and gives its value. */
export const succeed = async <A>(task: TaskEither<unknown, A>): Promise<A> => right(await task())

/** Runs a task that has to fail, and gives its error. */
export const fail = async <L>(task: TaskEither<L, unknown>): Promise<L> => left(await task())
