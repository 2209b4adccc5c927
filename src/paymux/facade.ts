import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  checkReference,
  invalidRequest,
  type Kind,
  mayBeUnderWay,
  omitUndefined,
  type PaymentError,
  type PaymentProvider,
  type Period,
  type Reference,
  type Result,
} from '../core/index.js'
import type {
  LedgerHealth,
  ListedOperation,
  ObjectSummary,
  OperationView,
  SummaryLine,
  SummaryQuery,
} from '../ledger/index.js'
import {
  type Difference,
  type EraseOptions,
  type EraseQuery,
  type ErasureReport,
  type EventQuery,
  type ExplainOptions,
  type ExplainQuery,
  erase,
  explain,
  type FindQuery,
  type Found,
  find,
  type HealthReport,
  type ListedEvent,
  type LogEntry,
  listEvents,
  listObjects,
  listOperations,
  type ObjectQuery,
  type OperationQuery,
  type OperationSummary,
  type Orchestrator,
  type Page,
  type ReconciledList,
  type Resolution,
  type ResolvedOperation,
  reconcile,
  recordedStatus,
  redeliver,
  reportOf,
  resolveOperation,
  type Story,
  type Subscriber,
  summaryOf,
  summaryOfRecord,
  summaryOfUnresolved,
  type UnresolvedOperation,
} from '../orchestrator/index.js'
import type { Client } from '../webhooks/index.js'
import {
  checkBackupPath,
  checkCloseOptions,
  checkEndSignals,
  checkEraseOptions,
  checkEraseQuery,
  checkEventId,
  checkEventQuery,
  checkExplainOptions,
  checkExplainQuery,
  checkFindQuery,
  checkLimit,
  checkObjectQuery,
  checkOperation,
  checkOperationId,
  checkOperationQuery,
  checkPeriod,
  checkSubscriber,
  checkSubscriberName,
  checkSummaryQuery,
  checkTickOptions,
  type OperationKey,
} from './check-arguments.js'
import { type CloseOptions, closeOn, type EndSignal } from './close-on.js'
import type { PaymuxConfig } from './define-config.js'
import type { Lifecycle } from './lifecycle.js'
import type { Running } from './running.js'
import { DEFAULT_TICK_MS, type TickOptions, type TickReport } from './tick.js'

/** How notifications get into paymux. */
export interface PaymuxWebhooks {
  /**
   * Answers a notification: 200 once it is on disk, 503 if the configuration has no webhooks. It changes no state: what the
   * notification points at is read back later. Never rejects. `toNodeHandler` of `paymux/webhooks` serves it from `node:http`,
   * Express and Fastify.
   */
  readonly handle: (request: Request, client: Client) => Promise<Response>
  /**
   * The address to enter at the gateway of an account. Treat it as a secret. Errors: `InvalidRequest` for an account that the
   * configuration does not have, `InvalidConfig` if it has no webhooks.
   */
  readonly address: (account: string) => TE.TaskEither<PaymentError, string>
}

/**
 * Several accounts behind one {@link PaymentProvider}, over a durable ledger: money moves at most once per idempotency key,
 * whatever fails and whenever. A method does nothing, checks included, before its task is run. If the ledger does not answer, after
 * `stop`, and for what writes with the option `readOnly`, a call about an idempotency key or an operation gives `InProgress`: the operation may be under way. Other calls
 * give `Unreachable` with phase `store`. `code` says why.
 */
