import {
  type Judgement,
  judge,
  type Kind,
  type KnownStatus,
  machines,
  ruleFor,
  type StatusOf,
} from '../../src/core/index.js'

/** What a fact says about a recorded and an observed status. */
type Verdict<K extends Kind> = (observed: StatusOf<K>) => Judgement<K>

const keep = () => ({ verdict: 'keep', alert: false, review: false }) as const
const keepAndAlert = () => ({ verdict: 'keep', alert: true, review: false }) as const
const record = <S>(to: S) => ({ verdict: 'advance', to, late: false, alert: false }) as const
const correct = <S>(to: S) => ({ verdict: 'advance', to, late: true, alert: false }) as const
const recordAndAlert = <S>(to: S) => ({ verdict: 'advance', to, late: false, alert: true }) as const
const suspect = () => ({ verdict: 'suspect', confirmAfterMs: 600_000, alert: true }) as const

interface Fact<K extends Kind> {
  readonly fact: string
  readonly recorded: readonly KnownStatus<K>[]
  readonly observed: readonly KnownStatus<K>[]
  readonly verdict: Verdict<K>
}

const open = ['created', 'requires_action', 'processing', 'authorized'] as const
const started = ['processing', 'authorized'] as const
const soft = ['expired', 'canceled', 'failed'] as const
const past = [...started, ...soft, 'succeeded', 'reversed'] as const

// Each pair of different statuses is the subject of exactly one fact. Written from the prose, not from the tables.
const payments: readonly Fact<'payment'>[] = [
  {
    fact: 'a link that is handed out waits for its payer',
    recorded: ['created'],
    observed: ['requires_action'],
    verdict: record,
  },
  {
    fact: 'a payment was created before everything else',
    recorded: ['requires_action', ...past],
    observed: ['created'],
    verdict: keep,
  },
  { fact: 'a payer who has begun is not waited for', recorded: past, observed: ['requires_action'], verdict: keep },
  {
    fact: 'what is open goes where the gateway is',
    recorded: open,
    observed: [...started, ...soft, 'succeeded'],
    verdict: record,
  },
  {
    fact: 'a soft end is corrected by later evidence',
    recorded: soft,
    observed: [...started, ...soft, 'succeeded'],
    verdict: correct,
  },
  {
    fact: 'a reversal told by the gateway calls a person',
    recorded: [...open, ...soft, 'succeeded'],
    observed: ['reversed'],
    verdict: recordAndAlert,
  },
  { fact: 'success is not undone by news of the way there', recorded: ['succeeded'], observed: started, verdict: keep },
  {
    fact: 'success contradicted by an expiry or a void calls a person',
    recorded: ['succeeded'],
    observed: ['expired', 'canceled'],
    verdict: keepAndAlert,
  },
  {
    fact: 'success contradicted by a failure is suspected first',
    recorded: ['succeeded'],
    observed: ['failed'],
    verdict: suspect,
  },
  {
    fact: 'a reversal stays against everything that is no success',
    recorded: ['reversed'],
    observed: [...started, ...soft],
    verdict: keep,
  },
  {
    fact: 'a won dispute brings the money back and calls a person',
    recorded: ['reversed'],
    observed: ['succeeded'],
    verdict: recordAndAlert,
  },
]

const refunds: readonly Fact<'refund'>[] = [
  {
    fact: 'a refund on its way ends as the gateway says',
    recorded: ['processing'],
    observed: ['succeeded', 'failed'],
    verdict: record,
  },
  {
    fact: 'a rejected refund may still be accepted',
    recorded: ['failed'],
    observed: ['processing', 'succeeded'],
    verdict: correct,
  },
  {
    fact: 'a refund that succeeded is not on its way any more',
    recorded: ['succeeded'],
    observed: ['processing'],
    verdict: keep,
  },
  {
    fact: 'a refund that succeeded and is called failed keeps its status and calls a person',
    recorded: ['succeeded'],
    observed: ['failed'],
    verdict: keepAndAlert,
  },
]

const payouts: readonly Fact<'payout'>[] = [
  {
    fact: 'a payout on its way ends as the gateway says',
    recorded: ['processing'],
    observed: ['succeeded', 'failed'],
    verdict: record,
  },
  {
    fact: 'a rejected payout may still be accepted',
    recorded: ['failed'],
    observed: ['processing', 'succeeded'],
    verdict: correct,
  },
  {
    fact: 'a payout that arrived is not on its way any more',
    recorded: ['succeeded'],
    observed: ['processing'],
    verdict: keep,
  },
  {
    fact: 'a payout that arrived and is called failed is suspected first',
    recorded: ['succeeded'],
    observed: ['failed'],
    verdict: suspect,
  },
  {
    fact: 'a return told by the gateway calls a person',
    recorded: ['processing', 'succeeded', 'failed'],
    observed: ['returned'],
    verdict: recordAndAlert,
  },
  {
    fact: 'a returned payout stays against old news',
    recorded: ['returned'],
    observed: ['processing', 'failed'],
    verdict: keep,
  },
  {
    fact: 'a returned payout that the gateway calls arrived calls a person',
    recorded: ['returned'],
    observed: ['succeeded'],
    verdict: recordAndAlert,
  },
]

const pairsOf = <K extends Kind>({ recorded, observed }: Fact<K>) =>
  recorded.flatMap((from) => observed.filter((seen) => seen !== from).map((seen) => [from, seen] as const))

const statusesOf = <K extends Kind>(kind: K): readonly KnownStatus<K>[] => machines[kind].statuses

const obeys = <K extends Kind>(kind: K, facts: readonly Fact<K>[]) => {
  it.each(facts.map((fact) => [fact.fact, fact] as const))('%s', (_name, fact) => {
    for (const [recorded, observed] of pairsOf(fact))
      expect({ recorded, observed, ...judge(kind, recorded, observed) }).toEqual({
        recorded,
        observed,
        ...fact.verdict(observed),
      })
  })

  it('every pair of different statuses is the subject of exactly one fact', () => {
    const told = facts.flatMap(pairsOf).map((pair) => pair.join(' > '))
    const statuses = statusesOf(kind)
    const pairs = statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => `${from} > ${to}`))
    expect(told.sort()).toEqual(pairs.sort())
  })

  it.each(statusesOf(kind))('%s, read again, changes nothing', (status) => {
    expect(judge(kind, status, status)).toEqual(keep())
  })

  it.each(statusesOf(kind))('words nobody understands leave %s and ask for a review', (status) => {
    expect(judge(kind, status, 'unknown')).toEqual({ verdict: 'keep', alert: false, review: true })
  })

  it.each(statusesOf(kind))('what was unknown may turn out to be %s', (status) => {
    expect(judge(kind, 'unknown', status)).toEqual(record(status))
  })

  it('unknown, still unknown, asks for a review', () => {
    expect(judge(kind, 'unknown', 'unknown')).toEqual({ verdict: 'keep', alert: false, review: true })
  })

  it('text that is no status changes nothing and calls a person', () => {
    for (const text of ['paid', 'constructor', '__proto__', 'toString', '']) {
      for (const status of statusesOf(kind)) {
        expect(judge(kind, status, text as KnownStatus<K>)).toEqual(keepAndAlert())
        expect(judge(kind, text as KnownStatus<K>, status)).toEqual(keepAndAlert())
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
