import * as E from 'fp-ts/lib/Either.js'
import type { Job, Work, Write } from '../../store.js'
import type { Connection } from './connection.js'
import type { GroupCommit } from './group-commit.js'
import { type Claim, claimDue, endClaim, isAnyDue, nextDue, sweepClaims } from './jobs.js'

/** Other processes' commits are noticed, and ended claims forgotten, within so many milliseconds. */
const POLL_MS = 500
/** Jobs claimed at once, at most. */
const BATCH = 32

/** The workers of one process. */
export interface Workers {
  readonly work: (handle: (job: Job) => Promise<void>, concurrency: number) => Work
  /** Hears what was committed here, and wakes up for it. */
  readonly committed: (writes: readonly Write[]) => void
}

/** When a write makes something due, at the latest; `undefined` where it makes nothing due. */
const dueBy = (write: Write): number | undefined => {
  switch (write.write) {
    case 'operation':
      return write.keepLease ? undefined : write.operation.nextAt
    case 'new_object':
    case 'object':
      return write.object.nextReadAt
    case 'ring':
    case 'ring_operation':
    case 'match':
      return write.at
    case 'event':
      return write.event.createdAt
    case 'undelivered':
      return write.nextAt
    case 'claim':
    case 'take_over':
    case 'renew':
    case 'attempt':
    case 'reserve':
    case 'refunded':
    case 'log':
    case 'inbox':
    case 'inbox_state':
    case 'delivered':
    case 'account':
      return undefined
  }
}

/** Sleeps until a time, or until something is due sooner. */
interface Alarm {
  readonly sleep: (until: number) => Promise<void>
  readonly ring: (at: number) => void
}

const createAlarm = (clock: () => number): Alarm => {
  let wakeAt = Number.POSITIVE_INFINITY
  // Rung while nobody slept: the next sleep is that short.
  let rungFor = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let wake = () => {}
  const set = (at: number): void => {
    clearTimeout(timer)
    wakeAt = at
    timer = setTimeout(wake, Math.min(POLL_MS, Math.max(0, at - clock())))
  }
  return {
    sleep: (until) =>
      new Promise((resolve) => {
        wake = () => {
          wakeAt = Number.POSITIVE_INFINITY
          timer = undefined
          resolve()
        }
        set(Math.min(until, rungFor))
        rungFor = Number.POSITIVE_INFINITY
      }),
    ring: (at) => {
      if (timer === undefined) rungFor = Math.min(rungFor, at)
      else if (at < wakeAt) set(at)
    },
  }
}

/** Workers over a connection. A store's trouble makes them wait, and ask again. */
export const createWorkers = (connection: Connection, group: GroupCommit, clock: () => number): Workers => {
  const alarms = new Set<Alarm>()

  const work: Workers['work'] = (handle, concurrency) => {
    const alarm = createAlarm(clock)
    const running = new Set<Promise<void>>()
    let isStopped = false
    let sweptAt = Number.NEGATIVE_INFINITY

    const end = async (claim: Claim): Promise<void> => {
      await group.commit(() => ({ keep: true, value: endClaim(connection, claim) }))
    }
    const runOne = async (claim: Claim): Promise<void> => {
      // A handler that breaks its word leaves the job due, as a crash would.
      await Promise.resolve(claim.job)
        .then(handle)
        .catch(() => {})
      await end(claim)
    }
    const start = (claim: Claim): void => {
      const one = runOne(claim).finally(() => {
        running.delete(one)
        alarm.ring(clock())
      })
      running.add(one)
    }
    const claimSome = async (limit: number): Promise<readonly Claim[]> => {
      const isSweepDue = Math.abs(clock() - sweptAt) >= POLL_MS
      if (limit === 0 || !isAnyDue(connection)) return []
      const claimed = await group.commit(() => {
        if (isSweepDue) sweepClaims(connection)
        return { keep: true, value: claimDue(connection, limit) }
      })
      if (isSweepDue) sweptAt = clock()
      return E.isRight(claimed) ? claimed.right : []
    }
    const round = async (): Promise<void> => {
      const limit = Math.min(BATCH, concurrency - running.size)
      const claims = await claimSome(limit)
      if (isStopped) await Promise.all(claims.map(end))
      else for (const claim of claims) start(claim)
      if (isStopped || (claims.length === limit && running.size < concurrency)) return
      await alarm.sleep(Math.min(nextDue(connection) ?? Number.POSITIVE_INFINITY, clock() + POLL_MS))
    }
    const quietRound = () => round().catch(() => alarm.sleep(clock() + POLL_MS))
    const loop = async (): Promise<void> => {
      while (!isStopped) await quietRound()
      await Promise.all(running)
    }

    alarms.add(alarm)
    const ended = loop()
    return {
      stop: () => {
        isStopped = true
        alarms.delete(alarm)
        alarm.ring(Number.NEGATIVE_INFINITY)
        return ended
      },
    }
  }

  return {
    work,
    committed: (writes) => {
      if (alarms.size === 0) return
      const soonest = Math.min(...writes.map((write) => dueBy(write) ?? Number.POSITIVE_INFINITY))
      for (const alarm of alarms) alarm.ring(soonest)
    },
  }
}
