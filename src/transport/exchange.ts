import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PaymentError, WireAnswer, WireRequest } from '../core/index.js'
import { deadlineAt } from './deadline.js'
import { codeOf, failure, type Phase } from './failure.js'
import type { Settings } from './options.js'
import { readBody } from './read-body.js'

type Result = E.Either<PaymentError, WireAnswer>

const flat = (headers: IncomingHttpHeaders): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const name of Object.keys(headers)) result[name] = String(headers[name])
  return result
}

/**
 * One exchange over one connection: connects, asks `beforeFirstByte`, writes, reads. `phase` only moves forward, and
 * moves to `write` before the first byte does: a failure is classified by it and by nothing else.
 */
export const exchange = (
  request: ClientRequest,
  wire: WireRequest,
  beforeFirstByte: TaskEither<PaymentError, void> | undefined,
  { connect, connectMs, limits }: Settings,
): Promise<Result> =>
  new Promise((resolve) => {
    const { firstByteMs, wholeMs } = limits[wire.effect]
    let phase: Phase = 'resolve'
    let httpStatus: number | undefined
    let asking = false
    let broken: Result | undefined

    const settle = (result: Result): void => {
      deadline.cancel()
      // What was lost, or answered before it was written, leaves a connection that nothing else may use.
      if (E.isLeft(result) || !request.writableFinished) request.destroy()
      resolve(result)
    }

    const fail = (code: string | undefined): void => {
      const at = phase === 'write' && request.writableFinished ? 'first_byte' : phase
      broken ??= E.left(failure(wire.effect, at, { code, httpStatus, host: request.host }))
      if (!asking) settle(broken)
    }

    const read = (response: IncomingMessage): void => {
      // It cannot be the answer to what was not asked yet: a server that tires of an idle connection says 408.
      if (phase === 'before_write') {
        fail('EPROTO')
        return
      }
      const status = response.statusCode ?? 0
      httpStatus = status
      phase = 'body'
      deadline.moveTo(began + wholeMs)
      readBody(response, (body) => {
        if (E.isLeft(body)) fail(body.left)
        else settle(E.right({ status, headers: flat(response.headers), body: body.right }))
      })
    }

    const write = (): void => {
      phase = 'write'
      began = performance.now()
      deadline.moveTo(began + Math.min(firstByteMs, wholeMs))
      request.end(wire.body)
    }

    const ask = async (question: TaskEither<PaymentError, void>): Promise<void> => {
      asking = true
      // How long the caller takes is the caller's business.
      deadline.moveTo(Number.POSITIVE_INFINITY)
      const permitted = await question()
      asking = false
      if (E.isLeft(permitted)) settle(permitted)
      else if (broken !== undefined) settle(broken)
      else write()
    }

    let began = performance.now()
    const deadline = deadlineAt(began + connectMs, Math.min(connectMs, firstByteMs, wholeMs), () => fail('ETIMEDOUT'))
    request.on('error', (error) => fail(codeOf(error)))
    request.on('response', read)
    request.on('close', () => {
      if (httpStatus === undefined) fail('ECONNRESET')
    })
    connect(request, (step) => {
      if (broken !== undefined) return
      phase = step
      if (step !== 'before_write') return
      if (beforeFirstByte === undefined) write()
      else void ask(beforeFirstByte)
    })
  })
