import type { Payment } from '../../src/core/index.js'
import type { LogRecord, OperationView, Store } from '../../src/ledger/index.js'
import type { ListedEvent, ObjectEvent, PaymuxEvent } from '../../src/orchestrator/index.js'
import { explain } from '../../src/orchestrator/queries/explain/explain.js'
import type { Facts, Story } from '../../src/orchestrator/queries/explain/story.js'
import { storyOf } from '../../src/orchestrator/queries/explain/story-of.js'
import { right } from '../either.js'
import { attempt, captured, event, operation, payment } from '../ledger/records.js'
import { openLedger } from './open-ledger.js'

const at = (time: string): number => Date.parse(`2026-11-27T${time}Z`)

const viewOf = (
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

type Delivery = Pick<ListedEvent, 'tries' | 'deliveredAt'>

const happened = (
  time: string,
  type: ObjectEvent['type'],
  object: Payment,
  delivery: Delivery = { tries: 0, deliveredAt: at(time) },
): ListedEvent => {
  const header = { id: type, subject: 'payment:europe:inv_7f3a', sequence: 1, at: at(time) }
  return { ...header, type, event: { ...header, type, object } as PaymuxEvent, ...delivery }
}

const gateways: Readonly<Record<string, string>> = { europe: 'Acme', spare: 'Other' }

const tell = (facts: Partial<Facts>, timeZone = 'UTC', names = gateways): Story => {
  const reader = { timeZone, gateway: (account: string) => names[account] }
  const story = storyOf({ log: [], events: [], notifications: [], related: [], ...facts }, reader)
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
    view: viewOf({ state: 'executed', object: { account: 'europe', kind: 'payment', id: 'inv_7f3a' } }),
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
      {
        account: 'europe',
        reported: { transaction: 'accepted' },
        receivedAt: at('09:14:48'),
        deliveries: 2,
        unlistedSource: false,
      },
    ],
  }

  it('is told in the order in which it was recorded, with what each status rests on', () => {
    expect(sentences(tell(clean))).toEqual([
      '09:14:07 Your shop asked for 19.99 EUR under the key key-op.',
      '09:14:07 The route chose europe (Acme), then spare (Other).',
      '09:14:08 paymux recorded that it was about to send a request to Acme, and sent it. The request creates something to pay at, and moves no money.',
      '09:14:09 Acme answered, and calls it inv_7f3a.',
      '09:14:09 From then on the payment was requires_action.',
      '09:14:09 Your shop received payment.requires_action.',
      '09:14:48 Acme notified: transaction accepted, 2 times. paymux does not rely on notifications, and reads.',
      '09:14:49 paymux read it at Acme: invoice 1, 49.90 EUR. From then on the payment was succeeded.',
      '09:15:10 Your shop received payment.succeeded, after 2 deliveries that it did not take.',
    ])
  })

  it('is data as well: who did what, and what each sentence is made of', () => {
    const { steps, subject } = tell(clean)
    expect(steps.map(({ code, by }) => `${by} ${code}`)).toEqual([
      'shop called',
      'paymux routed',
      'paymux dispatched',
      'gateway answered',
      'paymux changed',
      'shop delivered',
      'gateway notified',
      'paymux changed',
      'shop delivered',
    ])
    expect(steps[7]?.params).toEqual({
      kind: 'payment',
      status: 'succeeded',
      account: 'europe',
      evidence: 'read',
      providerState: { invoice: '1' },
      isLate: false,
      amount: { value: '49.90', currency: 'EUR' },
    })
    expect(subject).toEqual({
      kind: 'payment',
      status: 'succeeded',
      account: 'europe',
      id: 'inv_7f3a',
      operationId: 'op',
      idempotencyKey: 'key-op',
      merchantReference: 'ORD-1001',
      amount: { value: '49.90', currency: 'EUR' },
    })
  })

  it('says where it stands, what is left of the money and what comes next', () => {
    const { headline, next, money } = tell(clean)
    expect(headline).toBe('ORD-1001 (49.90 EUR), on europe (Acme): paid.')
    expect(next).toEqual({
      what: 'read',
      at: at('23:00:00'),
      text: 'You have nothing to do. paymux reads it again at 27 November 2026, 23:00:00.',
      calls: [],
    })
    expect(money).toEqual({
      expected: { value: '49.90', currency: 'EUR' },
      captured: { value: '49.90', currency: 'EUR' },
      refunded: { value: '0.00', currency: 'EUR' },
      reserved: { value: '0.00', currency: 'EUR' },
      refundable: { value: '49.90', currency: 'EUR' },
    })
  })

  it('leaves no more to refund than the gateway does', () => {
    const refunded = { minorUnits: 3000n, currency: 'EUR' }
    const elsewhere = { ...object, reserved: 1000n, snapshot: { ...object.snapshot, refunded } }
    expect(tell({ object: elsewhere }).money).toMatchObject({
      refunded: { value: '30.00' },
      reserved: { value: '10.00' },
      refundable: { value: '19.90' },
    })
  })

  it('names its zone once, and the day again after more than an hour and at midnight', () => {
    const events = [
      ...(clean.events ?? []),
      happened('10:15:11', 'payment.disputed', result('succeeded', { disputed: true })),
      happened('10:20:00', 'payment.alert', result('succeeded')),
      happened('18:29:59', 'payment.review', result('succeeded')),
      happened('18:30:01', 'payment.duplicate', result('succeeded')),
    ]
    const { text, next, timeZone } = tell({ ...clean, events }, 'Asia/Kolkata')
    expect(timeZone).toBe('Asia/Kolkata')
    expect(next.text).toContain('28 November 2026, 04:30:00')
    expect(text.split('\n').slice(0, 5)).toEqual([
      'ORD-1001 (49.90 EUR), on europe (Acme): paid.',
      'Times are in Asia/Kolkata.',
      '',
      '27 November 2026, 14:44:07  Your shop asked for 19.99 EUR under the key key-op.',
      '14:44:07  The route chose europe (Acme), then spare (Other).',
    ])
    const times = text.split('\n').flatMap((line) => /^(.*?\d\d:\d\d:\d\d) {2}/.exec(line)?.[1] ?? [])
    expect(times.slice(-8)).toEqual([
      '27 November 2026, 15:45:11',
      '15:45:11',
      '15:50:00',
      '15:50:00',
      '27 November 2026, 23:59:59',
      '23:59:59',
      '28 November 2026, 00:00:01',
      '00:00:01',
    ])
  })

  it('tells reads that changed nothing in one sentence', () => {
    const read = { ...object, lastReadAt: at('12:00:00') }
    expect(sentences(tell({ ...clean, object: read })).at(-1)).toBe(
      '12:00:00 paymux read it last at Acme, and nothing had changed.',
    )
    const changing = { ...object, lastReadAt: at('09:14:49') }
    expect(tell({ ...clean, object: changing }).steps.map(({ code }) => code)).not.toContain('unchanged')
  })

  it('tells what an operator should look at before what paymux does', () => {
    const disputed = { ...object, disputed: true, suspectedSince: at('09:20:00'), flags: ['alert:failed'] }
    const { headline, next } = tell({ ...clean, object: disputed })
    expect(headline).toBe('ORD-1001 (49.90 EUR), on europe (Acme): paid; disputed; an operator should look.')
    expect(next).toEqual({
      what: 'review',
      at: at('23:00:00'),
      text: [
        "A person should look at it at Acme: the payer's bank took the money back, or tries to; a read reported failed. paymux reads it again at 27 November 2026, 23:00:00.",
        "To read it now: getStatus({ kind: 'payment', account: 'main', id: 'inv_7f3a' })",
      ].join('\n'),
      calls: [
        {
          condition: 'To read it now',
          method: 'getStatus',
          arguments: [{ kind: 'payment', account: 'main', id: 'inv_7f3a' }],
        },
      ],
    })
  })

  it('calls nobody for what an operator was called for before', () => {
    expect(tell({ ...clean, object: { ...object, flags: ['alert:reversed'] } }).next.what).toBe('read')
  })

  it('waits for the payer', () => {
    const unpaid = payment('inv_7f3a', { account: 'europe', status: 'requires_action', nextReadAt: at('10:00:00') })
    expect(tell({ object: unpaid }).next).toMatchObject({ what: 'pay', at: at('10:00:00') })
  })

  it('says that an event was not taken, and that one cannot be read', () => {
    const { event: _event, ...unreadable } = happened('09:15:00', 'payment.failed', result('failed'))
    const events = [happened('09:14:09', 'payment.succeeded', result('succeeded'), { tries: 1 }), unreadable]
    expect(sentences(tell({ object, events })).slice(1, -1)).toEqual([
      '09:14:09 Your shop has not taken payment.succeeded yet (one delivery).',
      '09:15:00 paymux recorded payment.failed. What it says cannot be read by this version or with these keys.',
    ])
  })

  it('says that a status came late, and of what an operator was told', () => {
    const other = { amount: { value: '49.90', currency: 'EUR' }, paid: { value: '40.00', currency: 'EUR' } }
    const late = result('succeeded', { ...other, review: ['contradiction'], amountCheck: 'mismatch' })
    const events = [
      happened('09:00:00', 'payment.late_success', late),
      happened('09:00:00', 'payment.review', late),
      happened('09:00:01', 'payment.expired', result('expired', { reason: 'overdue' })),
    ]
    const told = sentences(tell({ object, events }))
    expect(told).toContain(
      '09:00:00 paymux read it at Acme, and the amounts differ (49.90 EUR asked for, 40.00 EUR reported). From then on the payment was succeeded, although it had been recorded as over.',
    )
    expect(told).toContain(
      "09:00:00 What Acme reported needed an operator's look (two resources of the gateway contradict each other; the amounts differ: 49.90 EUR asked for, 40.00 EUR reported).",
    )
    expect(told).toContain('09:00:01 It was not paid in time. From then on the payment was expired.')
  })

  it.each([
    ['an operator', ['unconfirmed'], 'An operator attested it. From then on the payment was succeeded.'],
    ['the read that followed', [], 'paymux read it at Acme. From then on the payment was succeeded.'],
  ] as const)('says that a status rests on %s', (_what, review, sentence) => {
    const log = [line('09:00:00', 'resolved', 'executed')]
    const events = [happened('09:00:00', 'payment.succeeded', result('succeeded', { review }))]
    expect(sentences(tell({ object, view: viewOf({ state: 'executed' }), log, events }))).toContain(
      `09:00:00 ${sentence}`,
    )
  })

  it('names the accounts of one gateway, and those that the configuration does not have', () => {
    const operationView = viewOf({ state: 'executed' })
    const log = [line('09:00:00', 'claimed'), line('09:00:01', 'dispatched')]
    const of = (names: Readonly<Record<string, string>>) => sentences(tell({ view: operationView, log }, 'UTC', names))
    expect(of({ europe: 'Acme', spare: 'Acme' }).at(-1)).toContain('send a request to europe (Acme), and')
    expect(of({}).slice(1)).toEqual([
      '09:00:00 The route chose europe, then spare.',
      '09:00:01 paymux recorded that it was about to send a request to europe, and sent it.',
    ])
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
    const found = viewOf({ state: 'executed', object: { account: 'europe', kind: 'payment', id: 'p1' } })
    expect(sentences(tell({ view: found, log })).slice(2)).toEqual([
      '09:20:02 paymux recorded that it was about to send a request to Acme, and sent it.',
      '09:20:16 The worker that had it did not record an end. Another worker took it over.',
      '09:20:16 paymux looked for it at Acme 2 times, until 09:20:46, and did not find it. That does not prove that it was not executed.',
      '09:22:46 paymux asked Acme for it, and Acme had it as p1: the request had been executed.',
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
    const operationView = viewOf({ state: 'indeterminate', attempt: 2 }, [{}, { account: 'spare' }])
    const story = tell({ view: operationView, log })
    expect(sentences(story).slice(3)).toEqual([
      '09:00:02 Acme refused it (Refused insufficient_funds 402). Nothing was executed by this attempt.',
      '09:00:03 paymux recorded that it was about to send a request to Other, and sent it.',
      '09:00:04 No usable answer came from Other (Indeterminate first_byte). From then on it was not known whether the request had been executed.',
    ])
    expect(story.headline).toBe('ORD-1001 (19.99 EUR), on spare (Other): not known. It waits for you.')
  })

  it('says who took it over at the next account, and whose lease means nothing', () => {
    const log = [
      line('09:00:00', 'claimed'),
      line('09:00:01', 'unsent', 'Unreachable connect'),
      line('09:00:31', 'lease_acquired', undefined, 2),
      line('09:00:32', 'unsent', 'Unreachable connect', 2),
      line('09:05:00', 'lease_acquired', undefined, 2),
      line('09:05:00', 'reopened', undefined, 2),
    ]
    const { steps } = tell({ view: viewOf({ state: 'prepared', attempt: 3 }, [{}, { account: 'spare' }, {}]), log })
    expect(steps.map(({ code }) => code)).toEqual([
      'called',
      'unsent',
      'lease_acquired',
      'unsent',
      'called_again',
      // The accounts of the first call are not recorded any more.
      'routed',
    ])
  })

  it('tells what an operator attested', () => {
    const attestation = { attestedBy: 'ann@shop.example', note: 'no such refund' }
    const log = [
      { ...line('09:00:00', 'resolved', 'not executed'), attestation },
      line('09:00:01', 'resolved', 'executed'),
    ]
    expect(sentences(tell({ view: viewOf({ state: 'canceled' }), log }))).toEqual([
      '09:00:00 ann@shop.example attested that it was not executed: "no such refund".',
      '09:00:01 An operator attested that it was executed.',
    ])
  })

  it('tells workers that do not have its account as one step', () => {
    const log = [line('09:00:00', 'deferred'), line('09:00:30', 'lease_acquired'), line('09:01:00', 'deferred')]
    const stalled = viewOf({ state: 'indeterminate', nextPollAt: at('09:11:00'), stalled: 'no_account' })
    const { steps, next } = tell({ view: stalled, log })
    expect(steps.map(({ text }) => text)).toEqual([
      'The worker that came to it does not have the account europe (2 times, until 09:01:00).',
    ])
    expect(next).toMatchObject({ what: 'resolve', at: at('09:11:00') })
    expect(next.text).toContain('the processes that came to it do not have the account europe')
  })

  it('that waits for a person names the calls, with their arguments', () => {
    const waiting: ListedEvent = {
      id: 'operation:op#1',
      type: 'operation.requires_resolution',
      subject: 'operation:op',
      sequence: 1,
      at: at('12:02:00'),
      tries: 0,
    }
    const amount = { minorUnits: 2000n, currency: 'EUR' }
    const reservation = { account: 'europe', id: 'inv_7f3a', amount, held: true }
    const { next } = tell({
      view: viewOf({ state: 'indeterminate', name: 'refund', reservation }),
      events: [waiting],
    })
    expect(next).toEqual({
      what: 'resolve',
      since: at('12:02:00'),
      text: [
        'A person decides. Look for a refund of 19.99 EUR at Acme. paymux sends it no second time by itself. Do not repeat it under another key. Until then 20.00 EUR of the payment stay reserved. It has waited since 27 November 2026, 12:02:00.',
        "If it is there: resolve('op', { outcome: 'executed', id: '<its id>', status: 'succeeded', attestedBy: '<you>', note: '<where you saw it>' })",
        "If Acme confirms that it has none: resolve('op', { outcome: 'not_executed', attestedBy: '<you>', note: '<where you saw it>' })",
      ].join('\n'),
      calls: [
        {
          condition: 'If it is there',
          method: 'resolve',
          arguments: [
            'op',
            {
              outcome: 'executed',
              id: '<its id>',
              status: 'succeeded',
              attestedBy: '<you>',
              note: '<where you saw it>',
            },
          ],
        },
        {
          condition: 'If Acme confirms that it has none',
          method: 'resolve',
          arguments: ['op', { outcome: 'not_executed', attestedBy: '<you>', note: '<where you saw it>' }],
        },
      ],
    })
  })

  it.each([
    ['prepared', {}, 'send'],
    ['indeterminate', { nextPollAt: at('10:00:00') }, 'poll'],
    ['indeterminate', {}, 'resolve'],
    ['indeterminate', { nextPollAt: at('10:00:00'), stalled: 'no_account' }, 'resolve'],
    ['dispatched', { nextPollAt: at('10:00:00') }, 'poll'],
    ['canceled', {}, 'call_again'],
    ['executed', {}, 'nothing'],
    ['refused', {}, 'nothing'],
  ] as const)('that is %s, with %j, goes on with %s', (state, fields, what) => {
    expect(tell({ view: viewOf({ state, ...fields }) }).next.what).toBe(what)
  })

  it('says only of what moves money that it is looked for: what creates a link may be made again', () => {
    const next = (effect: 'creates' | 'moves_money') =>
      tell({ view: viewOf({ state: 'indeterminate', nextPollAt: at('10:00:00') }, [{ effect }]) }).next.text
    const rest = ', at 27 November 2026, 10:00:00. Do not repeat it under another key.'
    expect(next('moves_money')).toBe(`paymux looks for it at Acme again${rest}`)
    expect(next('creates')).toBe(`paymux goes on with it at Acme${rest}`)
  })

  it.each(['prepared', 'dispatched', 'indeterminate'] as const)('that is %s and leased is worked on', (state) => {
    const { headline, next } = tell({ view: { ...viewOf({ state }), leased: true } })
    expect(next.what).toBe('in_progress')
    expect(headline).not.toContain('waits')
  })
})

it('has no story without an object and an operation', () => {
  const reader = { timeZone: 'UTC', gateway: () => undefined }
  expect(storyOf({ log: [], events: [], notifications: [], related: [] }, reader)).toBeUndefined()
})

it('tells every event, however many pages of them there are', async () => {
  const { store } = await openLedger(() => at('12:00:00'))
  const paid = payment('p1', { status: 'succeeded' })
  const types = ['payment.created', 'payment.processing', 'payment.succeeded']
  await store.commit([
    { write: 'new_object', object: paid },
    ...types.map((type, n) => ({ write: 'event' as const, event: event('payment:main:p1', n + 1, { type }) })),
  ])()
  const small: Store = {
    ...store,
    listEvents: ({ filter, page }) => store.listEvents({ filter, page: { ...page, limit: 1 } }),
  }
  const query = { account: 'main', id: 'p1' }
  const [story] = right(await explain(query, {}, { store: small, adapter: () => undefined }))
  // Their payloads are none of this version's.
  expect(story?.steps.flatMap(({ code, params }) => (code === 'unreadable' ? [params] : []))).toEqual(
    types.map((type) => ({ type })),
  )
})
