import { setTimeout as delay } from 'node:timers/promises'
import { WAIT_LIMIT_MS } from './time.js'

/** Waits until it holds. */
export const eventually = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (const end = Date.now() + WAIT_LIMIT_MS; !(await holds()); await delay(5))
    if (Date.now() > end) throw new Error(`it did not come true in ${WAIT_LIMIT_MS / 1000} s`)
}
