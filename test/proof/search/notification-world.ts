import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentStatus, type Read, readEvidence, type Snapshot } from '../../../src/core/index.js'
import { type ObjectRecord, observe } from '../../../src/ledger/index.js'
import { fakeAdapter, fakeSocket } from '../../core/fake-adapter.js'

/** What a read gives while the gateway has a payment in this status. */
export type Reads = Readonly<Partial<Record<PaymentStatus, Read<'payment'>>>>

const reference = { kind: 'payment', account: 'main', id: 'payment' } as const
export const objectKey = reference

const paymentIn = (status: PaymentStatus): Snapshot<'payment'> => ({
  reference,
  status,
  providerState: { payment: status },
  amount: { minorUnits: 1000n, currency: 'EUR' },
  amountCheck: 'exact',
  disputed: false,
  review: status === 'unknown' ? ['unmapped_state'] : [],
})

/** One piece of evidence for each status, made the only way there is: by a read. */
export const readsOf = async (statuses: readonly PaymentStatus[]): Promise<Reads> => {
  const adapter = fakeAdapter(fakeSocket().send)
  const reads: Partial<Record<PaymentStatus, Read<'payment'>>> = {}
  for (const status of new Set(statuses)) {
    const read = { ...adapter.read, payment: () => TE.right(paymentIn(status)) }
    const made = await readEvidence<'payment'>({ ...adapter, read }, reference)()
    if (E.isRight(made)) reads[status] = made.right
  }
  return reads
}

/** How notifications are handled. A seeded bug changes one of these. */
export interface NotificationRules {
  readonly observe: typeof observe<'payment'>
  /** A read is recorded only over the version it began under. */
  readonly guardsVersion: boolean
  /** A refresh request while a read is under way calls for another read. */
  readonly keepsRefreshRequests: boolean
  /** A notification that was seen before requests a refresh all the same. */
  readonly refreshesOnDuplicates: boolean
}

export const production: NotificationRules = {
  observe,
  guardsVersion: true,
  keepsRefreshRequests: true,
  refreshesOnDuplicates: true,
}

/** One payment through its history. The first status is what the answer to its creation recorded. */
export interface NotificationWorld {
  readonly history: readonly PaymentStatus[]
  readonly reads: Reads
  readonly rules: NotificationRules
}

/** A read under way: of which version, and what the gateway had when it answered. */
export interface Reading {
  readonly recorded: ObjectRecord<'payment'>
  /** Place in the history; absent until the gateway has answered. */
  readonly saw?: number
}

export interface Shelf {
  readonly object: ObjectRecord<'payment'>
  /** Events of changes of status, and all events. */
  readonly changes: readonly string[]
  readonly events: number
}

export interface NotificationState extends Shelf {
  /** How often ten minutes have passed. */
  readonly tick: number
  /** Where the gateway is in the history. */
  readonly place: number
  /** For each place in the history, how many copies of its notification are on their way. */
  readonly copies: readonly number[]
  readonly readings: readonly (Reading | undefined)[]
  /** Where the gateway was when the last refresh was requested, and when the last recorded read was made. */
  readonly refreshRequestedAt: number
  readonly readAt: number
  /** Claims the inbox has. */
  readonly inbox: readonly string[]
  readonly polled: boolean
  readonly wrong?: string
}

export const TICK_MS = 10 * 60_000
export const TICKS = 1
