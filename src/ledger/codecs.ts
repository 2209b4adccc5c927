import * as t from 'io-ts'
import {
  type AmountCheck,
  type AnyReference,
  type Beneficiary,
  type CheckedRequests,
  type Conflict,
  type Detail,
  type Draft,
  exactObject,
  exactObjectOf,
  type FailureReason,
  flowNames,
  fromPredicate,
  type Indeterminate,
  type InProgress,
  type InvalidConfig,
  type InvalidRequest,
  type Issue,
  type Json,
  type Kind,
  type KnownStatus,
  kinds,
  type MinorUnits,
  type Money,
  machines,
  type NextAction,
  type OperationName,
  omitUndefined,
  oneOf,
  type Payer,
  type PaymentError,
  type PaymentMethod,
  type RateLimited,
  type Reference,
  type RefusalReason,
  type Refused,
  type Result,
  type Review,
  recordOf,
  refine,
  type Snapshot,
  type StatusOf,
  taggedUnion,
  type UnknownPhase,
  type Unreachable,
  type UnsentPhase,
  type Unsupported,
  type Urls,
} from '../core/index.js'
import { type Attestation, type ObjectKey, type Reconciliation, submissionEffects } from './records.js'
import type { Job } from './store.js'

/*
 * Codecs of what the ledger stores as JSON. They check shapes and not rules: a record that was written under earlier rules
 * stays readable. Each is complete by its type: a field that is added to a type and not here fails to compile.
 */

/** A codec of a union, from a table that is complete by its type. */
const unionOf = <A extends string>(members: Readonly<Record<A, true>>): t.Type<A> => oneOf(Object.keys(members) as A[])

/** Texts by name: metadata, headers, a gateway's states. */
export const storedTexts = recordOf('texts by name', t.string, t.string)

/** Texts in their order. */
export const storedTextList = t.readonlyArray(t.string, 'texts')

/** Any JSON. */
export const storedAny: t.Type<Json> = fromPredicate('JSON', (value): value is Json => value !== undefined)

const MinorUnitsText = refine(t.string, 'minor units as decimal text', (text) =>
  /^-?\d{1,40}$/.test(text) ? BigInt(text) : undefined,
)

const storedMinorUnits = exactObjectOf<MinorUnits>('an amount', { minorUnits: MinorUnitsText, currency: t.string }, {})

/** An amount as events carry it. */
export const storedMoney = exactObjectOf<Money>('an amount', { value: t.string, currency: t.string }, {})

const referenceOf = <K extends Kind>(kind: K): t.Type<Reference<K>, unknown> =>
  refine(
    exactObject(
      'a reference',
      { kind: t.literal(kind), account: t.string },
      { id: t.string, idempotencyKey: t.string, paymentId: t.string, expectedAmount: storedMoney },
    ),
    'a reference',
    ({ account, id, idempotencyKey, paymentId, expectedAmount }): Reference<K> | undefined => {
      const common = { kind, account, ...omitUndefined({ expectedAmount }) }
      if (id !== undefined) return { ...common, id }
      return idempotencyKey === undefined ? undefined : { ...common, idempotencyKey, ...omitUndefined({ paymentId }) }
    },
  )

/** References by what they point at. */
export const storedReferences: { readonly [K in Kind]: t.Type<Reference<K>, unknown> } = {
  payment: referenceOf('payment'),
  refund: referenceOf('refund'),
  payout: referenceOf('payout'),
}

/** A reference of any kind. */
export const storedReference = taggedUnion<AnyReference, 'kind'>('a reference', 'kind', storedReferences)

const intent = { idempotencyKey: t.string }
const intentOptions = { deadline: t.number, metadata: storedTexts }

const storedPayer = exactObjectOf<Payer>(
  'a payer',
  {},
  {
    name: t.string,
    email: t.string,
    phone: t.string,
    locale: t.string,
    ip: t.string,
    country: t.string,
    extra: storedTexts,
  },
)

