import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Adapter } from '../core/index.js'
import type { AttemptRecord, Store } from '../ledger/index.js'
import { type AddressList, addressList } from './address-list.js'
import type { Decision } from './answer.js'
import { clientAddress } from './client-address.js'
import type { CheckedSettings } from './settings.js'
import { accountToken, hashOfToken, isAttemptToken, isSameToken } from './token.js'

/** The sender of a request, as the server knows it. */
export interface Client {
  /** The other end of the socket. Not what a header says: those are read here. */
  readonly address: string
  /** The lines of `X-Forwarded-For`, if the server keeps them apart. Default: the request's header. */
  readonly forwardedFor?: readonly string[]
}

/** What the address of a request says: a token of paymux is in it. */
export interface Addressed {
  /** The account. */
  readonly account: string
  /** Its adapter. */
  readonly adapter: Adapter
  /** The attempt that the address belongs to. Absent: it is the account's address. */
  readonly attempt?: AttemptRecord
}

const isToken = (segment: string): boolean => /^(?:[\w-]{22}|[\w-]{43})$/.test(segment)

/** A segment of a path without its escapes (RFC 3986, 6.2.2). One that does not decode is not one of ours. */
const unescaped = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}

/**
 * Account and token in the address of a request: the last two segments, whatever a proxy or a framework left of those before,
 * appended as a slash, doubled or escaped.
 */
const pathOf = ({ pathname }: URL): { readonly account: string; readonly token: string } | undefined => {
  const [account, token] = pathname
    .split('/')
    .filter((segment) => segment !== '')
    .slice(-2)
    .map(unescaped)
  return account === undefined || token === undefined || !isToken(token) ? undefined : { account, token }
}

/** Whether an address has the form of one of paymux. */
export const namesAddress = (url: URL): boolean => pathOf(url) !== undefined

const refuse = (reason: Decision['reason'], account?: string) =>
  TE.left<Decision>({ reason, ...(account === undefined ? {} : { account }) })

const attemptOf = (store: Pick<Store, 'attemptByToken'>, account: string, token: string) =>
  pipe(
    store.attemptByToken(hashOfToken(token)),
    TE.mapError((): Decision => ({ reason: 'store', account })),
    // The token of one account's attempt says nothing about another account.
    TE.flatMap((attempt) => (attempt?.account === account ? TE.right(attempt) : refuse('path'))),
  )

/**
 * What the address of a request says. A gateway that has one address for everything posts to it. A gateway that has an
 * address for each payment documents no method, so GET is taken too.
 */
export const addressed = (
  request: Request,
  secret: string,
  adapters: (account: string) => Adapter | undefined,
  store: Pick<Store, 'attemptByToken'>,
): TE.TaskEither<Decision, Addressed> => {
  if (request.method !== 'POST' && request.method !== 'GET') return refuse('method')
  const path = pathOf(new URL(request.url))
  const adapter = path && adapters(path.account)
  if (path === undefined || adapter === undefined) return refuse('path')
  const { account, token } = path
  if (isAttemptToken(token))
    return pipe(
      attemptOf(store, account, token),
      TE.map((attempt) => ({ account, adapter, attempt })),
    )
  if (!isSameToken(token, accountToken(secret, account))) return refuse('path')
  return request.method === 'POST' ? TE.right({ account, adapter }) : refuse('method', account)
}

// An adapter's list is one array for as long as the adapter lives.
const published = new WeakMap<readonly string[], AddressList | undefined>()

const publishedList = (ranges: readonly string[] | undefined): AddressList | undefined => {
  if (ranges === undefined) return undefined
  if (!published.has(ranges)) published.set(ranges, addressList(ranges))
  return published.get(ranges)
}

/**
 * Whether a request came from an unlisted source. Without a list, no source is unlisted. With a list, a source whose
 * address cannot be told is.
 */
export const isUnlistedSource = (
  request: Request,
  client: Client,
  { account, adapter }: Addressed,
  { isTrusted, sources }: CheckedSettings,
): boolean => {
  const isListed = sources.get(account)?.list ?? publishedList(adapter.notificationSources)
  if (isListed === undefined) return false
  const header = request.headers.get('x-forwarded-for')
  const address = clientAddress(client.address, client.forwardedFor ?? (header === null ? [] : [header]), isTrusted)
  return address === undefined || !isListed(address)
}
