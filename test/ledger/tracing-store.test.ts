import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, moments, type Traces, traces, unreachable } from '../../src/core/index.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import { type Store, tracingStore, type Write } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { succeed } from '../either.js'
import { claiming, event, payment } from './records.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** What is heard of commits, statuses and events. */
const listen = () => {
  const heard: object[] = []
  const ignore = (): void => {}
  const subscribers = {
    start: ignore,
    end: ignore,
    asyncStart: ignore,
    asyncEnd: (trace: Traces['commit']) => void heard.push({ ...trace, durationMs: typeof trace.durationMs }),
    error: ignore,
  }
  traces.commit.subscribe(subscribers)
  ends.push(
    () => traces.commit.unsubscribe(subscribers),
    moments.transition.subscribe((message) => void heard.push(message)),
    moments.event.subscribe((message) => void heard.push(message)),
  )
  return heard
}

const open = async (changed: Partial<Store> = {}): Promise<Store> => {
  const store = await succeed(openSqlite({ file: ':memory:', encryption: noEncryption }))
  ends.push(store.close)
  return tracingStore({ ...store, ...changed }, 'sqlite')
}

const commit = { store: 'sqlite', writes: 1, durationMs: 'number' }

describe('a store that is traced', () => {
  const object = payment('p1', { status: 'processing' })
  const recorded: Write = { write: 'new_object', object, change: { evidence: 'answer' } }

  it('tells of statuses and events once they are committed', async () => {
    const store = await open()
    const heard = listen()
    const paid = { ...object, status: 'succeeded', version: 2 } as const
    await succeed(store.commit([recorded]))
    await succeed(
      store.commit([
        {
          write: 'object',
          object: paid,
          version: 1,
          refreshRequestsSeen: 0,
          change: { from: 'processing', evidence: 'read' },
        },
        { write: 'event', event: { ...event('payment:main:p1', 1), type: 'payment.succeeded' } },
      ]),
    )
    const of = { kind: 'payment', account: 'main', id: 'p1' }
    expect(heard).toEqual([
      { ...commit, outcome: 'done' },
      { ...of, to: 'processing', evidence: 'answer' },
      { ...commit, writes: 2, outcome: 'done' },
      { ...of, from: 'processing', to: 'succeeded', evidence: 'read' },
      { type: 'payment.succeeded', eventId: 'payment:main:p1#1' },
    ])
  })

  it('tells of nothing that a guard kept out', async () => {
    const store = await open()
    await succeed(store.commit([recorded]))
    const heard = listen()
    expect(await succeed(store.commit([recorded]))).toEqual({ done: false, index: 0 })
    expect(heard).toEqual([{ ...commit, outcome: 'guarded' }])
  })

  it.each([
    ['not_sent', unreachable('store', { code: 'SQLITE_FULL' }), 'SQLITE_FULL'],
    ['unknown', indeterminate('creates', 'first_byte'), undefined],
  ])('tells of nothing that is not known to be written: %s', async (outcome, error, code) => {
    const store = await open({ commit: () => async () => E.left(error) })
    const heard = listen()
    expect(await store.commit([recorded])()).toEqual(E.left(error))
    expect(heard).toEqual([{ ...commit, outcome, ...(code === undefined ? {} : { code }) }])
  })

  it('names the operation of a change and of an event, and no object that is known by a key', async () => {
    const store = await open()
    const origin = { operationId: 'op-1', idempotencyKey: 'ann.buyer', notPassedOn: [] }
    const byKey = payment('key:ann.buyer', { status: 'processing', origin })
    const heard = listen()
    await succeed(
      store.commit([
        ...claiming('op-1'),
        { write: 'new_object', object: byKey, change: { evidence: 'answer' } },
        {
          write: 'event',
          event: {
            ...event('payment:main:key:ann.buyer', 1),
            type: 'payment.processing',
            payload: { object: { account: 'main', operationId: 'op-1', idempotencyKey: 'ann.buyer' } },
          },
        },
        {
          write: 'event',
          event: {
            ...event('operation:op-1', 1),
            type: 'operation.canceled',
            payload: { account: 'main', operationId: 'op-1', idempotencyKey: 'ann.buyer' },
          },
        },
      ]),
    )
    expect(heard.slice(1)).toEqual([
      { kind: 'payment', account: 'main', operationId: 'op-1', to: 'processing', evidence: 'answer' },
      { type: 'payment.processing', account: 'main', operationId: 'op-1' },
      { type: 'operation.canceled', eventId: 'operation:op-1#1', account: 'main', operationId: 'op-1' },
    ])
  })
})
