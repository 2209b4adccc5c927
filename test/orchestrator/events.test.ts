import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, kinds, machines, type StatusOf, toResult } from '../../src/core/index.js'
import { buildEvents, toStoredJson } from '../../src/ledger/index.js'
import { eventOf, eventTypes } from '../../src/orchestrator/events/events.js'
import { observeAnswer, payment, START } from './reading-stage.js'

const recordOf = (type: string, payload: Parameters<typeof buildEvents>[3]) => {
  const [record] = buildEvents('s', 0, [type], payload, START)
  if (record === undefined) throw new Error('no event')
  return record
}

const order = { merchantReference: 'order-1', idempotencyKey: 'key-1', operationId: 'op-1', metadata: { cart: '7' } }
const header = (type: string) => ({ id: 's#1', type, subject: 's', sequence: 1, at: START, account: 'main', ...order })

/** What an event comes to that was stored and read. */
const readEvent = (type: string, payload: object) => {
  const event = eventOf(recordOf(type, toStoredJson(payload)))
  if (E.isLeft(event)) throw new Error(event.left.message)
  return event.right
}

describe('an event', () => {
  const error = indeterminate('moves_money', 'body', {
    reference: {
      kind: 'payout',
      account: 'main',
      idempotencyKey: 'key-1',
      expectedAmount: { value: '1', currency: 'JPY' },
    },
  })
  const operation = { id: 'op-1', name: 'payout', state: 'indeterminate', error } as const

  it('about an operation tells the operation and its error', () => {
    const type = 'operation.indeterminate'
    expect(readEvent(type, { account: 'main', ...order, operation })).toEqual({ ...header(type), operation })
  })

  it('about an operation tells no error if there is none', () => {
    const resolved = { id: 'op-1', name: 'payout', state: 'executed' } as const
    expect(readEvent('operation.resolved', { account: 'main', operation: resolved })).toEqual({
      id: 's#1',
      type: 'operation.resolved',
      subject: 's',
      sequence: 1,
      at: START,
      account: 'main',
      operation: resolved,
    })
  })

  it.each(kinds)('about a %s tells it, and has its names', (kind) => {
    const snapshot = { ...payment(), reference: { kind, account: 'main', id: 'x' }, status: 'succeeded' } as const
    const object = toResult<typeof kind>(snapshot, { ...order, recordedAt: START, notPassedOn: [] })
    expect(readEvent(`${kind}.succeeded`, { object })).toEqual({ ...header(`${kind}.succeeded`), object })
  })

  it('about a notification or a listed object tells it', () => {
    const object = { account: 'main', kind: 'refund', id: 'x' } as const
    const notification = { object, reported: { refund: '2' }, receivedAt: 1, deliveries: 2 }
    const unmatched = { count: 1, firstReceivedAt: 1, lastReceivedAt: 1, notifications: [notification] }
    expect(readEvent('notification.unmatched', { account: 'main', unmatched })).toMatchObject({ unmatched })
    const listed = { reference: object, status: 'succeeded', amount: { value: '1.00', currency: 'EUR' } }
    const type = 'reconciliation.missing_in_ledger'
    expect(readEvent(type, { account: 'main', listed })).toMatchObject({ account: 'main', listed })
  })

  it.each([
    ['operation.indeterminate', { operation: { ...operation, state: 'paid' } }, 'payload'],
    ['operation.indeterminate', { object: {} }, 'payload'],
    ['payment.succeeded', { object: { status: 'succeeded' } }, 'payload'],
    ['notification.unmatched', { unmatched: {} }, 'payload'],
    ['reconciliation.missing_in_ledger', { listed: { reference: { kind: 'fee' } } }, 'payload'],
    ['payment.eaten', { object: {} }, 'type'],
  ])('%s that cannot be read is an error that names the column', (type, payload, column) => {
    expect(eventOf(recordOf(type, toStoredJson(payload)))).toMatchObject({
      left: { _tag: 'Unreachable', code: 'ERR_STORED_JSON', column: `paymux_events.${column}` },
    })
  })
})

describe('the types of events', () => {
  it('are each listed once', () => {
    expect(new Set(eventTypes).size).toBe(eventTypes.length)
  })

  // What can follow what: each status first recorded, and each read after each.
  const pairs = kinds.flatMap((kind) =>
    [...machines[kind].statuses, 'unknown'].flatMap((from) =>
      [...machines[kind].statuses, 'unknown'].map((to) => [kind, from, to] as const),
    ),
  )
  const result = (status: string, disputed: boolean) =>
    payment({
      status: status as StatusOf<'payment'>,
      disputed,
      review: ['contradiction'],
    })

  it('hold every type that the ledger tells of any object', () => {
    const emitted = pairs.flatMap(([kind, from, to]) => {
      const at = { account: 'main', kind, id: 'x' } as { account: string; kind: 'payment'; id: string }
      const first = observeAnswer(at, undefined, result(from, false), { abandoned: true })
      return [...first.eventTypes, ...observeAnswer(at, first.object, result(to, true)).eventTypes]
    })
    expect([...new Set(emitted)].filter((type) => !eventTypes.includes(type))).toEqual([])
    expect(new Set(emitted).size).toBeGreaterThan(30)
  })
})
