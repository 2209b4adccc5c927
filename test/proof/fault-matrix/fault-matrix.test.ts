import * as TE from 'fp-ts/lib/TaskEither.js'
import nock from 'nock'
import { type Adapter, refused } from '../../../src/core/index.js'
import { careless } from '../stage/careless.js'
import { type Play, plays } from '../stage/plays.js'
import { sqliteFile } from '../stage/stores.js'
import { faults } from './faults.js'
import { type Ground, playColumn, startGround } from './run.js'

let ground: Ground
beforeAll(async () => {
  nock.restore()
  ground = await startGround()
})
afterAll(() => ground.close())

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
      payout: { ...adapter.payout, conclude: () => ({ _tag: 'Left', left: refused('validation', 400) }) },
    }))

    expect(problems).toContainEqual(expect.stringContaining('told: '))
  })
})
