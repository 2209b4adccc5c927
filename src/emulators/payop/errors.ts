import type { Context } from 'hono'
import type { PayopBehaviour } from './behaviour.js'

type FieldErrors = Readonly<Record<string, readonly string[]>>
type StatusCode = 400 | 401 | 403 | 404 | 405 | 409 | 415 | 422 | 429 | 503

interface RefusalOptions {
  /** The message is made up, because Payop's is not documented. */
  readonly synthetic?: boolean
  /** Sends `status: 0` whatever `rootStatusOnErrors` is. */
  readonly rootStatus?: boolean
  /** The text for the execution log, if the message holds personal data. */
  readonly logged?: string
}

/** A refusal by Payop. Handlers throw it, the app answers it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly logged: string
  constructor(
    readonly status: StatusCode,
    readonly body: string | FieldErrors,
    readonly options: RefusalOptions = {},
  ) {
    const text = typeof body === 'string' ? body : `validation: ${Object.keys(body).join(', ')}`
    super(text)
    this.logged = options.logged ?? text
  }
}

const BLANK = 'This value should not be blank.'

/** A refusal of fields, as `{ message: { field: ['...'] } }`. Names of nested fields are made up. */
export const invalidFields = (errors: FieldErrors): Refusal =>
  new Refusal(422, errors, { synthetic: Object.keys(errors).some((field) => field.includes('[')) })

export const blankFields = (fields: readonly string[]): Refusal =>
  invalidFields(Object.fromEntries(fields.map((field) => [field, [BLANK]])))

/** A 422 with a message that is made up. */
export const madeUp = (message: string): Refusal => new Refusal(422, message, { synthetic: true })

export const invoiceNotFound = ({ notFoundStatus }: PayopBehaviour, id: string): Refusal =>
  notFoundStatus === 404 ? new Refusal(404, 'Invoice not found') : new Refusal(422, `Invoice (${id}) not found`)

export const transactionNotFound = ({ notFoundStatus }: PayopBehaviour): Refusal =>
  new Refusal(notFoundStatus, 'Transaction not found')

export const invoiceOverdue = (): Refusal => madeUp('Invoice is overdue')

export const methodNotEnabled = (): Refusal => new Refusal(422, 'Method must be enabled to use it')

export const answerRefusal = (c: Context, behaviour: PayopBehaviour, { status, body, options }: Refusal): Response => {
  if (options.synthetic === true) c.header('x-emulator-synthetic', '1')
  const withRootStatus = options.rootStatus === true || behaviour.rootStatusOnErrors === 0
  return c.json({ message: body, ...(withRootStatus ? { status: 0 } : {}) }, status)
}
