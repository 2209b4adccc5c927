import type { OperationRecord } from '../../../src/ledger/index.js'
import { type Position, type Request, recordOf, type State } from './world.js'

/** The rules that every state has to keep. */

const isMoving = ({ effect }: Request): boolean => effect === 'moves_money'

const requestAt = (position: Position | undefined): readonly Request[] =>
  position !== undefined && 'request' in position && position.request !== undefined ? [position.request] : []

/** Requests that may still be carried out: written, or about to be by a worker that dispatched them. */
const possible = ({ underWay, workers }: State): readonly Request[] => [
  ...underWay,
  ...workers.flatMap(({ position }) => requestAt(position)),
]

const falseEnd = (state: State, operation: OperationRecord): string | undefined => {
  if (operation.state !== 'refused' && operation.state !== 'canceled') return undefined
  if (state.executions.some(isMoving)) return `recorded as ${operation.state}, and the money moved`
  // Before a send that nobody dispatched, the worker holds the fence and gives up.
  if (possible(state).some(isMoving)) return `recorded as ${operation.state}, and the money may still move`
  return undefined
}

const falseExecution = (state: State, { object }: OperationRecord): string | undefined => {
  if (object === undefined) return undefined
  const isThere = state.executions.some(({ account, n }) => account === object.account && `${n}` === object.id)
  return isThere ? undefined : 'recorded as executed, and the gateway has nothing'
}

const falseRelease = ({ released }: State, { object }: OperationRecord): string | undefined =>
  released === undefined || released === object?.id
    ? undefined
    : 'a caller was given a link that the record does not hold'

const falseReservation = (state: State, { reservation }: OperationRecord): string | undefined => {
  if (reservation === undefined) return undefined
  const expected = reservation.held ? reservation.amount.minorUnits : 0n
  if (state.ledger.reserved !== expected) return 'what is reserved is not what the record holds'
  const mayMove = state.executions.some(isMoving) || possible(state).some(isMoving)
  return mayMove && !reservation.held ? 'nothing is reserved, and the refund may be given' : undefined
}

const abandoned = ({ nextPollAt, state: is, attempt }: OperationRecord): string | undefined => {
  if (is !== 'prepared' && is !== 'dispatched') return undefined
  return nextPollAt === undefined ? `left ${is} in attempt ${attempt} for nobody to go on with` : undefined
}

/** The rule that a state breaks, in words. */
export const broken = (state: State): string | undefined => {
  const executed = state.executions.filter(isMoving).length
  if (executed > 1) return `the money moved ${executed} times`
  if (state.ledger.illegal !== undefined) return `not a legal change: ${state.ledger.illegal}`
  const operation = recordOf(state)?.operation
  if (operation === undefined) return state.released === undefined ? undefined : 'a link was given out before the claim'
  return (
    falseEnd(state, operation) ??
    falseExecution(state, operation) ??
    falseRelease(state, operation) ??
    falseReservation(state, operation) ??
    abandoned(operation)
  )
}

const isOver = ({ state, nextPollAt }: OperationRecord): boolean =>
  state === 'executed' || state === 'refused' || state === 'canceled' || nextPollAt === undefined

/** At its end, or unresolved for an operator, with nobody at work. */
export const isAtRest = (state: State): boolean => {
  const { operation } = state.ledger
  return state.workers.every(({ position }) => position === undefined) && (operation === undefined || isOver(operation))
}
