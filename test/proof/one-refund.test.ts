import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { accountsOf, type Gateways, startGateways } from './stage/gateways.js'
import { idOf, paidPayment } from './stage/plays.js'
import { openStage, type Stage } from './stage/stage.js'
import { sqliteFile } from './stage/stores.js'

let gateways: Gateways
let stage: Stage
beforeAll(async () => {
  nock.restore()
  gateways = await startGateways()
  stage = await openStage(sqliteFile, { accounts: { ippopay: accountsOf(gateways).ippopay } })
})
afterAll(async () => {
  await stage.close()
  await gateways.close()
})

const ROUTE = 'POST /v1/order/refund/:order_id'

it('a refund that was lost is not taken for another one of the same payment, where the gateway cannot tell them apart', async () => {
  const payment = await paidPayment('ippopay', gateways, stage.paymux, 'one-refund-0001')
  const refund = (idempotencyKey: string) =>
    stage.paymux.refund({ idempotencyKey, payment, amount: { value: '10.00', currency: 'INR' } })()

  gateways.ippopay.inject({ route: ROUTE, fault: { kind: 'reset_before_reading' } })
  const lost = await refund('one-refund-lost')
  const other = await refund('one-refund-other')
  const view = await stage.ledger.operationByKey('refund', 'one-refund-lost')()
  stage.advance(6_000)
  await stage.recover(E.isRight(view) ? (view.right?.operation.id ?? '') : '')
  const again = await refund('one-refund-lost')

  const executed = gateways.ippopay.refunds(idOf({ reference: payment })).length
  expect(E.isLeft(lost) && lost.left._tag).toBe('Indeterminate')
  expect(other).toMatchObject({ left: { _tag: 'InvalidRequest', issues: [{ path: 'payment' }] } })
  expect(E.isLeft(again) && again.left._tag).toBe('Indeterminate')
  expect(executed).toBe(0)
})

it('of refunds of one payment that are asked for at once, one is made', async () => {
  const payment = await paidPayment('ippopay', gateways, stage.paymux, 'one-refund-0002')
  const result = await Promise.all(
    Array.from({ length: 16 }, (_, n) =>
      stage.paymux.refund({
        idempotencyKey: `one-refund-at-once-${n}`,
        payment,
        amount: { value: '5.00', currency: 'INR' },
      })(),
    ),
  )
  const record = await stage.ledger.object({ kind: 'payment', account: 'ippopay', id: idOf({ reference: payment }) })()

  expect(result.filter(E.isRight)).toHaveLength(1)
  expect(gateways.ippopay.refunds(idOf({ reference: payment }))).toHaveLength(1)
  expect(record).toMatchObject({ right: { reserved: 500n } })
})

it('a refund that was refused makes room for another one', async () => {
  const payment = await paidPayment('ippopay', gateways, stage.paymux, 'one-refund-0003')
  const refund = (idempotencyKey: string) =>
    stage.paymux.refund({ idempotencyKey, payment, amount: { value: '10.00', currency: 'INR' } })()
  const body = { success: false, message: 'Invalid key' }
  gateways.ippopay.inject({ route: ROUTE, fault: { kind: 'status', status: 401, effect: false, body } })

  expect(E.isLeft(await refund('one-refund-refused'))).toBe(true)
  expect(E.isRight(await refund('one-refund-second'))).toBe(true)
  expect(await refund('one-refund-refused')).toMatchObject({ left: { _tag: 'InvalidRequest' } })
})
