import * as E from 'fp-ts/lib/Either.js'
import {
  type Adapter,
  isOfAnother,
  omitUndefined,
  type PaymentError,
  type Read,
  type Reference,
  traced,
} from '../../core/index.js'
import { type AttemptRecord, type InboxRecord, objectKeyOf, observe, originOf } from '../../ledger/index.js'
import type { Context } from '../context.js'
import { expectedOf, expecting } from '../operations/money-methods.js'
import { readBack } from './read-back.js'

/** How many entries one run looks at. */
const BATCH = 10

/** What became of an entry: the attempt that it is of, that it is of none, or nothing yet. */
type Claim = { readonly attempt: AttemptRecord; readonly proven: boolean } | 'none' | 'later'

const attemptOf = (attempt: AttemptRecord | undefined, proven: boolean): Claim => {
  if (attempt === undefined) return 'none'
  if (attempt.state === 'abandoned') return { attempt, proven }
  return attempt.state === 'dispatched' ? 'later' : 'none'
}

const isFinal = ({ _tag }: PaymentError): boolean => ['Refused', 'InvalidRequest', 'Unsupported'].includes(_tag)

/** What a claim works with: the adapter of its account, and how many reads that takes in a second. */
interface Claiming extends Context {
  readonly from: Adapter
  readonly perSecond: number
}

/**
 * Reads a payment within the budget of its account: a sender of forgeries takes no more of it than other notifications. The
 * second read of a payment that is `proven` to be ours is made at once; it counts if the budget has one left.
 */
const readPayment = async (
  reference: Reference<'payment'>,
  { from, perSecond, ...context }: Claiming,
  proven: boolean,
): Promise<Read<'payment'> | 'none' | 'later'> => {
  const acquired = await context.store.acquireRead(from.account, perSecond)()
  if (!proven && (E.isLeft(acquired) || !acquired.right)) return 'later'
  const read = await readBack(from, reference, context)()
  if (E.isRight(read)) return read.right
  return isFinal(read.left) ? 'none' : 'later'
}

/** The attempt that an entry's address belongs to or, at an account's own address, the one whose key the payment carries. */
const claimOf = async (
  { account, tokenHash }: InboxRecord,
  reference: Reference<'payment'>,
  claiming: Claiming,
): Promise<Claim> => {
  const { store } = claiming
  if (tokenHash !== undefined) {
    const attempt = await store.attemptByToken(tokenHash)()
    return E.isLeft(attempt) ? 'later' : attemptOf(attempt.right, false)
  }
  // Without an attempt that has a key, no read is worth its place in the budget.
  const any = await store.abandonedAttempt(account)()
  if (E.isLeft(any)) return 'later'
  if (any.right === undefined) return 'none'
  const read = await readPayment(reference, claiming, false)
  if (typeof read === 'string') return read
  const key = read.content.names?.key
  if (key === undefined) return 'none'
  const attempt = await store.abandonedAttempt(account, key)()
  return E.isLeft(attempt) ? 'later' : attemptOf(attempt.right, true)
}

// A sender that knows an address may name any payment: one that the payer has not begun may be of an operation that is being made.
const isBegun = ({ content: { status } }: Read<'payment'>): boolean =>
  !['created', 'requires_action', 'unknown'].includes(status)

/** Reads the payment of an abandoned attempt, and records it with the operation that made it. */
const record = async (
  { attempt, proven }: Exclude<Claim, string>,
  reference: Reference<'payment'>,
  claiming: Claiming,
): Promise<'recorded' | 'none' | 'later'> => {
  const { store, now, from } = claiming
  const view = await store.operation(attempt.operationId)()
  if (E.isLeft(view)) return 'later'
  if (view.right === undefined) return 'none'
  const { operation } = view.right
  const read = await readPayment(expecting(reference, operation), claiming, proven)
  if (typeof read === 'string') return read
  const { content } = read
  const names = attempt.draft?.names
  if (isOfAnother(content, names) || !(proven || isBegun(read))) return 'none'
  const { writes } = observe<'payment'>(objectKeyOf(content.reference), undefined, read, content, {
    now: now(),
    afterwards: from.capabilities,
    origin: originOf(operation, attempt),
    abandoned: true,
    ...expectedOf(operation),
    ...omitUndefined({ names }),
  })
  const committed = await store.commit(writes)()
  return E.isLeft(committed) ? 'later' : 'recorded'
}

/** Where payments are looked for. */
export interface Searching {
  /** The accounts that this process can read. */
  readonly accounts: readonly string[]
  /** How many reads an account may take in a second, over all that is read of it. */
  readonly perSecond: number
}

const claimEntry = async (entry: InboxRecord, context: Context, perSecond: number): Promise<boolean> => {
  const { account, dedupeKey, object } = entry
  const from = context.adapter(account)
  if (from === undefined || object === undefined) return false
  const reference = { kind: 'payment', account, id: object.id } as const
  const claiming = { ...context, from, perSecond }
  const claim = await claimOf(entry, reference, claiming)
  if (claim === 'later') return false
  const outcome = claim === 'none' ? claim : await record(claim, reference, claiming)
  if (outcome === 'none')
    await context.store.commit([{ write: 'inbox_state', of: { account, dedupeKey }, state: 'unclaimed' }])()
  return outcome === 'recorded'
}

const claimEntries = async (entries: readonly InboxRecord[], context: Context, perSecond: number): Promise<number> => {
  let recorded = 0
  for (const entry of entries) if (await claimEntry(entry, context, perSecond)) recorded += 1
  return recorded
}

/**
 * Looks, for each notification about a payment that the ledger does not know, for the abandoned attempt that made it, and records
 * the payment with that attempt's operation: if it succeeded, an event is emitted. The attempt is found by the address that the
 * notification came to or by the key that the payment carries, and the read decides. Those of other accounts wait until a process
 * can read them. Gives how many were recorded.
 */
export const claimAbandoned = async (context: Context, { accounts, perSecond }: Searching): Promise<number> => {
  if (accounts.length === 0) return 0
  const entries = await context.store.unclaimedPayments(accounts, BATCH)()
  // The next run tries again.
  if (E.isLeft(entries) || entries.right.length === 0) return 0
  return traced(
    'job',
    () => ({ job: 'claim_abandoned', by: 'worker', found: entries.right.length }),
    () => claimEntries(entries.right, context, perSecond),
    (did) => ({ did }),
  )
}
