/** A point in time that can be moved, by the monotonic clock, in milliseconds. */
export interface Deadline {
  readonly moveTo: (time: number) => void
  readonly cancel: () => void
}

/**
 * Calls `passed` once when the deadline is reached. It is looked at every `paceMs` with one timer, because a timer for
 * each step of an exchange is a tenth of what the exchange costs; `paceMs` must not exceed what it is ever moved ahead.
 */
export const deadlineAt = (time: number, paceMs: number, passed: () => void): Deadline => {
  let reachedAt = time
  const look = (): void => {
    const left = reachedAt - performance.now()
    if (left <= 0) passed()
    else timer = setTimeout(look, Math.min(left, paceMs))
  }
  let timer = setTimeout(look, paceMs)
  return {
    moveTo: (later) => {
      reachedAt = later
    },
    cancel: () => clearTimeout(timer),
  }
}
