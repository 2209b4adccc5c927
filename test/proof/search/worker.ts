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
  type Frozen,
  type Held,
  leave,
  lookUpSchedule,
  startOver,
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

const referenceOf = (world: World, { operation, attempts }: Held): AnyReference | undefined => {
  const { account, n } = currentAttempt({ operation, attempts })
  if (world.lookUp === 'by_key') return { kind: 'payout', account, key: operation.key }
  return world.lookUp === 'by_id' ? { kind: 'payout', account, id: `${n}` } : undefined
}

const frozenFor = (world: World, held: Held): Frozen => {
  const effect = world.effects[currentAttempt(held).account] ?? 'moves_money'
  const reference = referenceOf(world, held)
  const wire = { effect, method: 'POST', base: 'api', path: '/', auth: 'key', headers: {} } as const
  return { draft: { wire, memo: null }, ...(reference === undefined ? {} : { reference }) }
}

/** What the worker does next with what it holds; `undefined` lets go of it. */
export const turn = (state: State, world: World, index: number, held: Held): Position | undefined => {
  const { rules, declared } = world
  const now = timeAt(world, state.tick)
  const { account } = currentAttempt(held)
  const commitOf = (change: Change): Position => ({ at: 'commit', change })
  if (state.workers[index]?.accounts.includes(account) !== true) return commitOf(leave(held, now))
  const step = rules.next(held, declared, now)
  switch (step.step) {
    case 'send':
    case 'resend':
      return { at: 'send', again: step.step === 'resend', decidedAt: state.tick, held }
    case 'look_up': {
      const { reference, otherwise } = step
      const staged = 'id' in reference ? { n: Number(reference.id) } : {}
      return { at: 'look_up', account: reference.account, ...staged, otherwise, decidedAt: state.tick, held }
    }
    case 'start_over':
      return commitOf(startOver(held, now))
    case 'cancel':
      return commitOf(cancel(held, unreachable('deadline'), now))
    case 'wait': {
      const isOpen = held.operation.state === 'dispatched' || held.operation.state === 'indeterminate'
      return isOpen ? commitOf(rules.afterLookUp(held, declared, now)) : undefined
    }
  }
}

/** The looks between the first and the one that finds the schedule at its end are alike, and left out. */
const coarse = (held: Held): Held => {
  const last = lookUpSchedule.length
  const { checks } = held.operation
  return checks === 0 ? held : { ...held, operation: { ...held.operation, checks: checks <= last ? last : last + 1 } }
}

const goesOn = ({ writes }: Change): boolean =>
  writes.some((write) => write.write === 'operation' && write.keepLease) ||
  !writes.some((write) => write.write === 'operation')

/** What a caller is told is read off the record: a link leaves with it. */
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
  const held = coarse(change.held)
  const checked =
    operation === undefined ? ledger : { ...ledger, operation: { ...operation, checks: held.operation.checks } }
  const done: State = { ...state, ledger: checked }
  const read = world.rules.readsAfterTakingOver ? (recordOf(done) ?? held) : held
  const to = goesOn(change)
    ? standing(done, index, turn(done, world, index, read))
    : { ...standing(done, index, undefined), ...released(done) }
  return [{ what, to, fault: false }]
}

/** The change that an error leads to after the mark, or before it. */
const failing = (state: State, world: World, held: Held, error: PaymentError, marked: boolean): Change =>
  world.rules.afterFailure(held, error, marked, world.declared, timeAt(world, state.tick))

const refusals = [
  refused('insufficient_funds', 400),
  refused('amount_limit', 400),
  refused('validation', 422),
  rateLimited(),
] as const

const requestOf = (world: World, held: Held, decidedAt: number): Request => {
  const attempt = currentAttempt(held)
  const effect = world.effects[attempt.account] ?? 'moves_money'
  const key = world.rules.keyFor(attempt.marks + 1)
  return { account: attempt.account, n: attempt.n, effect, key, decidedAt }
}

/** The mark, once connected: written or not, and with or without the store's answer. */
const marks = (state: State, world: World, index: number, { held, decidedAt }: At<'send'>): Moves => {
  const now = timeAt(world, decidedAt)
  const marking = world.rules.mark(held, frozenFor(world, held), now)
  const request = requestOf(world, held, decidedAt)
  const fail = (error: PaymentError): Position => ({ at: 'commit', change: failing(state, world, held, error, false) })
  if (timeAt(world, state.tick) >= held.operation.deadline)
    return [
      { what: 'finds the deadline passed', to: standing(state, index, fail(unreachable('deadline'))), fault: false },
    ]
  if (!world.rules.marksBeforeWriting) {
    const early: Position = { at: 'write', held: marking.held, request, lateMark: marking }
    return [{ what: `connects to ${request.account} without a mark`, to: standing(state, index, early), fault: false }]
  }
  const ledger = commit(state.ledger, marking.writes)
  if (ledger === undefined)
    return [{ what: 'connects, and may not mark', to: standing(state, index, undefined), fault: false }]
  const marked: State = { ...state, ledger }
  const ready: Move<State> = {
    what: `connects to ${request.account} and marks`,
    to: standing(marked, index, { at: 'write', held: marking.held, request }),
    fault: false,
  }
  if (state.crashes >= world.bounds.crashes) return [ready]
  // No byte is written then; whether the mark stands, the guard of the next commit tells.
  const unsure: Position = {
    at: 'commit',
    change: failing(state, world, marking.held, unreachable('store'), true),
    orElse: failing(state, world, held, unreachable('store'), false),
  }
  const crashes = state.crashes + 1
  return [
    ready,
    {
      what: 'connects; the store refuses the mark',
      to: standing({ ...state, crashes }, index, fail(unreachable('store'))),
      fault: true,
    },
    {
      what: "connects and marks; the store's answer is lost",
      to: standing({ ...marked, crashes }, index, unsure),
      fault: true,
    },
    {
      what: 'connects; the mark is lost, and nobody tells',
      to: standing({ ...state, crashes }, index, unsure),
      fault: true,
    },
  ]
}

