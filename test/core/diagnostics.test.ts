import { tracingChannel } from 'node:diagnostics_channel'
import * as E from 'fp-ts/lib/Either.js'
import {
  conflict,
  idInTraces,
  indeterminate,
  inProgress,
  isTraceparent,
  moments,
  type OperationTrace,
  runTracesIn,
  traced,
  tracedOperation,
  traces,
  unreachable,
} from '../../src/core/index.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
  runTracesIn(undefined)
})

/** Listens to one trace as another program would: by the names of its channels. */
const listen = (name: string) => {
  const heard: (readonly [string, object])[] = []
  const note = (what: string) => (message: object) => void heard.push([what, { ...message }])
  const channel = tracingChannel<unknown, object>(`paymux:${name}`)
  const subscribers = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error'),
  }
  channel.subscribe(subscribers)
  ends.push(() => channel.unsubscribe(subscribers))
  return heard
}

const never = (): never => {
  throw new Error('it was made for nobody')
}

describe('a trace that nothing listens to', () => {
  it('is not made, and what it is of gets none', async () => {
    expect(traces.poll.hasSubscribers).toBe(false)
    const work = jest.fn(async () => 7)
    expect(await traced('poll', never, work, never)).toBe(7)
    expect(work.mock.calls).toEqual([[]])
    moments.transition.publish(never)
    expect(moments.transition.hasSubscribers()).toBe(false)
  })

  it('gives the very promise of its work', () => {
    const promise = Promise.resolve(7)
    expect(traced('poll', never, () => promise, never)).toBe(promise)
  })
})

describe('a trace', () => {
  const begun = { account: 'main', kind: 'payment', reason: 'caller' } as const

  it('is published when it begins and when it ends, on channels as Node has them', async () => {
    const heard = listen('poll')
    const result = await traced(
      'poll',
      () => ({ ...begun }),
      async (trace) => {
        heard.push(['work', { ...trace }])
        return 7
      },
      (value) => ({ changed: value === 7 }),
    )
    expect(result).toBe(7)
    const ended = { ...begun, changed: true, durationMs: expect.any(Number) }
    expect(heard).toEqual([
      ['start', begun],
      ['work', begun],
      ['end', begun],
      ['asyncStart', ended],
      ['asyncEnd', ended],
    ])
  })

  it('ends if its work rejects, and the work rejects as it does alone', async () => {
    const heard = listen('poll')
    const broken = new Error('made up')
    await expect(
      traced(
        'poll',
        () => ({ ...begun }),
        () => Promise.reject(broken),
        never,
      ),
    ).rejects.toBe(broken)
    expect(heard.map(([what]) => what)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(JSON.stringify(heard)).not.toContain('made up')
  })

  it('runs its work once, in what a listener has set, and in nothing once that is taken back', async () => {
    listen('poll')
    const surroundings: string[] = []
    runTracesIn((trace, work) => {
      surroundings.push('in')
      expect(trace).toEqual(begun)
      const result = work()
      surroundings.push('out')
      return result
    })
    const work = jest.fn(async () => 7)
    const run = () =>
      traced(
        'poll',
        () => ({ ...begun }),
        work,
        () => ({}),
      )
    await run()
    expect(surroundings).toEqual(['in', 'out'])
    runTracesIn(undefined)
    await run()
    expect(work).toHaveBeenCalledTimes(2)
    expect(surroundings).toHaveLength(2)
  })
})

describe('the trace of an operation', () => {
  const result = {
    kind: 'payout',
    account: 'main',
    id: 'p1',
    reference: { kind: 'payout', account: 'main', id: 'p1' },
    status: 'processing',
    providerState: {},
    amountCheck: 'exact',
    disputed: false,
    review: [],
    operationId: 'op-1',
    idempotencyKey: 'CANARY',
    merchantReference: 'CANARY',
  } as const

  const endOf = async (ended: Parameters<typeof E.swap>[0] | object): Promise<OperationTrace> => {
    const heard = listen('operation')
    await tracedOperation<'payout'>('payout', async () => ended as E.Right<typeof result>)()
    return heard.at(-1)?.[1] as OperationTrace
  }

  it.each([
    ['executed', E.right(result)],
    ['declined', E.right({ ...result, status: 'failed' })],
    ['replayed', E.right({ ...result, replayed: true })],
    ['replayed', E.right({ ...result, status: 'failed', replayed: true })],
    ['conflict', E.left(conflict())],
    ['in_progress', E.left(inProgress('op-1'))],
    ['unknown', E.left(inProgress('op-1', { code: 'SQLITE_FULL' }))],
    ['unknown', E.left(indeterminate('moves_money', 'answer'))],
    ['not_sent', E.left(unreachable('connect'))],
  ])('ends as %s: %j', async (outcome, ended) => {
    expect(await endOf(ended)).toMatchObject({ operation: 'payout', outcome })
  })

  it('holds names, ids and states, and nothing of the result beside', async () => {
    expect(await endOf(E.right(result))).toEqual({
      operation: 'payout',
      account: 'main',
      operationId: 'op-1',
      outcome: 'executed',
      status: 'processing',
      durationMs: expect.any(Number),
    })
  })
})

describe('an id', () => {
  it.each([
    ['inv_7f3a', 'inv_7f3a'],
    ['payment:europe:inv_7f3a#2', 'payment:europe:inv_7f3a#2'],
    ['monkey:1', 'monkey:1'],
    ['key:ann.buyer@order_1', undefined],
    ['payout:india:key:ann.buyer#1', undefined],
    ['listed:refund:india:key:ann.buyer@tx-1#1', undefined],
  ])('is in traces unless it is made of a key: %s', (id, told) => {
    expect(idInTraces(id)).toBe(told)
  })
})

describe('a place in a trace', () => {
  it.each([
    [`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, true],
    [undefined, false],
    ['', false],
    ['ORD-1001', false],
    [`01-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, false],
    [`00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`, false],
    [`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-more`, false],
  ])('is a traceparent of version 00: %s', (text, isOne) => {
    expect(isTraceparent(text)).toBe(isOne)
  })
})
