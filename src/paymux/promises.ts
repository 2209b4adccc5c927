/**
 * The entry point `paymux/promises`: for merchants, with Promises, as `node:fs/promises` is to `node:fs`. It has the names of
 * `paymux`. Every method returns a Promise that rejects with {@link PaymentFailure}.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Catalog } from '../core/index.js'
import {
  type AccountConfig,
  cancelCopy as cancelCopyTask,
  checkLedger as checkLedgerTask,
  copyLedger as copyLedgerTask,
  createProvider as createProviderTask,
  type Kind,
  type ledgers,
  type PaymentError,
  type PaymuxConfig,
  type PaymuxOptions,
  paymux as paymuxTask,
  type queries,
  type Reference,
  type Result,
  restoredLedger as restoredLedgerTask,
  type Paymux as TaskPaymux,
  type PaymentProvider as TaskProvider,
} from './index.js'
import { answersOf, type Cursor } from './iterate.js'
import { PaymentFailure } from './payment-failure.js'

export {
  type AccountConfig,
  type AccountTypes,
  type Amount,
  type AmountCheck,
  type AnyReference,
  type AttemptState,
  type AttemptSummary,
  type Beneficiary,
  type Conflict,
  type DeliveryFailure,
  type Detail,
  type Difference,
  defineConfig,
  type Environment,
  type ErrorLocation,
  type EventHeader,
  type EventType,
  type FailureReason,
  type Flow,
  finality,
  fromMoney,
  type HealthReport,
  type Indeterminate,
  type InProgress,
  type InvalidConfig,
  type InvalidRequest,
  type Issue,
  type Kind,
  type LogEntry,
  type ledgers,
  type MinorUnits,
  type Money,
  type NextAction,
  type ObjectEvent,
  type ObjectEventType,
  type ObjectKey,
  type OperationEvent,
  type OperationInEvent,
  type OperationKey,
  type OperationName,
  type OperationState,
  type OperationSummary,
  type Outcome,
  type Payer,
  type Payment,
  type PaymentError,
  type PaymentField,
  type PaymentMethod,
  type PaymentQuery,
  type PaymentRequest,
  type PaymuxConfig,
  type PaymuxEvent,
  type PaymuxOptions,
  type Payout,
  type PayoutRequest,
  type Period,
  type queries,
  type RateLimited,
  type ReconciledList,
  type RecordedFacts,
  type Reference,
  type Refund,
  type RefundRequest,
  type RefusalReason,
  type Refused,
  type RequiredField,
  type Resolution,
  type Result,
  type Results,
  type Retry,
  type Review,
  type StatusOf,
  type Subscriber,
  toMoney,
  type UnknownPhase,
  type UnmatchedNotification,
  type Unreachable,
  type UnresolvedOperation,
  type UnsentPhase,
  type Unsupported,
  type Urls,
} from './index.js'
export { PaymentFailure } from './payment-failure.js'

/** A generic method cannot be mapped: it would lose its type parameter. */
type ReadByReference = <K extends Kind>(reference: Reference<K>) => Promise<Result<K>>

/** The same object with Promises. A method that does not give a `TaskEither` stays as it is. */
type WithPromises<T> = {
  readonly [Name in keyof T]: Name extends 'getStatus' | 'recorded'
    ? ReadByReference
    : T[Name] extends (...input: infer Input) => TaskEither<PaymentError, infer Output>
      ? (...input: Input) => Promise<Output>
      : T[Name] extends (...input: never) => unknown
        ? T[Name]
        : WithPromises<T[Name]>
}

/** One interface over every gateway. Every method rejects with {@link PaymentFailure}, which says what may have happened to the money. */
export interface PaymentProvider extends WithPromises<TaskProvider> {}

/** How notifications get into paymux. */
export interface PaymuxWebhooks extends WithPromises<TaskPaymux['webhooks']> {}

/** Several accounts behind one {@link PaymentProvider}, over a durable ledger. Every method rejects with {@link PaymentFailure}. */
export interface Paymux extends WithPromises<TaskPaymux> {}

const resultOf = async <A>(task: TaskEither<PaymentError, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new PaymentFailure(result.left)
  return result.right
}

const withPromise =
  <Input extends readonly unknown[], A>(method: (...input: Input) => TaskEither<PaymentError, A>) =>
  (...input: Input): Promise<A> =>
    resultOf(method(...input))

const providerOf = (provider: TaskProvider): PaymentProvider => ({
  createPayment: withPromise(provider.createPayment),
  getStatus: (reference) => resultOf(provider.getStatus(reference)),
  refund: withPromise(provider.refund),
  payout: withPromise(provider.payout),
})

/**
 * One account behind the {@link PaymentProvider} interface, chosen by configuration. It keeps no record: after
 * `Indeterminate`, read the object before you repeat the call. `catalog` adds or replaces adapters. Default: none. Rejects with
 * `InvalidConfig`, which names paths and prints no value.
 *
 * @example
 * ```ts
 * import { createProvider } from 'paymux/promises'
 *
 * const provider = await createProvider({ adapter: 'payop', publicKey: 'application-made-up', secretKey: 'made-up' })
 * ```
 */
export const createProvider = async (config: AccountConfig, catalog?: Catalog): Promise<PaymentProvider> =>
  providerOf(await resultOf(createProviderTask(config, catalog)))

