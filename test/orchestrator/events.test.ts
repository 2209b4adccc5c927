import { indeterminate, machines, type StatusOf } from '../../src/core/index.js'
import { errorJson, eventsOf } from '../../src/ledger/index.js'
import { eventOf, eventTypes } from '../../src/orchestrator/events.js'
import { payment, readingStage, START } from './reading-stage.js'

const recordOf = (type: string, payload: Parameters<typeof eventsOf>[3]) => {
  const [record] = eventsOf('s', 0, [type], payload, START)
  if (record === undefined) throw new Error('no event')
  return record
}

describe('an event about an operation', () => {
  const payload = { operationId: 'op-1', operation: 'payout', idempotencyKey: 'key-1', state: 'indeterminate' }

  it('tells the operation and its error', () => {
    const error = indeterminate('moves_money', 'body')
    expect(eventOf(recordOf('operation.indeterminate', { ...payload, error: errorJson(error) }))).toEqual({
      id: 's#1',
      type: 'operation.indeterminate',
      subject: 's',
      sequence: 1,
      at: START,
      operation: { ...payload, error },
    })
  })

  it('tells none where there is none', () => {
    const event = eventOf(recordOf('operation.resolved', { ...payload, state: 'executed', error: null }))
    expect(event).toMatchObject({ operation: { state: 'executed' } })
    expect('operation' in event && 'error' in event.operation).toBe(false)
  })
})

const kinds = ['payment', 'refund', 'payout'] as const

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
    const told = pairs.flatMap(([kind, from, to]) => {
      const stage = readingStage()
      const at = { account: 'main', kind, id: 'x' } as { account: string; kind: 'payment'; id: string }
      const first = stage.record(at, result(from, false), { orphaned: true })
      return [...stage.told(`${kind}:main:x`), ...stage.toldBy(first, result(to, true))]
    })
    expect([...new Set(told)].filter((type) => !eventTypes.includes(type))).toEqual([])
    expect(new Set(told).size).toBeGreaterThan(30)
  })
})
