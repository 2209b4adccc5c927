import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import { type Effect, indeterminate, type PaymentError, type UnknownPhase, type WireAnswer } from '../core/index.js'
import { codeOf } from './fault.js'
import type { ExchangeLimits } from './options.js'
import { readBody } from './read-body.js'

const flat = (headers: IncomingHttpHeaders): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) result[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return result
}

/** Writes a connected request and reads its answer. Whatever fails from here on is `Indeterminate`. */
export const exchange = (
  request: ClientRequest,
  body: string | undefined,
  effect: Effect,
  limits: ExchangeLimits,
): Promise<E.Either<PaymentError, WireAnswer>> =>
  new Promise((resolve) => {
    let phase: UnknownPhase = 'write'
    let httpStatus: number | undefined
    let settled = false

    const settle = (result: E.Either<PaymentError, WireAnswer>): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      // What was lost, or answered before it was written, leaves a connection that nothing else may use.
      if (E.isLeft(result) || !request.writableFinished) request.destroy()
      resolve(result)
    }

    const lose = (code: string | undefined): void => {
      const facts = { ...(httpStatus === undefined ? {} : { httpStatus }), ...(code === undefined ? {} : { code }) }
      settle(E.left(indeterminate(effect, phase, facts)))
    }

    const read = async (response: IncomingMessage): Promise<void> => {
      const status = response.statusCode ?? 0
      phase = 'body'
      httpStatus = status
      clearTimeout(timer)
      timer = setTimeout(() => lose('ETIMEDOUT'), Math.max(0, began + limits.wholeMs - performance.now()))
      const text = await readBody(response)
      if (E.isLeft(text)) lose(text.left)
      else settle(E.right({ status, headers: flat(response.headers), body: text.right }))
    }

    const began = performance.now()
    let timer = setTimeout(() => lose('ETIMEDOUT'), Math.min(limits.firstByteMs, limits.wholeMs))
    request.once('finish', () => {
      if (phase === 'write') phase = 'first_byte'
    })
    request.once('response', (response) => void read(response))
    request.once('error', (error) => lose(codeOf(error)))
    request.once('close', () => {
      if (httpStatus === undefined) lose('ECONNRESET')
    })
    request.end(body)
  })
