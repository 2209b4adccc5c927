import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Afterwards,
  DAY,
  errorTypeOf,
  type Kind,
  MINUTE,
  omitUndefined,
  type PaymentError,
  passed,
  type Read,
  type Reference,
  SECOND,
  type Snapshot,
  toMoney,
  traced,
  unreachable,
} from '../../core/index.js'
import {
  type AcquiredRead,
  type ObjectKey,
  type ObjectRecord,
  type Observation,
  observe,
  type Write,
  without,
} from '../../ledger/index.js'
import type { Context } from '../context.js'
import { describeError } from '../describe-error.js'
import { FAILING_MS, noteRead } from './note-read.js'
import { readBack } from './read-back.js'

/** A payment that is this old and still unpaid is `expired`, in milliseconds: not every gateway reports it. */
export const UNPAID_EXPIRES_MS = 7 * DAY

/** Points at a recorded object, with its expected amount. */
const referenceOf = ({ snapshot, expectedAmount }: ObjectRecord): Reference<Kind> => {
  const { reference } = snapshot
  return { ...reference, ...(expectedAmount === undefined ? {} : { expectedAmount: toMoney(expectedAmount) }) }
}

const isPayment = (result: Snapshot<Kind>): result is Snapshot<'payment'> => result.reference.kind === 'payment'

const isUnpaid = (status: string): boolean => status === 'created' || status === 'requires_action'

/** What a read makes of an object. A payment that is unpaid for too long expires; later reads correct that. */
const observeRead = (
  recorded: ObjectRecord,
  read: Read<Kind>,
  afterwards: Afterwards,
  now: number,
): Pick<Observation<Kind>, 'object' | 'writes'> => {
  const known = { now, afterwards }
  const seen = observe<Kind>(recorded, recorded, read, read.content, known)
  const result = read.content
  if (!isPayment(result) || !isUnpaid(seen.object.status) || !isUnpaid(result.status)) return seen
  const deadline = passed(recorded.createdAt + UNPAID_EXPIRES_MS, now)
  if (deadline === undefined) return seen
  const expired: Snapshot<'payment'> = { ...without(result, 'nextAction'), status: 'expired', reason: 'overdue' }
  const { object, writes } = observe<Kind>(recorded, seen.object, deadline, expired, known)
  return { object, writes: [...seen.writes, ...writes] }
}

/**
 * Reads a recorded object back and records what the read gave. Gives `undefined` if something newer was recorded since it
 * was loaded: a read that began before that is not recorded.
 */
export const recordRead = (
  recorded: ObjectRecord,
  adapter: Adapter,
  { store, now, recordOutcome }: Context,
): TE.TaskEither<PaymentError, ObjectRecord | undefined> =>
  pipe(
    readBack<Kind>(adapter, referenceOf(recorded), { recordOutcome }),
    TE.map((result) => observeRead(recorded, result, adapter.capabilities, now())),
    TE.flatMap(({ object, writes }) =>
      pipe(
        store.commit(writes),
        TE.bimap(
          () => unreachable('store'),
          ({ done }) => (done ? object : undefined),
        ),
      ),
    ),
  )

// A second try comes after as long again as nothing was read, so that the pauses double.
const FIRST_PAUSE_MS = 5 * SECOND

/** The longest pause: shorter for what may pass by itself than for what an operator has to put right. */
const pausesAfter = (error: PaymentError): { readonly minMs: number; readonly maxMs: number } => {
  const mayPass = error.retry === 'safe' || error._tag === 'RateLimited'
  const minMs = Math.max(FIRST_PAUSE_MS, error._tag === 'RateLimited' ? (error.retryAfterMs ?? 0) : 0)
  return { minMs, maxMs: Math.max(minMs, mayPass ? 10 * MINUTE : FAILING_MS) }
}

/** A write for a read that failed. If the store does not take it, the object is given out again a minute after it was acquired. */
const unread = (object: ObjectKey, error: PaymentError, of?: ObjectRecord): Write => ({
  write: 'unread',
  object,
  error: describeError(error),
  ...pausesAfter(error),
  ...omitUndefined({ of }),
})

/** Whether the recorded status changed, or why the object could not be read. */
type Polled = E.Either<PaymentError, boolean>

const unchanged: Polled = E.right(false)

/**
 * Reads an object that a worker has acquired. A read that fails is tried again later, a record that cannot be read as well; an
 * object of an account that this worker does not have is left to others; a read that was overtaken is made once more.
 */
export const createObjectReader = (context: Context): ((object: AcquiredRead) => Promise<void>) => {
  const { store, adapter: adapterOf } = context
  const isDue = ({ nextReadAt }: ObjectRecord): boolean => nextReadAt !== undefined && nextReadAt <= context.now()
  const readRecorded = async (key: ObjectKey, recorded: ObjectRecord, adapter: Adapter) => {
    const result = await recordRead(recorded, adapter, context)()
    if (E.isLeft(result)) await store.commit([unread(key, result.left, recorded)])()
    await noteRead(key.account, E.isLeft(result) ? result.left : undefined, context)
    return result
  }
  const read = async (key: ObjectKey, isAgain: boolean): Promise<Polled> => {
    const found = await store.object(key)()
    if (E.isLeft(found)) {
      await store.commit([unread(key, found.left)])()
      return found
    }
    const recorded = found.right
    const adapter = adapterOf(key.account)
    // What overtook the first try may have been a read.
    if (recorded === undefined || adapter === undefined || (isAgain && !isDue(recorded))) return unchanged
    const result = await readRecorded(key, recorded, adapter)
    if (E.isLeft(result)) return result
    if (result.right === undefined) return isAgain ? unchanged : read(key, true)
    return E.right(result.right.status !== recorded.status)
  }
  return async ({ isRequested, ...key }) => {
    await traced(
      'poll',
      () => ({ account: key.account, kind: key.kind, reason: isRequested ? 'notification' : 'scheduled' }),
      () => read(key, false),
      (polled) => (E.isRight(polled) ? { changed: polled.right } : errorTypeOf(polled)),
    )
  }
}
