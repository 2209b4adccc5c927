import {
  finality,
  type Judgement,
  judge,
  type Kind,
  type KnownStatus,
  machines,
  REVERSAL_CONFIRMATION_MS,
  ruleFor,
  type StatusOf,
  statusTable,
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

describe.each([
  ['payment', 'reversed'],
  ['payout', 'returned'],
] as const)('a %s that succeeded and is then called failed', (kind, end) => {
  const after = (suspectedForMs?: number) => judge(kind, 'succeeded', 'failed', suspectedForMs)

  it('is suspected by the first read, to be read again in ten minutes', () => {
    expect(after()).toEqual({ verdict: 'suspect', confirmAfterMs: 600_000, alert: true })
  })

  it('is still suspected one millisecond before ten minutes have passed', () => {
    expect(after(599_999)).toEqual({ verdict: 'suspect', confirmAfterMs: 1, alert: true })
  })

  it(`is ${end} at ten minutes, and later`, () => {
    expect(REVERSAL_CONFIRMATION_MS).toBe(600_000)
    expect(after(600_000)).toEqual({ verdict: 'advance', to: end, late: false, alert: true })
    expect(after(86_400_000)).toEqual({ verdict: 'advance', to: end, late: false, alert: true })
  })

  it('is not waited for longer when the clock jumped back', () => {
    expect(after(-1e12)).toEqual({ verdict: 'suspect', confirmAfterMs: 600_000, alert: true })
  })

  it('is cleared by a read that agrees with the success', () => {
    expect(judge(kind, 'succeeded', 'succeeded', 599_999)).toEqual(keep())
  })
})

it('a time of suspicion means nothing where nothing is suspected', () => {
  expect(judge('refund', 'succeeded', 'failed', 86_400_000)).toEqual(keepAndAlert())
  expect(judge('payment', 'processing', 'failed', 86_400_000)).toEqual(record('failed'))
})

describe('finality', () => {
  const expected = {
    payment: {
      created: 'open',
      requires_action: 'open',
      processing: 'open',
      authorized: 'open',
      expired: 'soft',
      canceled: 'soft',
      failed: 'soft',
      succeeded: 'firm',
      reversed: 'firm',
      unknown: 'open',
    },
    refund: { processing: 'open', succeeded: 'firm', failed: 'soft', unknown: 'open' },
    payout: { processing: 'open', succeeded: 'firm', failed: 'soft', returned: 'firm', unknown: 'open' },
  } satisfies { readonly [K in Kind]: Readonly<Record<StatusOf<K>, string>> }

  it.each(Object.entries(expected.payment))('of a payment that is %s is %s', (status, end) => {
    expect(finality('payment', status as StatusOf<'payment'>)).toBe(end)
  })
  it.each(Object.entries(expected.refund))('of a refund that is %s is %s', (status, end) => {
    expect(finality('refund', status as StatusOf<'refund'>)).toBe(end)
  })
  it.each(Object.entries(expected.payout))('of a payout that is %s is %s', (status, end) => {
    expect(finality('payout', status as StatusOf<'payout'>)).toBe(end)
  })

  it('of text that is no status is open: nobody stops looking because of it', () => {
    expect(finality('payment', 'constructor' as 'failed')).toBe('open')
  })
})

describe('a rule', () => {
  it('exists for every pair', () => {
    expect(ruleFor('payment', 'failed', 'succeeded')).toBe('late')
    for (const { statuses, rules } of Object.values(machines))
      expect(Object.values(rules).map((row) => row.length)).toEqual(statuses.map(() => statuses.length))
  })
})

describe('a status table', () => {
  const byNumber = statusTable([
    [1, 'processing'],
    [2, 'succeeded'],
  ] as const)
  const byWord = statusTable([['paid', 'succeeded']] as const)

  it('gives the status of a row', () => {
    expect(byNumber(2)).toBe('succeeded')
    expect(byWord('paid')).toBe('succeeded')
  })

  it.each([3, 0, -2, Number.NaN, '2', ''])('never guesses from %j', (wire) => {
    expect(byNumber(wire)).toBe('unknown')
  })

  it.each(['Paid', ' paid', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'never guesses from %j',
    (wire) => {
      expect(byWord(wire)).toBe('unknown')
    },
  )
})
