import { createHmac } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type AnyReference,
  invalidRequest,
  isObject,
  type Json,
  type PaymentError,
  parseJson,
  Secret,
  unreachable,
} from '../../src/core/index.js'
import type {
  AttemptRecord,
  ObjectKey,
  ObjectRecord,
  OperationRecord,
  OperationView,
  Write,
} from '../../src/ledger/index.js'
import {
  createWebhooks,
  type NotificationDecision,
  type WebhookLimits,
  type WebhookOptions,
  type WebhookSettings,
  type Webhooks,
} from '../../src/webhooks/index.js'
import { fakeAdapter, fakeSocket } from '../core/fake-adapter.js'
import { right } from '../either.js'

export const NOW = Date.UTC(2026, 0, 1, 12)
export const SOURCE = '203.0.113.7'
export const UNLISTED = '198.51.100.66'
export const PROXY = '10.0.0.5'

export const settings: WebhookSettings = {
  publicUrl: 'https://shop.example/paymux',
  secret: new Secret('made-up-webhook-secret-of-length-36.'),
}

interface Claims {
  readonly kind?: ObjectKey['kind']
  readonly id?: string
  readonly reported?: Readonly<Record<string, string>>
}

const claims = (json: Json | undefined): Claims =>
  isObject(json) && typeof json.id === 'string' ? (json as Claims) : {}

/** Names an object by `{ kind, id }`; the rest of the body is reported. */
export const anAdapter = (account = 'main', change: Partial<Adapter> = {}): Adapter => ({
  ...fakeAdapter(fakeSocket().send),
  account,
  notification: ({ body }) => {
    const { kind = 'payment', id, reported = {} } = claims(parseJson(body))
    if (id === undefined) return E.left(invalidRequest([{ path: 'body', expected: 'an id' }]))
    const reference = { kind, account, id } as AnyReference
    return E.right({ reference, reported })
  },
  ...change,
})

export const aPayment = (id: string, change: Partial<ObjectRecord> = {}): ObjectRecord => {
  const { account = 'main', kind = 'payment' } = change
  return {
    account,
    kind,
    id,
    abandoned: false,
    status: 'processing',
    statusSince: NOW - 60_000,
    version: 1,
    events: 1,
    reserved: 0n,
    refunded: 0n,
    disputed: false,
    flags: [],
    providerState: { order: 'pending' },
    snapshot: {
      reference: { kind, account, id },
      status: 'processing',
      providerState: { order: 'pending' },
      amountCheck: 'unchecked',
      disputed: false,
      review: [],
    },
    lastReadAt: NOW - 60_000,
    refreshRequests: 0,
    createdAt: NOW - 60_000,
    updatedAt: NOW - 60_000,
    ...change,
  }
}

export const anAttempt = (tokenHash: string, change: Partial<AttemptRecord> = {}): AttemptRecord => ({
  operationId: 'op-1',
  n: 1,
  position: 0,
  account: 'main',
  state: 'dispatched',
  dispatchCount: 1,
  tokenHash,
  ...change,
})

export const anOperation = (change: Partial<OperationRecord> = {}): OperationRecord => ({
  id: 'op-1',
  name: 'createPayment',
  idempotencyKey: 'order-1',
  fingerprint: '0'.repeat(64),
  request: {
    idempotencyKey: 'order-1',
    amount: { minorUnits: 4990n, currency: 'EUR' },
    merchantReference: 'ORD-1',
    payer: {},
    urls: {},
  },
  accounts: ['main'],
  deadline: NOW,
  state: 'dispatched',
  fence: 1,
  attempt: 1,
  pollCount: 0,
  events: 0,
  createdAt: NOW - 60_000,
  ...change,
})

type OneOf<W extends Write['write']> = Extract<Write, { write: W }>

/** What was committed, in order. Fails while `isDown`. */
export const aLedger = (key = 'made-up') => {
  const objects = new Map<string, ObjectRecord>()
  const attempts: AttemptRecord[] = []
  const views: OperationView[] = []
  const commits: (readonly Write[])[] = []
  const keyOf = ({ account, kind, id }: ObjectKey) => `${account} ${kind} ${id}`
  const ledger = { isDown: false }
  const answer =
    <A>(give: () => A): TaskEither<PaymentError, A> =>
    async () =>
      ledger.isDown ? E.left(unreachable('store')) : E.right(give())
  const store: WebhookOptions['store'] = {
    commit: (writes) =>
      answer(() => {
        // Counts have tests of their own.
        const stated = writes.filter(({ write }) => write !== 'notification_count')
        if (stated.length > 0) commits.push(stated)
        return { done: true }
      }),
    object: (key) => answer(() => objects.get(keyOf(key))),
    operation: (id) => answer(() => views.find(({ operation }) => operation.id === id)),
    inboxBefore: () => answer(() => ({ isStored: false, aboutObject: 0 })),
    fingerprint: (text) => createHmac('sha256', key).update(text).digest('hex'),
    attemptByToken: (hash) => answer(() => attempts.find(({ tokenHash }) => tokenHash === hash)),
  }
  const written = <W extends Write['write']>(write: W): readonly OneOf<W>[] =>
    commits.flat().filter((one): one is OneOf<W> => one.write === write)
  return Object.assign(ledger, {
    store,
    commits,
    written,
    entries: () => written('inbox').map(({ entry }) => entry),
    holds: (object: ObjectRecord) => void objects.set(keyOf(object), object),
    attempts,
    views,
  })
}

interface SetUpOptions {
  readonly settings?: Partial<WebhookSettings>
  readonly limits?: Partial<WebhookLimits>
  readonly adapters?: readonly Adapter[]
  /** The ledger's own key. */
  readonly key?: string
}

/** Webhooks of account `main` over a ledger in memory, with what they told. */
export const setUp = ({ settings: changed, limits, adapters = [anAdapter()], key }: SetUpOptions = {}) => {
  const ledger = aLedger(key)
  const decisions: NotificationDecision[] = []
  const webhooks: Webhooks = right(
    createWebhooks({
      store: ledger.store,
      adapters: (account) => adapters.find((adapter) => adapter.account === account),
      settings: { ...settings, ...changed },
      ...(limits && { limits }),
      onNotification: (handled) => void decisions.push(handled),
      now: () => NOW,
    }),
  )
  return { ...ledger, ledger, webhooks, decisions }
}

export const post = (
  url: string,
  body: string | Uint8Array | ReadableStream<Uint8Array> | null,
  headers: Record<string, string> = {},
): Request =>
  new Request(url, {
    method: 'POST',
    body,
    headers,
    ...(body instanceof ReadableStream && { duplex: 'half' as const }),
  })
