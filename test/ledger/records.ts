import type {
  AttemptRecord,
  EventRecord,
  InboxRecord,
  LogRecord,
  ObjectRecord,
  OperationRecord,
  Write,
} from '../../src/ledger/index.js'

/** Records to write in tests. Times are far in the past or far in the future, so that they mean the same by any clock. */

export const PAST = 1_000
export const FAR = 8_000_000_000_000
/** A lease that holds for as long as a test runs. */
export const LONG_MS = 1_000_000_000

export const operation = (id: string, fields: Partial<OperationRecord> = {}): OperationRecord => ({
  id,
  operation: 'createPayment',
  key: `key-${id}`,
  fingerprint: 'f'.repeat(64),
  request: { amount: { $minor: '1999' }, note: `request of ${id}` },
  accounts: ['main', 'spare'],
  deadline: FAR,
  state: 'prepared',
  fence: 1,
  attempt: 1,
  checks: 0,
  events: 0,
  createdAt: PAST,
  ...fields,
})

export const attempt = (operationId: string, fields: Partial<AttemptRecord> = {}): AttemptRecord => ({
  operationId,
  n: 1,
  position: 0,
  account: 'main',
  state: 'open',
  marks: 0,
  ...fields,
})

export const payment = (id: string, fields: Partial<ObjectRecord<'payment'>> = {}): ObjectRecord<'payment'> => ({
  account: 'main',
  kind: 'payment',
  id,
  orphaned: false,
  status: 'processing',
  statusSince: PAST,
  version: 1,
  events: 0,
  reserved: 0n,
  refunded: 0n,
  disputed: false,
  flags: [],
  providerState: { transaction: '1' },
  snapshot: { about: id },
  lastReadAt: PAST,
  rings: 0,
  createdAt: PAST,
  ...fields,
})

/** A payment that an amount was captured of. */
export const captured = (id: string, amount: bigint): ObjectRecord<'payment'> =>
  payment(id, { status: 'succeeded', captured: { amount, currency: 'EUR' } })

export const event = (subject: string, sequence: number, fields: Partial<EventRecord> = {}): EventRecord => ({
  id: `${subject}#${sequence}`,
  type: 'payment.succeeded',
  subject,
  sequence,
  payload: { about: subject },
  createdAt: PAST,
  tries: 0,
  ...fields,
})

export const entry = (dedupeKey: string, fields: Partial<InboxRecord> = {}): InboxRecord => ({
  account: 'main',
  dedupeKey,
  claimed: { transaction: '2' },
  body: '{"claims":"paid"}',
  receivedAt: PAST,
  deliveries: 1,
  state: 'unmatched',
  ...fields,
})

export const logLine = (operationId: string, fields: Partial<LogRecord> = {}): LogRecord => ({
  operationId,
  n: 1,
  at: PAST,
  what: 'claimed',
  fence: 1,
  ...fields,
})

/** The writes of a claim. */
export const claiming = (id: string, fields: Partial<OperationRecord> = {}, leaseMs = LONG_MS): readonly Write[] => [
  { write: 'claim', operation: operation(id, fields), leaseMs },
  { write: 'attempt', attempt: attempt(id), is: 'new' },
]
