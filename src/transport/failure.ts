import {
  type Effect,
  indeterminate,
  omitUndefined,
  type PaymentError,
  type UnknownPhase,
  type UnsentPhase,
  unreachable,
} from '../core/index.js'

/** How far an exchange has come. Until `before_write` no byte of the request can have left the process. */
export type Phase =
  | Extract<UnsentPhase, 'proxy' | 'resolve' | 'connect' | 'secure' | 'before_write'>
  | Exclude<UnknownPhase, 'answer'>

// The library tells a proxy's refusal by its status, in a message: `Bad response: 407`.
const refusalOf = (error: object): string | undefined => {
  const status = error instanceof Error ? /^Bad response: (\d{3})$/.exec(error.message)?.[1] : undefined
  return status === undefined ? undefined : `HTTP_${status}`
}

/**
 * The code of an error of Node's (`ECONNRESET`, `HPE_INVALID_CONSTANT`, `CERT_HAS_EXPIRED`), if it looks like one. It is
 * the only thing that is taken from an error of Node or a library: messages and properties may hold addresses, headers and bodies.
 */
export const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null) return undefined
  const code = 'code' in error ? error.code : refusalOf(error)
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : undefined
}

/** What is known of a failure beside its phase. */
export interface FailureFacts {
  /** The system's error code. */
  readonly code?: string | undefined
  /** The HTTP status of the answer, if one came. */
  readonly httpStatus?: number | undefined
  /** The host that the request went to. */
  readonly host?: string
}

/** What a failure in a phase means. The phase decides and never the code: the same code was measured with and without execution. */
export const failure = (effect: Effect, phase: Phase, { code, httpStatus, host }: FailureFacts): PaymentError => {
  switch (phase) {
    case 'proxy':
    case 'resolve':
    case 'connect':
    case 'secure':
    case 'before_write':
      return unreachable(phase, omitUndefined({ code, host }))
    case 'write':
    case 'first_byte':
    case 'body':
      return indeterminate(effect, phase, omitUndefined({ httpStatus, code }))
  }
}
