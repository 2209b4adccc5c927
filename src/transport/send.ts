import axios, { type AxiosAdapter } from 'axios'
import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import { type PaymentError, type Send, unreachable, type WireAnswer, type WireRequest } from '../core/index.js'
import { addressing, type Destinations } from './destinations.js'
import { exchange } from './exchange.js'
import { open } from './open.js'
import { settingsOf, type TransportOptions } from './options.js'
import { retrying } from './retry.js'

type Result = E.Either<PaymentError, WireAnswer>

/**
 * The socket of one account. Connects, runs `beforeFirstByte`, writes, reads; repeats only what was not sent and reads,
 * and never after the hook has run. Gives `InvalidConfig` for a base or auth the account has not, `InvalidRequest` for
 * what cannot go on the wire as it is, `Unreachable` while no byte was written, `Indeterminate` afterwards. Any HTTP
 * status, redirects included, is an answer.
 */
export const createSend = (destinations: Destinations, options: TransportOptions = {}): Send => {
  const settings = settingsOf(options)
  const address = addressing(destinations, settings.ca)
  // Not `axios.create`: what a host application puts into `axios.defaults` must not reach us.
  const client = new axios.Axios({ headers: {}, transformRequest: [], transformResponse: [], validateStatus: null })

  const overSocket = async (
    wire: WireRequest,
    hook: Task<E.Either<PaymentError, void>> | undefined,
  ): Promise<Result> => {
    const addressed = address(wire)
    if (E.isLeft(addressed)) return addressed
    const opened = await open(addressed.right, settings.connect, settings.connectMs)
    if (E.isLeft(opened)) return opened
    const { request, fault } = opened.right
    const permitted = hook === undefined ? E.right(undefined) : await hook()
    if (E.isLeft(permitted)) {
      request.destroy()
      return permitted
    }
    const broken = fault()
    if (broken !== undefined) return E.left(unreachable('before_write', broken.code))
    return exchange(request, wire.body, wire.effect, settings.limits[wire.effect])
  }

  return (wire, beforeFirstByte) => async () => {
    let hookRan = false
    const hook =
      beforeFirstByte &&
      (() => {
        hookRan = true
        return beforeFirstByte().catch((): E.Either<PaymentError, void> => E.left(unreachable('before_write')))
      })
    const adapter: AxiosAdapter = async (config) => ({
      data: await overSocket(wire, hook),
      status: 0,
      statusText: '',
      headers: {},
      config,
    })
    const attempt = async (): Promise<Result> =>
      (await client.request<Result>({ method: wire.method, url: wire.path, adapter })).data
    return retrying(wire.effect, attempt, () => !hookRan, settings)()
  }
}
