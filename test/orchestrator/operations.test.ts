import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, type Reference, unreachable } from '../../src/core/index.js'
import type { Store } from '../../src/ledger/index.js'
import { resolveOperation } from '../../src/orchestrator/operations/resolve.js'
import { recoverOperation } from '../../src/orchestrator/operations/start-operation.js'
import { failOver } from '../../src/orchestrator/protocol/index.js'
import { createOrchestrator } from '../../src/orchestrator/provider.js'
import { left, right } from '../either.js'
import {
  type Account,
  absent,
  broken,
  lost,
  ok,
  okAs,
  paymentRequest,
  payoutRequest,
  type Shown,
  START,
  says,
  stage,
} from './operations-stage.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const rejects = { kind: 'rejects', windowMs: 15 * MINUTE, proven: true } as const
const paid = { minorUnits: 4990n, currency: 'EUR' }
const replays = { kind: 'replays', windowMs: 15 * MINUTE, proven: true } as const

/** The first commit is made, and no later one. */
const afterFirst = (commit: Store['commit']): Store['commit'] => {
  let commits = 0
  return (writes) => async () => {
    commits += 1
    return commits === 1 ? commit(writes)() : E.left(unreachable('store'))
  }
}

const on = async (
  accounts: Readonly<Record<string, Account>>,
  play: (world: Awaited<ReturnType<typeof stage>>) => Promise<void>,
  wrap?: (store: Store) => Store,
): Promise<void> => play(await stage(accounts, wrap === undefined ? {} : { wrap }))

describe('a call that goes well', () => {
  it('is recorded with its object, and reported again under the same key without another request', () =>
    on({ main: {} }, async ({ provider, sent, view, eventTypes }) => {
      const first = right(await provider.payout(payoutRequest('k1'))())
      expect(first).toMatchObject({ status: 'processing', reference: { account: 'main', id: 'obj-1' } })
      expect(first.replayed).toBeUndefined()
      const second = right(await provider.payout(payoutRequest('k1'))())
      expect(second).toEqual({ ...first, replayed: true })
      expect(sent('main')).toBe(1)
      const { operation, attempts, leased } = await view('payout', 'k1')
      expect(operation).toMatchObject({ state: 'executed', object: { kind: 'payout', id: 'obj-1' } })
      expect(attempts).toMatchObject([{ state: 'executed', dispatchCount: 1, account: 'main' }])
      expect(leased).toBe(false)
      expect(eventTypes('payout:main:obj-1')).toEqual(['payout.processing'])
    }))

  it('is another operation under the same key of another method', () =>
    on({ main: {} }, async ({ provider, sent }) => {
      right(await provider.payout(payoutRequest('k1'))())
      right(await provider.createPayment(paymentRequest('k1'))())
      expect(sent('main')).toBe(2)
    }))

  it('leaves the fields of a request in any order, and its deadline, out of what the key stands for', () =>
    on({ main: {} }, async ({ provider, sent }) => {
      const request = payoutRequest('k1')
      right(await provider.payout(request)())
      const { beneficiary, ...rest } = request
      const again = { deadline: START + 10_000, beneficiary, ...rest }
      expect(right(await provider.payout(again)()).replayed).toBe(true)
      expect(sent('main')).toBe(1)
    }))

  it('is a conflict under the same key with another request, and nothing is sent', () =>
    on({ main: {} }, async ({ provider, sent }) => {
      right(await provider.payout(payoutRequest('k1'))())
      expect(left(await provider.payout(payoutRequest('k1', '25.01'))())).toMatchObject({ _tag: 'Conflict' })
      expect(sent('main')).toBe(1)
    }))
})

describe('a request that could not be sent', () => {
  it('fails over, and reports the last account where none could be reached', () =>
    on({ a: { isDown: true }, b: { isDown: true } }, async ({ provider, view, eventTypes, recover, clock, sent }) => {
      expect(left(await provider.payout(payoutRequest('k1'))())).toMatchObject({ _tag: 'Unreachable', phase: 'draft' })
      const { operation, attempts } = await view('payout', 'k1')
      expect(operation.state).toBe('canceled')
      expect(attempts.map(({ account, state, dispatchCount }) => [account, state, dispatchCount])).toEqual([
        ['a', 'unsent', 0],
        ['b', 'unsent', 0],
      ])
      expect(eventTypes(`operation:${operation.id}`)).toEqual(['operation.canceled'])
      // A caller that got `not_sent` can rely on it.
      clock.now += 60 * MINUTE
      await recover('payout', 'k1')
      expect([sent('a'), sent('b')]).toEqual([0, 0])
    }))

  it('goes to the next account, which is recorded', () =>
    on({ a: { isDown: true }, b: {} }, async ({ provider, view, outcomes }) => {
      expect(right(await provider.payout(payoutRequest('k1'))()).reference.account).toBe('b')
      expect((await view('payout', 'k1')).attempts.map(({ state }) => state)).toEqual(['unsent', 'executed'])
      expect(outcomes).toEqual(['a Unreachable', 'b ok'])
    }))

  it('starts anew under the same key', () =>
    on({ main: { creating: broken } }, async ({ provider, view, clock }) => {
      left(await provider.payout(payoutRequest('k1'))())
      clock.now += 60 * MINUTE
      left(await provider.payout(payoutRequest('k1'))())
      const { operation, attempts } = await view('payout', 'k1')
      expect(attempts.map(({ n, state }) => [n, state])).toEqual([
        [1, 'unsent'],
        [2, 'unsent'],
      ])
      expect(operation.deadline).toBeGreaterThan(START + 60 * MINUTE)
    }))

  it('is not sent after the deadline, by the caller or by a worker', () =>
    on({ main: {} }, async ({ provider, sent, view }) => {
      const error = left(await provider.payout({ ...payoutRequest('k1'), deadline: START })())
      expect(error).toMatchObject({ _tag: 'Unreachable', phase: 'deadline' })
      expect(sent('main')).toBe(0)
      expect((await view('payout', 'k1')).operation.state).toBe('canceled')
    }))
})

