import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf } from './failure.js'

const MAX_BYTES = 1024 * 1024

const isEncoded = (encoding: string | undefined): boolean => encoding !== undefined && encoding !== 'identity'

const decoded = (bytes: Buffer): E.Either<string, string> =>
  isUtf8(bytes) ? E.right(bytes.toString('utf8')) : E.left('EILSEQ')

/**
 * Reads the whole body of an answer as text. Gives a code instead if the body is encoded (`ENOTSUP`: we asked for
 * `identity`), larger than 1 MiB (`EMSGSIZE`), not UTF-8 (`EILSEQ`), or ends before the length it promised.
 */
export const readBody = (
  response: IncomingMessage,
  done: (body: E.Either<string | undefined, string>) => void,
): void => {
  if (isEncoded(response.headers['content-encoding'])) {
    done(E.left('ENOTSUP'))
    return
  }
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_BYTES) done(E.left('EMSGSIZE'))
    else chunks.push(chunk)
  })
  response.on('end', () => done(response.complete ? decoded(Buffer.concat(chunks)) : E.left('ECONNRESET')))
  response.on('error', (error) => done(E.left(codeOf(error))))
}
