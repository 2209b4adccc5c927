import * as TE from 'fp-ts/lib/TaskEither.js'
import nock from 'nock'
import { type Adapter, refused } from '../../../src/core/index.js'
import { succeed } from '../../either.js'
import { careless } from '../stage/careless.js'
import { accountsOf } from '../stage/gateways.js'
import { idOf, type Play, paidPayment, plays } from '../stage/plays.js'
import { openStage } from '../stage/stage.js'
import { sqliteFile } from '../stage/stores.js'
import { faults } from './faults.js'
import { type Ground, startGround } from './ground.js'
import { playColumn } from './run.js'

let ground: Ground
beforeAll(async () => {
  nock.restore()
  ground = await startGround()
})
afterAll(() => ground.close())

it('a read that lags behind lowers nothing', async () => {
  const { payop } = ground.gateways
  const stage = await openStage(sqliteFile, { accounts: { payop: accountsOf(ground.gateways).payop } })
  const reference = await paidPayment('payop', ground.gateways, stage.paymux, 'lagging-read-0001')
  payop.setTransactionState(payop.invoice(idOf({ reference })).transactionId ?? '', 4)
  const result = await succeed(stage.paymux.getStatus(reference))
  const events = await succeed(stage.ledger.dueEvents(`payment:payop:${idOf({ reference })}`, 50))
  await stage.close()

  expect(result.status).toBe('succeeded')
  expect(events.map(({ type }) => type)).toEqual(['payment.requires_action', 'payment.succeeded'])
})

it('has no two faults of one name', () => {
  expect(new Set(faults.map(({ row, name }) => `${row} ${name}`)).size).toBe(faults.length)
})

describe('catches an adapter', () => {
  const payout = plays.find(({ name }) => name === 'ippopay payout') as Play

  const problemsWith = async (fault: string, changed: (adapter: Adapter) => Adapter): Promise<readonly string[]> => {
    const struck = faults.filter(({ name }) => name === fault)
    const prefix = `broken-${fault.replaceAll(/\W/g, '')}`
    const column = { newPlace: sqliteFile, play: payout, prefix, changed, faults: struck }
    return (await playColumn(ground, column)).problems
  }

  it('that takes a lost answer for proof that nothing was sent', async () => {
    const problems = await problemsWith('a reset after executing', careless)

    expect(problems).toContainEqual(expect.stringContaining('told: '))
    expect(problems).toContainEqual(expect.stringContaining('seen: '))
  })

  it('that sends twice', async () => {
    const problems = await problemsWith('no fault', (adapter) => ({
      ...adapter,
      send: (wire, hook) =>
        wire.effect === 'moves_money'
          ? TE.flatMap(() =>
              adapter.send({ ...wire, body: wire.body?.replace(/"trans_ref":"./, '"trans_ref":"x') ?? '' }),
            )(adapter.send(wire, hook))
          : adapter.send(wire, hook),
    }))

    expect(problems).toContainEqual(expect.stringContaining('executed: 2'))
  })

  it('that believes a page of HTML to be a refusal', async () => {
    const problems = await problemsWith('a page of HTML, executed', (adapter) => ({
      ...adapter,
      payout: { ...adapter.payout, interpret: () => ({ _tag: 'Left', left: refused('validation', 400) }) },
    }))

    expect(problems).toContainEqual(expect.stringContaining('told: '))
  })
})
