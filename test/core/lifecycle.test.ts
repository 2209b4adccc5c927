import {
  decideTransition,
  type Kind,
  type KnownStatus,
  machines,
  ruleFor,
  type StatusOf,
  type Transition,
} from '../../src/core/index.js'

/** What a fact says about a recorded and an observed status. */
type Decide<K extends Kind> = (observed: StatusOf<K>) => Transition<K>

const keep = () => ({ action: 'keep', alert: false, review: false }) as const
const keepAndAlert = () => ({ action: 'keep', alert: true, review: false }) as const
const record = <S>(to: S) => ({ action: 'advance', to, late: false, alert: false }) as const
const correct = <S>(to: S) => ({ action: 'advance', to, late: true, alert: false }) as const
const recordAndAlert = <S>(to: S) => ({ action: 'advance', to, late: false, alert: true }) as const
const suspect = () => ({ action: 'suspect', confirmAfterMs: 600_000, alert: true }) as const

interface Fact<K extends Kind> {
  readonly fact: string
  readonly recorded: readonly KnownStatus<K>[]
  readonly observed: readonly KnownStatus<K>[]
  readonly action: Decide<K>
}

const open = ['created', 'requires_action', 'processing', 'authorized'] as const
const started = ['processing', 'authorized'] as const
const reversible = ['expired', 'canceled', 'failed'] as const
const past = [...started, ...reversible, 'succeeded', 'reversed'] as const

// Each pair of different statuses is the subject of exactly one fact. Written from the prose, not from the tables.
const payments: readonly Fact<'payment'>[] = [
  {
    fact: 'a link that is handed out waits for its payer',
    recorded: ['created'],
    observed: ['requires_action'],
    action: record,
  },
  {
    fact: 'a payment was created before everything else',
    recorded: ['requires_action', ...past],
    observed: ['created'],
    action: keep,
  },
  { fact: 'a payer who has begun is not waited for', recorded: past, observed: ['requires_action'], action: keep },
  {
    fact: 'what is open goes where the gateway is',
    recorded: open,
    observed: [...started, ...reversible, 'succeeded'],
    action: record,
  },
  {
    fact: 'a reversible end is corrected by later evidence',
    recorded: reversible,
    observed: [...started, ...reversible, 'succeeded'],
    action: correct,
  },
  {
    fact: 'a reversal told by the gateway calls a person',
    recorded: [...open, ...reversible, 'succeeded'],
    observed: ['reversed'],
    action: recordAndAlert,
  },
  { fact: 'success is not undone by news of the way there', recorded: ['succeeded'], observed: started, action: keep },
  {
    fact: 'success contradicted by an expiry or a void calls a person',
    recorded: ['succeeded'],
    observed: ['expired', 'canceled'],
    action: keepAndAlert,
  },
  {
    fact: 'success contradicted by a failure is suspected first',
    recorded: ['succeeded'],
    observed: ['failed'],
    action: suspect,
  },
  {
    fact: 'a reversal stays against everything that is no success',
    recorded: ['reversed'],
    observed: [...started, ...reversible],
    action: keep,
  },
  {
    fact: 'a won dispute brings the money back and calls a person',
    recorded: ['reversed'],
    observed: ['succeeded'],
    action: recordAndAlert,
  },
]

const refunds: readonly Fact<'refund'>[] = [
  {
    fact: 'a refund on its way ends as the gateway says',
    recorded: ['processing'],
    observed: ['succeeded', 'failed'],
    action: record,
  },
  {
    fact: 'a rejected refund may still be accepted',
    recorded: ['failed'],
    observed: ['processing', 'succeeded'],
    action: correct,
  },
  {
    fact: 'a refund that succeeded is not on its way any more',
    recorded: ['succeeded'],
    observed: ['processing'],
    action: keep,
  },
  {
    fact: 'a refund that succeeded and is called failed keeps its status and calls a person',
    recorded: ['succeeded'],
    observed: ['failed'],
    action: keepAndAlert,
  },
]

