import * as E from 'fp-ts/lib/Either.js'
import { type Capabilities, flowCapability } from './capabilities.js'
import { invalidRequest, type PaymentError } from './error.js'
import type {
  Checked,
  Flow,
  PaymentField,
  PaymentRequest,
  PayoutField,
  PayoutRequest,
  RefundField,
  RefundRequest,
} from './request.js'

type Fields<Request, Path extends string> = Readonly<Record<Path, (request: Request) => unknown>>

// Complete by their types: a field that is added to a request and not here would be dropped in silence.
const paymentFields: Fields<Checked<PaymentRequest>, PaymentField> = {
  description: ({ description }) => description,
  metadata: ({ metadata }) => metadata,
  'payer.name': ({ payer }) => payer.name,
  'payer.email': ({ payer }) => payer.email,
  'payer.phone': ({ payer }) => payer.phone,
  'payer.locale': ({ payer }) => payer.locale,
  'payer.ip': ({ payer }) => payer.ip,
  'payer.extra': ({ payer }) => payer.extra,
  'method.code': ({ method }) => method?.code,
  'method.fields': ({ method }) => method?.fields,
  'urls.success': ({ urls }) => urls.success,
  'urls.failure': ({ urls }) => urls.failure,
  'urls.notification': ({ urls }) => urls.notification,
}
const refundFields: Fields<Checked<RefundRequest>, RefundField> = { metadata: ({ metadata }) => metadata }
const payoutFields: Fields<Checked<PayoutRequest>, PayoutField> = {
  description: ({ description }) => description,
  metadata: ({ metadata }) => metadata,
}

// An object without entries asks for nothing.
const isUsed = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined

const usedBeside = <Request, Path extends string>(
  fields: Fields<Request, Path>,
  request: Request,
  places: readonly string[],
): readonly string[] =>
  Object.entries<(request: Request) => unknown>(fields)
    .filter(([path, value]) => isUsed(value(request)) && !places.includes(path))
    .map(([path]) => path)

/** The optional fields that a payment request uses and that are not among `places`, by path. */
export const paymentFieldsBeside = (
  request: Checked<PaymentRequest>,
  places: readonly PaymentField[],
): readonly string[] => usedBeside(paymentFields, request, places)

/** The optional fields that a refund request uses and that are not among `places`, by path. */
export const refundFieldsBeside = (
  request: Checked<RefundRequest>,
  places: readonly RefundField[],
): readonly string[] => usedBeside(refundFields, request, places)

/** The optional fields that a payout request uses and that are not among `places`, by path. */
export const payoutFieldsBeside = (
  request: Checked<PayoutRequest>,
  places: readonly PayoutField[],
): readonly string[] => usedBeside(payoutFields, request, places)

/** The flow of a payment request. Default: `hosted`. */
export const flowOf = ({ method }: Pick<PaymentRequest, 'method'>): Flow => method?.flow ?? 'hosted'

/** An account as far as the check of required fields knows it. */
interface Account {
  readonly account: string
  readonly capabilities: Capabilities
}

/**
 * The fields that some of the accounts do not do without in a flow, each with the names of the accounts that need it. Fields
 * that the gateway of one account only needs are needed for the whole route: any of its accounts may serve the request.
 */
export const requiredFields = (flow: Flow, accounts: readonly Account[]): readonly RequiredField[] => {
  const byPath = new Map<PaymentField, readonly string[]>()
  for (const { account, capabilities } of accounts)
    for (const path of flowCapability(capabilities, flow)?.required ?? [])
      byPath.set(path, [...(byPath.get(path) ?? []), account])
  return [...byPath].map(([path, names]) => ({ path, accounts: names }))
}

/** A field of a payment request that accounts of a route need. */
export interface RequiredField {
  /** The field: `payer.email`. */
  readonly path: PaymentField
  /** The accounts that need it. */
  readonly accounts: readonly string[]
}

/** Checks that a payment request gives every field that the accounts need. Gives `InvalidRequest`, which names them. */
export const checkRequired = (
  request: Checked<PaymentRequest>,
  accounts: readonly Account[],
): E.Either<PaymentError, void> => {
  const missing = requiredFields(flowOf(request), accounts).filter(({ path }) => !isUsed(paymentFields[path](request)))
  const issues = missing.map(({ path, accounts: names }) => ({
    path,
    expected: `to be given: ${names.join(' and ')} ${names.length === 1 ? 'needs' : 'need'} it`,
  }))
  return issues.length === 0 ? E.right(undefined) : E.left(invalidRequest(issues))
}
