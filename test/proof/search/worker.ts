import {
  type AnyReference,
  indeterminate,
  type PaymentError,
  rateLimited,
  refused,
  unreachable,
} from '../../../src/core/index.js'
import {
  type Change,
  cancel,
  currentAttempt,
  type LeasedOperation,
  type PersistedRequest,
  pollSchedule,
  startNewAttempt,
  withoutAccount,
} from '../../../src/orchestrator/protocol/index.js'
import type { Move } from './explore.js'
import { find, take } from './gateway.js'
import { commit } from './ledger.js'
import { isHolder, type Position, type Request, recordOf, type State, timeAt, type World } from './world.js'

/**
 * What a worker does between taking an operation over and letting go of it, one effect at a time. It walks as the driver
 * `runOperation` does.
 */

type At<P extends Position['at']> = Extract<Position, { at: P }>
type Moves = readonly Move<State>[]

/** A worker by its place among the workers. */
export const standing = (state: State, index: number, position: Position | undefined): State => ({
  ...state,
  workers: state.workers.map((worker, other) =>
    other === index ? { accounts: worker.accounts, ...(position === undefined ? {} : { position }) } : worker,
  ),
})

const referenceOf = (world: World, { operation, attempts }: LeasedOperation): AnyReference | undefined => {
  const { account, n } = currentAttempt({ operation, attempts })
  if (world.lookup === 'by_key') return { kind: 'payout', account, idempotencyKey: operation.idempotencyKey }
  return world.lookup === 'by_id' ? { kind: 'payout', account, id: `${n}` } : undefined
}

const persistedFor = (world: World, leased: LeasedOperation): PersistedRequest => {
  const effect = world.effects[currentAttempt(leased).account] ?? 'moves_money'
  const reference = referenceOf(world, leased)
  const wire = {
    exchange: 'fake.submit',
    effect,
    method: 'POST',
    base: 'api',
    path: '/',
    auth: 'key',
    headers: {},
  } as const
  return { draft: { wire, context: null, notPassedOn: [] }, ...(reference === undefined ? {} : { reference }) }
}

/** What the worker does next with what it holds; `undefined` lets go of it. */
export const turn = (state: State, world: World, index: number, leased: LeasedOperation): Position | undefined => {
  const { rules, declared } = world
  const now = timeAt(world, state.tick)
  const { account } = currentAttempt(leased)
  const commitOf = (change: Change): Position => ({ at: 'commit', change })
  if (state.workers[index]?.accounts.includes(account) !== true) return commitOf(withoutAccount(leased, now))
  const step = rules.next(leased, declared, now)
  switch (step.step) {
    case 'send':
      return { at: 'send', again: false, decidedAt: state.tick, leased }
    case 'poll': {
      const { reference, otherwise } = step
      const created = 'id' in reference ? { n: Number(reference.id) } : {}
      return { at: 'poll', account: reference.account, ...created, otherwise, decidedAt: state.tick, leased }
    }
    case 'new_attempt':
      return commitOf(startNewAttempt(leased, now))
    case 'cancel':
      return commitOf(cancel(leased, unreachable('deadline'), now))
    case 'wait': {
      const isOpen = leased.operation.state === 'dispatched' || leased.operation.state === 'indeterminate'
      return isOpen ? commitOf(rules.afterPoll(leased, false, now)) : undefined
    }
  }
}

/** The looks between the first and the one that finds the schedule at its end are alike, and left out. */
const coarse = (leased: LeasedOperation): LeasedOperation => {
  const last = pollSchedule.length
  const { pollCount } = leased.operation
  return pollCount === 0
    ? leased
    : { ...leased, operation: { ...leased.operation, pollCount: pollCount <= last ? last : last + 1 } }
}

const goesOn = ({ writes }: Change): boolean =>
  writes.some((write) => write.write === 'operation' && write.keepLease) ||
  !writes.some((write) => write.write === 'operation')

/** What a caller gets is read off the record: a link leaves with it. */
const released = (state: State): Pick<State, 'released'> => {
  const object = state.ledger.operation?.object
  return object === undefined ? {} : { released: object.id }
}

const commits = (state: State, world: World, index: number, { change, orElse }: At<'commit'>): Moves => {
  const ledger = commit(state.ledger, change.writes)
  const what = `commits: ${change.writes.flatMap((write) => (write.write === 'log' ? [`${write.log.what} ${write.log.detail ?? ''}`] : [])).join(', ')}`
  if (ledger === undefined) {
    const next: Position | undefined = orElse === undefined ? undefined : { at: 'commit', change: orElse }
    return [{ what: `${what}; a guard does not hold`, to: standing(state, index, next), fault: false }]
  }
  const { operation } = ledger
  const leased = coarse(change.leased)
  const checked =
    operation === undefined ? ledger : { ...ledger, operation: { ...operation, pollCount: leased.operation.pollCount } }
  const done: State = { ...state, ledger: checked }
  const read = world.rules.readsAfterTakingOver ? (recordOf(done) ?? leased) : leased
  const to = goesOn(change)
    ? standing(done, index, turn(done, world, index, read))
    : { ...standing(done, index, undefined), ...released(done) }
  return [{ what, to, fault: false }]
}

