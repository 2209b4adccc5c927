import type { IncomingMessage } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import type { WireRequest } from '../core/index.js'
import { codeOf } from './failure.js'

const MIB = 1024 * 1024

/** How many bytes the answer to a request may have, as they come and as decoded. */
export const maxBytes = (wire: WireRequest): number =>
  Object.hasOwn(wire, 'answer') && wire.answer === 'list' ? 32 * MIB : MIB

/**
 * Reads the whole body of an answer. Gives a code instead if it is larger than `max` bytes (`EMSGSIZE`) or ends before the
 * length it promised.
 */
export const readBody = (
  response: IncomingMessage,
  max: number,
  done: (body: E.Either<string | undefined, Buffer>) => void,
): void => {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > max) done(E.left('EMSGSIZE'))
    else chunks.push(chunk)
  })
  response.on('end', () => done(response.complete ? E.right(Buffer.concat(chunks)) : E.left('ECONNRESET')))
  response.on('error', (error) => done(E.left(codeOf(error))))
}
