import { omitUndefined } from './omit-undefined.js'
import type { AnyReference } from './reference.js'

/**
 * What may be concluded about the money after a failed call. Retry logic reads this, never an HTTP status.
 * - `not_sent`: the gateway cannot have acted
 * - `refused`: the gateway refused the request
 * - `unknown`: the gateway may have acted; only a read, or an operator's evidence, closes it
 */
export type Outcome = 'not_sent' | 'refused' | 'unknown'

/**
 * What the caller may do next.
 * - `never`: a repeat of the same call is useless or dangerous
 * - `safe`: the same call may be repeated freely
 * - `same_key`: the call may be repeated under the same idempotency key only
 * - `after_read`: read the object first; a blind repeat may move the money twice
 */
export type Retry = 'never' | 'safe' | 'same_key' | 'after_read'

/** One thing that is wrong with an input. It never holds the wrong value. */
export interface Issue {
  /** Where it is wrong: `payer.email`, `amount.currency`. */
  readonly path: string
  /** What was expected there. */
  readonly expected: string
}

/** No issue if `holds`, else one at `path`. */
export const issueUnless = (holds: boolean, path: string, expected: string): readonly Issue[] =>
  holds ? [] : [{ path, expected }]

/** Why a gateway refused a request. */
export type RefusalReason =
  | 'authentication'
  | 'permission'
  | 'configuration'
  | 'insufficient_funds'
  | 'signature'
  | 'validation'
  | 'not_found'
  | 'amount_limit'
  | 'bank_details'
  | 'expired'

/**
 * How far a call had come when it failed before the gateway could act. `proxy`: the account's forward proxy was not reached,
 * or made no connection to the gateway.
 */
export type UnsentPhase =
  | 'draft'
  | 'proxy'
  | 'resolve'
  | 'connect'
  | 'secure'
  | 'before_write'
  | 'circuit'
  | 'deadline'
  | 'store'

/**
 * How far a call had come when its outcome was lost: writing the request, waiting for the status line, reading the body,
 * understanding the answer.
 */
export type UnknownPhase = 'write' | 'first_byte' | 'body' | 'answer'

/** Where an error occurred, as far as it is known. */
export interface ErrorLocation {
  /** The account that the call was about. */
  readonly account?: string
  /** The id of the operation in the ledger. Only with `paymux(config)`. */
  readonly operationId?: string
  /** The name of the exchange that failed: `acme.invoices.create`. */
  readonly exchange?: string
}

/** What every case of an error has. */
interface Problem<Tag extends string, O extends Outcome, R extends Retry> extends ErrorLocation {
  /** Tells the cases apart. */
  readonly _tag: Tag
  /** What may be concluded about the money. */
  readonly outcome: O
  /** What the caller may do next. */
  readonly retry: R
  /** An English sentence for people: what happened, where, and what to do next. It holds no value of the caller or the gateway. */
  readonly message: string
}

/** The configuration is wrong at the given paths. Nothing was sent. */
export interface InvalidConfig extends Problem<'InvalidConfig', 'not_sent', 'never'> {
  /** What is wrong, one entry a path. */
  readonly issues: readonly Issue[]
  /** The configuration file, if the configuration came from one. */
  readonly file?: string
}

/** The request is wrong at the given paths. Nothing was sent. */
export interface InvalidRequest extends Problem<'InvalidRequest', 'not_sent', 'never'> {
  /** What is wrong, one entry a path. */
  readonly issues: readonly Issue[]
}

/** The account's gateway cannot do what the given paths ask for. Nothing was sent. */
export interface Unsupported extends Problem<'Unsupported', 'not_sent', 'never'> {
  /** What the account cannot do, one entry a path. */
  readonly issues: readonly Issue[]
}