describe('a refusal', () => {
  it('for good closes the operation', () =>
    on({ a: { submission: [says(400, 'wrong')] }, b: {} }, async ({ provider, sent, view, eventTypes }) => {
      const error = left(await provider.payout(payoutRequest('k1'))())
      expect(error).toMatchObject({ _tag: 'Refused', reason: 'validation', retry: 'never' })
      expect(left(await provider.payout(payoutRequest('k1'))())).toEqual(error)
      expect([sent('a'), sent('b')]).toEqual([1, 0])
      const { operation } = await view('payout', 'k1')
      expect(operation.state).toBe('refused')
      expect(eventTypes(`operation:${operation.id}`)).toEqual(['operation.refused'])
    }))

  it('for want of funds goes to the next account', () =>
    on({ a: { submission: [says(400, 'no funds')] }, b: {} }, async ({ provider, view }) => {
      expect(right(await provider.payout(payoutRequest('k1'))()).reference.account).toBe('b')
      expect((await view('payout', 'k1')).attempts.map(({ state }) => state)).toEqual(['refused', 'executed'])
    }))

  it('that may be repeated is repeated by the caller only', () =>
    on({ main: { submission: [says(400, 'no funds'), ok] } }, async ({ provider, recover, clock, sent }) => {
      left(await provider.payout(payoutRequest('k1'))())
      clock.now += 5 * MINUTE
      await recover('payout', 'k1')
      expect(sent('main')).toBe(1)
      right(await provider.payout(payoutRequest('k1'))())
      expect(sent('main')).toBe(2)
    }))
})

describe('a refusal that may answer a second delivery of the request', () => {
  const refusals = [
    ['validation', 'wrong'],
    ['insufficient_funds', 'no funds'],
    ['rate limit', 'slow down'],
  ] as const
  const calls = ['payout', 'refund', 'createPayment'] as const

  /** A payment to refund, then the call that is refused. */
  const refusedCall = async (name: (typeof calls)[number], text: string, reading: Account['reading'] = ok) => {
    let shown: Shown = { status: 'succeeded', amount: paid }
    let read = reading
    const world = await stage({
      main: {
        submission: [okAs('pay-1'), says(400, text)],
        reading: (wire) => read(wire),
        shows: () => shown,
      },
    })
    const { reference: payment } = right(await world.provider.createPayment(paymentRequest('k0'))())
    shown = {}
    const error = await {
      payout: () => world.provider.payout(payoutRequest('k1'))(),
      refund: () => world.provider.refund({ idempotencyKey: 'k1', payment })(),
      createPayment: () => world.provider.createPayment(paymentRequest('k1'))(),
    }[name]()
    return {
      ...world,
      error,
      answers: (next: NonNullable<Account['reading']>) => {
        read = next
      },
    }
  }

  it.each(refusals.flatMap(([what, text]) => calls.map((name) => [what, name, text] as const)))(
    'is looked up before it is recorded, and what is found counts: %s of a %s',
    async (_what, name, text) => {
      const { error, view } = await refusedCall(name, text)
      expect(right<unknown>(error)).toMatchObject({ status: 'processing' })
      expect((await view(name, 'k1')).operation.state).toBe('executed')
    },
  )

  it.each(refusals)('is recorded if the gateway answers that it has no such object: %s', async (_what, text) => {
    const { error, view } = await refusedCall('payout', text, absent)
    expect(left(error)).toMatchObject({ outcome: 'refused' })
    expect((await view('payout', 'k1')).operation.state).toBe(text === 'wrong' ? 'refused' : 'canceled')
  })

  it.each(refusals)('waits for a look-up that is answered: %s', async (_what, text) => {
    const { error, view, recover, clock, answers, provider, sent } = await refusedCall('payout', text, broken)
    expect(left(error)).toMatchObject({ _tag: 'Indeterminate', outcome: 'unknown', nextPollAt: START + 5 * SECOND })
    clock.now += 5 * SECOND
    await recover('payout', 'k1')
    expect((await view('payout', 'k1')).operation.state).toBe('indeterminate')
    answers(absent)
    clock.now += 30 * SECOND
    await recover('payout', 'k1')
    const { operation, attempts } = await view('payout', 'k1')
    expect(operation).toMatchObject({
      state: text === 'wrong' ? 'refused' : 'canceled',
      error: { outcome: 'refused', account: 'main', operationId: operation.id },
    })
    expect(attempts).toMatchObject([{ state: 'refused' }])
    if (text === 'wrong') expect(left(await provider.payout(payoutRequest('k1'))())).toEqual(operation.error)
    expect(sent('main')).toBe(2)
  })

  it.each(refusals)('is found by a later look-up: %s', async (_what, text) => {
    const { view, recover, clock, answers } = await refusedCall('payout', text, broken)
    answers(ok)
    clock.now += 5 * SECOND
    await recover('payout', 'k1')
    expect((await view('payout', 'k1')).operation.state).toBe('executed')
  })

  it('is recorded at once if no delivery can have been executed, or nothing can be looked up', async () => {
    const { connected, error } = await refusedCall('payout', 'no such key', ok)
    expect(left(error)).toMatchObject({ reason: 'authentication' })
    expect(connected('main').filter((line) => line.startsWith('GET'))).toEqual([])
    await on({ main: { submission: [says(400, 'wrong')], lookupByKey: false } }, async ({ provider }) => {
      expect(left(await provider.payout(payoutRequest('k1'))())).toMatchObject({ reason: 'validation' })
    })
  })
})

