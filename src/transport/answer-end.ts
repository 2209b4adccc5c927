/** What the end of an answer is told by: the last bytes of the connection. */
const TAIL_BYTES = 64

/** The last bytes of what came before and what comes now. */
export const tailOf = (before: Buffer, chunk: Buffer): Buffer =>
  chunk.length >= TAIL_BYTES ? chunk.subarray(-TAIL_BYTES) : Buffer.concat([before, chunk]).subarray(-TAIL_BYTES)

const headEnd = Buffer.from('\r\n\r\n')

/**
 * Whether the last bytes of a connection are those of its last answer's end: the end of the body, or of the head or the
 * last chunk. Node drops what follows an answer, if it is not an answer on its own.
 */
export const endsWithAnswer = (tail: Buffer, body: Buffer, isChunked: boolean): boolean => {
  const end = isChunked || body.length === 0 ? headEnd : body.subarray(-TAIL_BYTES)
  return tail.subarray(-end.length).equals(end)
}
