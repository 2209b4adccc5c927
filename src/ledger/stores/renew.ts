/** A worker says so often that it still runs a job, in milliseconds. It is taken for gone after three times as long. */
export const RENEW_MS = 10_000