/**
 * Opens the ledger of a configuration: an object, or the path of a JSON file. It loads the adapters and drivers that the
 * configuration names, and no others. Nothing is sent, and nothing runs in the background before `start`. Rejects with
 * `InvalidConfig`, which names paths and prints no value, and with `Unreachable` if the store does not answer.
 *
 * @example
 * ```ts
 * import { paymux } from 'paymux/promises'
 *
 * const shop = await paymux('paymux.config.json')
 * await shop.start()
 * const { status } = await shop.getStatus({ kind: 'payment', account: 'main', id: 'made-up-id' })
 * ```
 */
export const paymux = async (config: string | PaymuxConfig, options?: PaymuxOptions): Promise<Paymux> => {
  const shop = await resultOf(paymuxTask(config, options))
  return {
    ...providerOf(shop),
    requirements: withPromise(shop.requirements),
    webhooks: { handle: shop.webhooks.handle, address: withPromise(shop.webhooks.address) },
    subscribe: withPromise(shop.subscribe),
    start: withPromise(shop.start),
    stop: withPromise(shop.stop),
    find: withPromise(shop.find),
    explain: withPromise(shop.explain),
    recorded: (reference) => resultOf(shop.recorded(reference)),
    list: withPromise(shop.list),
    listOperations: withPromise(shop.listOperations),
    listEvents: withPromise(shop.listEvents),
    redeliver: withPromise(shop.redeliver),
    summary: withPromise(shop.summary),
    operation: withPromise(shop.operation),
    log: withPromise(shop.log),
    health: withPromise(shop.health),
    listUnresolved: withPromise(shop.listUnresolved),
    resolve: withPromise(shop.resolve),
    reconcile: withPromise(shop.reconcile),
    backup: withPromise(shop.backup),
    erase: withPromise(shop.erase),
    reload: withPromise(shop.reload),
    tick: withPromise(shop.tick),
    closeOn: withPromise(shop.closeOn),
  }
}

/**
 * Copies the ledger of one configuration into the empty store of another, between SQLite and PostgreSQL or within one of them, while no
 * process works on either. It compares both at the end, row by row, and makes the copy the ledger: the old one is never opened
 * for work again, and refuses the writes of a process that has it open. If it is interrupted, call it again with the same
 * configurations: it goes on. Rejects with `InvalidConfig`, also for a target that is not empty, and with `Unreachable` with a code
 * `ERR_LEDGER_…`.
 *
 * @example
 * ```ts
 * import { copyLedger } from 'paymux/promises'
 *
 * await copyLedger('paymux.sqlite.json', 'paymux.postgres.json', {
 *   onProgress: ({ step, done, total }) => console.log(step, done, total),
 * })
 * ```
 */
export const copyLedger = async (
  from: string | PaymuxConfig,
  to: string | PaymuxConfig,
  options?: ledgers.CopyOptions,
): Promise<ledgers.CopyReport> => resultOf(copyLedgerTask(from, to, options))

/**
 * Gives up a copy that is not done: the ledger that was being copied is open again, and what the target holds is never opened. Rejects
 * with `InvalidConfig` for a ledger that is not being copied, or that has been moved.
 */
export const cancelCopy = async (from: string | PaymuxConfig, options?: ledgers.CancelOptions): Promise<void> =>
  resultOf(cancelCopyTask(from, options))

/**
 * Checks a ledger whole: the database, its schema, whether every row decrypts and with which key, the sequences of events, attempts and
 * the log, and what holds between rows. It changes nothing, and the ledger may be at work. Every finding names a table, a row
 * and what to do. Rejects with `InvalidConfig`, also for keys that are not the ledger's, and with `Unreachable`.
 *
 * @example
 * ```ts
 * import { checkLedger } from 'paymux/promises'
 *
 * const { findings } = await checkLedger('paymux.config.json')
 * for (const { code, table, row, action } of findings) console.log(code, table, row, action)
 * ```
 */
export const checkLedger = async (
  config: string | PaymuxConfig,
  options?: ledgers.CheckOptions,
): Promise<ledgers.CheckReport> => resultOf(checkLedgerTask(config, options))

/**
 * Marks a ledger that was restored from a backup, before any process works on it: what was sent after the backup has no record, and
 * must not be sent again. From then on paymux sends nothing by itself of what was open in the backup. Until the given time it
 * asks the gateways for a key that it does not know: what they have is recorded and given, and what they cannot say is
 * {@link Indeterminate} with the code `ERR_LEDGER_RESTORED`. It may be called again. Rejects with `InvalidRequest` for
 * times that are wrong, with `InvalidConfig` and with `Unreachable`.
 *
 * @example
 * ```ts
 * import { restoredLedger } from 'paymux/promises'
 *
 * await restoredLedger('paymux.config.json', { takenAt: Date.parse('2026-11-28T03:00:00Z') })
 * ```
 */
export const restoredLedger = async (
  config: string | PaymuxConfig,
  backup: ledgers.RestoredBackup,
): Promise<ledgers.RestoredReport> => resultOf(restoredLedgerTask(config, backup))

/**
 * Every entry of a list, page after page, as long as it is iterated: `list`, `listOperations` or `listEvents` of the object of
 * `paymux`, with a query of it. Throws {@link PaymentFailure} where a page gives an error.
 *
 * @example
 * ```ts
 * import { iterate } from 'paymux/promises'
 *
 * for await (const payment of iterate(shop.list, { kind: 'payment', status: 'failed' })) console.log(payment.merchantReference)
 * ```
 */
export async function* iterate<Query extends Cursor, A>(
  list: (query?: Query) => Promise<queries.Page<A>>,
  query: NoInfer<Query>,
): AsyncGenerator<A, void, undefined> {
  const pages = answersOf<Query, queries.Page<A>>(list, query, ({ nextCursor }) => nextCursor)
  for await (const { items } of pages) yield* items
}