/** The change that an error leads to after the dispatch is recorded, or before it. */
const failing = (
  state: State,
  world: World,
  leased: LeasedOperation,
  error: PaymentError,
  dispatched: boolean,
): Change => world.rules.afterFailure(leased, error, dispatched, timeAt(world, state.tick))

const refusals = [
  refused('insufficient_funds', 400),
  refused('amount_limit', 400),
  refused('validation', 422),
  rateLimited(),
] as const

const requestOf = (world: World, leased: LeasedOperation, decidedAt: number): Request => {
  const attempt = currentAttempt(leased)
  const effect = world.effects[attempt.account] ?? 'moves_money'
  const key = world.rules.keyFor(attempt.dispatchCount + 1)
  return { account: attempt.account, n: attempt.n, effect, key, decidedAt }
}

/** The mark, once connected: written or not, and with or without the store's answer. */
const dispatches = (state: State, world: World, index: number, { leased, decidedAt }: At<'send'>): Moves => {
  const now = timeAt(world, decidedAt)
  const recordingDispatch = world.rules.recordDispatch(leased, persistedFor(world, leased), now)
  const request = requestOf(world, leased, decidedAt)
  const fail = (error: PaymentError): Position => ({
    at: 'commit',
    change: failing(state, world, leased, error, false),
  })
  if (timeAt(world, state.tick) >= leased.operation.deadline)
    return [
      { what: 'finds the deadline passed', to: standing(state, index, fail(unreachable('deadline'))), fault: false },
    ]
  if (!world.rules.recordsDispatchBeforeWriting) {
    const early: Position = { at: 'write', leased: recordingDispatch.leased, request, lateDispatch: recordingDispatch }
    return [
      { what: `connects to ${request.account} without a dispatch`, to: standing(state, index, early), fault: false },
    ]
  }
  const ledger = commit(state.ledger, recordingDispatch.writes)
  if (ledger === undefined)
    return [{ what: 'connects, and may not mark', to: standing(state, index, undefined), fault: false }]
  const dispatched: State = { ...state, ledger }
  const ready: Move<State> = {
    what: `connects to ${request.account} and marks`,
    to: standing(dispatched, index, { at: 'write', leased: recordingDispatch.leased, request }),
    fault: false,
  }
  if (state.crashes >= world.bounds.crashes) return [ready]
  // No byte is written then; whether the dispatch stands, the guard of the next commit tells.
  const unsure: Position = {
    at: 'commit',
    change: failing(state, world, recordingDispatch.leased, unreachable('store'), true),
    orElse: failing(state, world, leased, unreachable('store'), false),
  }
  const crashes = state.crashes + 1
  return [
    ready,
    {
      what: 'connects; the store refuses the dispatch',
      to: standing({ ...state, crashes }, index, fail(unreachable('store'))),
      fault: true,
    },
    {
      what: "connects and marks; the store's answer is lost",
      to: standing({ ...dispatched, crashes }, index, unsure),
      fault: true,
    },
    {
      what: 'connects; the dispatch is lost, and nobody tells',
      to: standing({ ...state, crashes }, index, unsure),
      fault: true,
    },
  ]
}

const sends = (state: State, world: World, index: number, position: At<'send'>): Moves => {
  const { leased, again } = position
  const fails = (what: string, error: PaymentError, fault: boolean): Move<State> => ({
    what,
    to: standing(state, index, { at: 'commit', change: failing(state, world, leased, error, false) }),
    fault,
  })
  const isSpent = state.sends >= world.bounds.sends
  const unreached = fails(`does not reach ${currentAttempt(leased).account}`, unreachable('connect'), !isSpent)
  // The refusal of a draft: something it created was refused, or the gateway has no place for what is asked.
  const undrafted = again ? [] : [fails('drafts, and is refused', refused('validation', 422), true)]
  return isSpent ? [unreached] : [unreached, ...undrafted, ...dispatches(state, world, index, position)]
}

const executedChange = (
  state: State,
  world: World,
  leased: LeasedOperation,
  n: number,
  account: string,
  found: boolean,
): Change =>
  world.rules.executed(
    leased,
    { account, kind: 'payout', id: `${n}` },
    found ? 'found' : 'executed',
    [],
    timeAt(world, state.tick),
  )

const polls = (state: State, world: World, index: number, position: At<'poll'>): Moves => {
  const { account, leased, otherwise, decidedAt } = position
  const execution = find(state, account, position.n)
  const missing: Position =
    otherwise === 'resend'
      ? { at: 'send', again: true, decidedAt, leased }
      : { at: 'commit', change: world.rules.afterPoll(leased, true, timeAt(world, state.tick)) }
  const notFound: Move<State> = {
    what: 'looks it up and does not find it',
    to: standing(state, index, missing),
    // A read may lag behind.
    fault: execution !== undefined,
  }
  if (execution === undefined) return [notFound]
  const change = executedChange(state, world, leased, execution.n, account, true)
  return [
    notFound,
    { what: 'looks it up and finds it', to: standing(state, index, { at: 'commit', change }), fault: false },
  ]
}

