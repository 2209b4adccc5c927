import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { DAY, MINUTE, type PaymentError, type Reference } from '../../src/core/index.js'
import { checkLedger, copyLedger, type Paymux, type PaymuxConfig, restoredLedger } from '../../src/paymux/index.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import fc from '../property.js'
import {
  closeShops,
  configurationOn,
  createMovableClock,
  left,
  openShop,
  order,
  payout,
  right,
  rupeePayout,
  rupees,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  stage.ippopay.clearFaults()
  await closeShops()
})

const euros = (value: string) => ({ value, currency: 'EUR' })

let backups = 0

/** Takes a backup of a shop's ledger. */
const backUp = async (shop: Paymux): Promise<{ readonly file: string; readonly takenAt: number }> => {
  backups += 1
  const file = join(stage.folder, `backup-${backups}.db`)
  const takenAt = Date.now()
  await right(shop.backup(file))
  return { file, takenAt }
}

/** The configuration over a restored backup. */
const restoring = (config: PaymuxConfig, { file }: { readonly file: string }): PaymuxConfig => {
  backups += 1
  const restored = join(stage.folder, `restored-${backups}.db`)
  copyFileSync(file, restored)
  return { ...config, store: { type: 'sqlite', file: restored } }
}

/** How often each payout and refund was executed at the gateways, by their own logs. */
const movements = () => ({
  withdrawals: stage.payop.executions().filter(({ executed, operation }) => executed && operation === 'payout').length,
  refunds: stage.payop.refunds().length,
  transfers: stage.ippopay.executions().filter(({ executed, operation }) => executed && operation === 'payout').length,
})

const isUnknown = { _tag: 'Indeterminate', outcome: 'unknown', retry: 'after_read', code: 'ERR_LEDGER_RESTORED' }

