import { type AddressList, addressOf } from './address-list.js'

/** More hops than any real chain of proxies has. */
const MAX_HOPS = 20

/**
 * Whose address a request came from, or `undefined` where that cannot be told. `peer` is the other end of the socket,
 * `forwardedFor` the lines of `X-Forwarded-For`. They are believed from trusted proxies only, and read from right to left:
 * each proxy appends whom it heard from, so what stands left of the first untrusted address was written by a stranger.
 */
export const clientAddress = (
  peer: string,
  forwardedFor: readonly string[],
  isTrusted: AddressList,
): string | undefined => {
  const from = addressOf(peer)
  if (from === undefined || !isTrusted(from)) return from
  const lines = [...new Set(forwardedFor.map((line) => line.trim()))]
  if (lines.length !== 1) return undefined
  const hops = (lines[0] ?? '').split(',').map((hop) => addressOf(hop.trim()))
  if (hops.length > MAX_HOPS || hops.includes(undefined)) return undefined
  return hops.findLast((hop) => hop !== undefined && !isTrusted(hop))
}
