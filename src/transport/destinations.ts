import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { invalidConfig, Origin, ownFields, type PaymentError, type Secret, type WireRequest } from '../core/index.js'
import type { Settings } from './options.js'
import { type OpenRequest, requestFactory } from './request-factory.js'
import { requestHead } from './request-head.js'

/** Where an account's requests go, by the names a `WireRequest` uses. */
export interface Destinations {
  /** The account's name, for the traces of its requests. Default: they name none. */
  readonly account?: string
  /** Base name to origin: `{ api: 'https://api.example.com' }`. Plain `http:` is taken for loopback addresses only. */
  readonly bases: Readonly<Record<string, string>>
  /** Auth name to header names (lower case) to whole header values: `{ none: {}, jwt: { authorization: new Secret('Bearer …') } }`. */
  readonly auths: Readonly<Record<string, Readonly<Record<string, Secret>>>>
  /** The forward proxy of every request, as `ProxyAddress` reads it. Default: none; environment variables name none. */
  readonly proxy?: Secret | undefined
}

const unknownName = (path: string, expected: string): E.Either<PaymentError, never> =>
  E.left(invalidConfig([{ path, expected }]))

/**
 * Opens wire requests at the origins of one account. Writes nothing. Gives `InvalidConfig` for a base or auth that the
 * account does not have, `InvalidRequest` for what cannot go on the wire as it is.
 */
export const requestsAt = (
  destinations: Destinations,
  settings: Settings,
): ((wire: WireRequest) => E.Either<PaymentError, OpenRequest>) => {
  const { bases, auths, proxy } = ownFields(destinations)
  const factories = new Map(
    Object.entries(bases).flatMap(([name, origin]) =>
      Origin.is(origin) ? [[name, requestFactory(origin, proxy, settings)]] : [],
    ),
  )
  return (wire) => {
    const factory = factories.get(wire.base)
    if (factory === undefined) return unknownName(`bases.${wire.base}`, 'an https origin')
    const auth = Object.hasOwn(auths, wire.auth) ? auths[wire.auth] : undefined
    if (auth === undefined) return unknownName(`auths.${wire.auth}`, 'headers')
    return pipe(
      requestHead(wire, auth),
      E.map((requestHeaders) => factory(wire, requestHeaders)),
    )
  }
}
