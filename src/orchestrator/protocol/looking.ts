import { type Deduplication, given } from '../../core/index.js'
import { type Change, type Held, move } from './held.js'
import { unknown } from './sending.js'
import { nextLook, parkedOr } from './steps.js'

/** After a look at the gateway that did not find the object, or where there is no way to look. */
export const afterLookUp = (held: Held, deduplication: Deduplication, now: number): Change => {
  const look = nextLook(held, deduplication, now)
  return move(
    held,
    {
      operation: { state: 'indeterminate', error: unknown(held), ...look },
      ...given({ tell: parkedOr(look, undefined) }),
      log: { what: 'looked_up' },
      keepLease: false,
    },
    now,
  )
}

const LEFT_FOR_MS = 60_000

/** Left alone by a worker that does not have its account. Others may have it. */
export const leave = (held: Held, now: number): Change =>
  move(
    held,
    {
      operation: { nextAt: now + LEFT_FOR_MS, ...given({ error: held.operation.error }) },
      log: { what: 'left' },
      keepLease: false,
    },
    now,
  )
