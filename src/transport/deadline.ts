/** A point in time that can be moved, by the monotonic clock, in milliseconds. */
export interface Deadline {
  /** Moves it to this time. */
  readonly moveTo: (time: number) => void
  /** Ends it: `passed` is not called any more. */
  readonly cancel: () => void
}

/**
 * Calls `passed` once when the deadline is reached. It is checked every `paceMs` with one timer, because a timer for
 * each step of an exchange is a tenth of what the exchange costs; `paceMs` must not exceed what it is ever moved ahead.
 */
export const deadlineAt = (time: number, paceMs: number, passed: () => void): Deadline => {
  let reachedAt = time
  const check = (): void => {
    const left = reachedAt - performance.now()
    if (left <= 0) passed()
    else timer = setTimeout(check, Math.min(left, paceMs))
  }
  let timer = setTimeout(check, paceMs)
  return {
    moveTo: (later) => {
      reachedAt = later
    },
    cancel: () => clearTimeout(timer),
  }
}
