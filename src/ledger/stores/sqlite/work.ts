import * as E from 'fp-ts/lib/Either.js'
import { unreachable } from '../../../core/index.js'
import type { Job, Store, Write } from '../../store.js'
import { RENEW_MS, runDue } from '../statements.js'
import type { Connection } from './connection.js'
import type { GroupCommit } from './group-commit.js'
import { type AcquiredJob, acquireDue, isAnyDue, nextDue, releaseJob, renewJob, sweepAcquired } from './jobs.js'

/** Commits of other processes are noticed, and ended jobs deleted, within so many milliseconds. */
const POLL_MS = 500
/** Jobs acquired at once, at most. */
const BATCH = 32

/** The workers of one process. */
export interface Workers {
  /** As {@link Store.work}. */
  readonly work: Store['work']
  /** As {@link Store.runDue}. */
  readonly runDue: Store['runDue']
  /** Takes what was committed in this process, and wakes the workers for it. */
  readonly committed: (writes: readonly Write[]) => void
}

/** When a write makes something due, at the latest; `undefined` where it makes nothing due. */
const dueBy = (write: Write): number | undefined => {
  switch (write.write) {
    case 'operation':
      return write.keepLease ? undefined : write.operation.nextPollAt
    case 'request_poll':
    case 'stall':
      return write.at
    case 'event':
      return write.event.createdAt
    case 'undelivered':
      return write.nextDeliveryAt
    case 'redeliver':
      return 0
    case 'not_redelivered':
      return write.at
    case 'claim':
    case 'acquire_lease':
    case 'renew_lease':
    case 'new_object':
    case 'object':
    case 'unread':
    case 'account_reads':
    case 'reconciled':
    case 'unreadable_event':
    case 'request_refresh':
    case 'match':
    case 'match_unmatched':
    case 'attempt':
    case 'reserve':
    case 'refunded':
    case 'log':
    case 'inbox':
    case 'inbox_state':
    case 'notification_count':
    case 'forget_counts':
    case 'delivered':
    case 'redelivered':
    case 'account':
      return undefined
  }
}

/** Sleeps until a time, or until something is due sooner. */
interface Alarm {
  readonly sleep: (until: number) => Promise<void>
  readonly wakeAt: (at: number) => void
}

const createAlarm = (clock: () => number): Alarm => {
  let wakeAt = Number.POSITIVE_INFINITY
  // Woken while it was not sleeping: the next sleep ends then.
  let wakeNextAt = Number.POSITIVE_INFINITY
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
        set(Math.min(until, wakeNextAt))
        wakeNextAt = Number.POSITIVE_INFINITY
      }),
    wakeAt: (at) => {
      if (timer === undefined) wakeNextAt = Math.min(wakeNextAt, at)
      else if (at < wakeAt) set(at)
    },
  }
}

/** Workers over a connection. If the store fails, they wait and try again. */
export const createWorkers = (connection: Connection, group: GroupCommit, clock: () => number): Workers => {
  const alarms = new Set<Alarm>()

  const release = async (acquired: AcquiredJob): Promise<void> => {
    await group.commit(() => ({ keep: true, value: releaseJob(connection, acquired) }))
  }
  const run = async (acquired: AcquiredJob, handle: (job: Job) => Promise<void>): Promise<void> => {
    const renew = () => void group.commit(() => ({ keep: true, value: renewJob(connection, acquired) }))
    const renewing = setInterval(renew, RENEW_MS).unref()
    // If `handle` rejects against its contract, the job stays due, as after a crash.
    await Promise.resolve(acquired.job)
      .then(handle)
      .catch(() => {})
    clearInterval(renewing)
    await release(acquired)
  }

  const work: Workers['work'] = (handle, concurrency, observe = () => {}) => {
    const alarm = createAlarm(clock)
    const running = new Set<Promise<void>>()
    let isStopped = false
    let sweptAt = Number.NEGATIVE_INFINITY

    const start = (acquired: AcquiredJob): void => {
      const one = run(acquired, handle).finally(() => {
        running.delete(one)
        alarm.wakeAt(clock())
      })
      running.add(one)
    }
    const acquireSome = async (limit: number): Promise<readonly AcquiredJob[]> => {
      const isSweepDue = Math.abs(clock() - sweptAt) >= POLL_MS
      if (limit === 0) return []
      if (!isAnyDue(connection)) {
        observe(undefined)
        return []
      }
      const acquired = await group.commit(() => {
        if (isSweepDue) sweepAcquired(connection)
        return { keep: true, value: acquireDue(connection, limit) }
      })
      if (isSweepDue) sweptAt = clock()
      observe(E.isLeft(acquired) ? acquired.left : undefined)
      return E.isRight(acquired) ? acquired.right : []
    }
    const round = async (): Promise<void> => {
      const limit = Math.min(BATCH, concurrency - running.size)
      const jobs = await acquireSome(limit)
      if (isStopped) await Promise.all(jobs.map(release))
      else for (const job of jobs) start(job)
      if (isStopped || (jobs.length === limit && running.size < concurrency)) return
      await alarm.sleep(Math.min(nextDue(connection) ?? Number.POSITIVE_INFINITY, clock() + POLL_MS))
    }
    const quietRound = () =>
      round().catch(() => {
        observe(unreachable('store'))
        return alarm.sleep(clock() + POLL_MS)
      })
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
        alarm.wakeAt(Number.NEGATIVE_INFINITY)
        return ended
      },
    }
  }

  return {
    work,
    runDue: (handle, jobs) => () =>
      runDue(
        {
          acquire: (limit) =>
            group.commit(() => {
              sweepAcquired(connection)
              return { keep: true, value: acquireDue(connection, limit) }
            }),
          run: (acquired) => run(acquired, handle),
          release,
        },
        jobs,
      ),
    committed: (writes) => {
      if (alarms.size === 0) return
      const soonest = Math.min(...writes.map((write) => dueBy(write) ?? Number.POSITIVE_INFINITY))
      for (const alarm of alarms) alarm.wakeAt(soonest)
    },
  }
}
