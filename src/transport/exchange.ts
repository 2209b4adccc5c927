import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PaymentError, WireAnswer, WireRequest } from '../core/index.js'
import { endsWithAnswer, tailOf } from './answer-end.js'
import { deadlineAt } from './deadline.js'
import { decodeBody } from './decode-body.js'
import { codeOf, failure, type Phase } from './failure.js'
import type { Settings } from './options.js'
import { maxBytes, readBody } from './read-body.js'
import type { OpenRequest } from './request-factory.js'

type Result = E.Either<PaymentError, WireAnswer>

const flat = (headers: IncomingHttpHeaders): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const name of Object.keys(headers)) result[name] = String(headers[name])
  return result
}

const noBytes = Buffer.alloc(0)

/**
 * One exchange over one connection: connects, asks `beforeFirstByte`, writes, reads. `phase` only moves forward, and
 * moves to `write` before the first byte does: a failure is classified by it and by nothing else. The connection is kept
 * only if it is certainly in step: one answer, nothing before it and nothing after it.
 */
export const exchange = (
  { request, proxied, keep, abort }: OpenRequest,
  wire: WireRequest,
  beforeFirstByte: TaskEither<PaymentError, void> | undefined,
  { connect, connectMs, limits }: Settings,
  signal?: AbortSignal,
): Promise<Result> =>
  new Promise((resolve) => {
    const { firstByteMs, wholeMs } = limits[wire.effect]
    let phase: Phase = proxied ? 'proxy' : 'resolve'
    let httpStatus: number | undefined
    let asking = false
    let broken: Result | undefined
    let socket: Socket | undefined
    let tail: Buffer = noBytes
    let isInStep = true

    const settle = (result: Result): void => {
      deadline.cancel()
      signal?.removeEventListener('abort', end)
      socket?.removeListener('data', receive)
      if (E.isLeft(result)) {
        abort()
        request.destroy()
      }
      resolve(result)
    }

    const fail = (code: string | undefined): void => {
      const at = phase === 'write' && request.writableFinished ? 'first_byte' : phase
      broken ??= E.left(failure(wire.effect, at, { code, httpStatus, host: request.host }))
      if (!asking) settle(broken)
    }

    const end = (): void => fail('ABORT_ERR')

    // Nothing was asked yet: it cannot be the answer. A server that tires of an idle connection says 408, for example.
    const receive = (chunk: Buffer): void => {
      if (phase === 'before_write') fail('EPROTO')
      else tail = tailOf(tail, chunk)
    }

    /** Whether the answer that ends here may be taken. A connection that could be out of step ends with it. */
    const isTaken = (body: Buffer, { headers }: IncomingMessage): boolean => {
      const isAlone = endsWithAnswer(tail, body, headers['transfer-encoding'] !== undefined)
      isInStep &&= request.writableFinished && isAlone
      if (!isInStep) socket?.destroy()
      // A first answer is that of the first request. A later one may be the second answer to an earlier request.
      return isAlone || !request.reusedSocket
    }

    const take = (text: E.Either<string | undefined, string>, { statusCode = 0, headers }: IncomingMessage): void => {
      if (E.isLeft(text)) fail(text.left)
      else settle(E.right({ status: statusCode, headers: flat(headers), body: text.right }))
    }

    const read = (response: IncomingMessage): void => {
      if (phase === 'before_write') {
        fail('EPROTO')
        return
      }
      const max = maxBytes(wire)
      httpStatus = response.statusCode
      phase = 'body'
      deadline.moveTo(began + wholeMs)
      readBody(response, max, (body) => {
        if (E.isLeft(body)) return fail(body.left)
        if (!isTaken(body.right, response)) return fail('EPROTO')
        const text = decodeBody(body.right, response.headers, max)
        if (text instanceof Promise) void text.then((later) => take(later, response))
        else take(text, response)
      })
    }

    const write = (): void => {
      phase = 'write'
      began = performance.now()
      deadline.moveTo(began + Math.min(firstByteMs, wholeMs))
      request.end(Object.hasOwn(wire, 'body') ? wire.body : undefined)
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
    signal?.addEventListener('abort', end, { once: true })
    request.on('error', (error) => fail(codeOf(error)))
    request.on('information', () => {
      isInStep = false
    })
    request.on('response', read)
    request.on('close', () => {
      if (httpStatus === undefined) fail('ECONNRESET')
      else if (socket !== undefined && isInStep && broken === undefined) keep(socket)
    })
    connect(request, (step) => {
      if (broken !== undefined) return
      phase = step
      if (step !== 'before_write') return
      // Nock's stand-in is no connection.
      if (request.socket instanceof Socket) socket = request.socket
      socket?.on('data', receive)
      if (beforeFirstByte === undefined) write()
      else void ask(beforeFirstByte)
    })
  })
