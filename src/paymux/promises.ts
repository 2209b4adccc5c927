/**
 * The entry point `paymux/promises`: for merchants, with Promises, as `node:fs/promises` is to `node:fs`. It has the names of
 * `paymux`. Every method returns a Promise that rejects with {@link PaymentFailure}.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Catalog } from '../core/index.js'
import {
  type AccountConfig,
  createProvider as createProviderTask,
  type Kind,
  type PaymentError,
  type PaymuxConfig,
  type PaymuxOptions,
  paymux as paymuxTask,
  type queries,
  type Reference,
  type Result,
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
  type ListedObject,
  type LogEntry,
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