/** The gateway was not reached, or not asked: no byte of the submission left. */
export interface Unreachable extends Problem<'Unreachable', 'not_sent', 'safe'> {
  /** How far the call had come. */
  readonly phase: UnsentPhase
  /** The error code of the system or the database, if there is one: `ECONNREFUSED`, `ENOTFOUND`, an SQLSTATE. */
  readonly code?: string
  /** The host that was not reached, if the call had come that far. */
  readonly host?: string
  /** The table and column of the ledger that this version of paymux cannot read: `paymux_operations.request`. */
  readonly column?: string
}

/** The operation may be under way: another worker executes it, or the ledger could not say or record what became of it. */
export interface InProgress extends Problem<'InProgress', 'unknown', 'same_key'> {
  /** Why the ledger could not say: `SQLITE_FULL`, an SQLSTATE, `ERR_STOPPED`, or the case of the error. Absent: another worker executes it. */
  readonly code?: string
  /** The table and column of the ledger that this version of paymux cannot read: `paymux_operations.request`. */
  readonly column?: string
}

/** The idempotency key was used before, for another request. Says nothing about that request's money. */
export type Conflict = Problem<'Conflict', 'unknown', 'never'>

/** The gateway asked to slow down, in its own words. */
export interface RateLimited extends Problem<'RateLimited', 'refused', 'same_key'> {
  /** How long to wait, in milliseconds, if the gateway said so. */
  readonly retryAfterMs?: number
}

/** The gateway refused the request, in its own envelope. */
export interface Refused extends Problem<'Refused', 'refused', 'same_key' | 'never'> {
  /** Why, in words that all gateways share. */
  readonly reason: RefusalReason
  /** The HTTP status of the answer. */
  readonly httpStatus: number
  /** The gateway's own code of the refusal, if it gave one. */
  readonly providerCode?: string
  /** For `validation`: names of the gateway's fields that it complained about. */
  readonly fields?: readonly string[]
}

/** The gateway may have acted. Never treat it as failed: read `reference` if there is one, or ask the gateway. */
export interface Indeterminate extends Problem<'Indeterminate', 'unknown', 'after_read' | 'safe'> {
  /** How far the call had come. */
  readonly phase: UnknownPhase
  /** The HTTP status of the answer, if one came. */
  readonly httpStatus?: number
  /** The system's error code, if there is one. Codes are no evidence: the same code was seen with and without execution. */
  readonly code?: string
  /** The gateway says that an earlier send of the same key was registered. */
  readonly registered?: true
  /**
   * Why the gateway refused the request, if it did. A request may be delivered twice on its way: the refusal counts once a poll
   * was answered and shows that no other delivery was executed.
   */
  readonly refusal?: RefusalReason | 'rate_limited'
  /** Of a read: the gateway answered, and its list does not show the object. It may exist all the same. */
  readonly absent?: true
  /** The paths of the answer that did not decode. Paths only, never values. */
  readonly paths?: readonly string[]
  /** When paymux polls again by itself, in milliseconds since the epoch. */
  readonly nextPollAt?: number
  /** Points at the object: by its id if a draft created it, by our key if the account can look it up by key. */
  readonly reference?: AnyReference
}

/** Every way a call can fail. Closed on purpose: a new case must break every `switch` at compile time. */
export type PaymentError =
  | InvalidConfig
  | InvalidRequest
  | Unsupported
  | Unreachable
  | InProgress
  | Conflict
  | RateLimited
  | Refused
  | Indeterminate

type WithoutMessage<Error> = Error extends PaymentError ? Omit<Error, 'message'> : never

const list = (issues: readonly Issue[]): string =>
  issues.map(({ path, expected }) => `${path} (expected ${expected})`).join(', ')

const inParentheses = (...parts: ReadonlyArray<string | undefined>): string => {
  const known = parts.filter((part) => part !== undefined)
  return known.length === 0 ? '' : ` (${known.join(', ')})`
}

const http = (status: number | undefined): string | undefined => (status === undefined ? undefined : `HTTP ${status}`)

