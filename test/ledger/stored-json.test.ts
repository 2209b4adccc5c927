import { inspect } from 'node:util'
import type * as E from 'fp-ts/lib/Either.js'
import {
  type CheckedRequests,
  conflict,
  indeterminate,
  inProgress,
  invalidConfig,
  invalidRequest,
  kinds,
  locate,
  operationNames,
  type PaymentError,
  rateLimited,
  refused,
  unreachable,
  unsupported,
} from '../../src/core/index.js'
import {
  attemptStateNames,
  fromStoredText,
  inboxStateNames,
  isStorable,
  operationStateNames,
  type Store,
  storedRequests,
  storedSnapshots,
  submissionEffects,
  toStoredText,
  type Write,
} from '../../src/ledger/index.js'
import { migrations } from '../../src/ledger/stores/migrations.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { type OpenedLedger, openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { storeOver } from '../../src/ledger/stores/sqlite/store.js'
import { raw, sql } from '../../src/ledger/stores/statements.js'
import { triggerStatements } from '../../src/ledger/stores/triggers.js'
import { fingerprintOf } from '../../src/orchestrator/operations/fingerprint.js'
import { right } from '../either.js'
import { attempt, claiming, entry, event, FAR, operation, payment, paymentRequest, snapshot } from './records.js'

const eur = (minorUnits: bigint) => ({ minorUnits, currency: 'EUR' })

