import { inspect, isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { Kind, PaymentError, PaymentProvider, Result } from '../../../src/core/index.js'
import type { OperationView } from '../../../src/ledger/index.js'
import { succeed } from '../../either.js'
import { canaries, executedOf, idOf, type MoneyCall, type Play } from '../stage/plays.js'

import type { Fault } from './faults.js'
import type { Scene } from './scene.js'

type CallResult = E.Either<PaymentError, Result<Kind>>

/** What can be seen of an operation from outside: the ledger's record, the gateway's log, and the events. */
interface Seen {
  readonly state: string
  /** The states of its attempts, first to last. */
  readonly attempts: readonly string[]
  /** How many times the gateway executed the submission. */
  readonly executed: number
  /** What is reserved of the payment, in minor units; of refunds only. */
  readonly reserved?: bigint
  /** Types of the events about the operation, and about its object. */
  readonly events: readonly string[]
}

/** What a cell of the matrix works with. */
export interface Cell {
  readonly scene: Scene
  readonly fault: Fault
  readonly play: Play
  readonly key: string
  readonly call: (provider?: PaymentProvider) => Promise<CallResult>
  readonly see: () => Promise<Seen>
  readonly view: () => Promise<OperationView | undefined>
  /** Notes what is not as it has to be. */
  readonly check: (what: string, actual: unknown, expected: unknown) => void
  readonly problems: readonly string[]
}

const show = (value: unknown): string => inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY })

const secretsOf = ({ gateways: { payop, ippopay } }: Scene): readonly string[] => [
  payop.credentials.secretKey,
  payop.credentials.token,
  ippopay.credentials.secretKey,
  ippopay.credentials.payouts.secretKey,
  ...Object.values(canaries),
]

/** Sets up a cell: what the call is about is ready, and nothing was struck yet. */
export const openCell = async (scene: Scene, fault: Fault, play: Play, freshKey: string): Promise<Cell> => {
  const hasWrongKey = fault.means.by === 'caller' && fault.means.wrong === 'key'
  const key = hasWrongKey ? `${freshKey}\r\nx-other: 1` : freshKey
  const { gateways, ledger, paymux } = scene
  scene.resetClock()
  const money: MoneyCall = await play.ready(gateways, paymux, `${freshKey}-paid`)
  const before = gateways[play.gateway].executions().length
  const problems: string[] = []
  const view = () => succeed(ledger.operationByKey(play.operation, key))
  const eventsAbout = async (subject: string) => (await succeed(ledger.dueEvents(subject, 50))).map(({ type }) => type)

  const reservedOf = async (reservation: OperationView['operation']['reservation']) => {
    if (reservation === undefined) return {}
    const payment = await succeed(ledger.object({ ...reservation, kind: 'payment' }))
    return payment === undefined ? {} : { reserved: payment.reserved }
  }
  const leak = (result: CallResult): string | undefined => {
    if (E.isRight(result)) return undefined
    const text = `${JSON.stringify(result.left)} ${show(result.left)}`
    return secretsOf(scene).find((secret) => text.includes(secret))
  }
  return {
    scene,
    fault,
    play,
    key,
    problems,
    view,
    call: async (provider = paymux) => {
      const result = await money(provider, key)()
      if (leak(result) !== undefined) problems.push('a secret in the error')
      return result
    },
    see: async () => {
      const found = await view()
      const executed = executedOf(gateways, play, before).length
      if (found === undefined) return { state: 'none', attempts: [], executed, events: [] }
      const { id, state, object, reservation } = found.operation
      const { account, kind, id: objectId } = object ?? {}
      return {
        state,
        attempts: found.attempts.map((attempt) => attempt.state),
        executed,
        ...(await reservedOf(reservation)),
        events: [
          ...(await eventsAbout(`operation:${id}`)),
          ...(object === undefined ? [] : await eventsAbout(`${kind}:${account}:${objectId}`)),
        ],
      }
    },
    check: (what, actual, expected) => {
      if (!isDeepStrictEqual(actual, expected)) problems.push(`${what}: ${show(actual)} instead of ${show(expected)}`)
    },
  }
}

/** A result, in a word. */
export const describeResult = (result: CallResult): string => {
  if (E.isRight(result)) return 'a result'
  const error = result.left
  switch (error._tag) {
    case 'Refused':
      return `Refused ${error.reason} ${error.retry}`
    case 'Unreachable':
      return `Unreachable ${error.phase}`
    case 'Indeterminate':
      return error.registered ? 'Indeterminate registered' : 'Indeterminate'
    case 'RateLimited':
      return `RateLimited ${error.retryAfterMs}`
    case 'InvalidConfig':
    case 'InvalidRequest':
    case 'Unsupported':
    case 'InProgress':
    case 'Conflict':
      return error._tag
  }
}

/** The object of a result; of an error, nothing. */
export const objectIn = (result: CallResult): string | undefined => {
  if (E.isLeft(result)) return undefined
  const { reference } = result.right
  return 'id' in reference ? idOf(result.right) : reference.idempotencyKey
}
