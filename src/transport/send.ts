import axios, { type AxiosAdapter } from 'axios'
import * as E from 'fp-ts/lib/Either.js'
import {
  catchThrown,
  indeterminate,
  type PaymentError,
  type Send,
  unreachable,
  type WireAnswer,
} from '../core/index.js'
import { type Destinations, requestsAt } from './destinations.js'
import { exchange } from './exchange.js'
import { settingsOf, type TransportOptions } from './options.js'
import { retrying } from './retry.js'

type Result = E.Either<PaymentError, WireAnswer>

/**
 * The socket of one account: connects, runs `beforeFirstByte`, writes, reads. Repeats reads and what was provably not
 * sent, and nothing once the hook has run. Gives `InvalidConfig` for a base or auth that the account does not have,
 * `InvalidRequest` for what cannot go on the wire as it is, `Unreachable` while no byte was written, `Indeterminate`
 * afterwards. Any HTTP status is an answer, redirects included; interim (1xx) ones are not. What `signal` ends is not repeated.
 */
export const createSend = (destinations: Destinations, options: TransportOptions = {}): Send => {
  const settings = settingsOf(options)
  const open = requestsAt(destinations, settings)
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
    const adapter: AxiosAdapter = async (config) => {
      const opened = open(wire)
      const data: Result = E.isLeft(opened) ? opened : await exchange(opened.right, wire, hook, settings, signal)
      return { data, status: 0, statusText: '', headers, config }
    }
    const attempt = (): Promise<Result> =>
      client.request<Result>({ adapter }).then(
        ({ data }) => data,
        // Never what axios rejects with: it holds the request.
        () => E.left(indeterminate(wire.effect, 'write')),
      )
    return retrying(wire.effect, attempt, () => !hookRan && signal?.aborted !== true, settings, signal)
  }
}
