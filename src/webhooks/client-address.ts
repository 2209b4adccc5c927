import { isAddress } from '../core/index.js'
import type { AddressList } from './address-list.js'

/** More hops than any real chain of proxies has. */
const MAX_HOPS = 20

/**
 * The address that a request came from, or `undefined` if it cannot be told. `peer` is the other end of the socket,
 * `forwardedFor` the lines of `X-Forwarded-For`. The lines are believed from trusted proxies only, and read from right to
 * left: each proxy appends the address that it was called from, so the sender may have written what stands left of the first
 * untrusted address.
 */
export const clientAddress = (
  peer: string,
  forwardedFor: readonly string[],
  isTrusted: AddressList,
): string | undefined => {
  if (!isAddress(peer)) return undefined
  if (!isTrusted(peer)) return peer
  const lines = [...new Set(forwardedFor.map((line) => line.trim()))]
  if (lines.length !== 1) return undefined
  const hops = (lines[0] ?? '').split(',').map((hop) => hop.trim())
  if (hops.length > MAX_HOPS || !hops.every(isAddress)) return undefined
  return hops.findLast((hop) => !isTrusted(hop))
}
