import type { ClientRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Connect, connectSocket } from '../src/transport/connect.js'
import type { TransportOptions } from '../src/transport/index.js'
import { WAIT_LIMIT_MS } from './time.js'

/** What the transport does when a limit has passed, done at once: so it does not depend on how fast the machine is. */
const timeOut = (request: ClientRequest): void => {
  request.destroy(Object.assign(new Error('it took too long'), { code: 'ETIMEDOUT' }))
}

const timeOutOnce = async (request: ClientRequest, isDone: () => boolean): Promise<void> => {
  do await delay(5)
  while (!request.destroyed && !isDone())
  timeOut(request)
}

/** Gives up while TLS is being set up. */
export const timingOutInTls: Connect = (request, reached) =>
  connectSocket(request, (step) => {
    reached(step)
    if (step === 'secure') timeOut(request)
  })

/** A transport that waits as long as a test does, until silence is what is tested. */
export const createPatience = () => {
  let isGatewayDone: (() => boolean) | undefined
  const limits = { firstByteMs: WAIT_LIMIT_MS, wholeMs: WAIT_LIMIT_MS }
  const transport: TransportOptions = {
    readLimits: limits,
    writeLimits: limits,
    connectMs: WAIT_LIMIT_MS,
    connect: (request, reached) => {
      const isDone = isGatewayDone
      if (isDone !== undefined) request.once('finish', () => void timeOutOnce(request, isDone))
      connectSocket(request, reached)
    },
    sleep: () => Promise.resolve(),
  }
  return {
    transport,
    /** Requests from now on are given up once they are written and this holds: the gateway has done all that it will do. */
    giveUpWhen: (isDone: (() => boolean) | undefined): void => {
      isGatewayDone = isDone
    },
  }
}