describe('stored JSON', () => {
  let connection: OpenedLedger
  let store: Store
  beforeEach(async () => {
    connection = right(openConnection(right(await loadDriver()()), ':memory:', Date.now))
    store = storeOver(connection, Date.now)
  })
  afterEach(() => store.close())

  const write = async (...writes: readonly Write[]) =>
    expect(right(await store.commit(writes)())).toEqual({ done: true })

  it('lists every operation that waits for an operator, and names the one that cannot be read', async () => {
    for (const [createdAt, id] of ['first', 'unreadable', 'last'].entries())
      await write(...claiming(id, { createdAt }, -1))
    connection.run(
      sql`update paymux_operations set error = ${'plain.{"version":2,"data":{}}'} where id = ${'unreadable'}`,
    )
    const error = { _tag: 'Unreachable', code: 'ERR_STORED_JSON', column: 'paymux_operations.error' }
    expect(right(await store.unresolved(9)())).toMatchObject([
      { id: 'first' },
      { id: 'unreadable', name: 'createPayment', idempotencyKey: 'key-unreadable', state: 'prepared', error },
      { id: 'last' },
    ])
  })

  const origin = {
    operationId: 'a',
    idempotencyKey: 'key-a',
    metadata: { version: '2', data: 'none' },
    notPassedOn: ['metadata'],
  }
  const draft = {
    wire: {
      exchange: 'pay.create',
      effect: 'creates',
      method: 'POST',
      base: 'api',
      path: '/',
      auth: 'key',
      headers: { accept: 'application/json' },
      body: '{}',
    },
    context: [null, 1, { of: 'a' }],
    notPassedOn: ['payer.ip'],
    reference: { kind: 'payment', account: 'main', idempotencyKey: 'key-a' },
  } as const
  const everything: readonly Write[] = [
    ...claiming('a', { error: conflict() }),
    { write: 'attempt', attempt: attempt('a', { draft, reference: draft.reference }), is: 'changed' },
    { write: 'new_object', object: payment('p1', { origin, flags: ['unmapped'] }) },
    { write: 'event', event: event('s', 1) },
    { write: 'inbox', entry: entry('x') },
    { write: 'account', account: { name: 'main', identity: { mode: 'test' } } },
  ]

  it('has a version, and amounts as minor units in text', async () => {
    await write(...everything)
    const [row] = connection.all(raw('select request, metadata from paymux_operations, paymux_objects'))
    const stored = [row?.request, row?.metadata].map((text) => JSON.parse(String(text).replace(/^plain\./, '')))
    expect(stored).toEqual([
      { version: 1, data: { ...paymentRequest('a'), amount: { minorUnits: '1999', currency: 'EUR' } } },
      { version: 1, data: origin.metadata },
    ])
  })

  const reads: ReadonlyArray<readonly [string, string, (store: Store) => Promise<E.Either<PaymentError, unknown>>]> = [
    ['paymux_operations', 'request', (from) => from.operation('a')()],
    ['paymux_operations', 'error', (from) => from.operationByKey('createPayment', 'key-a')()],
    ['paymux_operations', 'accounts', (from) => from.unresolved(9)()],
    ['paymux_attempts', 'draft', (from) => from.operation('a')()],
    ['paymux_attempts', 'reference', (from) => from.operation('a')()],
    ['paymux_objects', 'snapshot', (from) => from.object(payment('p1'))()],
    ['paymux_objects', 'metadata', (from) => from.object(payment('p1'))()],
    ['paymux_objects', 'provider_state', (from) => from.object(payment('p1'))()],
    ['paymux_objects', 'flags', (from) => from.object(payment('p1'))()],
    ['paymux_objects', 'not_passed_on', (from) => from.object(payment('p1'))()],
    ['paymux_events', 'payload', (from) => from.dueEvents('s', 9)()],
    ['paymux_inbox', 'reported', (from) => from.unmatched(FAR, 9)()],
    ['paymux_accounts', 'identity', (from) => from.accounts()()],
  ]
  const encrypted = ['request', 'error', 'draft', 'snapshot', 'metadata', 'payload']
  const lists = ['accounts', 'flags', 'not_passed_on']
  const wrong = [
    ['of another version', ''],
    ['without a version', '{"canary":"1234"}'],
    ['of another shape', '{"version":1,"data":[{"canary":"1234"}]}'],
    ['that is text', '"canary 1234"'],
    ['that is broken', '{"version":1,"data":{"canary":"1234"'],
  ]
  // A payload may be any JSON: the orchestrator decodes it by the type of its event.
  const cases = reads.flatMap(([table, column, read]) =>
    wrong
      .filter(([what]) => column !== 'payload' || what !== 'of another shape')
      .filter(([what]) => !lists.includes(column) || what !== 'of another version')
      .map(([what, text]) => [table, column, what ?? '', text ?? '', read] as const),
  )

  it.each(cases)('of %s.%s %s %s is an error that names the column', async (table, column, what, text, read) => {
    await write(...everything)
    await store.commit([{ write: 'acquire_lease', id: 'a', fence: 1, leaseMs: 0 }])()
    for (const { name } of connection.all(raw(`select name from sqlite_master where type = 'trigger'`)))
      connection.exec(`drop trigger ${name}`)
    connection.run(sql`update paymux_operations set lease_until = 0`)
    const [row] = connection.all(sql`select ${raw(column)} as text from ${raw(table)}`)
    const later = String(row?.text).replace('{"version":1,', '{"version":2,')
    const wrongText = encrypted.includes(column) ? `plain.${text}` : text
    const stored = text === '' ? later : wrongText
    connection.run(sql`update ${raw(table)} set ${raw(column)} = ${stored}`)
    const error = await read(store)
    expect([what, error]).toMatchObject([
      what,
      {
        left: {
          _tag: 'Unreachable',
          phase: 'store',
          code: 'ERR_STORED_JSON',
          column: `${table}.${column}`,
          message: expect.stringContaining(`${table}.${column}`),
        },
      },
    ])
    expect(inspect(error, { depth: 9 })).not.toMatch(/canary|1234/)
  })

  it('reads every error back as it was written', async () => {
    const reference = { kind: 'refund', account: 'main', idempotencyKey: 'k', paymentId: 'p1' } as const
    const expectedAmount = { value: '0.05', currency: 'EUR' }
    const errors: readonly PaymentError[] = [
      invalidConfig([{ path: 'accounts', expected: 'an account' }], 'paymux.config.json'),
      invalidRequest([{ path: 'payer.email', expected: 'an e-mail address' }]),
      unsupported([{ path: 'method.flow', expected: 'hosted' }]),
      unreachable('connect', { code: 'ECONNREFUSED', host: 'api.example' }),
      unreachable('store', { code: 'ERR_STORED_JSON', column: 'paymux_operations.request' }),
      inProgress('a'),
      conflict(),
      rateLimited(1_000),
      refused('validation', 422, { fields: ['amount'], providerCode: 'E1' }),
      refused('insufficient_funds', 402),
      indeterminate('moves_money', 'answer', { httpStatus: 502, paths: ['data.id'], nextPollAt: 9, registered: true }),
      indeterminate('reads', 'body', { code: 'ECONNRESET', reference: { ...reference, expectedAmount } }),
    ].map((error) => locate(error, { account: 'main', operationId: 'a', exchange: 'pay.create' }))
    for (const [index, error] of errors.entries()) {
      await write(...claiming(`op-${index}`, { error }))
      expect(right(await store.operation(`op-${index}`)())?.operation.error).toEqual(error)
    }
  })

  it('reads the request of every money method back as it was written', async () => {
    const intent = { idempotencyKey: 'k', deadline: FAR, metadata: { cart: '7' } }
    const payout = { ...intent, amount: eur(5n), merchantReference: 'order-1', description: 'Winnings', method: 'IMPS' }
    const payments = [{ id: 'p1' }, { idempotencyKey: 'k0' }].map((by) => ({ kind: 'payment', account: 'main', ...by }))
    const requests: ReadonlyArray<readonly [(typeof operationNames)[number], object]> = [
      ['createPayment', paymentRequest('a')],
      ...payments.map((of) => ['refund', { ...intent, payment: of, amount: eur(5n) }] as const),
      ['payout', { ...payout, beneficiary: { type: 'paydo_account', account: 'a-1', holder: 'business' } }],
      ['payout', { ...payout, beneficiary: { type: 'iban', iban: 'DE00', name: 'A', email: 'a@shop.example' } }],
      [
        'payout',
        { ...payout, beneficiary: { type: 'indian_bank_account', accountNumber: '1', ifsc: 'I', name: 'A Person' } },
      ],
    ]
    for (const [index, [name, request]] of requests.entries()) {
      const id = `op-${index}`
      await write(...claiming(id, { name, request: request as CheckedRequests['refund'], idempotencyKey: id }))
      expect(right(await store.operation(id)())?.operation.request).toEqual(request)
    }
  })

  it('reads what an adapter reported back as it was written', async () => {
    const actions = [
      { type: 'redirect', url: 'https://pay.example' },
      { type: 'submit_form', url: 'https://pay.example', fields: { a: 'b' } },
      { type: 'open_intent', url: 'upi://pay' },
      { type: 'open_popup', script: 'https://pay.example/s.js', parameters: { a: 'b' } },
      { type: 'wait_and_poll', afterMs: 5 },
    ] as const
    for (const [index, nextAction] of actions.entries()) {
      const object = payment(`p${index}`, {
        snapshot: snapshot(`p${index}`, {
          providerCode: 'E1',
          detail: 'pre_approved',
          reason: 'declined',
          amount: eur(-1n),
          paid: eur(2n ** 62n),
          captured: eur(0n),
          refunded: eur(1n),
          fee: eur(2n),
          bankReference: 'utr',
          nextAction,
          review: ['contradiction'],
        }),
      })
      await write({ write: 'new_object', object })
      expect(right(await store.object(object)())).toEqual(object)
    }
  })

  it('holds back no event that stands before one that cannot be read', async () => {
    const events = [1, 2, 3].map((sequence) => event('s', sequence))
    for (const one of events) await write({ write: 'event', event: one })
    const spoil = (sequence: number) =>
      connection.run(sql`update paymux_events set payload = '{"version":2}' where sequence = ${sequence}`)
    for (const { name } of connection.all(raw(`select name from sqlite_master where type = 'trigger'`)))
      connection.exec(`drop trigger ${name}`)
    spoil(2)
    expect(right(await store.dueEvents('s', 9)())).toEqual(events.slice(0, 1))
    spoil(1)
    expect(await store.dueEvents('s', 9)()).toMatchObject({ left: { phase: 'store' } })
  })

  it('is read by its kind: a status of another kind is none', async () => {
    await write({ write: 'new_object', object: payment('p1') })
    for (const { name } of connection.all(raw(`select name from sqlite_master where type = 'trigger'`)))
      connection.exec(`drop trigger ${name}`)
    connection.run(sql`update paymux_objects set status = 'returned'`)
    expect(await store.object(payment('p1'))()).toMatchObject({ left: { column: 'paymux_objects.status' } })
  })
})

