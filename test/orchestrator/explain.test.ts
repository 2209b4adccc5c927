import type { Payment } from '../../src/core/index.js'
import type { LogRecord, OperationView } from '../../src/ledger/index.js'
import type { ObjectEvent, PaymuxEvent } from '../../src/orchestrator/index.js'
import { type Facts, type OutboxEvent, type Story, storyOf } from '../../src/orchestrator/queries/explain/story.js'
import { attempt, captured, operation, payment } from '../ledger/records.js'

const at = (time: string): number => Date.parse(`2026-11-27T${time}Z`)

const view = (
  fields: Parameters<typeof operation>[1],
  attempts: Parameters<typeof attempt>[1][] = [{}],
): OperationView => ({
  operation: operation('op', { merchantReference: 'ORD-1001', accounts: ['europe', 'spare'], ...fields }),
  attempts: attempts.map((one, n) => attempt('op', { n: n + 1, account: 'europe', ...one })),
  leased: false,
})

const line = (time: string, what: string, detail?: string, n = 1): LogRecord => ({
  operationId: 'op',
  n,
  at: at(time),
  what,
  fence: 1,
  ...(detail === undefined ? {} : { detail }),
})

const result = (status: Payment['status'], fields: Partial<Payment> = {}): Payment => ({
  kind: 'payment',
  account: 'europe',
  id: 'inv_7f3a',
  reference: { kind: 'payment', account: 'europe', id: 'inv_7f3a' },
  status,
  providerState: {},
  amountCheck: 'exact',
  disputed: false,
  review: [],
  ...fields,
})

const happened = (
  time: string,
  type: ObjectEvent['type'],
  object: Payment,
  delivery: Pick<OutboxEvent, 'tries' | 'deliveredAt'> = { tries: 0, deliveredAt: at(time) },
): OutboxEvent => ({
  event: { id: type, type, subject: 'payment:europe:inv_7f3a', sequence: 1, at: at(time), object } as PaymuxEvent,
  ...delivery,
})

const tell = (facts: Partial<Facts>, timeZone = 'UTC'): Story => {
  const story = storyOf({ log: [], events: [], notifications: [], related: [], ...facts }, timeZone)
  if (story === undefined) throw new Error('no story')
  return story
}

const sentences = ({ steps }: Story): readonly string[] =>
  steps.map((step) => `${new Date(step.at).toISOString().slice(11, 19)} ${step.text}`)

const nothing = { reserved: 0n, refunded: 0n }

describe('the story of a payment', () => {
  const euros = { minorUnits: 4990n, currency: 'EUR' }
  const object = {
    ...captured('inv_7f3a', 4990n),
    account: 'europe',
    expectedAmount: euros,
    nextReadAt: at('23:00:00'),
    ...nothing,
    origin: { operationId: 'op', idempotencyKey: 'key-op', merchantReference: 'ORD-1001', notPassedOn: [] },
  }
  const clean: Partial<Facts> = {
    object,
    operation: view({ state: 'executed', object: { account: 'europe', kind: 'payment', id: 'inv_7f3a' } }),
    log: [line('09:14:07', 'claimed'), line('09:14:08', 'dispatched', 'creates'), line('09:14:09', 'executed')],
    events: [
      happened('09:14:09', 'payment.requires_action', result('requires_action')),
      happened(
        '09:14:49',
        'payment.succeeded',
        result('succeeded', { providerState: { invoice: '1' }, amount: { value: '49.90', currency: 'EUR' } }),
        { tries: 2, deliveredAt: at('09:15:10') },
      ),
    ],
    notifications: [
      { account: 'europe', reported: { transaction: 'accepted' }, receivedAt: at('09:14:48'), deliveries: 1 },
    ],
  }

  it('is told in the order in which it was recorded, with what each status rests on', () => {
    expect(sentences(tell(clean))).toEqual([
      '09:14:07 Your shop asked for 19.99 EUR under the key key-op.',
      '09:14:07 The route chose europe, then spare.',
      '09:14:08 paymux recorded that it was about to send a request, and sent it to europe. The request creates something to pay at, and moves no money.',
      '09:14:09 europe answered, and calls it inv_7f3a.',
      '09:14:09 europe answered. From then on the payment was requires_action.',
      '09:14:09 Your shop received payment.requires_action.',
      '09:14:48 A notification from europe reported transaction accepted. paymux does not rely on notifications, and reads.',
      '09:14:49 paymux read it at europe: invoice 1, 49.90 EUR. From then on the payment was succeeded.',
      '09:15:10 Your shop received payment.succeeded, after 2 deliveries that it did not take.',
    ])
  })

  it('says where it stands, what is left of the money and what comes next', () => {
    const { headline, next, money } = tell(clean)
    expect(headline).toBe('ORD-1001 (49.90 EUR): paid, on europe.')
    expect(next).toEqual({
      what: 'read',
      at: at('23:00:00'),
      text: 'You have nothing to do. paymux reads it again at 27 Nov 2026, 23:00:00.',
    })
    expect(money).toEqual({
      expected: { value: '49.90', currency: 'EUR' },
      captured: { value: '49.90', currency: 'EUR' },
      refunded: { value: '0.00', currency: 'EUR' },
      reserved: { value: '0.00', currency: 'EUR' },
      refundable: { value: '49.90', currency: 'EUR' },
    })
  })

  it('names times in the zone that it is asked for', () => {
    const { next, timeZone } = tell(clean, 'Asia/Kolkata')
    expect(next.text).toContain('28 Nov 2026, 04:30:00')
    expect(timeZone).toBe('Asia/Kolkata')
  })

  it('tells what an operator should look at before what paymux does', () => {
    const disputed = { ...object, disputed: true, flags: ['alert:failed'] }
    expect(tell({ ...clean, object: disputed }).next).toMatchObject({
      what: 'review',
      text: expect.stringContaining('(disputed, reported as failed)'),
    })
  })

  it('waits for the payer', () => {
    const unpaid = payment('inv_7f3a', { account: 'europe', status: 'requires_action', nextReadAt: at('10:00:00') })
    expect(tell({ object: unpaid }).next).toMatchObject({ what: 'pay', at: at('10:00:00') })
  })

  it('says that an event was not taken', () => {
    const events = [happened('09:14:09', 'payment.succeeded', result('succeeded'), { tries: 1 })]
    expect(sentences(tell({ object, events }))).toContain(
      '09:14:09 Your shop has not taken payment.succeeded yet (one delivery).',
    )
  })

  it('says that a status came late, and of what an operator was told', () => {
    const events = [
      happened('09:00:00', 'payment.late_success', result('succeeded', { amountCheck: 'mismatch' })),
      happened(
        '09:00:00',
        'payment.review',
        result('succeeded', { review: ['contradiction'], amountCheck: 'mismatch' }),
      ),
      happened('09:00:01', 'payment.expired', result('expired', { reason: 'overdue' })),
    ]
    const told = sentences(tell({ object, events }))
    expect(told).toContain(
      '09:00:00 paymux read it at europe. From then on the payment was succeeded, although it had been recorded as over.',
    )
    expect(told).toContain("09:00:00 What europe reports needs an operator's look (contradiction, amount mismatch).")
    expect(told).toContain('09:00:01 It was not paid in time. From then on the payment was expired.')
  })
})

