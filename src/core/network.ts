import { isIP } from 'node:net'
import { text } from './decode.js'

/** Whether a text is an IPv4 or IPv6 address. One with a zone (`fe80::1%eth0`) is not: it means something on one machine only. */
export const isAddress = (value: string): boolean => isIP(value) !== 0 && !value.includes('%')

/** An address, or a range of addresses in CIDR notation. */
export interface AddressRange {
  /** The address, or the first one of the range. */
  readonly address: string
  /** The family of the address. */
  readonly family: 'ipv4' | 'ipv6'
  /** How many leading bits the addresses of the range share. Absent: one address. */
  readonly prefix?: number
}

/**
 * Reads an address or a CIDR range. `undefined` for other text, and for a range of every address: such a range would trust
 * every sender.
 */
export const addressRangeOf = (value: string): AddressRange | undefined => {
  const [address = '', bits, ...rest] = value.split('/')
  if (!isAddress(address) || rest.length > 0) return undefined
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  if (bits === undefined) return { address, family }
  const prefix = /^[1-9]\d{0,2}$/.test(bits) ? Number(bits) : Number.NaN
  return prefix <= (family === 'ipv4' ? 32 : 128) ? { address, family, prefix } : undefined
}

/** An address or a CIDR range in a configuration. */
export const AddressRangeText = text(
  'an address or a CIDR range, not of every address',
  (value) => addressRangeOf(value) !== undefined,
)

/** Whether a host is this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))

/** Whether an address is `https:`, or `http:` on a loopback address. */
export const isSecureUrl = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))

/**
 * The address that gateways reach the webhook handler at: `https:` (`http:` for loopback addresses only), without user,
 * query, fragment and spaces.
 */
export const PublicUrl = text(
  'an https address without user, query, fragment and spaces (http for loopback addresses only)',
  (value) => !/[?#@\s]/.test(value) && URL.canParse(value) && isSecureUrl(new URL(value)),
)