describe('what outlives the text', () => {
  const wait = { type: 'wait_and_poll', afterMs: 500 } as const
  const circle: Record<string, unknown> = {}
  circle.self = circle

  it.each<readonly [string, object, boolean]>([
    ['a snapshot', snapshot('p1', { nextAction: wait }), true],
    ['not a wait without end', snapshot('p1', { nextAction: { ...wait, afterMs: Number.POSITIVE_INFINITY } }), false],
    ['not a wait that is no number', snapshot('p1', { nextAction: { ...wait, afterMs: Number.NaN } }), false],
    ['not a function', { ...snapshot('p1'), status: () => 'processing' }, false],
    ['not a circle', circle, false],
  ])('is %s', (_what, value, is) => {
    expect(isStorable(storedSnapshots.payment, value)).toBe(is)
  })

  it('is a field of any name', () => {
    const metadata = JSON.parse('{"__proto__":"x","constructor":"y"}')
    const request = { ...paymentRequest('a'), metadata }
    const read = right(fromStoredText(storedRequests.createPayment).decode(toStoredText(request)))
    expect(Object.entries(read.metadata ?? {})).toEqual(Object.entries(metadata))
  })

  it('is what it was in the intent too: one field of any name less is another request', () => {
    const request = { ...paymentRequest('a'), metadata: { a: 'b' } }
    const more = { ...request, metadata: JSON.parse('{"a":"b","__proto__":"x"}') }
    const of = { fingerprint: (text: string) => text }
    expect(fingerprintOf('createPayment', more, of)).not.toBe(fingerprintOf('createPayment', request, of))
  })
})