// What an operator has to know of codes that come with a ledger that did not answer, and what to do. Others are shown as they are.
// With `ERR_LEDGER_…` the ledger is broken, and answers nothing more.
const ledgerCauses: Readonly<Record<string, string>> = {
  ERR_DECRYPT:
    'a row of the ledger was changed or moved by another program, and does not decrypt. Find out which program that is',
  ERR_ENCRYPTION_KEY:
    'a row of the ledger is encrypted with a key that is not configured. Add the key to encryption.keys',
  ERR_LEDGER_ARRIVING:
    'the ledger is being filled with the records of another one. Run the same copy again until it is done',
  ERR_LEDGER_BUSY: 'another program has changed the ledger meanwhile. End it, and call again',
  ERR_LEDGER_COPY:
    'the copy is not what the ledger holds: a program wrote into one of them. Find out which, cancel the copy, and begin it again with an empty store',
  ERR_LEDGER_FLUSH: 'the disk failed to flush a commit of the ledger. Start the process again once the disk is sound',
  ERR_LEDGER_LEAVING:
    'the ledger is being copied to another store. Run the same copy again until it is done, or cancel it',
  ERR_LEDGER_MOVED:
    'the ledger was copied to another store, which is the ledger from then on. Start the process again, with the configuration of that store',
  ERR_LEDGER_REMOVED:
    'the file of the ledger was removed while it was open. Put it back before you start the process again',
  ERR_LEDGER_REPLACED:
    'another file stands in the place of the open ledger. Find out which of them is the ledger before you start the process again',
  ERR_LEDGER_SCHEMA:
    'the ledger takes part in a copy that another version of paymux has begun. Run the same copy again with that version until it is done; or cancel it, with either, and begin again with an empty store',
  ERR_LEDGER_UNLOCKED:
    'the shop itself opened and closed a file of the ledger, which takes away the lock that protects it. Start the process again, and make copies by backup',
  ERR_LEDGER_WAL:
    'a file beside the ledger, -wal or -shm, was removed or replaced while it was open. Start the process again, and leave the files of a ledger to paymux',
  ERR_NOT_ENCRYPTED:
    'a row of the ledger is plain, although the ledger is encrypted: another program wrote it. Find out which',
  ERR_READ_ONLY: 'the ledger was opened read-only, by the option readOnly of paymux',
  ERR_STOPPED: 'paymux was stopped',
  SQLITE_BUSY: 'another process holds the lock of the ledger',
  SQLITE_CANTOPEN: 'the file of the ledger cannot be opened',
  SQLITE_CORRUPT: 'the file of the ledger is damaged',
  SQLITE_FULL: 'the disk of the ledger is full',
  SQLITE_IOERR: 'the disk of the ledger failed',
  SQLITE_READONLY: 'the file of the ledger is read-only',
  '25006': 'the database of the ledger is read-only',
  '53100': 'the disk of the ledger is full',
}

/** The code of {@link Indeterminate} for a key of which a restored ledger cannot know whether it was used. */
export const LEDGER_RESTORED = 'ERR_LEDGER_RESTORED'

/** Why a ledger did not answer. */
const ledgerText = ({ code, column }: Pick<InProgress, 'code' | 'column'>): string => {
  const detail = inParentheses(code)
  const cause = code !== undefined && Object.hasOwn(ledgerCauses, code) ? ledgerCauses[code] : undefined
  if (column === undefined) return `${cause ?? 'the ledger did not answer'}${detail}`
  return cause === undefined
    ? `this version of paymux cannot read ${column} of the ledger${detail}`
    : `${cause}${inParentheses(code, column)}`
}

const asSentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`

const unsentText = ({ phase, code, host = 'the gateway', column }: WithoutMessage<Unreachable>): string => {
  const detail = inParentheses(code)
  switch (phase) {
    case 'draft':
      return `The request could not be prepared${detail}`
    case 'proxy':
      return `The proxy of the account made no connection to ${host}${detail}`
    case 'resolve':
      return `The name of ${host} could not be resolved${detail}`
    case 'connect':
      return `No connection to ${host} could be made${detail}`
    case 'secure':
      return `No secure connection to ${host} could be made${detail}`
    case 'before_write':
      return `The connection to ${host} was lost before the request was written${detail}`
    case 'circuit':
      return 'The account is not asked at the moment'
    case 'deadline':
      return 'The deadline passed before the request was sent'
    case 'store':
      return asSentence(ledgerText(omitUndefined({ code, column })))
  }
}

const textOf = (error: WithoutMessage<PaymentError>): string => {
  switch (error._tag) {
    case 'InvalidConfig':
      return `The configuration${error.file === undefined ? '' : ` ${error.file}`} is not valid: ${list(error.issues)}`
    case 'InvalidRequest':
      return `The request is not valid: ${list(error.issues)}`
    case 'Unsupported':
      return `The gateway cannot take this: ${list(error.issues)}`
    case 'Unreachable':
      return `${unsentText(error)}. Nothing was sent; the call may be repeated`
    case 'InProgress':
      return error.code === undefined
        ? 'Another worker executes this operation. Call again with the same idempotency key'
        : `The operation may be under way: ${ledgerText(error)}. Call again with the same idempotency key`
    case 'Conflict':
      return 'The idempotency key was used for another request. Use a new key for a new request'
    case 'RateLimited':
      return 'The gateway asked to slow down. Call again later with the same idempotency key'
    case 'Refused':
      return `The gateway refused the request${inParentheses(error.reason, http(error.httpStatus), error.providerCode)}`
    case 'Indeterminate':
      if (error.code === LEDGER_RESTORED)
        return `The ledger was restored from a backup, and this key may have been used after that was taken${inParentheses(error.code)}. Nothing was sent by this call. Look at the gateway for what the key has made before you repeat the call`
      if (error.registered === true) return 'The gateway registered an earlier send of this key. Look its result up'
      return error.refusal !== undefined
        ? `The gateway refused the request${inParentheses(error.refusal, http(error.httpStatus))}, and it could not be looked up whether another delivery of it was executed. Read the object before you repeat the call`
        : `The outcome is not known${inParentheses(error.phase, http(error.httpStatus), error.code)}. ${
            error.retry === 'safe' ? 'The read may be repeated' : 'Read the object before you repeat the call'
          }`
  }
}

const locationOf = ({ account, exchange, operationId }: ErrorLocation): string =>
  [
    account === undefined ? '' : `account ${account}`,
    exchange === undefined ? '' : exchange,
    operationId === undefined ? '' : `operation ${operationId}`,
  ]
    .filter((part) => part !== '')
    .join(', ')

const messageOf = (error: WithoutMessage<PaymentError>): string => {
  const location = locationOf(error)
  return location === '' ? textOf(error) : `${textOf(error)} [${location}]`
}

/** The error with where it occurred. What the error says already stays. */
export const locate = <E extends PaymentError>(
  error: E,
  { account, operationId, exchange }: { readonly [K in keyof ErrorLocation]: ErrorLocation[K] | undefined },
): E => {
  const located = { ...omitUndefined({ account, operationId, exchange }), ...error }
  return { ...located, message: messageOf(located) }
}

const withMessage = <E extends WithoutMessage<PaymentError>>(error: E): E & { readonly message: string } => ({
  ...error,
  message: messageOf(error),
})

/** {@link InvalidConfig} with its issues, in `file` if the configuration came from one. */
export const invalidConfig = (issues: readonly Issue[], file?: string): InvalidConfig =>
  withMessage({ _tag: 'InvalidConfig', outcome: 'not_sent', retry: 'never', issues, ...omitUndefined({ file }) })

/** {@link InvalidRequest} with its issues. */
export const invalidRequest = (issues: readonly Issue[]): InvalidRequest =>
  withMessage({ _tag: 'InvalidRequest', outcome: 'not_sent', retry: 'never', issues })

/** {@link Unsupported} with its issues; `expected` says what the gateway does take. */
export const unsupported = (issues: readonly Issue[]): Unsupported =>
  withMessage({ _tag: 'Unsupported', outcome: 'not_sent', retry: 'never', issues })

/** {@link Unreachable} in a phase. */
export const unreachable = (
  phase: UnsentPhase,
  facts: Pick<Unreachable, 'code' | 'host' | 'column'> = {},
): Unreachable =>
  withMessage({ _tag: 'Unreachable', outcome: 'not_sent', retry: 'safe', phase, ...omitUndefined(facts) })

/** {@link InProgress}. `why`: what kept the ledger from saying or recording what became of the operation. Default: another worker executes it. */
export const inProgress = (operationId?: string, why: Pick<InProgress, 'code' | 'column'> = {}): InProgress =>
  withMessage({ _tag: 'InProgress', outcome: 'unknown', retry: 'same_key', ...omitUndefined({ operationId, ...why }) })

/**
 * What may be said about an idempotency key that was not looked up in the ledger, or whose outcome was not recorded there: the
 * operation may be under way, and the error of the ledger says why no more is known.
 */
export const mayBeUnderWay = (why: PaymentError, operationId?: string): InProgress => {
  if (why._tag === 'InProgress') return why
  return inProgress(operationId, {
    code: ('code' in why ? why.code : undefined) ?? why._tag,
    ...('column' in why ? omitUndefined({ column: why.column }) : {}),
  })
}

/** {@link Conflict}. */
export const conflict = (): Conflict => withMessage({ _tag: 'Conflict', outcome: 'unknown', retry: 'never' })

/** {@link RateLimited}; `retryAfterMs` in milliseconds. */
export const rateLimited = (retryAfterMs?: number): RateLimited =>
  withMessage({ _tag: 'RateLimited', outcome: 'refused', retry: 'same_key', ...omitUndefined({ retryAfterMs }) })

// What is put right outside the request: keys, rights, settings, signatures, funds.
const repeatable: readonly RefusalReason[] = [
  'authentication',
  'permission',
  'configuration',
  'signature',
  'insufficient_funds',
]

// They come from the gateway: what is no plain name may be anything, the payer's data among it.
const fieldName = /^(?!.*\d{4})[\w.[\]-]{1,64}$/
const plainCode = /^[\w.-]{1,40}$/

/** {@link Refused}. A refusal that is put right outside the request may be repeated under the same key. */
export const refused = (
  reason: RefusalReason,
  httpStatus: number,
  facts: Pick<Refused, 'fields' | 'providerCode'> = {},
): Refused => {
  const fields = facts.fields?.filter((field) => fieldName.test(field)) ?? []
  const { providerCode } = facts
  return withMessage({
    _tag: 'Refused',
    outcome: 'refused',
    retry: repeatable.includes(reason) ? 'same_key' : 'never',
    reason,
    httpStatus,
    ...(providerCode !== undefined && plainCode.test(providerCode) ? { providerCode } : {}),
    ...(fields.length === 0 ? {} : { fields }),
  })
}

/** What is known beside the phase of an {@link Indeterminate}. */
export type IndeterminateFacts = Pick<
  Indeterminate,
  'httpStatus' | 'code' | 'registered' | 'refusal' | 'absent' | 'paths' | 'operationId' | 'nextPollAt' | 'reference'
>

/** {@link Indeterminate}. A read may be repeated; before anything else is repeated, the object is read. */
export const indeterminate = (
  effect: 'reads' | 'creates' | 'moves_money',
  phase: UnknownPhase,
  facts: IndeterminateFacts = {},
): Indeterminate =>
  withMessage({
    _tag: 'Indeterminate',
    outcome: 'unknown',
    retry: effect === 'reads' ? 'safe' : 'after_read',
    phase,
    ...facts,
  })
