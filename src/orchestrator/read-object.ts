import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type AnyReference,
  indeterminate,
  type Kind,
  type Payment,
  type PaymentError,
  passed,
  type Read,
  type Results,
  readBack,
  unreachable,
} from '../core/index.js'
import {
  type ObjectKey,
  type ObjectRecord,
  type Observation,
  observe,
  type ReadBudget,
  resultOf,
  subjectOf,
  without,
} from '../ledger/index.js'
import type { Context } from './context.js'
import { contained } from './send.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A payment that reads unpaid when it is this old is `expired`, in milliseconds: not every gateway tells. */
export const UNPAID_EXPIRES_MS = 7 * DAY

const LEFT_FOR_MS = MINUTE
// The store's clock says what is due, and may be ahead of ours. Less than what lies between two reads.
const CLOCK_SKEW_MS = 2 * SECOND
// Remembered turns. Who is forgotten waits for another.
const MAX_TURNS = 10_000

/** Points at a recorded object, with what it is expected to amount to. */
const referenceOf = ({ snapshot, expected }: ObjectRecord): AnyReference => {
  const { reference } = resultOf<Kind>(snapshot)
  return expected === undefined ? reference : { ...reference, expected }
}

const isPayment = (result: Results[Kind]): result is Payment => result.reference.kind === 'payment'

const isUnpaid = (status: string): boolean => status === 'created' || status === 'requires_action'

/** What a read makes of an object. One that is still unpaid when its time is over expires; later reads correct that. */
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
  const expired: Payment = { ...without(result, 'nextAction'), status: 'expired', reason: 'overdue' }
  const { object, writes } = observe<Kind>(recorded, seen.object, deadline, expired, known)
  return { object, writes: [...seen.writes, ...writes] }
}

/**
 * Reads a recorded object back and records what the read gave. Gives `undefined` where something newer was recorded since it
 * was loaded: a read that began before that is not recorded.
 */
export const recordRead = (
  recorded: ObjectRecord,
  adapter: Adapter,
  { store, now, heard }: Context,
): TE.TaskEither<PaymentError, ObjectRecord | undefined> => {
  const read = contained(
    () => readBack<Kind>(adapter, referenceOf(recorded)),
    () => indeterminate('reads', 'answer'),
  )
  return pipe(
    async () => {
      const result = await read()
      heard(adapter.account, E.isLeft(result) ? result.left : undefined)
      return result
    },
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
}

/** As long again as nothing was read, so that the pauses double; what a person has to put right is tried hourly at last. */
const waitAfter = (error: PaymentError, { lastReadAt, createdAt }: ObjectRecord, now: number): number => {
  const mayPass = error.retry === 'safe' || error._tag === 'RateLimited'
  const wait = Math.min(Math.max(now - Math.max(lastReadAt, createdAt), 5 * SECOND), mayPass ? 10 * MINUTE : HOUR)
  return error._tag === 'RateLimited' ? Math.max(wait, error.retryAfterMs ?? 0) : wait
}

const postpone = async (recorded: ObjectRecord, at: number, { store }: Context): Promise<void> => {
  const object = { ...recorded, version: recorded.version + 1, nextReadAt: at }
  await store.commit([{ write: 'object', object, version: recorded.version, ringsSeen: recorded.rings }])()
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
 * The job of a worker: reads an object whose time has come. A failed read tells nobody and is tried again; an account that
 * this worker does not have is left to others; a read that was overtaken is made once more.
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
    if (adapter === undefined) return postpone(recorded, now + LEFT_FOR_MS, context)
    const turn = turns.of(key, now)
    if (turn > now) return postpone(recorded, turn, context)
    const read = await recordRead(recorded, adapter, context)()
    const failedAt = context.now()
    if (E.isLeft(read)) return postpone(recorded, failedAt + waitAfter(read.left, recorded, failedAt), context)
    if (read.right === undefined && tries > 1) return readDue(key, tries - 1)
  }
  return (key) => readDue(key, 2)
}
