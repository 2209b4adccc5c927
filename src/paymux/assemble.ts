import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Catalog,
  given,
  invalidRequest,
  type Operation,
  type PaymentError,
  type PaymentProvider,
  type Period,
} from '../core/index.js'
import { createReadBudget, type Job, type Store, type Work } from '../ledger/index.js'
import {
  type Context,
  createHealth,
  createObjectReader,
  type Difference,
  deliverEvents,
  type Environment,
  type Failure,
  type LogEntry,
  type OperationSummary,
  orchestrated,
  type ParkedOperation,
  type Reconciled,
  type Resolution,
  reconcile,
  recoverOperation,
  reportUnmatched,
  resolveOperation,
  type Subscriber,
  summaryOf,
  summaryOfRecord,
} from '../orchestrator/index.js'
import type { Webhooks } from '../webhooks/index.js'
import { openDoor } from './door.js'
import { createGate, createQueue } from './gate.js'
import { swap } from './reload.js'
import { enterAccounts, openStore, readSetup, type Setup } from './setup.js'

/** What may be set beside the configuration. */
export interface PaymuxOptions {
  /** Adds or replaces adapters. */
  readonly catalog?: Catalog
  /** What `${NAME}` in the configuration refers to. `process.env` unless told. */
  readonly env?: Environment
  /** How long a second caller of a running operation waits for its result, in milliseconds. 0 unless told: `InProgress` at once. */
  readonly waitMs?: number
  /** How many jobs `start` works on at once. 16 unless told. */
  readonly concurrency?: number
  /** Reads that notifications and the schedule may make at one account, per second. 20 unless told. */
  readonly readsPerSecond?: number
  /** Hears of events that a subscriber did not take; they come again. */
  readonly undelivered?: (failure: Failure) => void
  /** Milliseconds since the epoch. The machine's and the store's clock unless told; for tests. */
  readonly clock?: () => number
}

/** What a caller knows an operation by. */
export interface OperationKey {
  readonly operation: Operation
  readonly idempotencyKey: string
}

/**
 * Several accounts behind one {@link PaymentProvider}, over a durable ledger: money moves at most once per idempotency key,
 * whatever fails and whenever.
 */
export interface Paymux extends PaymentProvider {
  /** Takes notifications in. Without `webhooks` in the configuration every one is answered 503. */
  readonly webhooks: Pick<Webhooks, 'handle' | 'address'>
  /**
   * Hands every event to `subscriber`, at least once, those about one object in order. `name` tells subscribers apart, and
   * takes the place of the one that had it. Subscribe before `start`: every process that works has every subscriber, and
   * without any, events wait in the ledger.
   */
  readonly subscribe: (name: string, subscriber: Subscriber) => void
  /** Works in the background: recovery, reads, events. Any number of processes may do so on one ledger. */
  readonly start: () => void
  /** Finishes what is running, hands over the rest, and closes the ledger. */
  readonly stop: () => Promise<void>
  /** The record of an operation, with its attempts, by its id or by its method and key. Gives `InvalidRequest` where there is none. */
  readonly operation: (of: string | OperationKey) => TE.TaskEither<PaymentError, OperationSummary>
  /** What was tried for an operation, step by step. */
  readonly log: (id: string) => TE.TaskEither<PaymentError, readonly LogEntry[]>
  /** Operations that wait for {@link Paymux.resolve}, oldest first, at most `limit` (100). */
  readonly parked: (limit?: number) => TE.TaskEither<PaymentError, readonly ParkedOperation[]>
  /** Closes an operation with what a person has seen at the gateway. */
  readonly resolve: (operationId: string, resolution: Resolution) => TE.TaskEither<PaymentError, ParkedOperation>
  /** Compares what the gateways list with the ledger, both ways, over a period (milliseconds since the epoch). */
  readonly reconcile: (period: Period) => Promise<readonly Reconciled[]>
  /**
   * Swaps the configuration, and tells what differs. Running and recorded payments keep their account. Gives
   * `InvalidConfig`, and changes nothing, where the new one is wrong, would strand a payment, or names another merchant's
   * account as one of the known.
   */
  readonly reload: (config: unknown) => TE.TaskEither<PaymentError, readonly Difference[]>
}

const HOUR = 60 * 60_000

