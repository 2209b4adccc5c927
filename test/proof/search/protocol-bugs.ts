import { unreachable } from '../../../src/core/index.js'
import {
  type Change,
  currentAttempt,
  failOver,
  type Held,
  type Step,
} from '../../../src/orchestrator/protocol/index.js'
import type { WorldName } from './protocol-search.js'
import { production, type Rules } from './world.js'

/** A protocol with one seeded bug, and a class of gateways where the search has to find it. */
export interface SeededBug {
  readonly bug: string
  readonly world: WorldName
  readonly rules: Partial<Rules>
}

const { next, takeOver, afterFailure, afterLookUp } = production

const RESEND: Step = { step: 'resend' }

const isMarked = ({ operation: { state } }: Held): boolean => state === 'dispatched' || state === 'indeterminate'

/** What a closing change writes, over an operation that is not closed by it. */
const closed = (held: Held, change: Change): Change => ({
  ...change,
  writes: change.writes.map((write) =>
    write.write === 'operation' ? { ...write, operation: { ...write.operation, state: 'canceled' } } : write,
  ),
  held: { ...held, operation: { ...change.held.operation, state: 'canceled' } },
})

const released = (held: Held, change: Change): Change => {
  const { reservation } = held.operation
  if (reservation === undefined || change.held.operation.state !== 'indeterminate') return change
  const { account, id, amount } = reservation
  const back = { ...amount, amount: -amount.amount }
  const operation = { ...change.held.operation, reservation: { ...reservation, held: false } }
  return {
    held: { ...change.held, operation },
    writes: [
      ...change.writes.map((write) => (write.write === 'operation' ? { ...write, operation } : write)),
      { write: 'reserve', object: { account, kind: 'payment', id }, amount: back, clipped: false },
    ],
  }
}

/** As if the mark just answered, or given up, were the only one. */
const asOnlyMark = (held: Held): Held => ({
  ...held,
  attempts: held.attempts.map((attempt) => (attempt.n === held.operation.attempt ? { ...attempt, marks: 1 } : attempt)),
})

export const protocolBugs: readonly SeededBug[] = [
  {
    bug: 'a resend carries a new key',
    world: 'replays, proven',
    rules: { keyFor: (marks) => `key ${marks}` },
  },
  {
    bug: 'what a read does not find is sent again, without de-duplication',
    world: 'lookup only',
    rules: {
      next: (held, deduplication, now) => {
        const step = next(held, deduplication, now)
        return step.step === 'look_up' ? { ...step, otherwise: 'resend' } : step
      },
    },
  },
  {
    bug: 'a few looks without a result close the operation',
    world: 'lookup only',
    rules: { afterLookUp: (held, deduplication, now) => closed(held, afterLookUp(held, deduplication, now)) },
  },
  {
    bug: 'a takeover does not raise the fence',
    world: 'none',
    rules: {
      takeOver: (held, leaseMs, now) => {
        const { id, fence } = held.operation
        const { writes } = takeOver(held, leaseMs, now)
        return { held, writes: [{ write: 'renew', id, fence, leaseMs }, ...writes.slice(1)] }
      },
    },
  },
  {
    bug: 'what was read before the takeover is gone on with',
    world: 'staged, then moving',
    rules: { readsAfterTakingOver: false },
  },
  { bug: 'the mark is written after the request', world: 'none', rules: { marksBeforeWriting: false } },
  {
    bug: 'a refund without an answer gives back its reservation',
    world: 'refund',
    rules: { afterFailure: (held, ...rest) => released(held, afterFailure(held, ...rest)) },
  },
  {
    bug: 'the refusal of a resend closes the operation',
    world: 'rejects, proven',
    rules: {
      afterFailure: (held, error, marked, ...rest) =>
        afterFailure(error.outcome === 'refused' && marked ? asOnlyMark(held) : held, error, marked, ...rest),
    },
  },
  {
    bug: 'a resend that was not written counts as nothing ever sent',
    world: 'rejects, proven',
    rules: {
      afterFailure: (held, error, marked, ...rest) =>
        afterFailure(error._tag === 'Unreachable' && marked ? asOnlyMark(held) : held, error, marked, ...rest),
    },
  },
  {
    bug: 'a resend goes out after the window',
    world: 'replays, key forgotten',
    rules: {
      next: (held, deduplication, now) => (isMarked(held) ? RESEND : next(held, deduplication, now)),
    },
  },
  {
    bug: 'the next account is tried after a lost answer',
    world: 'none',
    rules: {
      afterFailure: (held, error, marked, deduplication, now) =>
        error._tag === 'Indeterminate' && currentAttempt(held).position === 0
          ? failOver(held, unreachable('connect'), { state: 'refused' }, now)
          : afterFailure(held, error, marked, deduplication, now),
    },
  },
  {
    bug: 'a link is released before it is recorded',
    world: 'staged',
    rules: { recordsBeforeTelling: false },
  },
  {
    bug: 'a marked attempt is canceled when its time is over',
    world: 'none',
    rules: {
      next: (held, deduplication, now) =>
        isMarked(held) && now >= held.operation.deadline ? { step: 'cancel' } : next(held, deduplication, now),
    },
  },
  {
    bug: 'a marked attempt is begun anew after a crash',
    world: 'none',
    rules: {
      next: (held, deduplication, now) =>
        held.operation.state === 'dispatched' ? { step: 'send' } : next(held, deduplication, now),
    },
  },
]
