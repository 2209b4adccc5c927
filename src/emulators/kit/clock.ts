/** A clock that runs in real time and can be moved, so that a day passes in a test without waiting. */
export interface Clock {
  /** Returns the emulator's time, in milliseconds since the epoch. */
  readonly now: () => number
  /** Runs `task` once, `ms` milliseconds from now on this clock. Returns a function that cancels it. */
  readonly after: (ms: number, task: ClockTask) => () => void
  /** Moves the clock by `ms` milliseconds and runs every task that becomes due on the way, in order; it awaits each. */
  readonly advance: (ms: number) => Promise<void>
  /** Resolves when no task is running. It does not wait for tasks that are not due. */
  readonly idle: () => Promise<void>
  /** Cancels all tasks. Nothing runs afterwards. */
  readonly stop: () => void
}

/** How a clock starts and runs. */
export interface ClockOptions {
  /** The time at which it starts, in milliseconds since the epoch. Default: the real time. */
  readonly startAt?: number
  /** With true, only `advance` moves the time. Default: false. */
  readonly manual?: boolean
}

/** What a clock runs when its time has come. */
export type ClockTask = () => void | Promise<void>

interface Waiting {
  readonly due: number
  readonly task: ClockTask
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

export const createClock = ({ startAt = Date.now(), manual = false }: ClockOptions = {}): Clock => {
  const started = performance.now()
  const running = new Set<Promise<void>>()
  let waiting: readonly Waiting[] = []
  let offset = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const now = () => startAt + offset + (manual ? 0 : Math.floor(performance.now() - started))
  const moveTo = (time: number) => {
    offset += Math.max(0, time - now())
  }

  const arm = () => {
    clearTimeout(timer)
    const next = waiting[0]
    if (manual || next === undefined) return
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
    // Does not await them one by one: in real time a slow task must not delay the next ones.
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
