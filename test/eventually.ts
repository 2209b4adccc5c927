import { setTimeout as delay } from 'node:timers/promises'

// Less than a test may take, which could not clean up after itself otherwise.
const PATIENCE_MS = 25_000

/** Waits until it holds. */
export const eventually = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (const end = Date.now() + PATIENCE_MS; !(await holds()); await delay(5))
    if (Date.now() > end) throw new Error(`it did not come true in ${PATIENCE_MS / 1000} s`)
}
