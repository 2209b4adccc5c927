import * as E from 'fp-ts/lib/Either.js'
import { resolveOperation } from '../../src/orchestrator/operations/resolve.js'
import { readBack } from '../../src/orchestrator/reads/read-back.js'
import { createObjectReader } from '../../src/orchestrator/reads/read-object.js'
import type { Answering } from '../core/fake-adapter.js'
import { fail, succeed } from '../either.js'
import { type Account, broken, lost, ok, payoutRequest, stage } from './operations-stage.js'
import { readingStage, reference } from './reading-stage.js'

type World = Awaited<ReturnType<typeof stage>>

const MINUTE = 60_000

interface Caller {
  readonly account?: Account
  readonly prepare?: (world: World) => Promise<unknown>
  /** What reads. */
  readonly act: (world: World) => Promise<unknown>
}

const recorded = { kind: 'payout', account: 'main', id: 'obj-1' } as const
const elsewhere = { kind: 'payout', account: 'main', id: 'elsewhere' } as const
const payment = { kind: 'payment', account: 'main', id: 'pay-1' } as const

const pays = ({ provider }: World) => succeed(provider.payout(payoutRequest('k1')))
const losesTheAnswer = ({ provider }: World) => fail(provider.payout(payoutRequest('k1')))

const callers: Readonly<Record<string, Caller>> = {
  'a poll of an operation': {
    account: { submission: [lost] },
    prepare: losesTheAnswer,
    act: ({ clock, recover }) => {
      clock.now += MINUTE
      return recover('payout', 'k1')
    },
  },
  'a scheduled read': {
    prepare: pays,
    act: ({ clock, context }) => {
      clock.now += 60 * MINUTE
      return createObjectReader(context)(recorded)
    },
  },
  'getStatus of an object that the ledger has': {
    prepare: pays,
    act: ({ provider }) => provider.getStatus(recorded)(),
  },
  'getStatus of an object that the ledger does not have': {
    act: ({ provider }) => provider.getStatus(elsewhere)(),
  },
  resolve: {
    account: { submission: [lost], lookupByKey: false },
    prepare: losesTheAnswer,
    act: async ({ view, context }) => {
      const attested = { outcome: 'executed', id: 'obj-1', status: 'processing', attestedBy: 'ann', note: 'seen' }
      return resolveOperation((await view('payout', 'k1')).operation.id, attested, context)()
    },
  },
  'a refund of a payment that the ledger does not have': {
    act: ({ provider }) => provider.refund({ idempotencyKey: 'k1', payment })(),
  },
}

const throwing: Answering = () => {
  throw new Error('a bug of the adapter')
}

describe.each(Object.entries(callers))('%s', (_caller, { account = {}, prepare, act }) => {
  const outcomesWith = async (reading: Answering): Promise<readonly string[]> => {
    const world = await stage({ main: { ...account, reading } })
    await prepare?.(world)
    const before = world.outcomes.length
    await act(world)
    return world.outcomes.slice(before)
  }

  it('records that the account answered', async () => {
    expect(await outcomesWith(ok)).toEqual(['main ok'])
  })

  it('records that the account failed', async () => {
    expect(await outcomesWith(broken)).toEqual(['main Indeterminate'])
  })

  it('contains an adapter that throws, and records it as a failure', async () => {
    expect(await outcomesWith(throwing)).toEqual(['main Indeterminate'])
  })
})

describe('a read', () => {
  it('gives Indeterminate with its account if the adapter throws at once', async () => {
    const { adapter, context, outcomes } = await readingStage()
    const read = {
      ...adapter.read,
      payment: () => {
        throw new Error('a bug of the adapter')
      },
    }
    const result = await readBack({ ...adapter, read }, reference, context)()
    expect(result).toMatchObject(E.left({ _tag: 'Indeterminate', retry: 'safe', account: 'main' }))
    expect(outcomes).toEqual(['Indeterminate'])
  })

  it('is not made before it is run', async () => {
    const { adapter, context, outcomes, requested } = await readingStage()
    readBack(adapter, reference, context)
    expect([...requested, ...outcomes]).toEqual([])
  })
})