describe('the values that the database takes', () => {
  const statements = (database: 'sqlite' | 'postgres'): string =>
    [...migrations.flatMap((migration) => migration.statements(database)), ...triggerStatements(database)].join('\n')
  const listed = (values: readonly string[]): string => `in (${values.map((value) => `'${value}'`).join(', ')})`

  it.each(['sqlite', 'postgres'] as const)('in %s are those of the program', (database) => {
    const text = statements(database)
    for (const check of [
      `name ${listed(operationNames)}`,
      `kind ${listed(kinds)}`,
      `object_kind ${listed(kinds)}`,
      `effect ${listed(submissionEffects)}`,
      `state ${listed(inboxStateNames)}`,
      `new.state ${listed(operationStateNames)}`,
      `new.state ${listed(attemptStateNames)}`,
    ])
      expect(text).toContain(check)
  })

  it('are refused beside those', async () => {
    const connection = right(openConnection(right(await loadDriver()()), ':memory:', Date.now))
    const store = storeOver(connection, Date.now)
    const refusedWrites: readonly Write[] = [
      { write: 'claim', operation: operation('a', { name: 'steal' as 'payout' }), leaseMs: 1 },
      { write: 'claim', operation: operation('a', { state: 'paid' as 'prepared' }), leaseMs: 1 },
      { write: 'new_object', object: { ...payment('p1'), kind: 'fee' as 'payment' } },
      { write: 'inbox', entry: entry('x', { state: 'believed' as 'known' }) },
    ]
    for (const one of refusedWrites)
      expect([one.write, await store.commit([one])()]).toMatchObject([one.write, { left: { phase: 'store' } }])
    await store.close()
  })
})
