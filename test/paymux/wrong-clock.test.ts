import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { accounts, closeShops, idOf, left, openShop, order, payout, right } from './stage.js'
import { useStage } from './use-stage.js'

const MINUTE = 60_000

describeWithPostgres('processes whose clocks are ten minutes apart', (server) => {
  const stage = useStage()
  let url: string
  beforeAll(async () => {
    url = await createDatabase(server)
  })
  afterEach(closeShops)
  afterAll(async () => {
    await dropDatabase(server, url)
  })
  const openWithClock = (aheadMs: number) =>
    openShop(stage, { accounts, store: { type: 'postgres', url } }, { clock: () => Date.now() + aheadMs })

  it('do not take a contradiction that each saw once for one that lasted', async () => {
    const [slow, correct] = [await openWithClock(-10 * MINUTE), await openWithClock(0)]
    const { reference } = await right(correct.createPayment(order('clock-1')))
    stage.payop.act(idOf(reference), 'pay')
    expect(await right(correct.getStatus(reference))).toMatchObject({ status: 'succeeded' })
    const transactionId = stage.payop.invoice(idOf(reference)).transactionId ?? ''
    stage.payop.setTransactionState(transactionId, 3)
    stage.payop.setInvoiceStatus(idOf(reference), 5)
    for (const shop of [slow, correct, slow, correct])
      expect(await right(shop.getStatus(reference))).toMatchObject({ status: 'succeeded' })
  })

  it.each([-10, 10])('recover what was lost, with a clock %d minutes off', async (minutes) => {
    const [shop, correct] = [await openWithClock(minutes * MINUTE), await openWithClock(0)]
    const { clockOffsetMs = 0 } = (await right(shop.health())).store
    expect(Math.abs(clockOffsetMs - minutes * MINUTE)).toBeLessThan(MINUTE)
    const key = `clock-payout${minutes}`
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    expect((await left(correct.payout(payout(key))))._tag).toBe('Indeterminate')
    await right(shop.start())
    await eventually(async () => {
      const { state } = await right(shop.operation({ name: 'payout', idempotencyKey: key }))
      return state === 'executed'
    })
  })
})
