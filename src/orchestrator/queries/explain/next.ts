import { type Kind, kindOf, omitUndefined, type Reference, toMoney } from '../../../core/index.js'
import { needsReview, type ObjectRecord, type OperationView, resultOfRecord } from '../../../ledger/index.js'
import type { Resolution } from '../../operations/resolve.js'
import type { Facts, NextCall, NextStep } from './story.js'
import { mismatchOf, requiresOperator } from './subject.js'
import { reasonsOf, written } from './texts.js'
import type { Wording } from './wording.js'

/** A value as a program writes it. */
const literal = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `{ ${Object.entries(value)
        .map(([name, field]) => `${name}: ${literal(field)}`)
        .join(', ')} }`
    : `'${String(value).replaceAll(/[\\']/g, '\\$&')}'`

const writtenCall = ({ condition, method, arguments: given }: NextCall): string =>
  `${condition}: ${method}(${given.map(literal).join(', ')})`

/** The next step, with its calls in its text, each on a line of its own. */
const withCalls = (next: Omit<NextStep, 'calls'>, calls: readonly NextCall[] = []): NextStep => ({
  ...next,
  text: [next.text, ...calls.map(writtenCall)].join('\n'),
  calls,
})

const seen = { attestedBy: '<you>', note: '<where you saw it>' } as const

const resolve = (condition: string, id: string, resolution: Resolution): NextCall => ({
  condition,
  method: 'resolve',
  arguments: [id, resolution],
})

/** What an operator does about an operation whose outcome only a person can find out. */
const resolveNext = ({ operation, attempts }: OperationView, facts: Facts, wording: Wording): NextStep => {
  const { id, name, nextPollAt, stalled, request, reservation, attempt } = operation
  const account = attempts[attempt - 1]?.account ?? ''
  const kind = kindOf[name]
  const amount = request.amount ?? reservation?.amount
  const since = facts.events.find(({ type }) => type === 'operation.requires_resolution')?.at
  const held = reservation?.held === true ? written(toMoney(reservation.amount)) : undefined
  const text = [
    ...(stalled === 'no_account'
      ? [`Its deadline has passed, and the processes that came to it do not have the account ${account}.`]
      : []),
    ...(nextPollAt === undefined ? [] : [`A process comes to it again at ${wording.date(nextPollAt)}.`]),
    `A person decides. Look for ${amount === undefined ? `the ${kind}` : `a ${kind} of ${written(toMoney(amount))}`} at ${wording.gateway(account)}.`,
    'paymux sends it no second time by itself. Do not repeat it under another key.',
    ...(held === undefined ? [] : [`Until then ${held} of the payment stay reserved.`]),
    ...(since === undefined ? [] : [`It has waited since ${wording.date(since)}.`]),
  ].join(' ')
  return withCalls({ what: 'resolve', text, ...omitUndefined({ at: nextPollAt, since }) }, [
    resolve('If it is there', id, { outcome: 'executed', id: '<its id>', status: 'succeeded', ...seen }),
    resolve(`If ${wording.gateway(account)} confirms that it has none`, id, { outcome: 'not_executed', ...seen }),
  ])
}

const nextOfOperation = (view: OperationView, facts: Facts, wording: Wording): NextStep => {
  const { operation, attempts, leased } = view
  const { state, nextPollAt, deadline, idempotencyKey, attempt } = operation
  const account = attempts[attempt - 1]?.account ?? ''
  switch (state) {
    case 'prepared':
    case 'dispatched':
    case 'indeterminate': {
      if (leased) return withCalls({ what: 'in_progress', text: 'A process is working on it now.' })
      if (requiresOperator(operation)) return resolveNext(view, facts, wording)
      const at = omitUndefined({ at: nextPollAt })
      // What creates a link that was never given out may be made again in place of a poll.
      const goingOn =
        attempts[attempt - 1]?.effect === 'creates'
          ? `paymux goes on with it at ${wording.gateway(account)}`
          : `paymux looks for it at ${wording.gateway(account)} again`
      const when = nextPollAt === undefined ? '' : `, at ${wording.date(nextPollAt)}`
      return state === 'prepared'
        ? withCalls({
            what: 'send',
            ...at,
            text: `paymux sends it${when}, and not after ${wording.date(deadline)}: then it is canceled.`,
          })
        : withCalls({ what: 'poll', ...at, text: `${goingOn}${when}. Do not repeat it under another key.` })
    }
    case 'canceled':
      return withCalls({
        what: 'call_again',
        text: `paymux sends nothing more by itself. A call under the key ${idempotencyKey} starts it again.`,
      })
    case 'executed':
    case 'refused':
      return withCalls({ what: 'nothing', text: 'Nothing more. Another request needs a key of its own.' })
  }
}

/** Why an operator should look at an object as it stands. */
const reasonsOfObject = (object: ObjectRecord): readonly string[] => {
  const { flags, disputed, suspectedSince } = object
  const result = resultOfRecord(object)
  const alerts = flags.filter((flag) => flag.startsWith('alert:')).map((flag) => flag.slice('alert:'.length))
  return [
    ...(disputed ? ["the payer's bank took the money back, or tries to"] : []),
    ...(suspectedSince === undefined ? [] : [`a read reported ${alerts.join(', ') || 'another status'}`]),
    ...reasonsOf({ review: result.review, ...omitUndefined({ mismatch: mismatchOf(result, object) }) }),
  ]
}

const isUnpaid = ({ kind, status }: ObjectRecord): boolean =>
  kind === 'payment' && (status === 'created' || status === 'requires_action')

const referenceOf = ({ snapshot }: ObjectRecord): Reference<Kind> => {
  const { expectedAmount: _compared, ...reference } = snapshot.reference
  return reference
}

const nextOfObject = (object: ObjectRecord, wording: Wording): NextStep => {
  const { nextReadAt, account, disputed } = object
  const at = omitUndefined({ at: nextReadAt })
  const reading = nextReadAt === undefined ? '' : ` paymux reads it again at ${wording.date(nextReadAt)}.`
  if (needsReview(object) || disputed) {
    const reasons = reasonsOfObject(object).join('; ')
    const text = `A person should look at it at ${wording.gateway(account)}: ${reasons}.${reading}`
    return withCalls({ what: 'review', ...at, text }, [
      { condition: 'To read it now', method: 'getStatus', arguments: [referenceOf(object)] },
    ])
  }
  if (isUnpaid(object)) return withCalls({ what: 'pay', ...at, text: `The payer has to act.${reading}` })
  return nextReadAt === undefined
    ? withCalls({
        what: 'nothing',
        text: 'Nothing more. paymux reads it again if a notification or a call asks for it.',
      })
    : withCalls({ what: 'read', ...at, text: `You have nothing to do.${reading}` })
}

/** What happens next, by the records: the schedule of reads and polls, or that it waits for a person. */
export const nextOf = (facts: Facts, wording: Wording): NextStep => {
  const { object, view } = facts
  if (object !== undefined) return nextOfObject(object, wording)
  if (view !== undefined) return nextOfOperation(view, facts, wording)
  return withCalls({ what: 'nothing', text: 'Nothing more.' })
}
