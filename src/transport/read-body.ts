import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf } from './fault.js'

const MAX_ANSWER_BYTES = 1024 * 1024

const isEncoded = (headers: IncomingHttpHeaders): boolean =>
  headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity'

const decoded = (bytes: Buffer): E.Either<string, string> => {
  try {
    return E.right(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return E.left('EILSEQ')
  }
}

/**
 * The whole body of an answer as text. Gives a code instead where it is encoded (`ENOTSUP`: we asked for `identity`),
 * above 1 MiB (`EMSGSIZE`), no UTF-8 (`EILSEQ`), or ends before the length it promised.
 */
export const readBody = (response: IncomingMessage): Promise<E.Either<string | undefined, string>> =>
  new Promise((resolve) => {
    if (isEncoded(response.headers)) return resolve(E.left('ENOTSUP'))
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) resolve(E.left('EMSGSIZE'))
      else chunks.push(chunk)
    })
    response.once('end', () => resolve(response.complete ? decoded(Buffer.concat(chunks)) : E.left('ECONNRESET')))
    response.once('error', (error) => resolve(E.left(codeOf(error))))
  })