const storedBeneficiary = taggedUnion<Beneficiary, 'type'>('a beneficiary', 'type', {
  paydo_account: exactObjectOf<Extract<Beneficiary, { type: 'paydo_account' }>>(
    'an account',
    { type: t.literal('paydo_account'), account: t.string },
    { holder: unionOf({ personal: true, business: true }) },
  ),
  iban: exactObjectOf<Extract<Beneficiary, { type: 'iban' }>>(
    'an IBAN account',
    { type: t.literal('iban'), iban: t.string, name: t.string, email: t.string },
    {},
  ),
  indian_bank_account: exactObjectOf<Extract<Beneficiary, { type: 'indian_bank_account' }>>(
    'an Indian bank account',
    { type: t.literal('indian_bank_account'), accountNumber: t.string, ifsc: t.string, name: t.string },
    {},
  ),
})

/** Checked requests by the name of their money method. */
export const storedRequests: { readonly [O in OperationName]: t.Type<CheckedRequests[O], unknown> } = {
  createPayment: exactObjectOf<CheckedRequests['createPayment']>(
    'a payment request',
    {
      ...intent,
      amount: storedMinorUnits,
      merchantReference: t.string,
      payer: storedPayer,
      urls: exactObjectOf<Urls>('addresses', {}, { success: t.string, failure: t.string, notification: t.string }),
    },
    {
      ...intentOptions,
      description: t.string,
      method: exactObjectOf<PaymentMethod>(
        'a payment method',
        { flow: oneOf(flowNames) },
        { code: t.string, fields: storedTexts },
      ),
    },
  ),
  refund: exactObjectOf<CheckedRequests['refund']>(
    'a refund request',
    { ...intent, payment: storedReferences.payment },
    { ...intentOptions, amount: storedMinorUnits },
  ),
  payout: exactObjectOf<CheckedRequests['payout']>(
    'a payout request',
    { ...intent, amount: storedMinorUnits, merchantReference: t.string, beneficiary: storedBeneficiary },
    { ...intentOptions, description: t.string, method: t.string },
  ),
}

/** What a submission may do at a gateway. */
export const storedEffect = oneOf(submissionEffects)

/** A draft. What its `context` holds, the adapter decodes. */
export const storedDraft = exactObjectOf<Draft>(
  'a draft',
  {
    wire: exactObjectOf<Draft['wire']>(
      'a request',
      {
        exchange: t.string,
        effect: storedEffect,
        method: unionOf({ GET: true, POST: true }),
        base: t.string,
        path: t.string,
        auth: t.string,
        headers: storedTexts,
      },
      { body: t.string, answer: unionOf({ list: true, named: true }) },
    ),
    context: storedAny,
    notPassedOn: storedTextList,
  },
  { reference: storedReference, names: storedTexts },
)

type Action<Type extends NextAction['type']> = Extract<NextAction, { readonly type: Type }>

const storedNextAction = taggedUnion<NextAction, 'type'>('a next action', 'type', {
  redirect: exactObjectOf<Action<'redirect'>>('a redirect', { type: t.literal('redirect'), url: t.string }, {}),
  submit_form: exactObjectOf<Action<'submit_form'>>(
    'a form',
    { type: t.literal('submit_form'), url: t.string, fields: storedTexts },
    {},
  ),
  open_intent: exactObjectOf<Action<'open_intent'>>('a link', { type: t.literal('open_intent'), url: t.string }, {}),
  open_popup: exactObjectOf<Action<'open_popup'>>(
    'a popup',
    { type: t.literal('open_popup'), script: t.string, parameters: storedTexts },
    {},
  ),
  wait_and_poll: exactObjectOf<Action<'wait_and_poll'>>(
    'a wait',
    { type: t.literal('wait_and_poll'), afterMs: t.number },
    {},
  ),
})

const storedFailureReason = unionOf<FailureReason>({
  payer_timeout: true,
  overdue: true,
  blocklisted: true,
  antifraud: true,
  authentication_failed: true,
  invalid_card: true,
  declined: true,
  temporary: true,
  rejected: true,
})

const storedReview = unionOf<Review>({
  unmapped_state: true,
  contradiction: true,
  unconfirmed: true,
  dispute_unread: true,
  refund_reported: true,
  reference_mismatch: true,
  amount_unreadable: true,
})