const everyHour = (task: () => Promise<unknown>): { readonly stop: () => void } => {
  void task()
  const timer = setInterval(() => void task(), HOUR)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

const assembled = (first: Setup, store: Store, options: PaymuxOptions): E.Either<PaymentError, Paymux> => {
  const { waitMs = 0, concurrency = 16, readsPerSecond = 20 } = options
  const now = options.clock ?? Date.now
  const health = createHealth(now)
  const gate = createGate()
  const reloads = createQueue()
  let setup = first
  const adapter = (account: string): Adapter | undefined => setup.adapters.get(account)

  return pipe(
    openDoor(first, store, now),
    E.map((opened): Paymux => {
      let door = opened
      let work: Work | undefined
      let reporting: { readonly stop: () => void } | undefined
      let stopped: Promise<void> | undefined
      const context: Context = {
        store,
        adapter,
        now,
        heard: health.record,
        attemptAddress: (account) => door.attemptAddress?.(account),
      }
      const provider = orchestrated(
        context,
        () => ({
          routes: setup.configuration.routes,
          capabilities: (account) => adapter(account)?.capabilities,
          isHealthy: health.isHealthy,
        }),
        waitMs,
      )
      const readObject = createObjectReader(
        context,
        createReadBudget({ perSecond: readsPerSecond, burst: readsPerSecond }),
      )
      const subscribers = new Map<string, Subscriber>()
      const delivery = { store, now, subscribers, ...given({ failed: options.undelivered }) }
      const handle = (job: Job): Promise<void> => {
        switch (job.job) {
          case 'operation':
            return recoverOperation(job.id, context)
          case 'object':
            return readObject(job.object)
          case 'events':
            return deliverEvents(job.subject, delivery)
        }
      }
      const stop = async (): Promise<void> => {
        gate.close()
        reporting?.stop()
        await door.stop()
        await work?.stop()
        await reloads.emptied()
        await gate.settled()
        await store.close()
      }
      const replace = (next: Setup): void => {
        setup = next
      }
      const reload = (config: unknown): TE.TaskEither<PaymentError, readonly Difference[]> =>
        pipe(
          readSetup(config, options.env ?? process.env, options.catalog),
          TE.bindTo('next'),
          TE.bind('newDoor', ({ next }) => TE.fromEither(openDoor(next, store, now))),
          TE.flatMap(({ next, newDoor }) =>
            pipe(
              swap(setup, next, { store, replace, settled: gate.settled }),
              TE.tapIO(() => () => {
                door = newDoor
              }),
            ),
          ),
        )
      return {
        createPayment: (request) => gate.through(provider.createPayment(request)),
        getStatus: (reference) => gate.through(provider.getStatus(reference)),
        refund: (request) => gate.through(provider.refund(request)),
        payout: (request) => gate.through(provider.payout(request)),
        webhooks: {
          handle: (request, client) => door.handle(request, client),
          address: (account) => door.address(account),
        },
        subscribe: (name, subscriber) => {
          subscribers.set(name, subscriber)
        },
        start: () => {
          if (work !== undefined || stopped !== undefined) return
          work = store.work(handle, concurrency)
          reporting = everyHour(() => reportUnmatched(context))
        },
        stop: () => {
          stopped ??= stop()
          return stopped
        },
        operation: (of) =>
          pipe(
            gate.through(
              typeof of === 'string' ? store.operation(of) : store.operationByKey(of.operation, of.idempotencyKey),
            ),
            TE.flatMapEither((view) =>
              view === undefined
                ? E.left(invalidRequest([{ path: 'operation', expected: 'an operation of this ledger' }]))
                : E.right(summaryOf(view)),
            ),
          ),
        log: (id) => gate.through(store.log(id)),
        parked: (limit = 100) =>
          pipe(
            gate.through(store.parked(limit)),
            TE.map((records) => records.map(summaryOfRecord)),
          ),
        resolve: (operationId, resolution) =>
          pipe(gate.through(resolveOperation(operationId, resolution, context)), TE.map(summaryOfRecord)),
        reconcile: (period) => gate.counted(reconcile([...setup.adapters.values()], period, context)),
        reload: (config) => reloads.queued(reload(config)),
      }
    }),
  )
}

/** Opens the ledger and joins it with what the configuration names. */
export const assemble = (config: unknown, options: PaymuxOptions): TE.TaskEither<PaymentError, Paymux> =>
  pipe(
    readSetup(config, options.env ?? process.env, options.catalog),
    TE.bindTo('setup'),
    TE.bind('store', ({ setup }) => openStore(setup.configuration, options.clock)),
    TE.flatMap(({ setup, store }) =>
      pipe(
        enterAccounts(store, setup.adapters),
        TE.flatMapEither(() => assembled(setup, store, options)),
        TE.tapError(() => TE.fromTask(store.close)),
      ),
    ),
  )
