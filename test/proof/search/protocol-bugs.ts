import { unreachable } from '../../../src/core/index.js'
import {
  type Change,
  currentAttempt,
  failOver,
  type LeasedOperation,
} from '../../../src/orchestrator/protocol/index.js'
import type { WorldName } from './protocol-search.js'
import { production, type Rules } from './world.js'

/** A protocol with one seeded bug, and a class of gateways where the search has to find it. */
export interface SeededBug {
  readonly bug: string
  readonly world: WorldName
  readonly rules: Partial<Rules>
}

const { next, acquire, afterFailure, afterPoll } = production

const isDispatched = ({ operation: { state } }: LeasedOperation): boolean =>
  state === 'dispatched' || state === 'indeterminate'

/** What a closing change writes, over an operation that is not closed by it. */
const closed = (leased: LeasedOperation, change: Change): Change => ({
  ...change,
  writes: change.writes.map((write) =>
    write.write === 'operation' ? { ...write, operation: { ...write.operation, state: 'canceled' } } : write,
  ),
  leased: { ...leased, operation: { ...change.leased.operation, state: 'canceled' } },
})

const released = (leased: LeasedOperation, change: Change): Change => {
  const { reservation } = leased.operation
  if (reservation === undefined || change.leased.operation.state !== 'indeterminate') return change
  const { account, id, amount } = reservation
  const back = { ...amount, minorUnits: -amount.minorUnits }
  const operation = { ...change.leased.operation, reservation: { ...reservation, held: false } }
  return {
    leased: { ...change.leased, operation },
    writes: [
      ...change.writes.map((write) => (write.write === 'operation' ? { ...write, operation } : write)),
      { write: 'reserve', object: { account, kind: 'payment', id }, amount: back, clipped: false },
    ],
  }
}

/** As if the dispatch just answered, or given up, were the only one. */
const asOnlyDispatch = (leased: LeasedOperation): LeasedOperation => ({
  ...leased,
  attempts: leased.attempts.map((attempt) =>
    attempt.n === leased.operation.attempt ? { ...attempt, dispatchCount: 1 } : attempt,
  ),
})

export const protocolBugs: readonly SeededBug[] = [
  {
    bug: 'a resend carries a new key',
    world: 'replays, proven',
    rules: { keyFor: (dispatches) => `key ${dispatches}` },
  },
  {
    bug: 'what a read does not find is sent again, without de-duplication',
    world: 'lookup only',
    rules: {
      next: (leased, deduplication, now) => {
        const step = next(leased, deduplication, now)
        return step.step === 'poll' ? { ...step, otherwise: 'resend' } : step
      },
    },
  },
  {
    bug: 'a few polls without a result close the operation',
    world: 'lookup only',
    rules: { afterPoll: (leased, answered, now) => closed(leased, afterPoll(leased, answered, now)) },
  },
  {
    bug: 'acquiring the lease does not raise the fence',
    world: 'none',
    rules: {
      acquire: (view, leaseMs, now) => {
        const { id, fence } = view.operation
        const { leased, writes } = acquire(view, leaseMs, now)
        return { leased, writes: [{ write: 'renew_lease', id, fence, leaseMs }, ...writes.slice(1)] }
      },
    },
  },
  {
    bug: 'what was read before the lease was acquired is gone on with',
    world: 'created, then moving',
    rules: { readsAfterTakingOver: false },
  },
  { bug: 'the dispatch is written after the request', world: 'none', rules: { recordsDispatchBeforeWriting: false } },
  {
    bug: 'a refund without an answer gives back its reservation',
    world: 'refund',
    rules: { afterFailure: (leased, ...rest) => released(leased, afterFailure(leased, ...rest)) },
  },
  {
    bug: 'the refusal of a resend closes the operation',
    world: 'rejects, proven',
    rules: {
      afterFailure: (leased, error, dispatched, ...rest) =>
        afterFailure(
          error.outcome === 'refused' && dispatched ? asOnlyDispatch(leased) : leased,
          error,
          dispatched,
          ...rest,
        ),
    },
  },
  {
    bug: 'a resend that was not written counts as nothing ever sent',
    world: 'rejects, proven',
    rules: {
      afterFailure: (leased, error, dispatched, ...rest) =>
        afterFailure(
          error._tag === 'Unreachable' && dispatched ? asOnlyDispatch(leased) : leased,
          error,
          dispatched,
          ...rest,
        ),
    },
  },
  {
    bug: 'a resend goes out after the window',
    world: 'replays, key forgotten',
    rules: {
      next: (leased, deduplication, now) => {
        const step = next(leased, deduplication, now)
        return step.step === 'poll' ? { ...step, otherwise: 'resend' } : step
      },
    },
  },
  {
    bug: 'the next account is tried after a lost answer',
    world: 'none',
    rules: {
      afterFailure: (leased, error, dispatched, now) =>
        error._tag === 'Indeterminate' && currentAttempt(leased).position === 0
          ? failOver(leased, unreachable('connect'), { state: 'refused' }, now)
          : afterFailure(leased, error, dispatched, now),
    },
  },
  {
    bug: 'a link is released before it is recorded',
    world: 'created',
    rules: { recordsBeforeResult: false },
  },
  {
    bug: 'a dispatched attempt is canceled when its time is over',
    world: 'none',
    rules: {
      next: (leased, deduplication, now) =>
        isDispatched(leased) && now >= leased.operation.deadline
          ? { step: 'cancel' }
          : next(leased, deduplication, now),
    },
  },
  {
    bug: 'a dispatched attempt is begun anew after a crash',
    world: 'none',
    rules: {
      next: (leased, deduplication, now) =>
        leased.operation.state === 'dispatched' ? { step: 'send' } : next(leased, deduplication, now),
    },
  },
]