describe('an answer that was lost', () => {
  it('stops at once where money may have moved: no other account is tried, and nothing is sent again', () =>
    on({ a: { submission: [lost] }, b: {} }, async ({ provider, sent, view, recover, clock, eventTypes }) => {
      const error = left(await provider.payout(payoutRequest('k1'))())
      const { operation } = await view('payout', 'k1')
      expect(error).toMatchObject({
        _tag: 'Indeterminate',
        operationId: operation.id,
        nextPollAt: START + 5 * SECOND,
        reference: { kind: 'payout', account: 'a', idempotencyKey: 'k1' },
      })
      expect(eventTypes(`operation:${operation.id}`)).toEqual(['operation.indeterminate'])
      for (let poll = 0; poll < 40; poll += 1) {
        clock.now += 24 * 60 * MINUTE
        await recover('payout', 'k1')
      }
      // Polls do not find it for thirty days; then an operator has to resolve it.
      expect([sent('a'), sent('b')]).toEqual([1, 0])
      expect((await view('payout', 'k1')).operation).toMatchObject({ state: 'indeterminate' })
      expect((await view('payout', 'k1')).operation.nextPollAt).toBeUndefined()
      expect(eventTypes(`operation:${operation.id}`)).toEqual([
        'operation.indeterminate',
        'operation.requires_resolution',
      ])
    }))

  it('is polled when notifications ask for it, beside its schedule, which they neither use up nor put off', () =>
    on({ main: { submission: [lost] } }, async ({ provider, recover, clock, view, eventTypes, elsewhere }) => {
      left(await provider.payout(payoutRequest('k1'))())
      for (let poll = 0; poll < 3; poll += 1) {
        clock.now += 10 * MINUTE
        await recover('payout', 'k1')
      }
      const { operation } = await view('payout', 'k1')
      for (let notifications = 0; notifications < 40; notifications += 1) {
        clock.now += 5 * SECOND
        await elsewhere([{ write: 'request_poll', id: operation.id, at: clock.now }])
        await recover('payout', 'k1')
      }
      expect((await view('payout', 'k1')).operation).toMatchObject({
        pollCount: operation.pollCount,
        nextPollAt: operation.nextPollAt,
      })
      expect(eventTypes(`operation:${operation.id}`)).toEqual(['operation.indeterminate'])
    }))

  it('is said once to require resolution, however often notifications ask for a poll after that', () =>
    on({ main: { submission: [lost] } }, async ({ provider, recover, clock, view, eventTypes, elsewhere, store }) => {
      left(await provider.payout(payoutRequest('k1'))())
      const { operation } = await view('payout', 'k1')
      for (let poll = 0; poll < 45; poll += 1) {
        clock.now += 24 * 60 * MINUTE
        if (poll > 40) await elsewhere([{ write: 'request_poll', id: operation.id, at: clock.now }])
        await recover('payout', 'k1')
      }
      expect(eventTypes(`operation:${operation.id}`)).toEqual([
        'operation.indeterminate',
        'operation.requires_resolution',
      ])
      expect(right(await store.unresolved(10)())).toHaveLength(1)
    }))

  it('is found by its key', () =>
    on({ main: { submission: [lost], reading: ok } }, async ({ provider, sent, recover, clock, view }) => {
      left(await provider.payout(payoutRequest('k1'))())
      await recover('payout', 'k1')
      expect((await view('payout', 'k1')).operation.state).toBe('indeterminate')
      clock.now += 5 * SECOND
      await recover('payout', 'k1')
      expect((await view('payout', 'k1')).operation.state).toBe('executed')
      expect(right(await provider.payout(payoutRequest('k1'))())).toMatchObject({
        status: 'processing',
        replayed: true,
      })
      expect(sent('main')).toBe(1)
    }))

  it('is the same handle under the same key', () =>
    on({ main: { submission: [lost] } }, async ({ provider, sent }) => {
      const first = left(await provider.payout(payoutRequest('k1'))())
      expect(left(await provider.payout(payoutRequest('k1'))())).toEqual(first)
      expect(sent('main')).toBe(1)
    }))

  it('requires resolution at once where the account can neither be polled nor recognise a repeat', () =>
    on({ main: { submission: [lost], lookupByKey: false } }, async ({ provider, store, eventTypes, view }) => {
      expect(left(await provider.payout(payoutRequest('k1'))())).not.toHaveProperty('nextPollAt')
      const { operation } = await view('payout', 'k1')
      expect(right(await store.unresolved(10)()).map(({ id }) => id)).toEqual([operation.id])
      expect(eventTypes(`operation:${operation.id}`)).toEqual(['operation.requires_resolution'])
    }))

  it.each([
    ['replays', replays],
    ['rejects', rejects],
  ])('is sent again with the same bytes where the gateway %s a repeat', (_name, deduplication) =>
    on({ main: { submission: [lost, ok], deduplication } }, async ({ provider, sent, recover, clock, view }) => {
      left(await provider.payout(payoutRequest('k1'))())
      clock.now += 5 * SECOND
      await recover('payout', 'k1')
      expect(sent('main')).toBe(2)
      expect((await view('payout', 'k1')).operation.state).toBe('executed')
      expect((await view('payout', 'k1')).attempts).toMatchObject([{ dispatchCount: 2 }])
    }),
  )

  it('is sent three times at most, and not after the window or the deadline', () =>
    on({ main: { submission: [lost], deduplication: replays } }, async ({ provider, sent, recover, clock }) => {
      left(await provider.payout(payoutRequest('k1'))())
      for (let poll = 0; poll < 10; poll += 1) {
        clock.now += 40 * SECOND
        await recover('payout', 'k1')
      }
      expect(sent('main')).toBe(3)
      left(await provider.payout(payoutRequest('k2'))())
      clock.now += 14 * MINUTE
      await recover('payout', 'k2')
      left(await provider.payout({ ...payoutRequest('k3'), deadline: clock.now + 2 * MINUTE })())
      clock.now += 2 * MINUTE
      await recover('payout', 'k3')
      expect(sent('main')).toBe(5)
    }))

  it.each<[string, Account]>([
    ['the poll fails', { reading: broken }],
    ['the poll is refused for another reason', { reading: says(403, 'wrong') }],
    ['the account cannot be polled', { lookupByKey: false }],
  ])('is not sent again if %s, whatever the clocks say', (_what, account) =>
    on(
      { main: { submission: [lost, ok], deduplication: replays, ...account } },
      async ({ provider, sent, recover, clock, view }) => {
        left(await provider.payout(payoutRequest('k1'))())
        for (const passed of [5 * SECOND, -10 * MINUTE, 11 * MINUTE, MINUTE]) {
          clock.now += passed
          await recover('payout', 'k1')
        }
        expect(sent('main')).toBe(1)
        expect((await view('payout', 'k1')).operation.state).toBe('indeterminate')
      },
    ),
  )

  it('is not closed by the refusal of a repeat', () =>
    on(
      { main: { submission: [lost, says(400, 'wrong')], deduplication: rejects } },
      async ({ provider, recover, clock, view }) => {
        left(await provider.payout(payoutRequest('k1'))())
        clock.now += 5 * SECOND
        await recover('payout', 'k1')
        expect((await view('payout', 'k1')).operation.state).toBe('indeterminate')
        expect(left(await provider.payout(payoutRequest('k1'))())._tag).toBe('Indeterminate')
      },
    ))
})

