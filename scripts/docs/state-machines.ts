import { viewOf } from '../../src/cli/diagram.js'
import type { Kind, KnownStatus, Rule } from '../../src/core/index.js'
import { code, table } from './markdown.js'

const meanings: { readonly [K in Kind]: Readonly<Record<KnownStatus<K>, string>> } = {
  payment: {
    created: 'recorded; the payer was not asked to pay yet',
    requires_action: 'the payer has something to do: `nextAction` says what',
    processing: 'the payer has begun; the gateway has not decided',
    authorized: 'the money is reserved and not taken; for gateways with a separate capture',
    expired: 'the payer did not pay in time',
    canceled: 'voided by the merchant, and a read confirmed it',
    failed: 'declined, or given up; `reason` says more',
    succeeded: 'the money was taken. The one status to deliver on, if `amountCheck` is `exact`',
    reversed: 'it had succeeded, and the money was taken back',
  },
  refund: {
    processing: 'accepted; not with the payer yet',
    succeeded: 'the payer has the money back',
    failed: 'rejected',
  },
  payout: {
    processing: 'accepted; not with the beneficiary yet',
    succeeded: 'the beneficiary has the money',
    failed: 'rejected; the money did not leave',
    returned: 'it had arrived, and the bank sent it back',
  },
}

const ends = { open: 'no', reversible: 'reversible', terminal: 'terminal' } as const

/** What a status means. */
const meaningOf = <K extends Kind>(kind: K, status: string): string => {
  const known: Readonly<Record<string, string>> = meanings[kind]
  return known[status] ?? ''
}

export const statusTable = (kind: Kind): string => {
  const { statuses, end } = viewOf(kind)
  return table(
    ['Status', 'Final', 'Description'],
    statuses.map((status) => [code(status), ends[end(status)], meaningOf(kind, status)]),
  )
}

/** How a rule looks in a cell of the table, and what it says. */
const signs: Readonly<Record<Rule, readonly [sign: string, says: string]>> = {
  same: ['=', 'nothing changed'],
  advance: ['→', 'recorded: the normal course'],
  late: ['late', 'recorded and marked `late`: later evidence corrects a reversible end'],
  advance_alert: ['→ !', 'recorded, with an alert'],
  reverse_if_confirmed: ['2× !', 'an alert; `reversed` if a read at least ten minutes later agrees'],
  return_if_confirmed: ['2× !', 'an alert; `returned` if a read at least ten minutes later agrees'],
  ignore: ['·', 'ignored: old news, or a replica that lags'],
  alert: ['!', 'not recorded, with an alert'],
}

export const ruleTable = (kind: Kind): string => {
  const { statuses, rule } = viewOf(kind)
  const used = new Set(statuses.flatMap((recorded) => statuses.map((observed) => rule(recorded, observed))))
  const legend = [...used].map((each) => `- **${signs[each][0]}** ${signs[each][1]}`)
  const rows = statuses.map((recorded) => [
    code(recorded),
    ...statuses.map((observed) => signs[rule(recorded, observed)][0]),
  ])
  return [table(['recorded ↓ read →', ...statuses.map(code)], rows), '', ...legend].join('\n')
}