export interface Paymux extends PaymentProvider {
  /**
   * The fields of a payment request that some account of the route does not do without, before there is a request. Errors:
   * `InvalidRequest`; `Unsupported` if no account of the configuration serves such payments.
   */
  readonly requirements: Orchestrator['requirements']
  /** How notifications get in. */
  readonly webhooks: PaymuxWebhooks
  /**
   * Delivers every event to `subscriber`, at least once, those about one object in order. `name` identifies the subscriber: 1 to
   * 64 of `A-Z a-z 0-9 _ . : -`; a second subscriber under a name takes the place of the first. Subscribe before `start`, the
   * same subscribers in every process that works; without any, events wait in the ledger. Errors: `InvalidRequest`.
   */
  readonly subscribe: (name: string, subscriber: Subscriber) => TE.TaskEither<PaymentError, void>
  /** Works in the background: recovery, reads, events. Any number of processes may do so on one ledger. Errors: `Unreachable` after `stop`. */
  readonly start: () => TE.TaskEither<PaymentError, void>
  /** Finishes what is running, gives back what is not finished, and closes the ledger. It may be called more than once. */
  readonly stop: () => TE.TaskEither<PaymentError, void>
  /**
   * Every recorded payment, refund and payout of a merchant's order number, of an idempotency key, or by the gateway's id, with its
   * amounts, and the operations with their attempts. Of a payment its refunds, too. It asks the ledger and no gateway. What the
   * ledger does not have is an empty answer. Errors: `InvalidRequest`; `InProgress` if a key cannot be looked up.
   */
  readonly find: (query: FindQuery) => TE.TaskEither<PaymentError, Found>
  /**
   * The stories of what a reference or a query of {@link Paymux.find} names, and of what belongs to it, in the order of the calls: of
   * each payment, refund and payout, and of each call that made none, because it was refused, say, or its outcome is not known. A story is
   * data and plain English: what happened, on what evidence, and what happens next. It asks the ledger and no gateway, and is
   * for an operator: it shows what operators attested with {@link Paymux.resolve}, which may be personal data. What the ledger does
   * not have is an empty list. Errors: `InvalidRequest`; `InProgress` if a key cannot be looked up.
   *
   * @example
   * ```ts
   * const [story] = await shop.explain({ merchantReference: 'ORD-1001' }, { timeZone: 'Europe/Berlin' })
   * if (story !== undefined) console.log(story.text)
   * ```
   */
  readonly explain: (query: ExplainQuery, options?: ExplainOptions) => TE.TaskEither<PaymentError, readonly Story[]>
  /**
   * What the ledger holds of a payment, refund or payout, as `getStatus` gives it, without asking the gateway: `recordedAt` says
   * as of when. A key is looked up; an operation that has no object gives its error. Errors: `InvalidRequest` for what the ledger
   * does not have, `InProgress` if a key cannot be looked up.
   */
  readonly recorded: <K extends Kind>(reference: Reference<K>) => TE.TaskEither<PaymentError, Result<K>>
  /**
   * A page of payments, refunds and payouts, newest first. It reads nothing that is encrypted. `iterate` goes through all pages.
   * Errors: `InvalidRequest`.
   */
  readonly list: (query?: ObjectQuery) => TE.TaskEither<PaymentError, Page<ObjectSummary>>
  /** A page of operations, newest first, with since when each has been in its state. Errors: `InvalidRequest`. */
  readonly listOperations: (query?: OperationQuery) => TE.TaskEither<PaymentError, Page<ListedOperation>>
  /** A page of events, newest first, with what became of their deliveries. Errors: `InvalidRequest`. */
  readonly listEvents: (query?: EventQuery) => TE.TaskEither<PaymentError, Page<ListedEvent>>
  /**
   * Delivers an event once more, to every subscriber, in the background of a process that works. No other event waits for it. One
   * that is not delivered yet is tried at once, in its turn. Errors: `InvalidRequest` for an id that the ledger does not have.
   */
  readonly redeliver: (eventId: string) => TE.TaskEither<PaymentError, void>
  /**
   * How many payments, refunds and payouts were recorded in a period and how much they come to, by account, kind, status and
   * currency, and by UTC day if `by` asks for it. Errors: `InvalidRequest` for a period that is not valid.
   */
  readonly summary: (query: SummaryQuery) => TE.TaskEither<PaymentError, readonly SummaryLine[]>
  /**
   * The record of an operation, with its attempts, by its id or by its name and key. Errors: `InvalidRequest` if the ledger has
   * none, `InProgress` if it cannot be looked up.
   */
  readonly operation: (operation: string | OperationKey) => TE.TaskEither<PaymentError, OperationSummary>
  /** What was tried for an operation, step by step. Empty for an id that the ledger does not have. Errors: `InvalidRequest`. */
  readonly log: (operationId: string) => TE.TaskEither<PaymentError, readonly LogEntry[]>
  /** Operations that wait for {@link Paymux.resolve}, oldest first. `limit` is 1 to 10000. Default: 100. Errors: `InvalidRequest`. */
  readonly listUnresolved: (limit?: number) => TE.TaskEither<PaymentError, readonly UnresolvedOperation[]>
  /**
   * How paymux is: whether the ledger answers, how many reads of each account are due, what waits for an operator.
   * It asks the ledger and no gateway. A ledger that does not answer is a report, not an error. Errors: `Unreachable` after `stop`.
   */
  readonly health: () => TE.TaskEither<PaymentError, HealthReport>
  /**
   * Closes an operation with what an operator has seen at the gateway. Errors: `InvalidRequest` for an operation whose outcome
   * is not unknown and for the id of another operation's object; `InProgress` while a worker has it, and if the ledger does not
   * answer.
   */
  readonly resolve: (operationId: string, resolution: Resolution) => TE.TaskEither<PaymentError, ResolvedOperation>
  /**
   * Compares what the gateways list with the ledger, both ways, over a period. A list that could not be had says so in its
   * `error`. Errors: `InvalidRequest` for a period that is not valid.
   */
  readonly reconcile: (period: Period) => TE.TaskEither<PaymentError, readonly ReconciledList[]>
  /**
   * Does a bounded piece of all work that `start` does all the time, for hosts that run no process for long: cron, AWS Lambda, Vercel. Ask it
   * again while it says `more`. Errors: `InvalidRequest` for options that are wrong, `InvalidConfig` for a SQLite file on AWS Lambda or
   * Vercel, which do not keep it.
   */
  readonly tick: (options?: TickOptions) => TE.TaskEither<PaymentError, TickReport>
  /**
   * Calls `stop` on the first of these signals, waits for it, and lets the signal end the process. A second one ends it at once. Nothing
   * listens to signals otherwise. Gives what takes the listeners away. Errors: `InvalidRequest` for signals and options that are wrong.
   */
  readonly closeOn: (signals: readonly EndSignal[], options?: CloseOptions) => TE.TaskEither<PaymentError, () => void>
  /**
   * Writes a consistent copy of a SQLite ledger to a new file that only its owner can read, while payments run. Use nothing else:
   * a program that copies the ledger's files can take the ledger's locks away. The process does nothing else meanwhile.
   * Errors: `InvalidRequest` if there is a file, if none can be created, and for a ledger in PostgreSQL, which `pg_dump` copies.
   */
  readonly backup: (path: string) => TE.TaskEither<PaymentError, void>
  /**
   * Erases the personal data of an order or an object, with its refunds, at once: requests, metadata, what was sent and reported,
   * events, notifications, attestations. What proves that money moved once stays, so an erased payment is still found under its key,
   * read, refunded and reconciled. What is not over is not erased yet. `dryRun` lists first. A second call changes nothing.
   * Errors: `InvalidRequest`.
   */
  readonly erase: (query: EraseQuery, options?: EraseOptions) => TE.TaskEither<PaymentError, ErasureReport>
  /**
   * Puts another configuration, or the file at a path, in place of the one in use, and gives what differs. Running and recorded
   * payments keep their account. Errors: `InvalidConfig`, and nothing changes, if the new one is wrong, if it takes away an
   * account that the ledger still follows, or if an account's name would come to mean another merchant's account.
   */
  readonly reload: (config: string | PaymuxConfig) => TE.TaskEither<PaymentError, readonly Difference[]>
}

