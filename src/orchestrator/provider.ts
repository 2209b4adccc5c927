import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  checkPaymentRequest,
  checkPayoutRequest,
  checkReference,
  checkRefundRequest,
  type Operation,
  type PaymentProvider,
} from '../core/index.js'
import type { Route } from './config/index.js'
import type { Context } from './context.js'
import type { ResultOf } from './money-methods.js'
import { readStatus } from './read-status.js'
import { refunding, reservingFor } from './refundable.js'
import { type Accounts, paymentFacts, payoutFacts, type RequestFacts, route } from './routing/index.js'
import { type Asked, startOperation } from './start-operation.js'

/** What decides where a request goes. Read anew with every call: a configuration may be swapped between two. */
export interface Routing extends Accounts {
  readonly routes: readonly Route[]
}

const run = <O extends Operation>(asked: Asked & { readonly operation: O }, context: Context) =>
  pipe(
    () => startOperation(asked, context),
    // An operation's object is of its own kind: the ledger's columns and the adapters' types see to that.
    TE.map((result) => result as ResultOf<O>),
  )

/**
 * Several accounts behind one {@link PaymentProvider}, over the ledger. `waitMs` is how long a second caller of a running
 * operation waits for its result, in milliseconds.
 */
export const orchestrated = (context: Context, routing: () => Routing, waitMs: number): PaymentProvider => {
  const routed = (facts: RequestFacts) => {
    const { routes, ...accounts } = routing()
    return route(routes, facts, accounts)
  }
  return {
    createPayment: (request) =>
      pipe(
        TE.fromEither(checkPaymentRequest(request)),
        TE.bindTo('request'),
        TE.let('accounts', (checked) => routed(paymentFacts(checked.request))),
        TE.flatMap((asked) => run({ operation: 'createPayment', ...asked, waitMs }, context)),
      ),
    payout: (request) =>
      pipe(
        TE.fromEither(checkPayoutRequest(request)),
        TE.bindTo('request'),
        TE.let('accounts', (checked) => routed(payoutFacts(checked.request))),
        TE.flatMap((asked) => run({ operation: 'payout', ...asked, waitMs }, context)),
      ),
    refund: (request) =>
      pipe(
        TE.fromEither(checkRefundRequest(request)),
        TE.bindTo('request'),
        TE.bind('reserving', (checked) => reservingFor(checked.request, context)),
        TE.let('accounts', (checked) => refunding(checked.request, context)),
        TE.flatMap(({ reserving, ...asked }) => run({ operation: 'refund', ...asked, ...reserving, waitMs }, context)),
      ),
    getStatus: (reference) =>
      pipe(
        TE.fromEither(checkReference(reference)),
        TE.flatMap((checked) => readStatus(checked, context)),
      ),
  }
}
