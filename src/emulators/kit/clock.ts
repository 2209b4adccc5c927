/** A clock that runs in real time plus whatever it was moved by, so that a day passes in a test without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Runs `task` once, `ms` milliseconds from now on this clock. The returned function cancels it. */
  readonly after: (ms: number, task: Task) => () => void
  /** Moves the clock by `ms` milliseconds and runs everything that falls due on the way, in order, each awaited. */
  readonly advance: (ms: number) => Promise<void>
  /** Resolves when no task is running. Tasks that wait for their time are not waited for. */
  readonly idle: () => Promise<void>
  /** Cancels everything that waits; nothing runs any more. */
  readonly stop: () => void
}

export interface ClockOptions {
  /** The time it starts at, in milliseconds since the epoch; by default the real time. */
  readonly startAt?: number
  /** With true, time stands still except when `advance` moves it. */
  readonly frozen?: boolean
}

type Task = () => void | Promise<void>
interface Waiting {
  readonly due: number
  readonly task: Task
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

export const createClock = ({ startAt = Date.now(), frozen = false }: ClockOptions = {}): Clock => {
  const started = performance.now()
  const running = new Set<Promise<void>>()
  let waiting: readonly Waiting[] = []
  let offset = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const now = () => startAt + offset + (frozen ? 0 : Math.floor(performance.now() - started))
  const moveTo = (time: number) => {
    offset += Math.max(0, time - now())
  }

  const arm = () => {
    clearTimeout(timer)
    const next = waiting[0]
    if (frozen || next === undefined) return
    const wait = Math.min(Math.max(next.due - now(), 0), LONGEST_TIMER_MS)
    timer = setTimeout(onTimer, wait).unref()
  }

  const takeDue = (until: number): Waiting | undefined => {
    const first = waiting[0]
    if (first === undefined || first.due > until) return undefined
    waiting = waiting.slice(1)
    return first
  }

  const run = async ({ task }: Waiting): Promise<void> => {
    const execution = (async () => task())()
    running.add(execution)
    try {
      await execution
    } finally {
      running.delete(execution)
    }
  }

  const onTimer = () => {
    // Not awaited one by one: in real time a slow task must not hold up the ones behind it.
    for (let next = takeDue(now()); next !== undefined; next = takeDue(now())) void run(next)
    arm()
  }

  return {
    now,
    after: (ms, task) => {
      if (stopped) return () => {}
      const entry = { due: now() + Math.max(0, ms), task }
      waiting = [...waiting, entry].sort((one, other) => one.due - other.due)
      arm()
      return () => {
        waiting = waiting.filter((other) => other !== entry)
        arm()
      }
    },
    advance: async (ms) => {
      const until = now() + ms
      for (let next = takeDue(until); next !== undefined; next = takeDue(until)) {
        moveTo(next.due)
        await run(next)
      }
      moveTo(until)
      arm()
    },
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running)
    },
    stop: () => {
      stopped = true
      waiting = []
      arm()
    },
  }
}