describe('a ledger that is marked as restored', () => {
  it('gives what the gateways have of the keys of the lost time, and moves no money twice', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const paid = await right(shop.createPayment(order('found-1', euros('90.00'))))
    stage.payop.act('id' in paid.reference ? paid.reference.id : '', 'pay')
    await right(shop.getStatus(paid.reference))
    const backup = await backUp(shop)
    const part = { idempotencyKey: 'found-2', payment: paid.reference, amount: euros('10.00') }
    const calls = (by: Paymux): readonly TaskEither<PaymentError, object>[] => [
      by.refund(part),
      by.payout(payout('found-3')),
      by.payout(rupeePayout('found-4')),
    ]
    for (const call of calls(shop)) await right(call)
    await right(shop.stop())
    const before = movements()
    const restored = restoring(config, backup)
    expect(await right(restoredLedger(restored, { ...backup, env: stage.env }))).toMatchObject({ open: 0 })
    const again = await openShop(stage, restored)
    for (const call of calls(again)) expect(await right(call)).toMatchObject({ idempotencyKey: expect.any(String) })
    expect(movements()).toEqual(before)
    for (const call of calls(again)) expect(await right(call)).toMatchObject({ replayed: true })
    // The refund is reserved again: only what is left can be refunded.
    const tooMuch = { idempotencyKey: 'found-5', payment: paid.reference, amount: euros('85.00') }
    expect(await left(again.refund(tooMuch))).toMatchObject(isUnknown)
    expect(movements()).toEqual(before)
    const [story] = await right(again.explain({ operation: 'payout', idempotencyKey: 'found-3' }))
    expect(story?.steps.map(({ code }) => code)).toEqual(expect.arrayContaining(['restored', 'found']))
    await right(again.stop())
    expect((await right(checkLedger(restored, { env: stage.env }))).findings).toEqual([])
  })

  it('without the mark, moves money twice', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const paid = await right(shop.createPayment(order('twice-1', euros('90.00'))))
    stage.payop.act('id' in paid.reference ? paid.reference.id : '', 'pay')
    await right(shop.getStatus(paid.reference))
    const backup = await backUp(shop)
    const part = { idempotencyKey: 'twice-2', payment: paid.reference, amount: euros('10.00') }
    await right(shop.refund(part))
    const before = movements()
    const again = await openShop(stage, restoring(config, backup))
    await right(again.refund(part))
    expect(movements()).toEqual({ ...before, refunds: before.refunds + 1 })
  })

  it('refuses keys that the gateways cannot be asked for, or cannot answer for, with words, until the time is over', async () => {
    const { clock, advance } = createMovableClock()
    const config = configurationOn(stage)
    const shop = await openShop(stage, config, { clock })
    const backup = await backUp(shop)
    const first = await right(shop.createPayment(rupees('refused-1')))
    await right(shop.stop())
    const restored = restoring(config, backup)
    const { until } = await right(restoredLedger(restored, { ...backup, env: stage.env }))
    const again = await openShop(stage, restored, { clock })
    const before = [stage.payop.executions().length, stage.ippopay.executions().length]
    const refused = await left(again.createPayment(rupees('refused-1')))
    expect(refused).toMatchObject(isUnknown)
    expect(refused.message).toContain('restored from a backup')
    expect(await left(again.createPayment(order('refused-2')))).toMatchObject(isUnknown)
    // Payop's list shows no such payout; that proves nothing after the time for which it refuses a repeat.
    advance(20 * MINUTE)
    expect(await left(again.payout(payout('refused-3')))).toMatchObject(isUnknown)
    expect([stage.payop.executions().length, stage.ippopay.executions().length]).toEqual(before)
    // Nothing was recorded that would hide it.
    expect((await right(again.listOperations({}))).items).toEqual([])
    expect(await right(again.health())).toMatchObject({
      status: 'degraded',
      reasons: expect.arrayContaining([{ code: 'ledger_restored', since: expect.any(Number) }]),
      store: { restoration: { takenAt: backup.takenAt, until } },
    })
    advance(DAY)
    expect((await right(again.health())).store.restoration).toBeUndefined()
    const second = await right(again.createPayment(rupees('refused-1')))
    expect(second.reference).not.toEqual(first.reference)
  })

  it('goes on with a key that the gateway says it does not have, once what was sent before has arrived', async () => {
    const { clock, advance } = createMovableClock()
    const config = configurationOn(stage)
    const shop = await openShop(stage, config, { clock })
    const backup = await backUp(shop)
    await right(shop.stop())
    const restored = restoring(config, backup)
    await right(restoredLedger(restored, { ...backup, env: stage.env }))
    const again = await openShop(stage, restored, { clock })
    const before = movements()
    expect(await left(again.payout(rupeePayout('absent-1')))).toMatchObject(isUnknown)
    advance(11 * MINUTE)
    expect(await right(again.payout(rupeePayout('absent-1')))).not.toHaveProperty('replayed')
    expect(movements()).toEqual({ ...before, transfers: before.transfers + 1 })
  })

  it('is told to the health of an account whose gateway does not answer for a key', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    await right(restoredLedger(config, { takenAt: Date.now() - MINUTE, env: stage.env }))
    const india = async () => (await right(shop.health())).accounts.india
    // That there is none is an answer, even if it proves nothing yet.
    expect(await left(shop.payout(rupeePayout('silent-1')))).toMatchObject({ ...isUnknown, account: 'india' })
    expect(await india()).not.toHaveProperty('failingSince')
    stage.ippopay.inject({ route: 'GET /v1/payout/transfer/detail', fault: { kind: 'reset_before_reading' }, times: 9 })
    expect(await left(shop.payout(rupeePayout('silent-1')))).toMatchObject({ ...isUnknown, account: 'india' })
    expect(await india()).toMatchObject({ failingSince: expect.any(Number), reason: expect.any(String) })
    stage.ippopay.clearFaults()
    expect(await left(shop.payout(rupeePayout('silent-1')))).toMatchObject(isUnknown)
    expect(await india()).not.toHaveProperty('failingSince')
  })

  it('is obeyed by a process that has it open', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    await right(shop.payout(rupeePayout('open-1')))
    await right(restoredLedger(config, { takenAt: Date.now() - MINUTE, env: stage.env }))
    expect(await left(shop.createPayment(rupees('open-2')))).toMatchObject(isUnknown)
    expect(await right(shop.payout(rupeePayout('open-1')))).toMatchObject({ replayed: true })
  })

  it('sends nothing of what was prepared, dispatched or canceled in the backup, and finds what was sent of it', async () => {
    const config = configurationOn(stage)
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, config, { clock })
    // Its deadline is over before it is sent: the caller may call again.
    const late = { ...payout('open-3'), deadline: clock() - 1 }
    expect(await left(shop.payout(late))).toMatchObject({ outcome: 'not_sent' })
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_before_reading' } })
    expect(await left(shop.payout(payout('open-4')))).toMatchObject({ outcome: 'unknown' })
    stage.payop.clearFaults()
    const backup = await backUp(shop)
    await right(shop.payout(payout('open-3')))
    await right(shop.stop())
    const before = movements()
    const restored = restoring(config, backup)
    expect(await right(restoredLedger(restored, { ...backup, env: stage.env }))).toMatchObject({ open: 1 })
    const again = await openShop(stage, restored, { clock })
    expect(await right(again.payout(payout('open-3')))).toMatchObject({
      status: expect.stringMatching(/processing|succeeded/),
    })
    // Payop would still refuse a repeat in the first minutes: recovery would send it again.
    for (const pause of [MINUTE / 6, MINUTE, 30 * MINUTE, 60 * MINUTE]) {
      advance(pause)
      await right(again.tick({ maxMs: 70_000 }))
    }
    expect(await left(again.payout(payout('open-4')))).toMatchObject({ outcome: 'unknown' })
    expect(movements()).toEqual(before)
  })

  it('stays one when it is copied', async () => {
    const [config, to] = [configurationOn(stage), configurationOn(stage)]
    await right((await openShop(stage, config)).stop())
    const report = await right(restoredLedger(config, { takenAt: Date.now() - MINUTE, env: stage.env }))
    await right(copyLedger(config, to, { env: stage.env }))
    const shop = await openShop(stage, to)
    expect((await right(shop.health())).store.restoration).toMatchObject({
      takenAt: report.takenAt,
      until: report.until,
    })
  })

  it('is marked by times that make sense, and only if it is open', async () => {
    const config = configurationOn(stage)
    await right((await openShop(stage, config)).stop())
    const restore = (times: object) => restoredLedger(config, { env: stage.env, ...times } as never)
    expect(await left(restore({}))).toMatchObject({ issues: [{ path: 'takenAt' }] })
    expect(await left(restore({ takenAt: Date.now() + DAY }))).toMatchObject({ issues: [{ path: 'takenAt' }] })
    expect(await left(restore({ takenAt: 2, until: 1 }))).toMatchObject({ issues: [{ path: 'until' }] })
    const first = await right(restore({ takenAt: 1_000 }))
    expect(await right(restore({ takenAt: 2_000, until: 3_000 }))).toEqual(first)
    await right(copyLedger(config, configurationOn(stage), { env: stage.env }))
    expect(await left(restore({ takenAt: 1_000 }))).toMatchObject({ code: 'ERR_LEDGER_MOVED' })
  })
})

