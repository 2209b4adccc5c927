import nock from 'nock'
import { run, seesTheBug } from './kill-loop.js'

beforeAll(() => nock.restore())

it('moves money at most once, and records nothing false, however often the process is killed', async () => {
  const lines: string[] = []
  const proof = await run({ long: false, seed: 4217, print: (line) => lines.push(line) })

  expect(proof.passed ? [] : lines).toEqual([])
  expect(proof.counted).toMatchObject({
    kills: 100,
    'pauses longer than the lease': 2,
    'pairs of processes whose clocks are 10 minutes apart': 6,
    'PostgreSQL servers killed': 2,
    'SQLite files copied by their own process': 3,
  })
})

it('catches who sends under a new key after a crash', async () => {
  const lines: string[] = []

  expect({
    seen: await seesTheBug({ long: false, seed: 4217, print: (line) => lines.push(line) }),
    lines,
  }).toMatchObject({
    seen: true,
  })
})
