import type { PaymentError } from '../../../src/core/index.js'
import type { LeasedOperation } from '../../../src/orchestrator/protocol/index.js'
import { currentAttempt } from '../../../src/orchestrator/protocol/index.js'
import type { Position, Request, State } from './world.js'
import { isCurrent, leasedBy } from './world.js'

/**
 * A state as text, without what no step depends on: ids, texts, how often the fence rose, which attempt it is by number.
 */

const outcomeOf = (error: PaymentError | undefined): string => error?.outcome ?? '-'

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
const keyOfLeased = (leased: LeasedOperation): number => {
  const number = known.get(leased.operation) ?? numberOf(textOfLeased(leased))
  known.set(leased.operation, number)
  return number
}

const textOfLeased = (leased: LeasedOperation): string => {
  const { state, accounts, deadline, nextPollAt, pollCount, reservation, object, error } = leased.operation
  const attempt = currentAttempt(leased)
  const abandoned = leased.attempts.filter((other) => other.state === 'abandoned').length
  return [
    state,
    accounts.join(''),
    deadline,
    flag(nextPollAt !== undefined),
    pollCount,
    flag(reservation?.held === true),
    object?.account,
    object === undefined ? '' : flag(object.id === `${attempt.n}`),
    outcomeOf(error),
    attempt.account,
    attempt.state,
    attempt.dispatchCount,
    attempt.firstDispatchedAt,
    abandoned,
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
  const leased = keyOfLeased(leasedBy(position))
  switch (position.at) {
    case 'commit': {
      const { change, orElse } = position
      const writes = numberOf(change.writes.map((write) => write.write).join())
      return `commit ${leased} ${writes} ${orElse === undefined ? '' : keyOfLeased(orElse.leased)}`
    }
    case 'send':
      return `send ${leased} ${position.again} ${position.decidedAt}`
    case 'poll':
      return `look ${leased} ${position.otherwise} ${position.decidedAt}`
    case 'write':
    case 'wait':
      return `${position.at} ${leased} ${request} ${position.lateDispatch !== undefined}`
  }
}

/** Created ones that are alike count once, as one more of them moves no money. */
const alike = <R extends Request>(requests: readonly R[], ofRequest: (request: R) => string): readonly string[] => {
  const created = requests.filter(({ effect }) => effect === 'creates').map(ofRequest)
  const moving = requests.filter(({ effect }) => effect === 'moves_money').map(ofRequest)
  return [...new Set(created), ...moving].sort()
}

export const keyOf = (state: State): string => {
  const { ledger, tick, crashes, sends, calls, copied, reloaded, released } = state
  const { operation, attempts } = ledger
  const ofRequest = keyOfRequest(operation?.attempt)
  const record = operation === undefined ? '' : keyOfLeased({ operation, attempts })
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
