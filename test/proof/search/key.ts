import type { Json } from '../../../src/core/index.js'
import type { Held } from '../../../src/orchestrator/protocol/index.js'
import { currentAttempt } from '../../../src/orchestrator/protocol/index.js'
import type { Position, Request, State } from './world.js'
import { heldBy, isCurrent } from './world.js'

/**
 * A state as text, without what no step depends on: ids, texts, how often the fence rose, which attempt it is by number.
 */

const outcomeOf = (error: Json | undefined): string =>
  typeof error === 'object' && error !== null && 'outcome' in error ? `${error.outcome}` : '-'

const flag = (is: boolean): string => (is ? '1' : '0')

const numbers = new Map<string, number>()
const known = new WeakMap<object, number>()

/** A short name for a text, the same for the same text. */
const numberOf = (text: string): number => {
  const number = numbers.get(text) ?? numbers.size
  numbers.set(text, number)
  return number
}

/** Each change makes a new operation, so that one goes with one list of attempts. */
const keyOfHeld = (held: Held): number => {
  const number = known.get(held.operation) ?? numberOf(textOfHeld(held))
  known.set(held.operation, number)
  return number
}

const textOfHeld = (held: Held): string => {
  const { state, accounts, deadline, nextAt, checks, reservation, object, error } = held.operation
  const attempt = currentAttempt(held)
  const orphans = held.attempts.filter((other) => other.state === 'orphaned').length
  return [
    state,
    accounts.join(''),
    deadline,
    flag(nextAt !== undefined),
    checks,
    flag(reservation?.held === true),
    object?.account,
    object === undefined ? '' : flag(object.id === `${attempt.n}`),
    outcomeOf(error),
    attempt.account,
    attempt.state,
    attempt.marks,
    attempt.firstMarkedAt,
    orphans,
  ].join()
}

/** Seen from attempt `current`: what is under way or done for another attempt is all the same. */
const keyOfRequest =
  (current: number | undefined) =>
  ({ account, n, effect, key, decidedAt }: Request): string =>
    `${account}${n === current ? 'c' : 'o'}${effect}${key}${decidedAt}`

const keyOfPosition = (state: State, position: Position): string => {
  const ofRequest = keyOfRequest(state.ledger.operation?.attempt)
  const request = 'request' in position && position.request !== undefined ? ofRequest(position.request) : ''
  // Nothing that a worker without the fence knows counts any more.
  if (!isCurrent(state, position)) return `stale ${position.at} ${request} ${'orElse' in position}`
  const held = keyOfHeld(heldBy(position))
  switch (position.at) {
    case 'commit': {
      const { change, orElse } = position
      const writes = numberOf(change.writes.map((write) => write.write).join())
      return `commit ${held} ${writes} ${orElse === undefined ? '' : keyOfHeld(orElse.held)}`
    }
    case 'send':
      return `send ${held} ${position.again} ${position.decidedAt}`
    case 'look_up':
      return `look ${held} ${position.otherwise} ${position.decidedAt}`
    case 'write':
    case 'wait':
      return `${position.at} ${held} ${request} ${position.lateMark !== undefined}`
  }
}

/** Staged ones that are alike count once, as one more of them moves no money. */
const alike = <R extends Request>(requests: readonly R[], ofRequest: (request: R) => string): readonly string[] => {
  const staged = requests.filter(({ effect }) => effect === 'stages').map(ofRequest)
  const moving = requests.filter(({ effect }) => effect === 'moves_money').map(ofRequest)
  return [...new Set(staged), ...moving].sort()
}

export const keyOf = (state: State): string => {
  const { ledger, tick, crashes, sends, calls, copied, reloaded, released } = state
  const { operation, attempts } = ledger
  const ofRequest = keyOfRequest(operation?.attempt)
  const record = operation === undefined ? '' : keyOfHeld({ operation, attempts })
  // Two workers that stand alike are alike.
  const workers = state.workers
    .map(
      ({ accounts, position }) => `${accounts.join('')}${position === undefined ? '' : keyOfPosition(state, position)}`,
    )
    .sort()
  const requests = alike(state.underWay, ofRequest)
  const executions = alike(state.executions, (execution) => `${ofRequest(execution)}${execution.at}`)
  return [
    `${tick}${crashes}${sends}${calls}${flag(copied)}${flag(reloaded)}${flag(ledger.leased)}${ledger.reserved}`,
    record,
    released === undefined ? '' : flag(released === operation?.object?.id),
    workers.join('|'),
    requests.join('|'),
    executions.join('|'),
  ].join(';')
}
