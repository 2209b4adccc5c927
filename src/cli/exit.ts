import type { PaymentError } from '../core/index.js'
import type { PaymentFailure } from '../paymux/promises.js'

/** The codes that the program ends with. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  configuration: 4,
  notExecuted: 5,
  unknown: 6,
  findings: 7,
  store: 8,
  interrupted: 130,
} as const

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What each code means, for the documents. */
export const exitMeanings: Readonly<Record<Exclude<keyof typeof exitCodes, 'interrupted'>, string>> = {
  done: 'done. An empty list and a declined payment are answers, too',
  unexpected: 'an unexpected failure',
  usage: 'wrong usage, or a confirmation that is missing',
  notFound: 'the ledger has no such payment, refund, payout, key, operation or event',
  configuration: 'the configuration or the credentials are wrong',
  notExecuted: 'the request was refused or not sent: no money moved',
  unknown: 'the outcome is **unknown**: money may have moved. Look with `paymux find`, and never use a new key',
  findings:
    'it ran and found something: `doctor`, `health`, `config check`, `config diff`, `reconcile`, `erase` of what cannot be erased yet, `ledger check`, and `unresolved --exit-code`',
  store: 'the ledger cannot be reached or opened: locked, not there, of another version',
}

/** An error of the program itself, with what to do about it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** The code that the program ends with. */
  readonly exitCode: ExitCode
  /** What to do, in a sentence of its own. */
  readonly advice: string | undefined

  constructor(exitCode: ExitCode, message: string, advice?: string, cause?: PaymentFailure) {
    super(message, { cause })
    this.exitCode = exitCode
    this.advice = advice
  }
}

/** Wrong usage. */
export const usageError = (message: string, advice?: string): CommandError =>
  new CommandError(exitCodes.usage, message, advice)

/** Recognises the failures of the library, which the program loads when a command needs it. */
export const isPaymentFailure = (error: unknown): error is PaymentFailure =>
  error instanceof Error && error.name === 'PaymentFailure' && 'outcome' in error

/** Paths of arguments that name something the ledger does not have. */
const naming = ['operation', 'operationId', 'eventId', 'id', 'idempotencyKey', 'reference']

/** Refusals that are put right in the configuration or at the gateway, not in the request. */
const credentials = ['authentication', 'permission', 'configuration', 'signature']

const isAboutStore = (path: string): boolean => path === 'store' || path.startsWith('store.')

/** The code for an error of the library. */
export const exitCodeOf = (error: PaymentError): ExitCode => {
  switch (error._tag) {
    case 'InvalidConfig':
      return error.issues.every(({ path }) => isAboutStore(path)) ? exitCodes.store : exitCodes.configuration
    case 'InvalidRequest':
      return error.issues.some(({ path, expected }) => naming.includes(path) && expected.includes('this ledger'))
        ? exitCodes.notFound
        : exitCodes.usage
    case 'Unreachable':
      return error.phase === 'store' ? exitCodes.store : exitCodes.notExecuted
    case 'Refused':
      return credentials.includes(error.reason) ? exitCodes.configuration : exitCodes.notExecuted
    case 'Unsupported':
    case 'RateLimited':
      return exitCodes.notExecuted
    case 'InProgress':
    case 'Conflict':
    case 'Indeterminate':
      return exitCodes.unknown
  }
}