describe('a payment that is only created', () => {
  const creating = (submission: Account['submission']): Account =>
    submission === undefined ? { effect: 'creates' } : { effect: 'creates', submission }

  it('goes to the next account when its answer is lost: its link was not released', () =>
    on({ a: creating([lost]), b: creating([okAs('obj-2')]) }, async ({ provider, view }) => {
      const payment = right(await provider.createPayment(paymentRequest('k1'))())
      expect(payment.reference).toMatchObject({ account: 'b', id: 'obj-2' })
      expect((await view('createPayment', 'k1')).attempts.map(({ state }) => state)).toEqual(['abandoned', 'executed'])
    }))

  it('is made again at the same account, twice at most', () =>
    on({ main: creating([lost, lost, lost, ok]) }, async ({ provider, view, sent }) => {
      expect(left(await provider.createPayment(paymentRequest('k1'))())._tag).toBe('Indeterminate')
      expect(sent('main')).toBe(3)
      expect((await view('createPayment', 'k1')).attempts.map(({ state }) => state)).toEqual([
        'abandoned',
        'abandoned',
        'dispatched',
      ])
    }))

  it('is followed where its id is known, in case a payer pays it all the same', () =>
    on(
      { a: { ...creating([lost]), created: 'order-1' }, b: creating([okAs('obj-2')]) },
      async ({ provider, store }) => {
        right(await provider.createPayment(paymentRequest('k1'))())
        const abandoned = right(await store.object({ account: 'a', kind: 'payment', id: 'order-1' })())
        expect(abandoned).toMatchObject({
          abandoned: true,
          status: 'created',
          expectedAmount: { minorUnits: 4990n, currency: 'EUR' },
          nextReadAt: START + 5 * MINUTE,
        })
      },
    ))

  it('goes to the next account whatever the refusal', () =>
    on({ a: creating([says(400, 'wrong')]), b: creating(undefined) }, async ({ provider }) => {
      expect(right(await provider.createPayment(paymentRequest('k1'))()).reference.account).toBe('b')
    }))
})