const sends = (state: State, world: World, index: number, position: At<'send'>): Moves => {
  const { held, again } = position
  const fails = (what: string, error: PaymentError, fault: boolean): Move<State> => ({
    what,
    to: standing(state, index, { at: 'commit', change: failing(state, world, held, error, false) }),
    fault,
  })
  const isSpent = state.sends >= world.bounds.sends
  const unreached = fails(`does not reach ${currentAttempt(held).account}`, unreachable('connect'), !isSpent)
  // The refusal of a draft: something it staged was refused, or the gateway has no place for what is asked.
  const undrafted = again ? [] : [fails('drafts, and is refused', refused('validation', 422), true)]
  return isSpent ? [unreached] : [unreached, ...undrafted, ...marks(state, world, index, position)]
}

const executedChange = (state: State, world: World, held: Held, n: number, account: string, found: boolean): Change =>
  world.rules.executed(
    held,
    { account, kind: 'payout', id: `${n}` },
    found ? 'found' : 'executed',
    [],
    timeAt(world, state.tick),
  )

const looksUp = (state: State, world: World, index: number, position: At<'look_up'>): Moves => {
  const { account, held, otherwise, decidedAt } = position
  const execution = find(state, account, position.n)
  const missing: Position =
    otherwise === 'resend'
      ? { at: 'send', again: true, decidedAt, held }
      : { at: 'commit', change: world.rules.afterLookUp(held, world.declared, timeAt(world, state.tick)) }
  const notFound: Move<State> = {
    what: 'looks it up and does not find it',
    to: standing(state, index, missing),
    // A read may lag behind.
    fault: execution !== undefined,
  }
  if (execution === undefined) return [notFound]
  const change = executedChange(state, world, held, execution.n, account, true)
  return [
    notFound,
    { what: 'looks it up and finds it', to: standing(state, index, { at: 'commit', change }), fault: false },
  ]
}

const writes = (state: State, world: World, index: number, { held, request, lateMark }: At<'write'>): Moves => {
  const unwritten = failing(state, world, held, unreachable('before_write'), true)
  const waiting: Position = { at: 'wait', held, request, ...(lateMark === undefined ? {} : { lateMark }) }
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

const answers = (state: State, world: World, index: number, held: Held, request: Request): Moves => {
  const { state: taken, said } = take(state, world, request)
  const conclude = (after: State): Position => ({
    at: 'commit',
    change:
      said.says === 'done'
        ? executedChange(after, world, held, said.execution.n, said.execution.account, false)
        : failing(after, world, held, indeterminate(request.effect, 'answer', { registered: true }), true),
  })
  const waiting = (after: State): State => standing(after, index, { at: 'wait', held })
  const told = world.rules.recordsBeforeTelling || said.says !== 'done' ? {} : { released: `${said.execution.n}` }
  const takings: readonly (readonly [string, State])[] = [['', taken], ...copying(taken, world, request)]
  const done = takings.flatMap(
    ([and, after]): Moves => [
      {
        what: `${request.account} takes it and answers${and}`,
        to: { ...standing(after, index, conclude(after)), ...told },
        fault: and !== '',
      },
      { what: `${request.account} takes it; the answer is lost${and}`, to: waiting(after), fault: true },
    ],
  )
  const refusing = refusals.map(
    (error): Move<State> => ({
      what: `${request.account} refuses: ${'reason' in error ? error.reason : error._tag}`,
      to: standing(state, index, { at: 'commit', change: failing(state, world, held, error, true) }),
      fault: true,
    }),
  )
  return [...done, ...refusing, { what: 'the request is lost', to: waiting(state), fault: true }]
}

const waits = (state: State, world: World, index: number, { held, request, lateMark }: At<'wait'>): Moves => {
  if (lateMark !== undefined) {
    const ledger = commit(state.ledger, lateMark.writes)
    const next: Position | undefined =
      ledger === undefined ? undefined : { at: 'wait', held, ...(request === undefined ? {} : { request }) }
    return [{ what: 'marks', to: standing({ ...state, ledger: ledger ?? state.ledger }, index, next), fault: false }]
  }
  const lost = failing(
    state,
    world,
    held,
    indeterminate(world.effects[currentAttempt(held).account] ?? 'moves_money', 'first_byte'),
    true,
  )
  const gaveUp: Move<State> = {
    what: 'waits no longer for an answer',
    to: standing(letGo(state, request), index, { at: 'commit', change: lost }),
    fault: request !== undefined,
  }
  return request === undefined ? [gaveUp] : [gaveUp, ...answers(state, world, index, held, request)]
}

/** What a worker may do, or meet, where it stands. */
export const walk = (state: State, world: World, index: number, position: Position): Moves => {
  switch (position.at) {
    case 'commit':
      return commits(state, world, index, position)
    case 'send':
      return sends(state, world, index, position)
    case 'look_up':
      return looksUp(state, world, index, position)
    case 'write':
      return writes(state, world, index, position)
    case 'wait':
      return waits(state, world, index, position)
  }
}
