import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  indeterminate,
  type Listed,
  type Listing,
  type Period,
  type Snapshot,
} from '../../src/core/index.js'
import { reconcile } from '../../src/orchestrator/reads/reconcile.js'
import { DAY, MINUTE, payment, readingStage, START } from './reading-stage.js'

const at = { account: 'main', kind: 'refund', id: 'ref-1' } as const
const reference = { kind: 'refund', account: 'main', id: 'ref-1' } as const
const amount = { minorUnits: 1000n, currency: 'EUR' }
const cent = { value: '0.01', currency: 'EUR' }
const refund = (fields: Partial<Snapshot<'refund'>> = {}): Snapshot<'refund'> => ({
  ...payment(),
  reference,
  status: 'processing',
  ...fields,
})
const listed = (fields: Partial<Listed<'refund'>> = {}): Listed<'refund'> => ({
  reference,
  status: 'processing',
  ...fields,
})

type Stage = Awaited<ReturnType<typeof readingStage>>

const setUp = async (...objects: readonly Listed<'refund'>[]) => {
  const stage = await readingStage()
  stage.pass(DAY)
  const periods: Period[] = []
  const list = (listing: Listing<'refund'>): Adapter['list'] => ({
    refund: (period) => {
      periods.push(period)
      return TE.right(listing)
    },
  })
  const main = stage.adapters.get('main')
  if (main === undefined) throw new Error('no account')
  const run = (lists: Adapter['list'] = list({ objects, unreadable: 0 })) =>
    reconcile([{ ...main, ...(lists && { list: lists }) }], { from: START, to: START + DAY }, stage.context)
  return { ...stage, periods, list, run }
}

const requestedPolls = ({ written }: Pick<Stage, 'written'>) => written('request_poll').map(({ id }) => id)

const SUBJECT = 'listed:refund:main:ref-1'

describe('what a gateway lists and the ledger does not know', () => {
  it('is listed each time, and emitted once', async () => {
    const { run, eventTypes, onlyEvent } = await setUp(listed({ amount }))
    const report = {
      account: 'main',
      kind: 'refund',
      listed: 1,
      unreadable: 0,
      missingInLedger: [{ ...listed(), amount: { value: '10.00', currency: 'EUR' } }],
      staleInLedger: [],
    }
    expect(await run()).toEqual([report])
    expect(await run()).toEqual([report])
    expect(eventTypes(SUBJECT)).toEqual(['reconciliation.missing_in_ledger'])
    const event = onlyEvent('reconciliation.missing_in_ledger')
    expect(event).toMatchObject({ account: 'main', listed: report.missingInLedger[0] })
    expect(JSON.parse(JSON.stringify(event))).toEqual(event)
  })

  it('requests a poll of the operations whose answer was lost, where paymux made it', async () => {
    const stage = await setUp(listed({ names: { key: 'derived' } }))
    const lost = await stage.recordPayout({})
    await stage.recordPayout({ idempotencyKey: 'key-2', accounts: ['other'] })
    await stage.run()
    expect(requestedPolls(stage)).toEqual([lost.id])
  })

  it('requests none where paymux did not make it', async () => {
    const stage = await setUp(listed())
    await stage.recordPayout({})
    await stage.run()
    expect(requestedPolls(stage)).toEqual([])
  })
})

describe('what the ledger has', () => {
  it.each([
    ['further', 'processing', listed({ status: 'succeeded' }), { status: 'succeeded' }],
    ['where a failure was taken back', 'failed', listed({ status: 'succeeded' }), { status: 'succeeded' }],
    ['contradicting a success', 'succeeded', listed({ status: 'failed' }), { status: 'failed' }],
    ['with another amount', 'processing', listed({ amount: { ...amount, minorUnits: 1n } }), { amount: cent }],
  ] as const)('is read soon where the list shows it %s', async (_how, status, entry, shows) => {
    const stage = await setUp(entry)
    const recorded = await stage.record(at, refund({ status }), { expectedAmount: amount })
    const [report] = await stage.run()
    expect(report).toMatchObject({ missingInLedger: [], staleInLedger: [{ reference, ...shows }] })
    expect((await stage.object(at))?.refreshRequests).toBe(recorded.refreshRequests + 1)
    expect(stage.eventTypes(SUBJECT)).toEqual([])
  })

  it.each([
    ['as it is', 'processing', listed({ amount })],
    ['less far', 'succeeded', listed()],
    ['in a state that is not documented', 'processing', listed({ status: 'unknown' })],
  ] as const)('is left alone where the list shows it %s', async (_how, status, entry) => {
    const stage = await setUp(entry)
    await stage.record(at, refund({ status }), { expectedAmount: amount })
    expect(await stage.run()).toMatchObject([{ listed: 1, missingInLedger: [], staleInLedger: [] }])
    expect((await stage.object(at))?.refreshRequests).toBe(0)
  })
})

describe('a list', () => {
  it('is read for the period, without what was made just now', async () => {
    const { run, periods, now } = await setUp()
    await run()
    expect(periods).toEqual([{ from: START, to: now() - 10 * MINUTE }])
  })

  it('that an account does not have is not read', async () => {
    const stage = await setUp()
    expect(await stage.run({})).toEqual([])
    expect(stage.outcomes).toEqual([])
  })

  it('with entries that cannot be read says how many', async () => {
    const { run, list } = await setUp()
    expect(await run(list({ objects: [], unreadable: 2 }))).toMatchObject([{ listed: 2, unreadable: 2 }])
  })

  it('that does not come is reported, and no other is left out for it', async () => {
    const { run, list, outcomes } = await setUp()
    const lost = indeterminate('reads', 'body')
    const lists = { ...list({ objects: [], unreadable: 0 }), payout: () => TE.left(lost) }
    expect(await run(lists)).toMatchObject([{ kind: 'refund' }, { kind: 'payout', listed: 0, error: lost }])
    expect(outcomes).toEqual(['answer', 'Indeterminate'])
  })

  it('that cannot be compared, because the store does not answer, is reported', async () => {
    const { run, goDown } = await setUp(listed())
    goDown(true)
    expect(await run()).toMatchObject([
      { listed: 1, missingInLedger: [], error: { _tag: 'Unreachable', phase: 'store' } },
    ])
  })

  it('of an adapter that throws is no list', async () => {
    const { run } = await setUp()
    const lists: Adapter['list'] = {
      refund: () => {
        throw new Error('a bug')
      },
    }
    const [report] = await run(lists)
    expect(report?.error?._tag).toBe('Indeterminate')
  })
})
