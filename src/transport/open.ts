import type { ClientRequest } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import { type PaymentError, type UnsentPhase, unreachable } from '../core/index.js'
import type { Connect } from './connect.js'
import type { Addressed } from './destinations.js'
import { codeOf } from './fault.js'

/** A connected request of which no byte was written. */
export interface Opened {
  readonly request: ClientRequest
  /** Whether its connection broke since, and with which code. */
  readonly fault: () => { readonly code: string | undefined } | undefined
}

/** Connects a request and writes nothing. Gives `Unreachable`, with the step that failed. */
export const open = (
  { open, options, named }: Addressed,
  connect: Connect,
  limitMs: number,
): Promise<E.Either<PaymentError, Opened>> =>
  new Promise((resolve) => {
    const request = open(options)
    let phase: UnsentPhase = named ? 'resolve' : 'connect'
    let fault: { readonly code: string | undefined } | undefined
    const fail = (code: string | undefined): void => {
      clearTimeout(timer)
      fault ??= { code }
      resolve(E.left(unreachable(phase, code)))
    }
    const giveUp = (code: string | undefined): void => {
      fail(code)
      request.destroy()
    }
    const timer = setTimeout(() => giveUp('ETIMEDOUT'), limitMs)
    request.on('error', (error) => fail(codeOf(error)))
    request.on('close', () => fail(undefined))
    connect(request, (reached) => {
      phase = reached
    }).then(
      () => {
        clearTimeout(timer)
        resolve(E.right({ request, fault: () => fault }))
      },
      (error) => giveUp(codeOf(error)),
    )
  })
