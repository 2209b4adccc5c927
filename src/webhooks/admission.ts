import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Adapter } from '../core/index.js'
import type { AttemptRecord, Store } from '../ledger/index.js'
import { type AddressList, addressList } from './address-list.js'
import type { Outcome } from './answer.js'
import { clientAddress } from './client-address.js'
import type { CheckedSettings } from './settings.js'
import { accountToken, hashOfToken, isAttemptToken, isSameToken } from './token.js'

/** Whom a request came from, as the server knows it. */
export interface Client {
  /** The other end of the socket. Not what a header says: those are read here. */
  readonly address: string
  /** The lines of `X-Forwarded-For`, where the server tells them apart. Absent: the request's header. */
  readonly forwardedFor?: readonly string[]
}

/** A request whose address holds a token of ours. */
export interface Addressed {
  readonly account: string
  readonly adapter: Adapter
  /** Whose address it is, where it is not the account's. */
  readonly attempt?: AttemptRecord
}

// The last two segments, whatever a proxy or a framework left of those before. None of the characters is ever escaped.
const addressPath = /(?:^|\/)([\w.-]{1,64})\/([\w-]{22}|[\w-]{43})$/

const pathOf = (request: Request): { readonly account: string; readonly token: string } | undefined => {
  const [, account, token] = addressPath.exec(new URL(request.url).pathname) ?? []
  return account === undefined || token === undefined ? undefined : { account, token }
}

const refuse = (reason: Outcome['reason'], account?: string) =>
  TE.left<Outcome>({ reason, ...(account === undefined ? {} : { account }) })

const attemptOf = (store: Pick<Store, 'attemptByToken'>, account: string, token: string) =>
  pipe(
    store.attemptByToken(hashOfToken(token)),
    TE.mapError((): Outcome => ({ reason: 'store', account })),
    // The token of one account's attempt says nothing about another account.
    TE.flatMap((attempt) => (attempt?.account === account ? TE.right(attempt) : refuse('path'))),
  )

/**
 * Whose address a request came to. A gateway that is given one address for everything posts to it; one that is given an
 * address for each payment documents no method, and may as well get it.
 */
export const addressed = (
  request: Request,
  secret: string,
  adapters: (account: string) => Adapter | undefined,
  store: Pick<Store, 'attemptByToken'>,
): TE.TaskEither<Outcome, Addressed> => {
  if (request.method !== 'POST' && request.method !== 'GET') return refuse('method')
  const path = pathOf(request)
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
 * Whether a request came from elsewhere than the account's notifications do. Without a list nobody is foreign; with one,
 * everybody whose address cannot be told is.
 */
export const isForeign = (
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
