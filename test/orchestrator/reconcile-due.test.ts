import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  indeterminate,
  type Listed,
  type Listing,
  type PaymentError,
  type Period,
} from '../../src/core/index.js'
import type { BackgroundSettings } from '../../src/orchestrator/config/index.js'
import { reconcileIfDue } from '../../src/orchestrator/reads/reconcile-due.js'
import { right } from '../either.js'
import { DAY, HOUR, readingStage, START } from './reading-stage.js'

const lost = indeterminate('reads', 'body')
const entry: Listed<'payout'> = {
  reference: { kind: 'payout', account: 'main', id: 'pay-out-1' },
  status: 'processing',
}
const daily = { reconcileHours: 24, reconcileDays: 3 } as const

const setUp = async () => {
  const stage = await readingStage()
  await stage.elsewhere([{ write: 'account', account: { name: 'main', identity: {} } }])
  const periods: Period[] = []
  let answer: TE.TaskEither<PaymentError, Listing<'payout'>> = TE.right({ objects: [entry], unreadable: 1 })
  const list: Adapter['list'] = {
    payout: (period) => {
      periods.push(period)
      return answer
    },
  }
  const main = stage.adapters.get('main')
  if (main === undefined) throw new Error('no account')
  return {
    ...stage,
    periods,
    gives: (next: typeof answer) => {
      answer = next
    },
    run: (settings: Pick<BackgroundSettings, 'reconcileHours' | 'reconcileDays'> = daily, lists = list) =>
      reconcileIfDue({ ...main, list: lists }, settings, stage.context),
    last: async () => right(await stage.store.health()()).accounts[0]?.reconciliation,
  }
}

describe('the comparison of an account’s lists', () => {
  it('is made an hour after the account is entered, then once a day, each from three days before the last', async () => {
    const { run, pass, periods, last, now } = await setUp()
    expect(await run()).toBe(false)
    pass(HOUR)
    expect(await run()).toBe(true)
    expect(await run()).toBe(false)
    const first = now()
    expect(periods).toEqual([{ from: first - 3 * DAY, to: expect.any(Number) }])
    expect(await last()).toEqual({
      at: first,
      comparedTo: first,
      listed: 2,
      unreadable: 1,
      missingInLedger: 1,
      staleInLedger: 0,
    })
    pass(DAY - 1)
    expect(await run()).toBe(false)
    pass(1)
    expect(await run()).toBe(true)
    expect(periods[1]?.from).toBe(first - 3 * DAY)
  })

  it('is tried again an hour after a list did not come, and begins where the last one ended that did', async () => {
    const { run, pass, periods, gives, last, now } = await setUp()
    pass(HOUR)
    await run()
    const compared = now()
    gives(TE.left(lost))
    pass(DAY)
    expect(await run()).toBe(true)
    expect(await last()).toMatchObject({ comparedTo: compared, at: compared + DAY, error: 'Indeterminate body' })
    gives(TE.right({ objects: [], unreadable: 0 }))
    pass(HOUR)
    expect(await run()).toBe(true)
    expect(periods.map(({ from }) => from)).toEqual([compared - 3 * DAY, compared - 3 * DAY, compared - 3 * DAY])
    const after = await last()
    expect(after).toMatchObject({ comparedTo: compared + DAY + HOUR, listed: 0 })
    expect(after).not.toHaveProperty('error')
  })

  it('covers a month at most, if none was made for longer', async () => {
    const { run, pass, periods, now } = await setUp()
    pass(HOUR)
    await run()
    pass(90 * DAY)
    await run()
    expect(periods[1]?.from).toBe(now() - 31 * DAY - 3 * DAY)
  })

  it('is as the configuration has it, and none where that says so, or where the account has no list', async () => {
    const { run, pass, periods, now } = await setUp()
    pass(HOUR)
    expect(await run({ reconcileHours: false, reconcileDays: 3 })).toBe(false)
    expect(await run(daily, {})).toBe(false)
    expect(await run({ reconcileHours: 2, reconcileDays: 1 })).toBe(true)
    expect(periods).toEqual([{ from: now() - DAY, to: expect.any(Number) }])
    pass(2 * HOUR)
    expect(await run({ reconcileHours: 2, reconcileDays: 1 })).toBe(true)
  })

  it('is left to others for half an hour by a process that ends meanwhile', async () => {
    const { run, pass, gives } = await setUp()
    pass(HOUR)
    gives(() => new Promise(() => {}))
    void run()
    await Promise.resolve()
    gives(TE.right({ objects: [], unreadable: 0 }))
    expect(await run()).toBe(false)
    pass(HOUR / 2)
    expect(await run()).toBe(true)
  })

  it('tells by events what the ledger does not know', async () => {
    const { run, pass, onlyEvent } = await setUp()
    pass(HOUR)
    await run()
    expect(onlyEvent('reconciliation.missing_in_ledger')).toMatchObject({ account: 'main', at: START + HOUR })
  })
})
