import type { CheckedRequests, Snapshot } from '../../src/core/index.js'
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

/** A checked payment request with every optional field of its kind. */
export const paymentRequest = (id: string): CheckedRequests['createPayment'] => ({
  idempotencyKey: `key-${id}`,
  amount: { minorUnits: 1999n, currency: 'EUR' },
  merchantReference: `order-${id}`,
  description: `request of ${id}`,
  deadline: FAR,
  metadata: { version: '2', data: 'none' },
  payer: {
    name: 'A Person',
    email: 'person@shop.example',
    phone: '+4915100000000',
    locale: 'de',
    ip: '192.0.2.1',
    country: 'DE',
    extra: { date_of_birth: '1990-01-01' },
  },
  method: { flow: 'direct', code: 'card', fields: { token: 't-1' } },
  urls: { success: 'https://shop.example/a', failure: 'https://shop.example/b' },
})

/** What an adapter reported about a payment. */
export const snapshot = (id: string, fields: Partial<Snapshot<'payment'>> = {}): Snapshot<'payment'> => ({
  reference: { kind: 'payment', account: 'main', id },
  status: 'processing',
  providerState: { transaction: '1' },
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
  ...fields,
})

export const operation = (id: string, fields: Partial<OperationRecord> = {}): OperationRecord => ({
  id,
  name: 'createPayment',
  idempotencyKey: `key-${id}`,
  fingerprint: 'f'.repeat(64),
  request: paymentRequest(id),
  accounts: ['main', 'spare'],
  deadline: FAR,
  state: 'prepared',
  fence: 1,
  attempt: 1,
  pollCount: 0,
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
  dispatchCount: 0,
  ...fields,
})

export const payment = (id: string, fields: Partial<ObjectRecord<'payment'>> = {}): ObjectRecord<'payment'> => ({
  account: 'main',
  kind: 'payment',
  id,
  abandoned: false,
  status: 'processing',
  statusSince: PAST,
  version: 1,
  events: 0,
  reserved: 0n,
  refunded: 0n,
  disputed: false,
  flags: [],
  providerState: { transaction: '1' },
  snapshot: snapshot(id),
  lastReadAt: PAST,
  refreshRequests: 0,
  createdAt: PAST,
  updatedAt: PAST,
  ...fields,
})

/** A payment that an amount was captured of. */
export const captured = (id: string, minorUnits: bigint): ObjectRecord<'payment'> =>
  payment(id, { status: 'succeeded', captured: { minorUnits, currency: 'EUR' } })

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
  reported: { transaction: '2' },
  body: '{"claims":"paid"}',
  receivedAt: PAST,
  deliveries: 1,
  unlistedSource: false,
  state: 'unmatched',
  ...fields,
})

export const logLine = (operationId: string, fields: Partial<LogRecord> = {}): LogRecord => ({
  operationId,
  n: 1,
  at: PAST,
  what: 'reported',
  fence: 1,
  ...fields,
})

/** The writes of a claim. */
export const claiming = (id: string, fields: Partial<OperationRecord> = {}, leaseMs = LONG_MS): readonly Write[] => [
  { write: 'claim', operation: operation(id, fields), leaseMs },
  { write: 'attempt', attempt: attempt(id), is: 'new' },
]