describe('a worker that died', () => {
  type Writes = Parameters<Store['commit']>[0]
  const dead = TE.left(unreachable('store'))
  const claims = (writes: Writes): boolean => writes.some(({ write }) => write === 'claim')
  const closes = (writes: Writes): boolean => writes.some((one) => one.write === 'operation' && !one.keepLease)

  /** The process is gone from a commit on, `before` it or `after`: nothing it does reaches the store. */
  const dying =
    (when: 'before' | 'after', isTheOne: (writes: Writes) => boolean) =>
    (store: Store): Store => {
      let isDead = false
      const commit: Store['commit'] = (writes) => async () => {
        const isIt = isTheOne(writes)
        if (isDead || (isIt && when === 'before')) {
          isDead = true
          return dead()
        }
        const committed = await store.commit(writes)()
        isDead = isIt
        return isDead ? dead() : committed
      }
      return { ...store, commit, operation: (id) => (isDead ? dead : store.operation(id)) }
    }

  it('after the answer and before its record: the caller learns that it may be under way, and it is found', () =>
    on(
      { main: { reading: ok } },
      async ({ provider, view, clock, sent, context, store }) => {
        expect(left(await provider.payout(payoutRequest('k1'))())).toMatchObject({
          _tag: 'InProgress',
          outcome: 'unknown',
        })
        expect((await view('payout', 'k1')).operation.state).toBe('dispatched')
        const alive = { ...context, store }
        const { operation } = await view('payout', 'k1')
        await recoverOperation(operation.id, alive)
        // The lease of the dead one is waited for.
        expect((await view('payout', 'k1')).operation.state).toBe('dispatched')
        clock.now += 31 * SECOND
        await recoverOperation(operation.id, alive)
        expect((await view('payout', 'k1')).operation.state).toBe('executed')
        expect(sent('main')).toBe(1)
      },
      dying('before', closes),
    ))

  it('before anything was dispatched: it is sent, once, while its deadline has not passed', () =>
    on(
      { main: {} },
      async ({ provider, view, clock, sent, context, store }) => {
        left(await provider.payout(payoutRequest('k1'))())
        expect((await view('payout', 'k1')).operation.state).toBe('prepared')
        clock.now += 31 * SECOND
        await recoverOperation((await view('payout', 'k1')).operation.id, { ...context, store })
        expect((await view('payout', 'k1')).operation.state).toBe('executed')
        expect(sent('main')).toBe(1)
      },
      dying('after', claims),
    ))

  it('of whose operation the store answers nothing now: no caller gets `not_sent`', () => {
    let isDeaf = false
    return on(
      { main: {} },
      async ({ provider, sent }) => {
        right(await provider.payout(payoutRequest('k1'))())
        isDeaf = true
        expect(left(await provider.payout(payoutRequest('k1'))())).toMatchObject({
          _tag: 'InProgress',
          outcome: 'unknown',
        })
        expect(sent('main')).toBe(1)
      },
      (store) => ({ ...store, operationByKey: (...of) => (isDeaf ? dead : store.operationByKey(...of)) }),
    )
  })

  it('only seemingly, and wrote until the operation was acquired by another worker: what it wrote is gone on with', () =>
    on(
      { a: {}, b: {} },
      async ({ provider, view, clock, sent, context, store }) => {
        left(await provider.payout(payoutRequest('k1'))())
        clock.now += 31 * SECOND
        const leased = await view('payout', 'k1')
        const late: Store = {
          ...store,
          commit: (writes) => async () => {
            const moved = failOver(leased, unreachable('connect'), { state: 'unsent' }, clock.now)
            if (writes.some(({ write }) => write === 'acquire_lease')) await store.commit(moved.writes)()
            return store.commit(writes)()
          },
        }
        await recoverOperation(leased.operation.id, { ...context, store: late })
        expect([sent('a'), sent('b')]).toEqual([0, 1])
        expect((await view('payout', 'k1')).attempts.map(({ state }) => state)).toEqual(['unsent', 'executed'])
      },
      dying('after', claims),
    ))

  it('and whose account is not configured here is left to others', () =>
    on({ main: { submission: [lost], reading: ok } }, async ({ provider, view, clock, recover, remove, restore }) => {
      left(await provider.payout(payoutRequest('k1'))())
      remove('main')
      clock.now += 5 * SECOND
      await recover('payout', 'k1')
      expect((await view('payout', 'k1')).operation).toMatchObject({
        state: 'indeterminate',
        nextPollAt: clock.now + MINUTE,
      })
      restore('main')
      clock.now += MINUTE
      await recover('payout', 'k1')
      expect((await view('payout', 'k1')).operation.state).toBe('executed')
    }))
})

