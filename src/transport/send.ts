import { AsyncResource } from 'node:async_hooks'
import axios, { type AxiosAdapter } from 'axios'
import * as E from 'fp-ts/lib/Either.js'
import {
  catchThrown,
  type ExchangeTrace,
  indeterminate,
  omitUndefined,
  ownFields,
  type PaymentError,
  type Send,
  traced,
  traces,
  unreachable,
  type WireAnswer,
} from '../core/index.js'
import { type Destinations, requestsAt } from './destinations.js'
import { exchange } from './exchange.js'
import { settingsOf, type TransportOptions } from './options.js'
import { retrying } from './retry.js'

type Result = E.Either<PaymentError, WireAnswer>

const endOfExchange = (result: Result): Partial<ExchangeTrace> => {
  if (E.isRight(result)) return { statusCode: result.right.status }
  const { _tag: errorType } = result.left
  return {
    errorType,
    ...('phase' in result.left ? { phase: result.left.phase } : {}),
    ...('code' in result.left ? { code: result.left.code } : {}),
  }
}

/**
 * The socket of one account: connects, runs `beforeFirstByte`, writes, reads. Repeats reads and what was provably not
 * sent, and nothing once the hook has run. Gives `InvalidConfig` for a base or auth that the account does not have,
 * `InvalidRequest` for what cannot go on the wire as it is, `Unreachable` while no byte was written, `Indeterminate`
 * afterwards. Any HTTP status is an answer, redirects included; interim (1xx) ones are not. What `signal` ends is not repeated.
 */
export const createSend = (destinations: Destinations, options: TransportOptions = {}): Send => {
  const settings = settingsOf(options)
  const open = requestsAt(destinations, settings)
  const { account, bases } = ownFields(destinations)
  // The bare class, not `axios.create`: what a host application puts into `axios.defaults` must not touch a payment.
  const client = new axios.Axios()
  const headers = new axios.AxiosHeaders()

  return (wire, beforeFirstByte, signal) => () => {
    let hookRan = false
    const hook =
      beforeFirstByte &&
      catchThrown(
        () => async () => {
          hookRan = true
          return beforeFirstByte()
        },
        () => unreachable('before_write'),
      )
    const send = (beforeWrite: typeof hook): Promise<Result> => {
      const adapter: AxiosAdapter = async (config) => {
        const opened = open(wire)
        const data: Result = E.isLeft(opened)
          ? opened
          : await exchange(opened.right, wire, beforeWrite, settings, signal)
        return { data, status: 0, statusText: '', headers, config }
      }
      return client.request<Result>({ adapter }).then(
        ({ data }) => data,
        // Never what axios rejects with: it holds the request.
        () => E.left(indeterminate(wire.effect, 'write')),
      )
    }
    const begin = (retryCount: number): ExchangeTrace => {
      const { exchange: name, method, effect, base } = wire
      const origin = Object.hasOwn(bases, base) ? bases[base] : undefined
      return { exchange: name, method, effect, retryCount, ...omitUndefined({ account, origin }) }
    }
    const tryOnce = (retryCount: number): Promise<Result> => {
      // What the caller does before the first byte is no part of the request: a listener's surroundings of this do not hold for it.
      const ownHook = hook && traces.exchange.hasSubscribers ? AsyncResource.bind(hook) : hook
      return traced(
        'exchange',
        () => begin(retryCount),
        () => send(ownHook),
        endOfExchange,
      )
    }
    return retrying(wire.effect, tryOnce, () => !hookRan && signal?.aborted !== true, settings, signal)
  }
}
