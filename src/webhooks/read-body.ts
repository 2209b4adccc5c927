import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** What a body may cost. */
export interface BodyLimits {
  /** The largest body in bytes. Default: 256 KiB. */
  readonly bodyBytes: number
  /** Milliseconds until the whole body must have come. Default: 10,000. */
  readonly bodyMs: number
}

/** Why a body was not read. */
export type Unread = 'encoded' | 'too_large' | 'too_slow' | 'broken_off'

type Reader = ReadableStreamDefaultReader<Uint8Array>

const collect = async (reader: Reader, maxBytes: number): Promise<E.Either<Unread, Uint8Array>> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return E.right(Buffer.concat(chunks))
    size += value.length
    if (size > maxBytes) return E.left('too_large')
    chunks.push(value)
  }
}

const collectInTime = async (reader: Reader, { bodyBytes, bodyMs }: BodyLimits) => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<E.Either<Unread, never>>((resolve) => {
    timer = setTimeout(() => resolve(E.left('too_slow')), bodyMs)
  })
  const read = await Promise.race([collect(reader, bodyBytes), late]).finally(() => clearTimeout(timer))
  // The rest of the body is not needed. It does not matter if it cannot be canceled any more.
  if (E.isLeft(read)) void reader.cancel().catch(() => undefined)
  return read
}

const isEncoded = (headers: Headers): boolean =>
  (headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity'

/** Reads a body within limits. A compressed one is refused: its size is not known before it is inflated. */
export const readBody = (request: Request, limits: BodyLimits): TE.TaskEither<Unread, Uint8Array> => {
  if (isEncoded(request.headers)) return TE.left('encoded')
  if (Number(request.headers.get('content-length')) > limits.bodyBytes) return TE.left('too_large')
  const { body } = request
  if (body === null) return TE.right(new Uint8Array())
  return pipe(
    TE.tryCatch(
      () => collectInTime(body.getReader(), limits),
      (): Unread => 'broken_off',
    ),
    TE.flatMapEither((read) => read),
  )
}