describe('an operation that no worker can go on with', () => {
  it('of which nothing was sent is canceled after its deadline, and a refund gives back what it reserved', async () => {
    const world = await stage({
      main: { submission: [okAs('pay-1')], shows: () => ({ status: 'succeeded', amount: paid }) },
    })
    const { provider, context, store, remove, view, clock, recover, paymentRecord, eventTypes } = world
    const { reference: payment } = right(await provider.createPayment(paymentRequest('k0'))())
    // The worker dies after the claim.
    const dying = { ...context, store: { ...store, commit: afterFirst(store.commit) } }
    const routing = () => ({ routes: [], capabilities: () => undefined, share: () => 1 })
    left(await createOrchestrator(dying, routing, 0).refund({ idempotencyKey: 'k1', payment })())
    remove('main')
    clock.now += MINUTE
    await recover('refund', 'k1')
    expect((await view('refund', 'k1')).operation).toMatchObject({ state: 'prepared', nextPollAt: clock.now + MINUTE })
    clock.now += 15 * MINUTE
    await recover('refund', 'k1')
    const { operation } = await view('refund', 'k1')
    expect(operation).toMatchObject({ state: 'canceled', error: { _tag: 'Unreachable', phase: 'deadline' } })
    expect(eventTypes(`operation:${operation.id}`)).toEqual(['operation.canceled'])
    expect(await paymentRecord({ account: 'main', kind: 'payment', id: 'pay-1' })).toMatchObject({ reserved: 0n })
  })

  it('of which a request may have left is listed as unresolved after its deadline, and goes on with its account', () =>
    on(
      { main: { submission: [lost], reading: ok } },
      async ({ provider, store, remove, restore, view, clock, recover }) => {
        left(await provider.payout(payoutRequest('k1'))())
        remove('main')
        clock.now += 5 * SECOND
        await recover('payout', 'k1')
        expect(right(await store.unresolved(9)())).toEqual([])
        clock.now += 15 * MINUTE
        await recover('payout', 'k1')
        const { operation } = await view('payout', 'k1')
        expect(operation).toMatchObject({
          state: 'indeterminate',
          stalled: 'no_account',
          nextPollAt: clock.now + 10 * MINUTE,
        })
        expect(right(await store.unresolved(9)())).toMatchObject([{ id: operation.id, stalled: 'no_account' }])
        restore('main')
        clock.now += 10 * MINUTE
        await recover('payout', 'k1')
        expect((await view('payout', 'k1')).operation).toMatchObject({ state: 'executed' })
        expect((await view('payout', 'k1')).operation).not.toHaveProperty('stalled')
      },
    ))

  it.each([
    ['ERR_ENCRYPTION_KEY', unreachable('store', { code: 'ERR_ENCRYPTION_KEY' })],
    ['ERR_DECRYPT', unreachable('store', { code: 'ERR_DECRYPT' })],
    ['ERR_STORED_JSON', unreachable('store', { code: 'ERR_STORED_JSON', column: 'paymux_attempts.draft' })],
  ])('because its record cannot be read is put off, and listed as unresolved: %s', (why, error) =>
    on({ main: { submission: [lost] } }, async ({ provider, store, view, clock, context }) => {
      left(await provider.payout(payoutRequest('k1'))())
      clock.now += 5 * SECOND
      const { operation } = await view('payout', 'k1')
      const unreadable = { ...store, operation: () => TE.left(error) }
      await recoverOperation(operation.id, { ...context, store: unreadable })
      expect(right(await store.unresolved(9)())).toMatchObject([
        { id: operation.id, stalled: why, nextPollAt: clock.now + 10 * MINUTE },
      ])
    }),
  )

  it('because the store does not answer stays due', () =>
    on({ main: { submission: [lost] } }, async ({ provider, store, view, clock, context }) => {
      left(await provider.payout(payoutRequest('k1'))())
      const { operation } = await view('payout', 'k1')
      clock.now += 5 * SECOND
      const down = { ...store, operation: () => TE.left(unreachable('store', { code: '57P01' })) }
      await recoverOperation(operation.id, { ...context, store: down })
      expect((await view('payout', 'k1')).operation).toEqual(operation)
    }))
})