/** What {@link createFacade} gives a form to. */
export interface Parts {
  readonly running: Running
  readonly lifecycle: Lifecycle
  readonly orchestrator: Orchestrator
  readonly subscribers: Map<string, Subscriber>
  /** The clock of this process, in milliseconds since the epoch. */
  readonly clock: () => number
  readonly reload: Paymux['reload']
  /** As {@link Paymux.tick}, of milliseconds. */
  readonly tick: (maxMs: number) => TE.TaskEither<PaymentError, TickReport>
}

/** Checks an argument when the task is run, and not before. */
const checked = <A>(check: (value: unknown) => E.Either<PaymentError, A>, value: unknown) =>
  TE.fromIOEither(() => check(value))

const found = (view: OperationView | undefined): E.Either<PaymentError, OperationSummary> =>
  view === undefined
    ? E.left(invalidRequest([{ path: 'operation', expected: 'an operation of this ledger' }]))
    : E.right(summaryOf(view))

const healthOf = (
  { store, context, health }: Running,
  lifecycle: Lifecycle,
  clock: () => number,
): TE.TaskEither<PaymentError, HealthReport> =>
  pipe(
    TE.fromIO<number, PaymentError>(clock),
    TE.bindTo('before'),
    // An error is a report, too.
    TE.bind('ledger', () => TE.fromTask<E.Either<PaymentError, LedgerHealth>, PaymentError>(store.health())),
    TE.map(({ before, ledger }) =>
      reportOf(ledger, {
        background: lifecycle.health(),
        clock: (before + clock()) / 2,
        share: (account) => (context.adapter(account) === undefined ? undefined : health.share(account)),
        ...omitUndefined({ reencryption: store.reencryption.progress() }),
      }),
    ),
  )

