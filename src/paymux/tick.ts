import { setMaxListeners } from 'node:events'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { type Adapter, invalidConfig, MINUTE, type PaymentError, readingUntil, SECOND } from '../core/index.js'
import type { Job } from '../ledger/index.js'
import {
  type Context,
  createObjectReader,
  type Delivery,
  type Environment,
  readDue,
  SUBSCRIBER_LIMIT_MS,
} from '../orchestrator/index.js'
import type { Batches } from './batches.js'
import { accountsOf, claim, housekeeping, reconcileAccounts } from './housekeeping.js'
import { createJobRunner } from './jobs.js'
import { createRetention } from './retain.js'
import type { Running } from './running.js'

/** What one tick may take. */
export interface TickOptions {
  /**
   * How long it may take, in milliseconds: 1000 to 900,000. A submission of a recovery begins only if 60 seconds are left. Default:
   * 10,000.
   */
  readonly maxMs?: number
}

/** What a tick did. It is plain data. */
export interface TickReport {
  /** Whether more is due: call it again. */
  readonly more: boolean
  /** How many operations were left to a tick with more time: the gateway has to be sent something, and `maxMs` may be too short for an answer. */
  readonly deferred: number
  /** What was done. */
  readonly did: {
    /** How many operations were gone on with. */
    readonly operations: number
    /** Of how many subjects events were delivered. */
    readonly subjects: number
    /** How many payments, refunds and payouts were read. */
    readonly reads: number
    /** The lists of how many accounts were compared with the ledger. */
    readonly reconciled: number
  }
}

/** What a tick works with. */
export interface Ticking {
  readonly running: Running
  readonly delivery: Delivery
  /** How many jobs run at once, and how many reads of one account. */
  readonly concurrency: number
  /** How many reads an account may take in a second. */
  readonly readsPerSecond: number
  readonly env: Environment
}

export const DEFAULT_TICK_MS = 10 * SECOND
/** Reads and subscribers end this long before the tick does: what they gave is recorded meanwhile. */
const RESERVE_MS = 500
/** Nothing begins with less time left. */
const LEAST_MS = 2 * RESERVE_MS
/** What a connection, a whole answer and their records may take. Shorter, an answer that comes too late would be lost. */
const SUBMISSION_MS = MINUTE
/** The part of the time for what is due; the rest is for what comes round. */
const DUE_PART = 0.7

const hostsWithoutDisk = ['AWS_LAMBDA_FUNCTION_NAME', 'VERCEL']

const notKept: PaymentError = invalidConfig([
  { path: 'store.type', expected: 'postgres: this host does not keep its disk, and a ledger in SQLite would be lost' },
])

/** How long a tick still has. */
interface Clock {
  /** Milliseconds. */
  readonly left: () => number
  /** Whether something may begin that ends in time. */
  readonly mayBegin: () => boolean
  /** Ends what waits for a gateway. */
  readonly over: AbortSignal
  readonly stop: () => void
}

const clockFor = (maxMs: number): Clock => {
  const until = performance.now() + maxMs
  const ending = new AbortController()
  // Every read listens to it.
  setMaxListeners(0, ending.signal)
  const timer = setTimeout(() => ending.abort(), maxMs - RESERVE_MS)
  const left = () => until - performance.now()
  return { left, mayBegin: () => left() >= LEAST_MS, over: ending.signal, stop: () => clearTimeout(timer) }
}

/** An adapter whose reads end with the tick. */
const endingWith = (over: AbortSignal, adapter: Adapter): Adapter =>
  Object.assign(Object.create(adapter) as Adapter, { send: readingUntil(over, adapter.send) })

const contextWithin = ({ context }: Running, { left, over }: Clock, defer: () => void): Context => ({
  ...context,
  adapter: (account) => {
    const adapter = context.adapter(account)
    return adapter === undefined ? undefined : endingWith(over, adapter)
  },
  maySubmit: () => {
    const may = left() >= SUBMISSION_MS
    if (!may) defer()
    return may
  },
})

/** Does batch after batch. Gives whether there may be more. */
const goOn = async ({ next }: Batches, mayBegin: () => boolean): Promise<boolean> => {
  while (mayBegin()) {
    const more = await next()()
    if (E.isLeft(more) || !more.right) return false
  }
  return true
}

const run = async (
  { running: whole, delivery, concurrency, readsPerSecond }: Ticking,
  clock: Clock,
  maxMs: number,
): Promise<E.Either<PaymentError, TickReport>> => {
  const { left, mayBegin } = clock
  const did = { operation: 0, events: 0, redelivery: 0 }
  let deferred = 0
  const context = contextWithin(whole, clock, () => {
    deferred += 1
  })
  const running: Running = { ...whole, context }
  const { store } = running

  const handle = (job: Job): Promise<void> => {
    did[job.job] += 1
    const most = left() - RESERVE_MS
    const limitMs = Math.min(SUBSCRIBER_LIMIT_MS, most / 2)
    return createJobRunner(context, { ...delivery, limitMs, beginsWithinMs: most - limitMs })(job)
  }
  const reading = {
    store,
    accounts: () => new Set(accountsOf(running)),
    readObject: createObjectReader(context),
    perSecond: readsPerSecond,
    concurrency,
  }

  let reads = 0
  let more = true
  const isForDue = () => mayBegin() && left() > maxMs * (1 - DUE_PART)
  while (more && isForDue()) {
    // Half of the time that is left, so that neither waits for all of the other.
    const half = left() - (left() - maxMs * (1 - DUE_PART)) / 2
    const jobs = await store.runDue(handle, { concurrency, mayBegin: () => isForDue() && left() > half })()
    if (E.isLeft(jobs)) return jobs
    const read = await readDue(reading, isForDue)
    reads += read.read
    // What was read may have made an event.
    more = jobs.right.more || read.more || read.read > 0
    if (jobs.right.ran + read.read === 0) break
  }
  if (mayBegin()) await claim(running, readsPerSecond)
  if (mayBegin()) await housekeeping(running)
  const reconciled = await reconcileAccounts(running, mayBegin)
  const isErasing = await goOn(createRetention(running), mayBegin)
  const isEncrypting = await goOn(store.reencryption, mayBegin)
  const { operation: operations, events, redelivery } = did
  return E.right({
    more: more || isErasing || isEncrypting,
    deferred,
    did: { operations, subjects: events + redelivery, reads, reconciled },
  })
}

/**
 * Does a piece of the work in the background, for hosts that run no process for long: what is due first, then what comes round.
 * Nothing of it runs on when it has ended. Several may run at once, beside processes that work all the time. Errors:
 * `InvalidConfig` for a SQLite file on a host that does not keep it, `Unreachable` if the store does not answer.
 */
export const tick =
  (ticking: Ticking, maxMs: number): TE.TaskEither<PaymentError, TickReport> =>
  async () => {
    const { store } = ticking.running.active().setup.configuration
    const isLost = store.type === 'sqlite' && hostsWithoutDisk.some((name) => ticking.env[name] !== undefined)
    if (isLost) return E.left(notKept)
    const clock = clockFor(maxMs)
    try {
      return await run(ticking, clock, maxMs)
    } finally {
      clock.stop()
    }
  }
