import { type CheckedRequests, unreachable } from '../../../src/core/index.js'
import type { OperationRecord } from '../../../src/ledger/index.js'
import { resolvedAsExecuted, resolvedAsNotExecuted } from '../../../src/orchestrator/protocol/index.js'
import type { Model, Move } from './explore.js'
import { take } from './gateway.js'
import { broken, isAtRest } from './invariants.js'
import { keyOf } from './key.js'
import { commit, emptyLedger } from './ledger.js'
import { crash, standing, turn, walk } from './worker.js'
import { isHolder, recordOf, type State, timeAt, type World } from './world.js'

type Moves = readonly Move<State>[]

const LEASE_MS = 30_000

const amount = { minorUnits: 600n, currency: 'EUR' } as const
const payment = { kind: 'payment', account: 'A', id: 'payment' } as const
const order = { idempotencyKey: 'key', amount, merchantReference: 'ORDER' } as const
const requests: CheckedRequests = {
  createPayment: { ...order, payer: {}, urls: {} },
  refund: { idempotencyKey: 'key', amount, payment },
  payout: {
    ...order,
    beneficiary: { type: 'iban', iban: 'DE02120300000000202051', name: 'Made Up', email: 'made.up@example.com' },
  },
}

const newOperation = (world: World, accounts: readonly string[], now: number): OperationRecord => ({
  id: 'operation',
  name: world.operation,
  idempotencyKey: 'key',
  fingerprint: '',
  request: requests[world.operation],
  accounts,
  deadline: world.deadlineFor(now),
  state: 'prepared',
  fence: 1,
  attempt: 1,
  nextPollAt: now,
  pollCount: 0,
  events: 0,
  createdAt: now,
  ...(world.operation === 'refund' ? { reservation: { account: 'A', id: 'payment', amount, held: true } } : {}),
})

/** The caller comes with the key: the first time, or again. What only repeats the record to it changes nothing. */
const calls = (state: State, world: World, index: number): Moves => {
  if (state.calls >= world.calls) return []
  const now = timeAt(world, state.tick)
  const { accounts } = state.workers[index] ?? { accounts: [] }
  const called: State = { ...state, calls: state.calls + 1 }
  const view = recordOf(state)
  if (view === undefined) {
    const change = world.rules.claim(newOperation(world, accounts, now), LEASE_MS, now)
    const ledger = commit(state.ledger, change.writes)
    if (ledger === undefined) return []
    const claimed = { ...called, ledger }
    return [
      {
        what: 'a caller comes; claims',
        to: standing(claimed, index, turn(claimed, world, index, change.leased)),
        fault: true,
      },
    ]
  }
  if (state.ledger.leased) return []
  const taken = world.rules.acquire(view, LEASE_MS, now)
  switch (view.operation.state) {
    case 'canceled': {
      const again = world.rules.reopen(taken.leased, view.operation.request, accounts, world.deadlineFor(now), now)
      const change = { leased: again.leased, writes: [...taken.writes, ...again.writes] }
      return [
        {
          what: 'the caller comes again, to reopen',
          to: standing(called, index, { at: 'commit', change }),
          fault: true,
        },
      ]
    }
    case 'prepared':
    case 'dispatched':
      return [
        { what: 'the caller comes again', to: standing(called, index, { at: 'commit', change: taken }), fault: true },
      ]
    case 'indeterminate':
    case 'refused':
    case 'executed':
      return []
  }
}

const recovers = (state: State, world: World, index: number): Moves => {
  const view = recordOf(state)
  if (view?.operation.nextPollAt === undefined || state.ledger.leased) return []
  const change = world.rules.acquire(view, LEASE_MS, timeAt(world, state.tick))
  return [{ what: 'finds the operation due', to: standing(state, index, { at: 'commit', change }), fault: false }]
}

/** A worker that is paused for longer than its lease, and wakes some time. */
const pauses = (state: State): State => ({
  ...state,
  crashes: state.crashes + 1,
  ledger: { ...state.ledger, leased: false },
})

