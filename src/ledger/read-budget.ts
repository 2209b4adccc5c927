/** How many reads paymux may make at an account. */
export interface ReadRate {
  /** Reads in a second, in the long run. */
  readonly perSecond: number
  /** How many may come at once after a quiet time, at least 1. */
  readonly burst: number
}

/**
 * Reserves the next read of an account and gives how many milliseconds to wait before making it, 0 for none. It delays and
 * never drops: every reservation gets its turn, in the order they were made. `now` is milliseconds since the epoch.
 */
export type ReadBudget = (account: string, now: number) => number

/**
 * A token bucket for each account, so that a sender of forged notifications, each of which may cause a read, cannot use up
 * what the gateway allows the account.
 */
export const createReadBudget = ({ perSecond, burst }: ReadRate): ReadBudget => {
  const interval = 1000 / perSecond
  // When the bucket would be full again. One number holds a whole bucket.
  const fullAt = new Map<string, number>()
  return (account, now) => {
    const full = Math.max(fullAt.get(account) ?? now, now) + interval
    fullAt.set(account, full)
    return Math.max(0, Math.ceil(full - burst * interval - now))
  }
}
