import nock from 'nock'
import { careless, unguarded } from '../stage/careless.js'
import { sqliteFile } from '../stage/stores.js'
import { collectUnderFaults, run } from './run.js'

beforeAll(() => nock.restore())

it('no intent is captured twice, whatever fails', async () => {
  const lines: string[] = []
  const proof = await run({ long: false, seed: 4217, print: (line) => lines.push(line) })

  expect(proof.passed ? [] : lines).toEqual([])
  expect(proof.counted).toMatchObject({ intents: 500, problems: 0 })
  expect(proof.counted['faults injected']).toBeGreaterThan(100)
  expect(proof.counted['orders abandoned']).toBeGreaterThan(10)
  expect(proof.counted.captured).toBeGreaterThan(450)
  expect(proof.counted['read as succeeded']).toBeGreaterThan(450)
})

describe('catches', () => {
  // Enough for some to lose the one answer that matters, in whichever order the requests meet the faults.
  const broken = { intents: 400, newPlace: sqliteFile, seed: 4217 }

  it('adapters that take a lost answer for proof that nothing was sent', async () => {
    const { problems } = await collectUnderFaults({
      ...broken,
      prefix: 'careless-adapters',
      changed: careless,
    })

    expect(problems).toContainEqual(expect.stringContaining('captured 2 times'))
  })

  it('a store whose guards never fail', async () => {
    const { problems } = await collectUnderFaults({
      ...broken,
      intents: 60,
      prefix: 'unguarded-store',
      wrapped: unguarded,
    })

    expect(problems).toContainEqual(expect.stringContaining('2 links were handed out'))
  })
})