describe('the story of an operation', () => {
  it('counts the polls that found nothing, and says when a worker took it over', () => {
    const log = [
      line('09:20:02', 'claimed'),
      line('09:20:02', 'dispatched', 'moves_money'),
      line('09:20:16', 'lease_acquired'),
      line('09:20:16', 'polled'),
      line('09:20:46', 'lease_acquired'),
      line('09:20:46', 'polled'),
      line('09:22:46', 'lease_acquired'),
      line('09:22:46', 'found'),
    ]
    const found = view({ state: 'executed', object: { account: 'europe', kind: 'payment', id: 'p1' } })
    expect(sentences(tell({ operation: found, log })).slice(2)).toEqual([
      '09:20:02 paymux recorded that it was about to send a request, and sent it to europe.',
      '09:20:16 The worker that had it did not record an end. Another worker took it over.',
      '09:20:16 paymux looked for it at europe 2 times, until 27 Nov 2026, 09:20:46, and did not find it. That does not prove that it was not executed.',
      '09:22:46 paymux asked europe for it, and europe has it, as p1: the request had been executed.',
    ])
  })

  it('names the account of each attempt', () => {
    const log = [
      line('09:00:00', 'claimed'),
      line('09:00:01', 'dispatched', 'moves_money'),
      line('09:00:02', 'refused', 'Refused insufficient_funds 402'),
      line('09:00:03', 'dispatched', 'moves_money', 2),
      line('09:00:04', 'indeterminate', 'Indeterminate first_byte', 2),
    ]
    const operationView = view({ state: 'indeterminate', attempt: 2 }, [{}, { account: 'spare' }])
    const story = tell({ operation: operationView, log })
    expect(sentences(story).slice(3)).toEqual([
      '09:00:02 europe refused it (Refused insufficient_funds 402). Nothing was executed by this attempt.',
      '09:00:03 paymux recorded that it was about to send a request, and sent it to spare.',
      '09:00:04 No usable answer came from spare (Indeterminate first_byte). From then on it was not known whether the request had been executed.',
    ])
    expect(story.headline).toBe('ORD-1001 (19.99 EUR): not known, on spare.')
  })

  it.each([
    ['prepared', {}, 'send'],
    ['indeterminate', { nextPollAt: at('10:00:00') }, 'poll'],
    ['indeterminate', {}, 'resolve'],
    ['indeterminate', { nextPollAt: at('10:00:00'), stalled: 'no_account' }, 'resolve'],
    ['dispatched', { nextPollAt: at('10:00:00') }, 'poll'],
    ['canceled', {}, 'call_again'],
    ['refused', {}, 'nothing'],
  ] as const)('that is %s, with %j, goes on with %s', (state, fields, what) => {
    expect(tell({ operation: view({ state, ...fields }) }).next.what).toBe(what)
  })
})

it('has no story without an object and an operation', () => {
  expect(storyOf({ log: [], events: [], notifications: [], related: [] }, 'UTC')).toBeUndefined()
})
