import nock from 'nock'
import { raceRefunds, run } from './over-refund.js'
import { careless, catalogWith, unreserving } from './stage/careless.js'
import { type Gateways, startGateways } from './stage/gateways.js'
import { sqliteFile } from './stage/stores.js'

beforeAll(() => nock.restore())

it('refunds hold back what was captured, exactly', async () => {
  const lines: string[] = []
  const proof = await run({ long: false, seed: 4217, print: (line) => lines.push(line) })

  expect(proof.passed ? [] : lines).toEqual([])
})

describe('catches', () => {
  let gateways: Gateways
  beforeAll(async () => {
    gateways = await startGateways({ payop: { behaviour: { decideAfterMs: null } } })
  })
  afterAll(() => gateways.close())

  it('a store that reserves nothing', async () => {
    const { problems } = await raceRefunds(gateways, {
      payments: 1,
      newPlace: sqliteFile,
      prefix: 'careless-store',
      wrapped: unreserving,
    })

    expect(problems).toContainEqual(expect.stringContaining('0 reserved of 10000 captured'))
  })

  it('adapters that take a lost answer for none', async () => {
    const { problems } = await raceRefunds(gateways, {
      payments: 1,
      newPlace: sqliteFile,
      prefix: 'careless-adapters',
      catalog: catalogWith(careless),
    })

    expect(problems).toContainEqual(expect.stringContaining('executed'))
  })
})
