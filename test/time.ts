/*
 * The only time limits of the tests and proofs. They end what hangs. No test measures how long something takes, so a
 * machine that is ten times slower stays within them. All in milliseconds.
 */

/** How long a test waits for one event. */
export const WAIT_LIMIT_MS = 120_000

/** How long one test may take: more than one wait, so that a wait in vain can say what it waited for. */
export const TEST_LIMIT_MS = 300_000

/** How long one proof may take. */
export const PROOF_LIMIT_MS = 900_000