describe('what was being prepared when the backup was taken', () => {
  it('is sent by nobody, and is found if it was sent', async () => {
    const config = configurationOn(stage)
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, config, { clock })
    const paid = await right(shop.createPayment(order('preparing-1', euros('90.00'))))
    stage.payop.act('id' in paid.reference ? paid.reference.id : '', 'pay')
    await right(shop.getStatus(paid.reference))
    // Its draft reads the payment, which takes a while.
    stage.payop.inject({ route: 'GET /v1/invoices/:id', fault: { kind: 'latency', ms: 1_500 } })
    const refund = (by: Paymux) =>
      by.refund({ idempotencyKey: 'preparing-2', payment: paid.reference, amount: euros('7.00') })
    const sending = refund(shop)()
    const state = async () => (await right(shop.listOperations({ state: 'prepared' }))).items.length
    while ((await state()) === 0) await new Promise(setImmediate)
    const backup = await backUp(shop)
    expect(await sending).toMatchObject({ _tag: 'Right' })
    await right(shop.stop())
    const before = movements()
    const restored = restoring(config, backup)
    expect(await right(restoredLedger(restored, { ...backup, env: stage.env }))).toMatchObject({ open: 1 })
    const again = await openShop(stage, restored, { clock })
    advance(MINUTE)
    await right(again.tick({ maxMs: 15_000 }))
    expect(await right(refund(again))).toMatchObject({ replayed: true })
    expect(movements()).toEqual(before)
  })

  it('waits for an operator if its gateway cannot be asked for it', async () => {
    const config = configurationOn(stage)
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, config, { clock })
    stage.ippopay.inject({ route: 'POST /v1/order/create', fault: { kind: 'silence_before_executing' } })
    void shop.createPayment(rupees('waiting-1'))()
    const open = async () => (await right(shop.listOperations({}))).items.length
    while ((await open()) === 0) await new Promise(setImmediate)
    const backup = await backUp(shop)
    const restored = restoring(config, backup)
    expect(await right(restoredLedger(restored, { ...backup, env: stage.env }))).toMatchObject({ open: 1 })
    const again = await openShop(stage, restored, { clock })
    advance(MINUTE)
    await right(again.tick({ maxMs: 15_000 }))
    expect(await right(again.listUnresolved())).toMatchObject([{ idempotencyKey: 'waiting-1' }])
    expect(await left(again.createPayment(rupees('waiting-1')))).toMatchObject({ outcome: 'unknown' })
  })
})