const statusOf = <K extends Kind>(kind: K): t.Type<StatusOf<K>, unknown> => {
  const known: readonly KnownStatus<K>[] = machines[kind].statuses
  return oneOf<StatusOf<K>>([...known, 'unknown'])
}

/** Statuses by what has them. */
export const storedStatuses: { readonly [K in Kind]: t.Type<StatusOf<K>, unknown> } = {
  payment: statusOf('payment'),
  refund: statusOf('refund'),
  payout: statusOf('payout'),
}

const observed = {
  providerState: storedTexts,
  amountCheck: unionOf<AmountCheck>({ exact: true, mismatch: true, unchecked: true }),
  disputed: t.boolean,
  review: t.readonlyArray(storedReview),
}

const observedOptions = <Amount>(amount: t.Type<Amount, unknown>) => ({
  providerCode: t.string,
  detail: unionOf<Detail>({ pre_approved: true }),
  reason: storedFailureReason,
  amount,
  paid: amount,
  captured: amount,
  refunded: amount,
  fee: amount,
  bankReference: t.string,
  nextAction: storedNextAction,
})

const snapshotParts = <K extends Kind>(kind: K) => ({
  ...observed,
  reference: storedReferences[kind],
  status: storedStatuses[kind],
})

const snapshotOptions = { ...observedOptions(storedMinorUnits), names: storedTexts }

/** What adapters reported, by kind. */
export const storedSnapshots: { readonly [K in Kind]: t.Type<Snapshot<K>, unknown> } = {
  payment: exactObjectOf<Snapshot<'payment'>>('a payment', snapshotParts('payment'), snapshotOptions),
  refund: exactObjectOf<Snapshot<'refund'>>('a refund', snapshotParts('refund'), snapshotOptions),
  payout: exactObjectOf<Snapshot<'payout'>>('a payout', snapshotParts('payout'), snapshotOptions),
}

const resultParts = <K extends Kind>(kind: K) => ({
  ...snapshotParts(kind),
  kind: t.literal(kind),
  account: t.string,
  id: t.string,
})

const resultOptions = {
  ...observedOptions(storedMoney),
  merchantReference: t.string,
  idempotencyKey: t.string,
  operationId: t.string,
  metadata: storedTexts,
  recordedAt: t.number,
  notPassedOn: storedTextList,
  erasedAt: t.number,
  replayed: t.literal(true),
}

/** Results as events carry them, by kind. */
export const storedResults: { readonly [K in Kind]: t.Type<Result<K>, unknown> } = {
  payment: exactObjectOf<Result<'payment'>>('a payment', resultParts('payment'), resultOptions),
  refund: exactObjectOf<Result<'refund'>>('a refund', resultParts('refund'), resultOptions),
  payout: exactObjectOf<Result<'payout'>>('a payout', resultParts('payout'), resultOptions),
}

const issues = t.readonlyArray(exactObjectOf<Issue>('an issue', { path: t.string, expected: t.string }, {}))
const location = { account: t.string, operationId: t.string, exchange: t.string }
const notSent = { outcome: t.literal('not_sent'), message: t.string }
const refusedOutcome = { outcome: t.literal('refused'), message: t.string }
const unknownOutcome = { outcome: t.literal('unknown'), message: t.string }

const refusalReasons = {
  authentication: true,
  permission: true,
  configuration: true,
  insufficient_funds: true,
  signature: true,
  validation: true,
  not_found: true,
  amount_limit: true,
  bank_details: true,
  expired: true,
} as const satisfies Readonly<Record<RefusalReason, true>>

const storedRefusalReason = unionOf<RefusalReason>(refusalReasons)
const storedOpenRefusal = unionOf<RefusalReason | 'rate_limited'>({ ...refusalReasons, rate_limited: true })

const storedUnsentPhase = unionOf<UnsentPhase>({
  draft: true,
  proxy: true,
  resolve: true,
  connect: true,
  secure: true,
  before_write: true,
  circuit: true,
  deadline: true,
  store: true,
})

