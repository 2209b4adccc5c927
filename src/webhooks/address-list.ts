import { BlockList, isIP } from 'node:net'

/** Tells whether an address is among a list's addresses and ranges. Compares parsed values, never text. */
export type AddressList = (address: string) => boolean

type Family = 'ipv4' | 'ipv6'

const familyOf = (address: string): Family | undefined => {
  switch (isIP(address)) {
    case 4:
      return 'ipv4'
    case 6:
      return 'ipv6'
    default:
      return undefined
  }
}

/**
 * Text that is an address, or `undefined` for what is none: `018.1.1.1`, `1.2.3`, `1.2.3.4:80`, `unknown`. One with a zone
 * names a link of some machine's, and is none.
 */
export const addressOf = (text: string): string | undefined =>
  isIP(text) === 0 || text.includes('%') ? undefined : text

const add = (list: BlockList, range: string): boolean => {
  const [address = '', bits, ...rest] = range.split('/')
  const family = familyOf(address)
  if (family === undefined || addressOf(address) === undefined || rest.length > 0) return false
  if (bits === undefined) {
    list.addAddress(address, family)
    return true
  }
  const prefix = /^(0|[1-9]\d{0,2})$/.test(bits) ? Number(bits) : Number.NaN
  // A range of everything trusts everyone, and is a mistake in every list there is here.
  if (!(prefix >= 1 && prefix <= (family === 'ipv4' ? 32 : 128))) return false
  list.addSubnet(address, prefix, family)
  return true
}

/** A list of addresses and CIDR ranges, or `undefined` where one of them is neither. IPv4 in IPv6 spelling counts as IPv4. */
export const addressList = (ranges: readonly string[]): AddressList | undefined => {
  const list = new BlockList()
  if (!ranges.every((range) => add(list, range))) return undefined
  return (address) => {
    const family = familyOf(address)
    return family !== undefined && list.check(address, family)
  }
}