let amounts = 0
/** An amount that no other call of this file has: it tells in the gateways' logs whose execution it was. */
const ownAmount = (currency: string) => {
  amounts += 1
  const units = (currency === 'INR' ? 3000 : 1) + Math.floor(amounts / 100)
  return { value: `${units}.${String(amounts % 100).padStart(2, '0')}`, currency }
}

interface PlannedCall {
  readonly what: 'refund' | 'europe' | 'india'
  readonly when: 'before' | 'after' | 'both' | 'only_later'
  readonly fault: 'none' | 'reset_after_executing' | 'reset_before_reading'
}

const routes = {
  refund: 'POST /v1/refunds/create',
  europe: 'POST /v1/withdrawals/create-mass',
  india: 'POST /v1/payout/transfer/request',
} as const

const plannedCall = fc.record({
  what: fc.constantFrom('refund', 'europe', 'india'),
  when: fc.constantFrom('before', 'after', 'both', 'only_later'),
  fault: fc.constantFrom('none', 'none', 'reset_after_executing', 'reset_before_reading'),
}) as fc.Arbitrary<PlannedCall>

/** A planned call as code, under its key and with an amount of its own. */
const callOf = (call: PlannedCall, idempotencyKey: string, payment: Reference<'payment'>) => {
  const amount = ownAmount(call.what === 'india' ? 'INR' : 'EUR')
  const by = {
    refund: (on: Paymux) => on.refund({ idempotencyKey, payment, amount })(),
    europe: (on: Paymux) => on.payout({ ...payout(idempotencyKey), amount })(),
    india: (on: Paymux) => on.payout({ ...rupeePayout(idempotencyKey), amount })(),
  }[call.what]
  return { ...call, by }
}