const workerMoves = (state: State, world: World, index: number): Moves => {
  const position = state.workers[index]?.position
  if (position === undefined) return [...calls(state, world, index), ...recovers(state, world, index)]
  const walked = walk(state, world, index, position)
  if (state.crashes >= world.bounds.crashes) return walked
  return [
    ...walked,
    { what: 'crashes', to: crash(state, index, position), fault: true },
    ...(isHolder(state, position) ? [{ what: 'pauses, and its lease ends', to: pauses(state), fault: true }] : []),
  ]
}

/** What is under way arrives late, or not at all. */
const arrivals = (state: State, world: World): Moves =>
  state.underWay.flatMap((request, index): Moves => {
    const without = { ...state, underWay: state.underWay.filter((_, other) => other !== index) }
    return [
      { what: `${request.account} takes a late request`, to: take(without, world, request).state, fault: false },
      { what: 'a late request is lost', to: without, fault: false },
    ]
  })

/**
 * Time passes. Where gateways forget keys, what was decided to be sent arrives, or is lost, before the next moment but one:
 * `RESEND_MARGIN_MS` is there for this.
 */
const passes = (state: State, world: World): Moves => {
  if (state.tick + 1 >= world.times.length || state.ledger.operation === undefined) return []
  const decided = [
    ...state.underWay.map(({ decidedAt }) => decidedAt),
    ...state.workers.flatMap(({ position }) => {
      if (position === undefined || position.at === 'commit') return []
      if (position.at === 'send' || position.at === 'poll') return [position.decidedAt]
      return position.request === undefined ? [] : [position.request.decidedAt]
    }),
  ]
  if (world.gateway !== 'none' && decided.some((tick) => tick < state.tick)) return []
  return [{ what: 'time passes', to: { ...state, tick: state.tick + 1 }, fault: false }]
}

/** The configuration of one worker that has nothing to do changes: the other order, or without the first account. */
const reloads = (state: State, world: World): Moves => {
  const [first, second] = world.accounts
  if (!world.reloads || state.reloaded || first === undefined || second === undefined) return []
  if (state.ledger.operation === undefined) return []
  return [[second, first], [second]].flatMap((accounts) =>
    state.workers.flatMap(({ position }, index) => {
      if (position !== undefined) return []
      const workers = state.workers.map((worker, other) => (other === index ? { ...worker, accounts } : worker))
      const what = `worker ${index + 1} gets another configuration: ${accounts.join(', ')}`
      return [{ what, to: { ...state, reloaded: true, workers }, fault: true }]
    }),
  )
}

const attestation = { attestedBy: 'operator', note: "the gateway's execution log" }

/** An operator attests what the gateway shows, once nothing can be under way any more. */
const resolves = (state: State, world: World): Moves => {
  const leased = recordOf(state)
  const isQuiet = state.underWay.length === 0 && state.workers.every(({ position }) => position === undefined)
  if (leased?.operation.state !== 'indeterminate' || leased.operation.nextPollAt !== undefined || !isQuiet) return []
  const now = timeAt(world, state.tick)
  const [execution] = state.executions
  const taken = world.rules.acquire(leased, LEASE_MS, now)
  const resolved =
    execution === undefined
      ? resolvedAsNotExecuted(taken.leased, unreachable('before_write'), attestation, now)
      : resolvedAsExecuted(
          taken.leased,
          { account: execution.account, kind: 'payout', id: `${execution.n}` },
          attestation,
          [],
          now,
        )
  const ledger = commit(state.ledger, [...taken.writes, ...resolved.writes])
  return ledger === undefined ? [] : [{ what: 'an operator resolves it', to: { ...state, ledger }, fault: true }]
}

/** The world as a graph to search. */
export const protocolModel = (world: World): Model<State> => ({
  start: {
    tick: 0,
    ledger: emptyLedger,
    workers: [{ accounts: world.accounts }, { accounts: world.accounts }],
    underWay: [],
    executions: [],
    crashes: 0,
    sends: 0,
    calls: 0,
    copied: false,
    reloaded: false,
  },
  moves: (state) => [
    ...state.workers.flatMap((_, index) =>
      workerMoves(state, world, index).map((move) => ({ ...move, what: `worker ${index + 1} ${move.what}` })),
    ),
    ...arrivals(state, world),
    ...passes(state, world),
    ...reloads(state, world),
    ...resolves(state, world),
  ],
  keyOf,
  wrong: broken,
  atRest: isAtRest,
})
