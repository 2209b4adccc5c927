import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  indeterminate,
  type Listed,
  type Listing,
  type Period,
  type Refund,
} from '../../src/core/index.js'
import { reconcile } from '../../src/orchestrator/reconcile.js'
import { DAY, MINUTE, operationWith, payment, readingStage, START } from './reading-stage.js'

const at = { account: 'main', kind: 'refund', id: 'ref-1' } as const
const reference = { kind: 'refund', account: 'main', id: 'ref-1' } as const
const amount = { amount: 1000n, currency: 'EUR' }
const refund = (fields: Partial<Refund> = {}): Refund => ({ ...payment(), reference, status: 'processing', ...fields })
const listed = (fields: Partial<Listed<'refund'>> = {}): Listed<'refund'> => ({
  reference,
  status: 'processing',
  ...fields,
})

const setUp = (...objects: readonly Listed<'refund'>[]) => {
  const stage = readingStage()
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

const SUBJECT = 'listed:refund:main:ref-1'

describe('what a gateway lists and the ledger does not know', () => {
  it('is reported each time, and told once', async () => {
    const { run, told } = setUp(listed({ amount }))
    const report = {
      account: 'main',
      kind: 'refund',
      listed: 1,
      unreadable: 0,
      unrecorded: [listed({ amount })],
      behind: [],
    }
    expect(await run()).toEqual([report])
    expect(await run()).toEqual([report])
    expect(told(SUBJECT)).toEqual(['reconciliation.unrecorded'])
  })

  it('calls for a look at the operations whose answer was lost, where it was made here', async () => {
    const { run, operations, rungOperations } = setUp(listed({ key: 'derived' }))
    operations.set('refund key-1', operationWith({ id: 'op-1', state: 'indeterminate' }))
    operations.set('refund key-2', operationWith({ id: 'op-2', state: 'indeterminate', accounts: ['other'] }))
    await run()
    expect(rungOperations).toEqual(['op-1'])
  })

  it('calls for none where somebody else made it', async () => {
    const { run, operations, rungOperations } = setUp(listed())
    operations.set('refund key-1', operationWith({ id: 'op-1', state: 'indeterminate' }))
    await run()
    expect(rungOperations).toEqual([])
  })
})

describe('what the ledger has', () => {
  it.each([
    ['further', 'processing', listed({ status: 'succeeded' })],
    ['where a failure was taken back', 'failed', listed({ status: 'succeeded' })],
    ['contradicting a success', 'succeeded', listed({ status: 'failed' })],
    ['with another amount', 'processing', listed({ amount: { ...amount, amount: 1n } })],
  ] as const)('is read soon where the list shows it %s', async (_how, status, entry) => {
    const stage = setUp(entry)
    const recorded = stage.record(at, refund({ status }), { expected: amount })
    const [report] = await stage.run()
    expect(report).toMatchObject({ unrecorded: [], behind: [entry] })
    expect(stage.object(at)?.rings).toBe(recorded.rings + 1)
    expect(stage.told(SUBJECT)).toEqual([])
  })

  it.each([
    ['as it is', 'processing', listed({ amount })],
    ['less far', 'succeeded', listed()],
    ['in a state that nobody documented', 'processing', listed({ status: 'unknown' })],
  ] as const)('is left alone where the list shows it %s', async (_how, status, entry) => {
    const stage = setUp(entry)
    stage.record(at, refund({ status }), { expected: amount })
    expect(await stage.run()).toMatchObject([{ listed: 1, unrecorded: [], behind: [] }])
    expect(stage.object(at)?.rings).toBe(0)
  })
})

describe('a list', () => {
  it('is asked for over the period, without what was made just now', async () => {
    const { run, periods, now } = setUp()
    await run()
    expect(periods).toEqual([{ from: START, to: now() - 10 * MINUTE }])
  })

  it('that an account does not have is not asked for', async () => {
    const stage = setUp()
    expect(await stage.run({})).toEqual([])
    expect(stage.heard).toEqual([])
  })

  it('with entries that cannot be read says how many', async () => {
    const { run, list } = setUp()
    expect(await run(list({ objects: [], unreadable: 2 }))).toMatchObject([{ listed: 2, unreadable: 2 }])
  })

  it('that does not come is told, and no other is left out for it', async () => {
    const { run, list, heard } = setUp()
    const lost = indeterminate('reads', 'body')
    const lists = { ...list({ objects: [], unreadable: 0 }), payout: () => TE.left(lost) }
    expect(await run(lists)).toMatchObject([{ kind: 'refund' }, { kind: 'payout', listed: 0, error: lost }])
    expect(heard).toEqual(['answer', 'Indeterminate'])
  })

  it('that cannot be compared, because the store does not answer, is told', async () => {
    const { run, goDown } = setUp(listed())
    goDown(true)
    expect(await run()).toMatchObject([{ listed: 1, unrecorded: [], error: { _tag: 'Unreachable', phase: 'store' } }])
  })

  it('of an adapter that throws is no list', async () => {
    const { run } = setUp()
    const lists: Adapter['list'] = {
      refund: () => {
        throw new Error('a bug')
      },
    }
    const [report] = await run(lists)
    expect(report?.error?._tag).toBe('Indeterminate')
  })
})