const runAll = async (
  on: Paymux,
  calls: readonly ReturnType<typeof callOf>[],
  times: readonly PlannedCall['when'][],
): Promise<void> => {
  for (const { by, what, fault } of calls.filter(({ when }) => times.includes(when))) {
    const gateway = what === 'india' ? stage.ippopay : stage.payop
    if (fault !== 'none') gateway.inject({ route: routes[what], fault: { kind: fault } })
    await by(on)
    gateway.clearFaults()
  }
}

/** How often each amount was moved, at both gateways. */
const executionsByAmount = (since: number): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { at, executed, operation, amount, currency } of [
    ...stage.payop.executions(),
    ...stage.ippopay.executions(),
  ]) {
    if (at < since || !executed || (operation !== 'payout' && operation !== 'refund')) continue
    const key = `${operation} ${amount} ${currency}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

describe('whatever was called before and after a backup', () => {
  it('is executed once at most, however it is called again', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(plannedCall, { minLength: 3, maxLength: 7 }),
        fc.array(fc.constantFrom(0, MINUTE, 12 * MINUTE, 60 * MINUTE), { minLength: 2, maxLength: 3 }),
        async (planned, pauses) => {
          runs += 1
          const since = Date.now()
          const { clock, advance } = createMovableClock()
          const config = configurationOn(stage)
          const shop = await openShop(stage, config, { clock })
          const paid = await right(shop.createPayment(order(`random-${runs}`, euros('95.00'))))
          stage.payop.act('id' in paid.reference ? paid.reference.id : '', 'pay')
          await right(shop.getStatus(paid.reference))
          const calls = planned.map((call, n) => callOf(call, `random-${runs}-${n}`, paid.reference))
          await runAll(shop, calls, ['before', 'both'])
          const backup = await backUp(shop)
          await runAll(shop, calls, ['after', 'both'])
          await right(shop.tick({ maxMs: 15_000 }))
          await right(shop.stop())
          const restored = restoring(config, backup)
          await right(restoredLedger(restored, { ...backup, env: stage.env }))
          const again = await openShop(stage, restored, { clock })
          for (const pause of pauses) {
            advance(pause)
            await runAll(again, calls, ['before', 'after', 'both', 'only_later'])
            await right(again.tick({ maxMs: 15_000 }))
          }
          await right(again.stop())
          expect([...executionsByAmount(since)].filter(([, count]) => count > 1)).toEqual([])
          expect((await right(checkLedger(restored, { env: stage.env }))).findings).toEqual([])
        },
      ),
      { numRuns: 8 },
    )
  })
})

describeWithPostgres('a restored ledger in PostgreSQL', (server) => {
  it('is marked, and looks up the keys of the lost time', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const backup = await backUp(shop)
    await right(shop.payout(payout('postgres-1')))
    await right(shop.stop())
    const store = { type: 'postgres', url: await createDatabase(server) } as const
    const restored: PaymuxConfig = { ...config, store }
    await right(copyLedger(restoring(config, backup), restored, { env: stage.env }))
    const before = movements()
    await right(restoredLedger(restored, { ...backup, env: stage.env }))
    const [one, other] = [await openShop(stage, restored), await openShop(stage, restored)]
    expect(await left(other.createPayment(order('postgres-2')))).toMatchObject(isUnknown)
    const both = await Promise.all([one.payout(payout('postgres-1'))(), other.payout(payout('postgres-1'))()])
    expect(both.some(({ _tag }) => _tag === 'Right')).toBe(true)
    expect(await right(other.payout(payout('postgres-1')))).toMatchObject({ replayed: true })
    expect(await left(one.payout(rupeePayout('postgres-3')))).toMatchObject(isUnknown)
    expect(movements()).toEqual(before)
    await closeShops()
    expect((await right(checkLedger(restored, { env: stage.env }))).findings).toEqual([])
    await right(restoredLedger(restored, { ...backup, until: Date.now() + 50, env: stage.env }))
  })
})
