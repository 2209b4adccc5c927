/** Spans of time in milliseconds. */

/** One second. */
export const SECOND = 1000
/** One minute. */
export const MINUTE = 60 * SECOND
/** One hour. */
export const HOUR = 60 * MINUTE
/** One day of 24 hours. */
export const DAY = 24 * HOUR
