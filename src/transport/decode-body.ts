import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf } from './failure.js'

type Inflate = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>

// We ask for `identity`. Some servers and what stands before them send these nevertheless.
const encodings: ReadonlyMap<string, Inflate> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
])

const inflated = async (
  bytes: Buffer,
  encoding: string,
  max: number,
): Promise<E.Either<string | undefined, Buffer>> => {
  const inflate = encodings.get(encoding.trim().toLowerCase())
  if (inflate === undefined) return E.left('UNKNOWN_CONTENT_ENCODING')
  try {
    return E.right(await inflate(bytes, { maxOutputLength: max }))
  } catch (error) {
    const code = codeOf(error)
    return E.left(code === 'ERR_BUFFER_TOO_LARGE' ? 'EMSGSIZE' : code)
  }
}

const charsetIn = (contentType: string | undefined): string =>
  /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8'

const decoderFor = (charset: string): InstanceType<typeof TextDecoder> | undefined => {
  try {
    return new TextDecoder(charset, { fatal: true })
  } catch {
    return undefined
  }
}

const inCharset = (bytes: Buffer, charset: string): E.Either<string, string> => {
  const decoder = decoderFor(charset)
  if (decoder === undefined) return E.left('UNKNOWN_CHARSET')
  try {
    return E.right(decoder.decode(bytes))
  } catch {
    return E.left('EILSEQ')
  }
}

const textOf = (bytes: Buffer, charset: string): E.Either<string, string> => {
  if (charset !== 'utf-8' && charset !== 'utf8') return inCharset(bytes, charset)
  if (!isUtf8(bytes)) return E.left('EILSEQ')
  const text = bytes.toString('utf8')
  // PHP programs saved with a byte order mark begin every answer with it.
  return E.right(text.startsWith('\uFEFF') ? text.slice(1) : text)
}

/**
 * The text of a body. Gives a code instead for an encoding or charset that we do not read (`UNKNOWN_CONTENT_ENCODING`,
 * `UNKNOWN_CHARSET`), for bytes that are not in the charset (`EILSEQ`), and for more than `max` bytes (`EMSGSIZE`).
 */
export const decodeBody = (
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  max: number,
): E.Either<string, string> | Promise<E.Either<string | undefined, string>> => {
  const charset = charsetIn(headers['content-type'])
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity' || encoding === '') return textOf(bytes, charset)
  return inflated(bytes, encoding, max).then((whole) => (E.isLeft(whole) ? whole : textOf(whole.right, charset)))
}
