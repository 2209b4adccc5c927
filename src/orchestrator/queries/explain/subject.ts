import { type Kind, kindOf, omitUndefined, type Result, type StatusOf, toMoney } from '../../../core/index.js'
import {
  isUnanswered,
  needsReview,
  type ObjectRecord,
  type OperationRecord,
  type OperationState,
  type OperationView,
  resultOfRecord,
} from '../../../ledger/index.js'
import type { Mismatch } from './step-params.js'
import type { Facts, StoryMoney, StorySubject } from './story.js'
import { written } from './texts.js'
import type { Wording } from './wording.js'

/** A gateway's own id; an object that has none goes by its key. */
export const ownId = (id: string | undefined): { readonly id?: string } =>
  id === undefined || id.startsWith('key:') ? {} : { id }

const subjectOfObject = (object: ObjectRecord): StorySubject => {
  const { kind, status, account, id, origin, expectedAmount, snapshot, reservation } = object
  const amount = expectedAmount ?? snapshot.amount ?? reservation?.amount
  return {
    kind,
    status,
    account,
    ...ownId(id),
    ...omitUndefined({
      operationId: origin?.operationId,
      idempotencyKey: origin?.idempotencyKey,
      merchantReference: origin?.merchantReference,
      amount: amount === undefined ? undefined : toMoney(amount),
    }),
  }
}

const subjectOfOperation = ({ operation, attempts }: OperationView): StorySubject => {
  const { id, name, idempotencyKey, merchantReference, request, reservation, state, attempt } = operation
  const amount = request.amount ?? reservation?.amount
  return {
    kind: kindOf[name],
    status: isUnanswered(state) ? 'unknown' : 'none',
    operationId: id,
    idempotencyKey,
    ...omitUndefined({
      account: attempts[attempt - 1]?.account,
      merchantReference,
      amount: amount === undefined ? undefined : toMoney(amount),
    }),
  }
}

/** What facts are about. `undefined` if they have neither an object nor an operation. */
export const subjectOfFacts = ({ object, view }: Pick<Facts, 'object' | 'view'>): StorySubject | undefined => {
  if (object !== undefined) return subjectOfObject(object)
  return view === undefined ? undefined : subjectOfOperation(view)
}

const standing: { readonly [K in Kind]: { readonly [S in StatusOf<K>]: string } } = {
  payment: {
    created: 'not paid yet',
    requires_action: 'not paid yet: the payer has to act',
    processing: 'under way',
    authorized: 'authorized, not captured',
    expired: 'not paid in time',
    canceled: 'canceled',
    failed: 'failed',
    succeeded: 'paid',
    reversed: 'reversed: the money went back to the payer',
    unknown: 'in a state that paymux does not know',
  },
  refund: {
    processing: 'under way',
    succeeded: 'given back',
    failed: 'failed',
    unknown: 'in a state that paymux does not know',
  },
  payout: {
    processing: 'under way',
    succeeded: 'paid out',
    failed: 'failed',
    returned: 'returned by the bank',
    unknown: 'in a state that paymux does not know',
  },
}

const standingOfObject = (object: ObjectRecord): string => {
  const { kind, status, disputed, abandoned } = object
  const ofKind: Readonly<Record<string, string>> = standing[kind]
  return [
    ofKind[status],
    ...(disputed ? ['disputed'] : []),
    ...(needsReview(object) ? ['an operator should look'] : []),
    ...(abandoned ? ['made by an attempt that was given up'] : []),
  ].join('; ')
}

/** Whether an operation waits for an operator. */
export const requiresOperator = ({ state, nextPollAt, stalled }: OperationRecord): boolean =>
  isUnanswered(state) && (nextPollAt === undefined || stalled !== undefined)

const standingOfOperation: Readonly<Record<OperationState, string>> = {
  prepared: 'not sent yet',
  dispatched: 'not known yet',
  indeterminate: 'not known',
  executed: 'executed',
  refused: 'refused; nothing was executed',
  canceled: 'nothing was executed',
}

const standsOf = ({ object, view }: Facts): string => {
  if (object !== undefined) return standingOfObject(object)
  if (view === undefined) return ''
  const { operation, leased } = view
  const stands = standingOfOperation[operation.state]
  return requiresOperator(operation) && !leased ? `${stands}. It waits for you` : stands
}

const titles: Readonly<Record<Kind, (amount: string | undefined, reference: string | undefined) => string>> = {
  payment: (amount, reference = 'Payment') => (amount === undefined ? reference : `${reference} (${amount})`),
  refund: (amount, reference) =>
    `Refund${amount === undefined ? '' : ` of ${amount}`}${reference === undefined ? '' : ` for ${reference}`}`,
  payout: (amount, reference) =>
    `Payout${amount === undefined ? '' : ` of ${amount}`}${reference === undefined ? '' : ` for ${reference}`}`,
}

/** Where something stands, in one sentence. */
export const headlineOf = (facts: Facts, subject: StorySubject, wording: Wording): string => {
  const { kind, amount, merchantReference, account } = subject
  const title = titles[kind](amount === undefined ? undefined : written(amount), merchantReference)
  return `${title}${account === undefined ? '' : `, on ${wording.account(account)}`}: ${standsOf(facts)}.`
}

/**
 * The amounts of a result that differ from what was asked for. A gateway may report the amount of an order as it was asked for, beside what
 * was paid.
 */
export const mismatchOf = (
  { amount, paid, amountCheck }: Pick<Result<Kind>, 'amount' | 'paid' | 'amountCheck'>,
  record: ObjectRecord | undefined,
): Mismatch | undefined => {
  if (amountCheck !== 'mismatch') return undefined
  const expected = record?.expectedAmount === undefined ? undefined : toMoney(record.expectedAmount)
  const isOther = amount?.value !== expected?.value || amount?.currency !== expected?.currency
  return omitUndefined({ expected, reported: isOther ? amount : paid })
}

/** The amounts of a payment. What the gateway reports as refunded counts before what this ledger knows of. */
export const moneyOf = (object: ObjectRecord): StoryMoney => {
  const { expectedAmount, captured, reserved, refunded, snapshot } = object
  const expected = expectedAmount === undefined ? undefined : toMoney(expectedAmount)
  if (captured === undefined) return omitUndefined({ expected })
  const { currency, minorUnits } = captured
  const reported = snapshot.refunded?.currency === currency ? snapshot.refunded.minorUnits : 0n
  const gone = reported > reserved ? reported : reserved
  return omitUndefined({
    expected,
    captured: toMoney(captured),
    refunded: resultOfRecord(object).refunded,
    reserved: toMoney({ minorUnits: reserved - refunded, currency }),
    refundable: toMoney({ minorUnits: gone > minorUnits ? 0n : minorUnits - gone, currency }),
  })
}
