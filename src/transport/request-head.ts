import * as E from 'fp-ts/lib/Either.js'
import { invalidConfig, invalidRequest, type PaymentError, type Secret, type WireRequest } from '../core/index.js'
import type { RequestHead } from './request-factory.js'

const MAX_BODY_BYTES = 1024 * 1024
const MAX_VALUE_LENGTH = 8192

// They frame the message or decide where it goes and in which form the answer comes.
const own = /^(host|connection|content-length|transfer-encoding|accept-encoding|expect|upgrade|te|trailer|keep-alive)$/

const isName = (name: string): boolean => /^[a-z0-9-]{1,64}$/.test(name) && !own.test(name)

// Clients rewrite what does not fit in a header, each in its own way. We refuse it.
const isValue = (value: string | undefined): value is string =>
  value !== undefined && value.length > 0 && value.length <= MAX_VALUE_LENGTH && !/[^\x20-\x7e]|^ | $/.test(value)

const refuse = (path: string, expected: string): E.Either<PaymentError, never> =>
  E.left(invalidRequest([{ path, expected }]))

/** The head of a wire request with its credentials, which are revealed here and nowhere else. Gives `InvalidConfig` or `InvalidRequest`. */
export const requestHead = (
  wire: WireRequest,
  auth: Readonly<Record<string, Secret>>,
): E.Either<PaymentError, RequestHead> => {
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(wire.path)) return refuse('path', 'an escaped path and query, starting with /')
  if (wire.body !== undefined && Buffer.byteLength(wire.body) > MAX_BODY_BYTES) return refuse('body', 'at most 1 MiB')
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  for (const name of Object.keys(wire.headers)) {
    const value = wire.headers[name]
    if (!isName(name) || Object.hasOwn(auth, name))
      return refuse('headers', 'lower-case names of headers that the transport does not set itself')
    if (!isValue(value)) return refuse(`headers.${name}`, 'one line of printable ASCII')
    headers[name] = value
  }
  for (const name of Object.keys(auth)) {
    const value = auth[name]?.reveal()
    if (!isName(name) || !isValue(value))
      return E.left(invalidConfig([{ path: `auths.${wire.auth}`, expected: 'headers of printable ASCII' }]))
    headers[name] = value
  }
  return E.right({ method: wire.method, path: wire.path, headers })
}
