import * as E from 'fp-ts/lib/Either.js'
import { type Adapter, type NotificationTarget, omitUndefined, type RawNotification } from '../core/index.js'
import {
  type AttemptRecord,
  type InboxRecord,
  type ObjectKey,
  type ObjectRecord,
  objectKeyOf,
  READ_SPACING_MS,
  type Store,
  type Write,
} from '../ledger/index.js'
import { isWithinBounds } from './json-bounds.js'

/** A notification as the inbox keeps it. */
export interface ParsedNotification {
  /** The same for deliveries that report the same. */
  readonly dedupeKey: string
  /** What it points at. Absent: it could not be understood. */
  readonly object?: ObjectKey
  /** The gateway's words or numbers as reported, by resource. */
  readonly reported: InboxRecord['reported']
  /** What is kept of the body: text, or a data URL if it is not UTF-8 or has a NUL in it. */
  readonly body: string
  /** It came to the address of one object and names another. It is stored, and no refresh is requested. */
  readonly contradicts: boolean
}

/** A body as text that both stores hold, or `undefined` if it is not UTF-8 or has a NUL in it. */
const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

// Not by an expression, which would look at a long run of spaces once for each of them.
const isStray = (character: string | undefined): boolean => character === '\ufffd' || character === ' '

const withoutStrayEnds = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isStray(text[start])) start += 1
  while (end > start && isStray(text[end - 1])) end -= 1
  return text.slice(start, end)
}

/**
 * A body as the adapter reads it. It only says which object to read, so a byte that does not belong there costs no read: a
 * byte order mark is dropped, a NUL is a space, and other bytes that are not UTF-8 are U+FFFD, or nothing at either end.
 */
const readable = (bytes: Uint8Array): string => withoutStrayEnds(new TextDecoder().decode(bytes).replaceAll('\0', ' '))

/** The longest body that is kept whole, in characters. What it points at was read from all of it. */
const KEPT_CHARACTERS = 4096

const kept = (body: string): string =>
  body.length <= KEPT_CHARACTERS ? body : `${body.slice(0, KEPT_CHARACTERS)}… (truncated)`

const dataUrlOf = (bytes: Uint8Array): string =>
  `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`

/** What an adapter reads in it. An adapter that throws, or names another account, breaks its contract and is ignored. */
const targetOf = (adapter: Adapter, raw: RawNotification): NotificationTarget | undefined => {
  try {
    const target = adapter.notification(raw)
    return E.isRight(target) && target.right.reference.account === adapter.account ? target.right : undefined
  } catch {
    return undefined
  }
}

const isById = ({ id }: ObjectKey): boolean => !id.startsWith('key:')

const isOther = (named: ObjectKey, own: ObjectKey | undefined): boolean =>
  own !== undefined && own.kind === named.kind && own.id !== named.id && isById(own) && isById(named)

/**
 * Reads a notification. `own` is the object that the address belongs to, if it belongs to one. Whitespace, order of
 * fields and time of receipt are no part of the key: two deliveries that report the same have the same key. The key stands in
 * clear: only with the ledger's own key can it be compared with a guess.
 */
export const parseNotification = (
  adapter: Adapter,
  raw: Omit<RawNotification, 'body'>,
  bytes: Uint8Array,
  own: ObjectKey | undefined,
  { fingerprint }: Pick<Store, 'fingerprint'>,
): ParsedNotification => {
  const keyOf = (...texts: readonly string[]): string => fingerprint(JSON.stringify(['notification', ...texts]))
  const text = readable(bytes)
  const target = isWithinBounds(text) ? targetOf(adapter, { ...raw, body: text }) : undefined
  const named = target && objectKeyOf(target.reference)
  const contradicts = named !== undefined && isOther(named, own)
  const rest = { body: kept(textOf(bytes) ?? dataUrlOf(bytes)), contradicts }
  if (target !== undefined && named !== undefined && !contradicts) {
    const reported = Object.entries(target.reported).sort(([a], [b]) => (a < b ? -1 : 1))
    const dedupeKey = keyOf(named.account, named.kind, named.id, ...reported.flat())
    return { ...rest, dedupeKey, object: named, reported: target.reported }
  }
  const content = Buffer.from(bytes).toString('latin1')
  if (own === undefined || contradicts) return { ...rest, dedupeKey: keyOf(content), reported: {} }
  return { ...rest, dedupeKey: keyOf(own.account, own.kind, own.id, content), object: own, reported: {} }
}

/** Whether the last read showed all that is reported. A notification that reports nothing may be about any change. */
const isKnownAlready = (reported: ParsedNotification['reported'], { providerState }: ObjectRecord): boolean => {
  const words = Object.entries(reported)
  const seen = new Map(Object.entries(providerState))
  return words.length > 0 && words.every(([resource, word]) => seen.get(resource) === word)
}

const stateOf = ({ object }: ParsedNotification, record: ObjectRecord | undefined): InboxRecord['state'] => {
  if (object === undefined) return 'quarantined'
  return record === undefined ? 'unmatched' : 'known'
}

const requestRefresh = (
  { object, reported }: ParsedNotification,
  record: ObjectRecord | undefined,
  now: number,
): readonly Write[] => {
  if (object === undefined) return []
  // The object may be recorded by the time of the commit, and was read then.
  if (record === undefined) return [{ write: 'match', object, at: now + READ_SPACING_MS }]
  if (isKnownAlready(reported, record)) return []
  return [{ write: 'request_refresh', object, at: Math.max(now, record.lastReadAt + READ_SPACING_MS) }]
}

/** To an address whose attempt is not known to have executed, any notification is a reason to poll. */
const requestPoll = (
  attempt: AttemptRecord | undefined,
  { contradicts }: ParsedNotification,
  now: number,
): readonly Write[] =>
  attempt === undefined || attempt.state === 'executed' || contradicts
    ? []
    : [{ write: 'request_poll', id: attempt.operationId, at: now + READ_SPACING_MS }]

/** What a notification asks to be written. */
export interface Entry {
  readonly record: InboxRecord
  /**
   * The refresh and the poll that it requests. Whether it came before does not matter: a refresh is requested whenever the report
   * differs from what was read last, so that the last of `failed, accepted, failed` is read too.
   */
  readonly requests: readonly Write[]
}

/** The entry of a notification, with what it requests. */
export const entryOf = (
  { account, attempt, isUnlisted }: { account: string; attempt: AttemptRecord | undefined; isUnlisted: boolean },
  notification: ParsedNotification,
  record: ObjectRecord | undefined,
  now: number,
): Entry => {
  const { dedupeKey, object, reported, body } = notification
  return {
    record: {
      account,
      dedupeKey,
      ...omitUndefined({ object }),
      reported,
      body,
      ...omitUndefined({ tokenHash: attempt?.tokenHash }),
      receivedAt: now,
      deliveries: 1,
      unlistedSource: isUnlisted,
      state: stateOf(notification, record),
    },
    requests: [...requestRefresh(notification, record, now), ...requestPoll(attempt, notification, now)],
  }
}