const storedUnknownPhase = unionOf<UnknownPhase>({ write: true, first_byte: true, body: true, answer: true })

/** An error. */
export const storedError = taggedUnion<PaymentError, '_tag'>('an error', '_tag', {
  InvalidConfig: exactObjectOf<InvalidConfig>(
    'InvalidConfig',
    { ...notSent, _tag: t.literal('InvalidConfig'), retry: t.literal('never'), issues },
    { ...location, file: t.string },
  ),
  InvalidRequest: exactObjectOf<InvalidRequest>(
    'InvalidRequest',
    { ...notSent, _tag: t.literal('InvalidRequest'), retry: t.literal('never'), issues },
    location,
  ),
  Unsupported: exactObjectOf<Unsupported>(
    'Unsupported',
    { ...notSent, _tag: t.literal('Unsupported'), retry: t.literal('never'), issues },
    location,
  ),
  Unreachable: exactObjectOf<Unreachable>(
    'Unreachable',
    { ...notSent, _tag: t.literal('Unreachable'), retry: t.literal('safe'), phase: storedUnsentPhase },
    { ...location, code: t.string, host: t.string, column: t.string },
  ),
  InProgress: exactObjectOf<InProgress>(
    'InProgress',
    { ...unknownOutcome, _tag: t.literal('InProgress'), retry: t.literal('same_key') },
    { ...location, code: t.string, column: t.string },
  ),
  Conflict: exactObjectOf<Conflict>(
    'Conflict',
    { ...unknownOutcome, _tag: t.literal('Conflict'), retry: t.literal('never') },
    location,
  ),
  RateLimited: exactObjectOf<RateLimited>(
    'RateLimited',
    { ...refusedOutcome, _tag: t.literal('RateLimited'), retry: t.literal('same_key') },
    { ...location, retryAfterMs: t.number },
  ),
  Refused: exactObjectOf<Refused>(
    'Refused',
    {
      ...refusedOutcome,
      _tag: t.literal('Refused'),
      retry: unionOf({ same_key: true, never: true }),
      reason: storedRefusalReason,
      httpStatus: t.number,
    },
    { ...location, providerCode: t.string, fields: storedTextList },
  ),
  Indeterminate: exactObjectOf<Indeterminate>(
    'Indeterminate',
    {
      ...unknownOutcome,
      _tag: t.literal('Indeterminate'),
      retry: unionOf({ after_read: true, safe: true }),
      phase: storedUnknownPhase,
    },
    {
      ...location,
      httpStatus: t.number,
      code: t.string,
      registered: t.literal(true),
      refusal: storedOpenRefusal,
      absent: t.literal(true),
      paths: storedTextList,
      nextPollAt: t.number,
      reference: storedReference,
    },
  ),
})

/** What the key of an object is made of. */
export const storedObjectKey = exactObjectOf<ObjectKey>(
  'an object',
  { account: t.string, kind: oneOf(kinds), id: t.string },
  {},
)

/** What an operator attested. */
export const storedAttestation = exactObjectOf<Attestation>(
  'an attestation',
  { attestedBy: t.string, note: t.string },
  {},
)

/** How a comparison of lists with the ledger ended. */
export const storedReconciliation = exactObjectOf<Reconciliation>(
  'a reconciliation',
  { at: t.number, listed: t.number, unreadable: t.number, missingInLedger: t.number, staleInLedger: t.number },
  { comparedTo: t.number, error: t.string },
)

/** A job, as a queue outside the ledger's tables stores it. */
export const storedJob = taggedUnion<Job, 'job'>('a job', 'job', {
  operation: exactObjectOf<Extract<Job, { job: 'operation' }>>(
    'a job',
    { job: t.literal('operation'), id: t.string },
    {},
  ),
  events: exactObjectOf<Extract<Job, { job: 'events' }>>('a job', { job: t.literal('events'), subject: t.string }, {}),
  redelivery: exactObjectOf<Extract<Job, { job: 'redelivery' }>>(
    'a job',
    { job: t.literal('redelivery'), id: t.string },
    {},
  ),
})
