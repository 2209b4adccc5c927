import { isIPv4 } from 'node:net'

/** Whether a host name is this machine: `localhost`, `[::1]` or an address in 127.0.0.0/8. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
