import { isAddress } from '../core/index.js'
import type { AddressList } from './address-list.js'

// `203.0.113.7:51008`, `[2001:db8::1]`, `[::ffff:203.0.113.7]:51008`. An IPv6 address without brackets has no port.
const withPort = /^(?:([\d.]+)|\[([\da-f:.]+)\])(?::\d{1,5})?$/i

/** The address in one element of `X-Forwarded-For`, without its port. `undefined` if it holds no address. */
const addressOfHop = (hop: string): string | undefined => {
  const [, v4, v6] = withPort.exec(hop) ?? []
  const address = v4 ?? v6 ?? hop
  return isAddress(address) ? address : undefined
}

/**
 * The address that a request came from, or `undefined` if it cannot be told. `peer` is the other end of the socket,
 * `forwardedFor` the lines of `X-Forwarded-For`, which are one list. It is believed from trusted proxies only, and read from
 * right to left: each proxy appends the address that it was called from. The first one that is not trusted decides. What stands
 * left of it is the sender's own text, and does not matter. Empty elements do not count (RFC 9110, 5.6.1).
 */
export const clientAddress = (
  peer: string,
  forwardedFor: readonly string[],
  isTrusted: AddressList,
): string | undefined => {
  if (!isAddress(peer)) return undefined
  if (!isTrusted(peer)) return peer
  const hops = forwardedFor.flatMap((line) => line.split(',')).map((hop) => hop.trim())
  const deciding = hops.findLast((hop) => {
    const address = addressOfHop(hop)
    return hop !== '' && (address === undefined || !isTrusted(address))
  })
  return deciding === undefined ? undefined : addressOfHop(deciding)
}