describe('a second caller', () => {
  it('learns that the operation is in progress', () =>
    on({ main: {} }, async ({ provider, sent }) => {
      const results = await Promise.all([1, 2, 3].map(() => provider.payout(payoutRequest('k1'))()))
      const tags = results.map((result) => (result._tag === 'Right' ? 'ok' : result.left._tag))
      expect(tags.sort()).toEqual(['InProgress', 'InProgress', 'ok'])
      expect(sent('main')).toBe(1)
    }))
})

describe('while the store does not answer', () => {
  const down = TE.left(unreachable('store'))
  const failing =
    (isReadable: boolean) =>
    (store: Store): Store => ({
      ...store,
      commit: () => down,
      operationByKey: (operation, key) => (isReadable ? store.operationByKey(operation, key) : down),
    })

  it('says that nothing was sent only where the key was seen not to be used', () =>
    on(
      { main: {} },
      async ({ provider, sent }) => {
        expect(left(await provider.payout(payoutRequest('k1'))())).toMatchObject({
          _tag: 'Unreachable',
          phase: 'store',
        })
        expect(sent('main')).toBe(0)
      },
      failing(true),
    ))

  it('says that the operation may be under way where the record cannot be read', () =>
    on(
      { main: {} },
      async ({ provider, sent }) => {
        const error = left(await provider.payout(payoutRequest('k1'))())
        expect(error).toMatchObject({ _tag: 'InProgress', outcome: 'unknown', retry: 'same_key' })
        expect(sent('main')).toBe(0)
      },
      failing(false),
    ))
})

describe('a canceled refund whose payment cannot be read', () => {
  /** A refund that no worker could send; then its payment cannot be read, and `meanwhile` runs before that is known. */
  const canceled = async () => {
    let meanwhile: (() => Promise<unknown>) | undefined
    const main = {
      submission: [okAs('pay-1'), ok],
      shows: () => ({ status: 'succeeded', amount: paid }) as const,
      isDown: false,
    }
    const world = await stage(
      { main },
      {
        wrap: (store) => ({
          ...store,
          object: (key) => async () => {
            const run = meanwhile
            meanwhile = undefined
            if (run === undefined) return store.object(key)()
            await run()
            return E.left(unreachable('store'))
          },
        }),
      },
    )
    const { reference: payment } = right(await world.provider.createPayment(paymentRequest('k0'))())
    const refund = world.provider.refund({ idempotencyKey: 'k1', payment })
    main.isDown = true
    expect(left(await refund())).toMatchObject({ outcome: 'not_sent' })
    expect((await world.view('refund', 'k1')).operation.state).toBe('canceled')
    main.isDown = false
    return {
      ...world,
      refund,
      before: (run: () => Promise<unknown>) => {
        meanwhile = run
      },
    }
  }

  it('was not sent', async () => {
    const { refund, before } = await canceled()
    before(async () => undefined)
    expect(left(await refund())).toMatchObject({ _tag: 'Unreachable', phase: 'store' })
  })

  it('may have been sent by another caller meanwhile, whose result is given', async () => {
    const { refund, before, sent } = await canceled()
    before(async () => right(await refund()))
    expect(right(await refund()).reference).toMatchObject({ id: 'obj-1' })
    expect(sent('main')).toBe(2)
  })
})

