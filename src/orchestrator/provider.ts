import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Checked,
  checkInUse,
  checkPaymentQuery,
  checkPaymentRequest,
  checkPayoutRequest,
  checkReference,
  checkRefundRequest,
  checkRequired,
  flowOf,
  type kindOf,
  type OperationName,
  omitUndefined,
  type PaymentError,
  type PaymentProvider,
  type PaymentQuery,
  type PaymentRequest,
  type RequiredField,
  type Result,
  requiredFields,
  tracedOperation,
} from '../core/index.js'
import type { Route } from './config/index.js'
import type { Context } from './context.js'
import { planRefund } from './operations/refundable.js'
import { type OperationCall, type Plan, startOperation } from './operations/start-operation.js'
import { readStatus } from './reads/read-status.js'
import { type Accounts, accountsFor, paymentFacts, payoutFacts, type RequestFacts, route } from './routing/index.js'

/** What decides where a request goes. Read anew with every call: a configuration may be swapped between two. */
export interface Routing extends Accounts {
  readonly routes: readonly Route[]
}

/** Several accounts behind one {@link PaymentProvider}. */
export interface Orchestrator extends PaymentProvider {
  /** The fields of a payment request that some account of the route does not do without. */
  readonly requirements: (query: PaymentQuery) => TE.TaskEither<PaymentError, readonly RequiredField[]>
}

const run = <O extends OperationName>(call: OperationCall & { readonly name: O }, context: Context) =>
  pipe(
    () => startOperation(call, context),
    // An operation's object is of its own kind: the ledger's columns and the adapters' types ensure it.
    TE.map((result) => result as Result<(typeof kindOf)[O]>),
  )

/**
 * Several accounts behind one {@link PaymentProvider}, over the ledger. `waitMs` is how long a second caller of a running
 * operation waits for its result, in milliseconds.
 */
export const createOrchestrator = (context: Context, routing: () => Routing, waitMs: number): Orchestrator => {
  const routed = (facts: RequestFacts) => {
    const { routes, ...accounts } = routing()
    return route(routes, facts, accounts)
  }
  const adaptersOf = (accounts: readonly string[]): readonly Adapter[] =>
    accounts.map(context.adapter).filter((adapter) => adapter !== undefined)
  /** Any account of the route may serve the payment: what one of them needs, the request has to give. */
  const routedPayment = (request: Checked<PaymentRequest>): E.Either<PaymentError, readonly string[]> =>
    pipe(
      checkInUse(request),
      E.flatMap(() => routed(paymentFacts(request))),
      E.tap((accounts) => checkRequired(request, adaptersOf(accounts))),
    )
  const planned = (
    accounts: () => E.Either<PaymentError, readonly string[]>,
    { merchantReference }: { readonly merchantReference: string },
  ): TE.TaskEither<PaymentError, Plan> =>
    pipe(
      TE.fromIOEither(accounts),
      TE.map((list) => ({ accounts: list, merchantReference })),
    )
  return {
    createPayment: (input) =>
      tracedOperation(
        'createPayment',
        pipe(
          TE.fromIOEither(() => checkPaymentRequest(input)),
          TE.flatMap((request) => {
            const plan = planned(() => routedPayment(request), request)
            return run({ name: 'createPayment', request, plan, waitMs }, context)
          }),
        ),
      ),
    payout: (input) =>
      tracedOperation(
        'payout',
        pipe(
          TE.fromIOEither(() => checkPayoutRequest(input)),
          TE.flatMap((request) => {
            const accounts = () =>
              pipe(
                checkInUse(request),
                E.flatMap(() => routed(payoutFacts(request))),
              )
            return run({ name: 'payout', request, plan: planned(accounts, request), waitMs }, context)
          }),
        ),
      ),
    refund: (input) =>
      tracedOperation(
        'refund',
        pipe(
          TE.fromIOEither(() => checkRefundRequest(input)),
          TE.flatMap((request) =>
            run({ name: 'refund', request, plan: planRefund(request, context), waitMs }, context),
          ),
        ),
      ),
    getStatus: (input) =>
      pipe(
        TE.fromIOEither(() => checkReference(input)),
        TE.flatMap((reference) => readStatus(reference, context)),
      ),
    requirements: (input) =>
      TE.fromIOEither(() =>
        pipe(
          checkPaymentQuery(input),
          E.bindTo('query'),
          E.bind('accounts', ({ query }) => accountsFor(routing().routes, query, routing())),
          E.map(({ query: { method }, accounts }) =>
            requiredFields(flowOf(omitUndefined({ method })), adaptersOf(accounts)),
          ),
        ),
      ),
  }
}
