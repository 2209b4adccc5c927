import nock from 'nock'
import { raceOnKeys, run } from './one-key.js'
import { unguarded } from './stage/careless.js'
import { type Gateways, startGateways } from './stage/gateways.js'
import { sqliteFile } from './stage/stores.js'

beforeAll(() => nock.restore())

it('64 workers on one key make one call, and are told the same', async () => {
  const lines: string[] = []
  const proof = await run({ long: false, seed: 4217, print: (line) => lines.push(line) })

  expect(proof.passed ? [] : lines).toEqual([])
  expect(proof.counted.executions).toBe(proof.counted.keys)
})

describe('catches', () => {
  let gateways: Gateways
  beforeAll(async () => {
    gateways = await startGateways()
  })
  afterAll(() => gateways.close())

  it('a store whose guards never fail', async () => {
    const { problems } = await raceOnKeys(gateways, {
      keys: 2,
      newPlace: sqliteFile,
      waitMs: 0,
      prefix: 'unguarded-store',
      wrapped: unguarded,
    })

    expect(problems).toContainEqual('unguarded-store-00000000: 64 executions')
  })
})