describe('a key that cannot be looked up', () => {
  const causes: ReadonlyArray<readonly [string, PaymentError, object]> = [
    ['the database is down', unreachable('store', { code: '57P01' }), { code: '57P01' }],
    ['the disk is full', unreachable('store', { code: 'SQLITE_FULL' }), { code: 'SQLITE_FULL' }],
    ['the store failed before', unreachable('store', { code: 'ERR_LEDGER_FLUSH' }), { code: 'ERR_LEDGER_FLUSH' }],
    ['a key is missing', unreachable('store', { code: 'ERR_ENCRYPTION_KEY' }), { code: 'ERR_ENCRYPTION_KEY' }],
    [
      'a newer version wrote it',
      unreachable('store', { code: 'ERR_STORED_JSON', column: 'paymux_operations.request' }),
      { code: 'ERR_STORED_JSON', column: 'paymux_operations.request' },
    ],
  ]

  it.each(causes)('may be under way, for every money method: %s', async (_what, cause, told) => {
    let isFailing = false
    const failing =
      <Args extends readonly unknown[], A>(method: (...args: Args) => TE.TaskEither<PaymentError, A>) =>
      (...args: Args): TE.TaskEither<PaymentError, A> =>
        isFailing ? TE.left(cause) : method(...args)
    const world = await stage(
      { main: { submission: [okAs('pay-1'), lost], shows: () => ({ status: 'succeeded', amount: paid }) } },
      {
        wrap: (store) => ({
          ...store,
          commit: failing(store.commit),
          operation: failing(store.operation),
          operationByKey: failing(store.operationByKey),
          object: failing(store.object),
        }),
      },
    )
    const { provider } = world
    const { reference: payment } = right(await provider.createPayment(paymentRequest('k1'))())
    const refund = { idempotencyKey: 'k1', payment }
    for (const call of [provider.payout(payoutRequest('k1')), provider.refund(refund)])
      expect(left(await call())._tag).toBe('Indeterminate')
    const before = world.connected('main').length
    isFailing = true
    for (const call of [
      provider.createPayment(paymentRequest('k1')),
      provider.payout(payoutRequest('k1')),
      provider.refund(refund),
      provider.refund({ ...refund, idempotencyKey: 'k2' }),
    ]) {
      const error = left<PaymentError>(await call())
      expect(error).toMatchObject({ _tag: 'InProgress', outcome: 'unknown', retry: 'same_key', ...told })
      expect(error.message).not.toContain('Another worker')
    }
    expect(world.connected('main')).toHaveLength(before)
  })

  it('is looked up before the payment of its refund is read', async () => {
    const world = await stage({
      main: { submission: [okAs('pay-1'), ok], shows: () => ({ status: 'succeeded', amount: paid }) },
    })
    const { provider } = world
    const { reference: payment } = right(await provider.createPayment(paymentRequest('k1'))())
    const first = right(await provider.refund({ idempotencyKey: 'k1', payment })())
    const asked: string[] = []
    const { store } = world
    const noting = {
      ...world.context,
      store: {
        ...store,
        object: (key: Parameters<Store['object']>[0]) => {
          return async () => {
            asked.push(key.kind)
            return store.object(key)()
          }
        },
      },
    }
    const again = createOrchestrator(noting, () => ({ routes: [], capabilities: () => undefined, share: () => 1 }), 0)
    expect(right(await again.refund({ idempotencyKey: 'k1', payment })())).toEqual({ ...first, replayed: true })
    expect(asked).toEqual(['refund'])
  })
})

describe('a refund that succeeds after it had failed and given back what it reserved', () => {
  /** R1 failed, R2 took its place, and R1 succeeds late: more is reserved than was captured, so what R2 gives back is less. */
  const afterLateSuccess = async (others: Account['submission'] = [okAs('ref-2')], third?: string) => {
    let shown: Shown = { status: 'succeeded', amount: paid }
    const world = await stage({
      main: { submission: [okAs('pay-1'), okAs('ref-1'), ...others], reading: ok, shows: () => shown },
    })
    const { provider } = world
    const { reference: payment } = right(await provider.createPayment(paymentRequest('k1'))())
    const refund = (idempotencyKey: string, value: string) =>
      provider.refund({ idempotencyKey, payment, amount: { value, currency: 'EUR' } })()
    const reads = async (reference: Reference<'refund'>, status: Shown['status']) => {
      shown = { ...(status === undefined ? {} : { status }) }
      return right(await provider.getStatus(reference)())
    }
    shown = {}
    const { reference: r1 } = right(await refund('r1', '30.00'))
    await reads(r1, 'failed')
    shown = {}
    const r2 = await refund('r2', '30.00')
    if (third !== undefined) right(await refund('r3', third))
    expect((await reads(r1, 'succeeded')).status).toBe('succeeded')
    return { ...world, payment, refund, reads, r2 }
  }

  it('does not keep another one from being recorded as failed', async () => {
    const { reads, r2, paymentRecord } = await afterLateSuccess()
    expect((await reads(right(r2).reference, 'failed')).status).toBe('failed')
    const key = { account: 'main', kind: 'payment', id: 'pay-1' } as const
    expect(await paymentRecord(key)).toMatchObject({ reserved: 3000n, refunded: 3000n })
  })

  it('does not keep another one from being resolved as not executed', async () => {
    const { context, view, paymentRecord } = await afterLateSuccess([lost])
    const { operation } = await view('refund', 'r2')
    const seen = { outcome: 'not_executed', attestedBy: 'ann', note: 'dashboard' } as const
    expect(right(await resolveOperation(operation.id, seen, context)())).toMatchObject({ state: 'canceled' })
    const key = { account: 'main', kind: 'payment', id: 'pay-1' } as const
    expect(await paymentRecord(key)).toMatchObject({ reserved: 3000n, refunded: 3000n })
  })

  it('leaves to a third one what that reserved, when another fails', async () => {
    const others = [okAs('ref-2'), okAs('ref-3'), okAs('ref-4')]
    const { refund, reads, r2, sent } = await afterLateSuccess(others, '19.90')
    // 30.00 of 49.90 were given back, and 19.90 may be: nothing is left, although all three reserved more than 49.90.
    expect((await reads(right(r2).reference, 'failed')).status).toBe('failed')
    expect(left(await refund('r4', '0.01'))).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'amount' }] })
    expect(sent('main')).toBe(4)
  })
})
