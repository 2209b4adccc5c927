import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Store } from '../../src/ledger/index.js'
import { isAsItMustBe, liveThrough, run, shortDay } from './backlog.js'

it('more open payments than the budget takes are read at the budget, the notified ones first', async () => {
  const lines: string[] = []
  const proof = await run({ long: false, seed: 4217, print: (line) => lines.push(line) })

  expect({ ...proof, lines }).toMatchObject({ passed: true })
})

describe('catches', () => {
  const day = { ...shortDay, payments: 2_000, lastsMs: 6 * 60_000, restartMs: 2 * 60_000 }

  it('a queue that forgets what it has taken from the budget', async () => {
    let turn = 0
    const forgetful = (store: Store): Store => ({
      ...store,
      acquireReads: (account, wanted) => {
        turn += 1
        const acquired = store.acquireReads(account, wanted)
        return turn % 3 === 0 ? TE.map(() => [])(acquired) : acquired
      },
    })
    const result = await liveThrough({ ...day, wrapped: forgetful }, 1, () => undefined)
    expect(isAsItMustBe(day, result)).toBe(false)
  })

  it('a budget that each process has for itself', async () => {
    let processes = 0
    const own = (store: Store): Store => {
      processes += 1
      const factor = processes
      return {
        ...store,
        acquireReads: (account, wanted) =>
          store.acquireReads(account, { ...wanted, perSecond: wanted.perSecond * factor }),
      }
    }
    const result = await liveThrough({ ...day, wrapped: own }, 1, () => undefined)
    expect(isAsItMustBe(day, result)).toBe(false)
  })

  it('a queue in which notifications wait behind all others', async () => {
    const inOrder = (store: Store): Store => ({
      ...store,
      commit: (writes) => store.commit(writes.filter(({ write }) => write !== 'request_refresh')),
    })
    const result = await liveThrough({ ...day, wrapped: inOrder }, 1, () => undefined)
    expect(isAsItMustBe(day, result)).toBe(false)
  })
})
