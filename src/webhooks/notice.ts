import * as E from 'fp-ts/lib/Either.js'
import { type Adapter, digestOf, type Hint, type RawNotification } from '../core/index.js'
import {
  type AttemptRecord,
  type InboxRecord,
  type ObjectKey,
  type ObjectRecord,
  objectKeyOf,
  READ_SPACING_MS,
  type Write,
} from '../ledger/index.js'
import { isWithinBounds } from './json-bounds.js'

/** A notification as the inbox keeps it. */
export interface Notice {
  readonly dedupeKey: string
  /** Absent where none could be made out. */
  readonly object?: ObjectKey
  readonly claimed: InboxRecord['claimed']
  readonly body: string
  /** It came to the address of one object and names another. It is kept, and calls for nothing. */
  readonly contradicts: boolean
}

const hex = (digest: Uint8Array): string => Buffer.from(digest).toString('hex')

/** A body as text, or `undefined` where it is not UTF-8. */
const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const dataUrlOf = (bytes: Uint8Array): string =>
  `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`

/** What an adapter makes of it. One that throws, or that speaks of another account, breaks its contract and is not believed. */
const hintOf = (adapter: Adapter, raw: RawNotification): Hint | undefined => {
  try {
    const hint = adapter.notification(raw)
    return E.isRight(hint) && hint.right.reference.account === adapter.account ? hint.right : undefined
  } catch {
    return undefined
  }
}

const isById = ({ id }: ObjectKey): boolean => !id.startsWith('key:')

const isOther = (named: ObjectKey, own: ObjectKey | undefined): boolean =>
  own !== undefined && own.kind === named.kind && own.id !== named.id && isById(own) && isById(named)

/**
 * Reads a notification. `own` is the object that the address belongs to, where it belongs to one. Whitespace, order of
 * fields and time of receipt are no part of the key: two deliveries of the same claim are the same.
 */
export const noticeOf = (
  adapter: Adapter,
  raw: Omit<RawNotification, 'body'>,
  bytes: Uint8Array,
  own: ObjectKey | undefined,
): Notice => {
  const text = textOf(bytes)
  const hint = text !== undefined && isWithinBounds(text) ? hintOf(adapter, { ...raw, body: text }) : undefined
  const named = hint && objectKeyOf(hint.reference)
  const contradicts = named !== undefined && isOther(named, own)
  const rest = { body: text ?? dataUrlOf(bytes), contradicts }
  if (hint !== undefined && named !== undefined && !contradicts) {
    const claims = Object.entries(hint.claimed).sort(([a], [b]) => (a < b ? -1 : 1))
    const dedupeKey = hex(digestOf(named.account, named.kind, named.id, ...claims.flat()))
    return { ...rest, dedupeKey, object: named, claimed: hint.claimed }
  }
  const content = hex(digestOf(Buffer.from(bytes).toString('latin1')))
  if (own === undefined || contradicts) return { ...rest, dedupeKey: content, claimed: {} }
  return { ...rest, dedupeKey: hex(digestOf(own.account, own.kind, own.id, content)), object: own, claimed: {} }
}

/** Whether the last read saw all that is claimed. What claims nothing may mean anything. */
const saysNothingNew = (claimed: Notice['claimed'], { providerState }: ObjectRecord): boolean => {
  const claims = Object.entries(claimed)
  const seen = new Map(Object.entries(providerState))
  return claims.length > 0 && claims.every(([resource, word]) => seen.get(resource) === word)
}

const stateOf = ({ object }: Notice, record: ObjectRecord | undefined): InboxRecord['state'] => {
  if (object === undefined) return 'quarantined'
  return record === undefined ? 'unmatched' : 'known'
}

const ringing = ({ object, claimed }: Notice, record: ObjectRecord | undefined, now: number): readonly Write[] => {
  if (object === undefined) return []
  // It may be there by the time of the commit, and was read then.
  if (record === undefined) return [{ write: 'match', object, at: now + READ_SPACING_MS }]
  if (saysNothingNew(claimed, record)) return []
  return [{ write: 'ring', object, at: Math.max(now, record.lastReadAt + READ_SPACING_MS) }]
}

/** To an address whose attempt is not known to have executed, any notification is a reason to look. */
const ringingOperation = (
  attempt: AttemptRecord | undefined,
  { contradicts }: Notice,
  now: number,
): readonly Write[] =>
  attempt === undefined || attempt.state === 'executed' || contradicts
    ? []
    : [{ write: 'ring_operation', id: attempt.operationId, at: now + READ_SPACING_MS }]

/**
 * The entry and the bells of a notification, to be committed together. Whether it came before does not matter: the bell is
 * rung whenever the claim differs from what was read last, so that `failed, accepted, failed` ends as it should.
 */
export const entryOf = (
  account: string,
  notice: Notice,
  record: ObjectRecord | undefined,
  attempt: AttemptRecord | undefined,
  now: number,
): { readonly state: InboxRecord['state']; readonly writes: readonly Write[] } => {
  const { dedupeKey, object, claimed, body } = notice
  const state = stateOf(notice, record)
  const known = object === undefined ? {} : { object }
  const entry: InboxRecord = { account, dedupeKey, ...known, claimed, body, receivedAt: now, deliveries: 1, state }
  return {
    state,
    writes: [{ write: 'inbox', entry }, ...ringing(notice, record, now), ...ringingOperation(attempt, notice, now)],
  }
}
