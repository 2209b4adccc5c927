import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  DAY,
  HOUR,
  type Kind,
  MINUTE,
  type PaymentError,
  passed,
  type Read,
  type Reference,
  SECOND,
  type Snapshot,
  toMoney,
  unreachable,
} from '../../core/index.js'
import {
  type ObjectKey,
  type ObjectRecord,
  type Observation,
  observe,
  type ReadBudget,
  subjectOf,
  without,
} from '../../ledger/index.js'
import type { Context } from '../context.js'
import { readBack } from './read-back.js'

/** A payment that is this old and still unpaid is `expired`, in milliseconds: not every gateway reports it. */
export const UNPAID_EXPIRES_MS = 7 * DAY

const DEFERRED_FOR_MS = MINUTE
// The store's clock decides what is due, and may be ahead of this process. Less than the time between two reads.
const CLOCK_SKEW_MS = 2 * SECOND
// Remembered turns. An object that is forgotten waits for another turn.
const MAX_TURNS = 10_000

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
  disputes: boolean,
  now: number,
): Pick<Observation<Kind>, 'object' | 'writes'> => {
  const known = { now, disputes }
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
    TE.map((result) => observeRead(recorded, result, adapter.capabilities.disputes, now())),
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

/** As long again as nothing was read, so that the pauses double: up to 10 minutes, or an hour for what an operator has to put right. */
const waitAfter = (error: PaymentError, { lastReadAt, createdAt }: ObjectRecord, now: number): number => {
  const mayPass = error.retry === 'safe' || error._tag === 'RateLimited'
  const wait = Math.min(Math.max(now - Math.max(lastReadAt, createdAt), 5 * SECOND), mayPass ? 10 * MINUTE : HOUR)
  return error._tag === 'RateLimited' ? Math.max(wait, error.retryAfterMs ?? 0) : wait
}

const postpone = async (recorded: ObjectRecord, at: number, { store }: Context): Promise<void> => {
  const object = { ...recorded, version: recorded.version + 1, nextReadAt: at }
  await store.commit([
    { write: 'object', object, version: recorded.version, refreshRequestsSeen: recorded.refreshRequests },
  ])()
}

/** When it is an object's turn within the reads of its account. A turn is kept until it is used. */
const createTurns = (budget: ReadBudget) => {
  const turns = new Map<string, number>()
  return {
    of: (key: ObjectKey, now: number): number => {
      const subject = subjectOf(key)
      const turn = turns.get(subject) ?? now + budget(key.account, now)
      if (turns.size >= MAX_TURNS) turns.clear()
      if (turn > now) turns.set(subject, turn)
      else turns.delete(subject)
      return turn
    },
  }
}

/**
 * The job of a worker: reads an object that is due. A failed read is tried again later; an object of an account that this
 * worker does not have is deferred, for other workers; a read that was overtaken is made once more.
 */
export const createObjectReader = (context: Context, budget: ReadBudget): ((key: ObjectKey) => Promise<void>) => {
  const turns = createTurns(budget)
  const readDue = async (key: ObjectKey, tries: number): Promise<void> => {
    const found = await context.store.object(key)()
    if (E.isLeft(found) || found.right === undefined) return
    const recorded = found.right
    const now = context.now()
    if (recorded.nextReadAt === undefined || recorded.nextReadAt > now + CLOCK_SKEW_MS) return
    const adapter = context.adapter(key.account)
    if (adapter === undefined) return postpone(recorded, now + DEFERRED_FOR_MS, context)
    const turn = turns.of(key, now)
    if (turn > now) return postpone(recorded, turn, context)
    const read = await recordRead(recorded, adapter, context)()
    const failedAt = context.now()
    if (E.isLeft(read)) return postpone(recorded, failedAt + waitAfter(read.left, recorded, failedAt), context)
    if (read.right === undefined && tries > 1) return readDue(key, tries - 1)
  }
  return (key) => readDue(key, 2)
}
