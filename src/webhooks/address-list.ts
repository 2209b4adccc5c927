import { BlockList } from 'node:net'
import { addressRangeOf } from '../core/index.js'

/** Whether an address is among a list's addresses and ranges. Compares parsed values, never text. */
export type AddressList = (address: string) => boolean

const add = (list: BlockList, text: string): boolean => {
  const range = addressRangeOf(text)
  if (range === undefined) return false
  const { address, family, prefix } = range
  if (prefix === undefined) list.addAddress(address, family)
  else list.addSubnet(address, prefix, family)
  return true
}

/**
 * A list of addresses and CIDR ranges. `undefined` if one of them is neither. An IPv4 address that is written as an IPv6 one
 * counts as IPv4.
 */
export const addressList = (ranges: readonly string[]): AddressList | undefined => {
  const list = new BlockList()
  if (!ranges.every((range) => add(list, range))) return undefined
  return (address) => {
    const family = addressRangeOf(address)?.family
    return family !== undefined && list.check(address, family)
  }
}