const writes = (state: State, world: World, index: number, { leased, request, lateDispatch }: At<'write'>): Moves => {
  const unwritten = failing(state, world, leased, unreachable('before_write'), true)
  const waiting: Position = { at: 'wait', leased, request, ...(lateDispatch === undefined ? {} : { lateDispatch }) }
  const written = { ...standing(state, index, waiting), sends: state.sends + 1 }
  return [
    { what: `writes to ${request.account}`, to: written, fault: false },
    {
      what: 'finds the connection closed before the first byte',
      to: standing(state, index, { at: 'commit', change: unwritten }),
      fault: true,
    },
  ]
}

/** A request that nobody waits for any more stays under way. */
const letGo = (state: State, request: Request | undefined): State =>
  request === undefined ? state : { ...state, underWay: [...state.underWay, request] }

/** The worker is gone, and what it knew with it. */
export const crash = (state: State, index: number, position: Position): State => {
  const request = position.at === 'wait' ? position.request : undefined
  const holds = isHolder(state, position)
  const left = letGo(standing(state, index, undefined), request)
  return { ...left, crashes: state.crashes + 1, ledger: holds ? { ...left.ledger, leased: false } : left.ledger }
}

const isCopied = (world: World, state: State): boolean => state.copied || !world.copies

/** A copy arrives, or is lost, before anything else is decided at a later moment. */
const COPY = -1

/** The network may deliver a request twice; whoever sends without a key to de-duplicate by cannot help that. */
const copying = (state: State, world: World, request: Request): readonly (readonly [string, State])[] =>
  isCopied(world, state)
    ? []
    : [[' (and a copy stays under way)', { ...letGo(state, { ...request, decidedAt: COPY }), copied: true }]]

const answers = (state: State, world: World, index: number, leased: LeasedOperation, request: Request): Moves => {
  const { state: taken, said } = take(state, world, request)
  const interpret = (after: State): Position => ({
    at: 'commit',
    change:
      said.says === 'done'
        ? executedChange(after, world, leased, said.execution.n, said.execution.account, false)
        : failing(after, world, leased, indeterminate(request.effect, 'answer', { registered: true }), true),
  })
  const waiting = (after: State): State => standing(after, index, { at: 'wait', leased })
  const given = world.rules.recordsBeforeResult || said.says !== 'done' ? {} : { released: `${said.execution.n}` }
  const takings: readonly (readonly [string, State])[] = [['', taken], ...copying(taken, world, request)]
  const done = takings.flatMap(
    ([and, after]): Moves => [
      {
        what: `${request.account} takes it and answers${and}`,
        to: { ...standing(after, index, interpret(after)), ...given },
        fault: and !== '',
      },
      { what: `${request.account} takes it; the answer is lost${and}`, to: waiting(after), fault: true },
    ],
  )
  const refusing = refusals.map(
    (error): Move<State> => ({
      what: `${request.account} refuses: ${'reason' in error ? error.reason : error._tag}`,
      to: standing(state, index, { at: 'commit', change: failing(state, world, leased, error, true) }),
      fault: true,
    }),
  )
  return [...done, ...refusing, { what: 'the request is lost', to: waiting(state), fault: true }]
}

const waits = (state: State, world: World, index: number, { leased, request, lateDispatch }: At<'wait'>): Moves => {
  if (lateDispatch !== undefined) {
    const ledger = commit(state.ledger, lateDispatch.writes)
    const next: Position | undefined =
      ledger === undefined ? undefined : { at: 'wait', leased, ...(request === undefined ? {} : { request }) }
    return [
      {
        what: 'records the dispatch',
        to: standing({ ...state, ledger: ledger ?? state.ledger }, index, next),
        fault: false,
      },
    ]
  }
  const lost = failing(
    state,
    world,
    leased,
    indeterminate(world.effects[currentAttempt(leased).account] ?? 'moves_money', 'first_byte'),
    true,
  )
  const gaveUp: Move<State> = {
    what: 'waits no longer for an answer',
    to: standing(letGo(state, request), index, { at: 'commit', change: lost }),
    fault: request !== undefined,
  }
  return request === undefined ? [gaveUp] : [gaveUp, ...answers(state, world, index, leased, request)]
}

/** What a worker may do, or meet, where it stands. */
export const walk = (state: State, world: World, index: number, position: Position): Moves => {
  switch (position.at) {
    case 'commit':
      return commits(state, world, index, position)
    case 'send':
      return sends(state, world, index, position)
    case 'poll':
      return polls(state, world, index, position)
    case 'write':
      return writes(state, world, index, position)
    case 'wait':
      return waits(state, world, index, position)
  }
}