const payouts: readonly Fact<'payout'>[] = [
  {
    fact: 'a payout on its way ends as the gateway says',
    recorded: ['processing'],
    observed: ['succeeded', 'failed'],
    action: record,
  },
  {
    fact: 'a rejected payout may still be accepted',
    recorded: ['failed'],
    observed: ['processing', 'succeeded'],
    action: correct,
  },
  {
    fact: 'a payout that arrived is not on its way any more',
    recorded: ['succeeded'],
    observed: ['processing'],
    action: keep,
  },
  {
    fact: 'a payout that arrived and is called failed is suspected first',
    recorded: ['succeeded'],
    observed: ['failed'],
    action: suspect,
  },
  {
    fact: 'a return told by the gateway calls a person',
    recorded: ['processing', 'succeeded', 'failed'],
    observed: ['returned'],
    action: recordAndAlert,
  },
  {
    fact: 'a returned payout stays against old news',
    recorded: ['returned'],
    observed: ['processing', 'failed'],
    action: keep,
  },
  {
    fact: 'a returned payout that the gateway calls arrived calls a person',
    recorded: ['returned'],
    observed: ['succeeded'],
    action: recordAndAlert,
  },
]

const pairsOf = <K extends Kind>({ recorded, observed }: Fact<K>) =>
  recorded.flatMap((from) => observed.filter((seen) => seen !== from).map((seen) => [from, seen] as const))

const statusesOf = <K extends Kind>(kind: K): readonly KnownStatus<K>[] => machines[kind].statuses

const obeys = <K extends Kind>(kind: K, facts: readonly Fact<K>[]) => {
  it.each(facts.map((fact) => [fact.fact, fact] as const))('%s', (_name, fact) => {
    for (const [recorded, observed] of pairsOf(fact))
      expect({ recorded, observed, ...decideTransition(kind, recorded, observed) }).toEqual({
        recorded,
        observed,
        ...fact.action(observed),
      })
  })

  it('every pair of different statuses is the subject of exactly one fact', () => {
    const stated = facts.flatMap(pairsOf).map((pair) => pair.join(' > '))
    const statuses = statusesOf(kind)
    const pairs = statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => `${from} > ${to}`))
    expect(stated.sort()).toEqual(pairs.sort())
  })

  it.each(statusesOf(kind))('%s, read again, changes nothing', (status) => {
    expect(decideTransition(kind, status, status)).toEqual(keep())
  })

  it.each(statusesOf(kind))('words nobody understands leave %s and ask for a review', (status) => {
    expect(decideTransition(kind, status, 'unknown')).toEqual({ action: 'keep', alert: false, review: true })
  })

  it.each(statusesOf(kind))('what was unknown may turn out to be %s', (status) => {
    expect(decideTransition(kind, 'unknown', status)).toEqual(record(status))
  })

  it('unknown, still unknown, asks for a review', () => {
    expect(decideTransition(kind, 'unknown', 'unknown')).toEqual({ action: 'keep', alert: false, review: true })
  })

  it('text that is no status changes nothing and calls a person', () => {
    for (const text of ['paid', 'constructor', '__proto__', 'toString', '']) {
      for (const status of statusesOf(kind)) {
        expect(decideTransition(kind, status, text as KnownStatus<K>)).toEqual(keepAndAlert())
        expect(decideTransition(kind, text as KnownStatus<K>, status)).toEqual(keepAndAlert())
      }
    }
  })
}

describe('payments', () => obeys('payment', payments))
describe('refunds', () => obeys('refund', refunds))
describe('payouts', () => obeys('payout', payouts))

describe('a rule', () => {
  it('exists for every pair', () => {
    expect(ruleFor('payment', 'failed', 'succeeded')).toBe('late')
    for (const { statuses, rules } of Object.values(machines))
      expect(Object.values(rules).map((row) => row.length)).toEqual(statuses.map(() => statuses.length))
  })
})