/** The object that merchants call: checks of arguments, and the calls of the parts behind it. It holds no state. */
export const createFacade = ({ running, lifecycle, orchestrator, subscribers, clock, reload, tick }: Parts): Paymux => {
  const { store, context, active } = running
  const { run, runKeyed } = running.inFlight
  const { run: change, runKeyed: changeKeyed } = running.changes
  /** Runs a query. What is not known of a key may be under way. */
  const asking = <A>(query: object, task: TE.TaskEither<PaymentError, A>): TE.TaskEither<PaymentError, A> =>
    'idempotencyKey' in query
      ? runKeyed(
          pipe(
            task,
            TE.mapError((error): PaymentError => mayBeUnderWay(error)),
          ),
        )
      : run(task)
  return {
    createPayment: (request) => changeKeyed(orchestrator.createPayment(request)),
    getStatus: (reference) =>
      pipe(
        TE.fromIOEither(() => checkReference(reference)),
        TE.flatMap((known) => ('idempotencyKey' in known ? changeKeyed : change)(orchestrator.getStatus(known))),
      ),
    refund: (request) => changeKeyed(orchestrator.refund(request)),
    payout: (request) => changeKeyed(orchestrator.payout(request)),
    requirements: (query) => run(orchestrator.requirements(query)),
    webhooks: {
      handle: (request, client) => active().receiver.handle(request, client),
      address: (account) => run(TE.fromIOEither(() => active().receiver.address(account))),
    },
    subscribe: (name, subscriber) =>
      run(
        pipe(
          TE.Do,
          TE.bind('name', () => checked(checkSubscriberName, name)),
          TE.bind('subscriber', () => checked(checkSubscriber, subscriber)),
          TE.tapIO((entry) => () => subscribers.set(entry.name, entry.subscriber)),
          TE.asUnit,
        ),
      ),
    start: () => change(lifecycle.start),
    stop: () => lifecycle.stop,
    find: (query) =>
      pipe(
        checked(checkFindQuery, query),
        TE.flatMap((known) => asking(known, () => find(known, store))),
      ),
    explain: (query, options = {}) =>
      pipe(
        TE.Do,
        TE.bind('known', () => checked(checkExplainQuery, query)),
        TE.bind('reader', () => checked(checkExplainOptions, options)),
        TE.flatMap(({ known, reader }) => asking(known, () => explain(known, reader, context))),
      ),
    recorded: (reference) =>
      pipe(
        TE.fromIOEither(() => checkReference(reference)),
        TE.flatMap((known) => ('idempotencyKey' in known ? runKeyed : run)(recordedStatus(known, store))),
      ),
    list: (query = {}) =>
      run(
        pipe(
          checked(checkObjectQuery, query),
          TE.flatMap((request) => listObjects(request, store)),
        ),
      ),
    listOperations: (query = {}) =>
      run(
        pipe(
          checked(checkOperationQuery, query),
          TE.flatMap((request) => listOperations(request, store)),
        ),
      ),
    listEvents: (query = {}) =>
      run(
        pipe(
          checked(checkEventQuery, query),
          TE.flatMap((request) => listEvents(request, store)),
        ),
      ),
    redeliver: (eventId) =>
      change(
        pipe(
          checked(checkEventId, eventId),
          TE.flatMap((id) => redeliver(id, store)),
        ),
      ),
    summary: (query) => run(pipe(checked(checkSummaryQuery, query), TE.flatMap(store.summary))),
    operation: (operation) =>
      runKeyed(
        pipe(
          checked(checkOperation, operation),
          TE.flatMap((key) =>
            pipe(
              typeof key === 'string' ? store.operation(key) : store.operationByKey(key.name, key.idempotencyKey),
              TE.mapError((error): PaymentError => mayBeUnderWay(error)),
            ),
          ),
          TE.flatMapEither(found),
        ),
      ),
    log: (operationId) => run(pipe(checked(checkOperationId, operationId), TE.flatMap(store.log))),
    listUnresolved: (limit = 100) =>
      run(
        pipe(
          checked(checkLimit, limit),
          TE.flatMap(store.unresolved),
          TE.map((records) => records.map(summaryOfUnresolved)),
        ),
      ),
    health: () => run(healthOf(running, lifecycle, clock)),
    resolve: (operationId, resolution) =>
      changeKeyed(
        pipe(
          checked(checkOperationId, operationId),
          TE.flatMap((id) => resolveOperation(id, resolution, context)),
          TE.map(summaryOfRecord),
        ),
      ),
    reconcile: (period) =>
      change(
        pipe(
          checked(checkPeriod, period),
          TE.flatMapTask(
            (checkedPeriod) => () => reconcile([...active().setup.adapters.values()], checkedPeriod, context),
          ),
        ),
      ),
    backup: (path) => run(pipe(checked(checkBackupPath, path), TE.flatMap(store.backup))),
    erase: (query, options = {}) =>
      run(
        pipe(
          TE.Do,
          TE.bind('query', () => checked(checkEraseQuery, query)),
          TE.bind('options', () => checked(checkEraseOptions, options)),
          TE.flatMap((known) => () => erase(known.query, known.options, store)),
        ),
      ),
    // Not within `run`: a reload waits until what runs on the old configuration is over.
    reload: (config) =>
      pipe(
        change(TE.right(undefined)),
        TE.flatMap(() => reload(config)),
      ),
    tick: (options = {}) =>
      change(
        pipe(
          checked(checkTickOptions, options),
          TE.flatMap(({ maxMs = DEFAULT_TICK_MS }) => tick(maxMs)),
        ),
      ),
    closeOn: (signals, options = {}) =>
      pipe(
        TE.Do,
        TE.bind('signals', () => checked(checkEndSignals, signals)),
        TE.bind('options', () => checked(checkCloseOptions, options)),
        TE.map((known) => closeOn(known.signals, lifecycle.stop, known.options)),
      ),
  }
}
