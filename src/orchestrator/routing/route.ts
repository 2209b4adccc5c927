import * as E from 'fp-ts/lib/Either.js'
import {
  type Beneficiary,
  type Capabilities,
  type Checked,
  type Flow,
  given,
  type Money,
  type PaymentError,
  type PaymentRequest,
  type PayoutRequest,
  unsupported,
} from '../../core/index.js'
import type { AmountRange, Condition, Route, RoutedOperation } from '../config/index.js'
import { drawn } from './draw.js'

/** What routing looks at of a request. */
export interface RequestFacts {
  readonly operation: RoutedOperation
  readonly idempotencyKey: string
  readonly amount: Money
  readonly country?: string
  readonly flow?: Flow
  /** The gateway's code of the method. */
  readonly code?: string
  readonly beneficiary?: Beneficiary['type']
  readonly metadata?: Readonly<Record<string, string>>
}

/** What routing knows of the accounts. */
export interface Accounts {
  /** `undefined`: this process does not have the account. */
  readonly capabilities: (account: string) => Capabilities | undefined
  readonly isHealthy: (account: string) => boolean
}

/** The facts of a payment. Without a method it is the gateway's hosted page. */
export const paymentFacts = (request: Checked<PaymentRequest>): RequestFacts => {
  const { idempotencyKey, amount, payer, method, metadata } = request
  const flow = method?.flow ?? 'hosted'
  return {
    operation: 'createPayment',
    idempotencyKey,
    amount,
    flow,
    ...given({ country: payer.country, code: method?.code, metadata }),
  }
}

/** The facts of a payout. */
export const payoutFacts = (request: Checked<PayoutRequest>): RequestFacts => {
  const { idempotencyKey, amount, beneficiary, method, metadata } = request
  return {
    operation: 'payout',
    idempotencyKey,
    amount,
    beneficiary: beneficiary.type,
    ...given({ code: method, metadata }),
  }
}

const isAmong = (value: string | undefined, list: readonly string[] | undefined): boolean =>
  list === undefined || (value !== undefined && list.includes(value))

const isWithin = ({ amount, currency }: Money, range: AmountRange | undefined): boolean =>
  range === undefined ||
  (currency === range.currency && amount >= (range.from?.amount ?? amount) && amount <= (range.to?.amount ?? amount))

const fits = (when: Condition, facts: RequestFacts): boolean =>
  isAmong(facts.operation, when.operation) &&
  isAmong(facts.amount.currency, when.currency) &&
  isWithin(facts.amount, when.amount) &&
  isAmong(facts.country, when.country) &&
  (isAmong(facts.flow, when.method) || isAmong(facts.code, when.method)) &&
  Object.entries(when.metadata ?? {}).every(([name, value]) => facts.metadata?.[name] === value)

const takesCurrency = (currencies: 'any' | readonly string[], currency: string): boolean =>
  currencies === 'any' || currencies.includes(currency)

const canServe = (capabilities: Capabilities, { operation, amount, flow, beneficiary }: RequestFacts): boolean => {
  const { createPayment, payout } = capabilities
  switch (operation) {
    case 'createPayment':
      return (
        createPayment.supported &&
        takesCurrency(createPayment.currencies, amount.currency) &&
        (flow === undefined || Object.hasOwn(createPayment.flows, flow))
      )
    case 'payout':
      return (
        payout.supported &&
        takesCurrency(payout.currencies, amount.currency) &&
        (beneficiary === undefined || payout.beneficiaries.includes(beneficiary))
      )
  }
}

const none = (expected: string): PaymentError => unsupported([{ path: 'route', expected }])

/**
 * The accounts that may serve a request, in the order they are to be tried. The first route that fits decides. Accounts
 * that cannot serve it are left out; those that are unhealthy come last, and never fall out: they may be the only ones.
 * The same key gets the same order as long as routes and health stand. Gives `Unsupported` where no account is left.
 */
export const route = (
  routes: readonly Route[],
  facts: RequestFacts,
  { capabilities, isHealthy }: Accounts,
): E.Either<PaymentError, readonly string[]> => {
  const fitting = routes.find(({ when }) => fits(when, facts))
  if (fitting === undefined) return E.left(none('a request that one of the routes takes'))
  const able = drawn(fitting.to, facts.idempotencyKey)
    .map(({ account }) => account)
    .filter((account) => {
      const offered = capabilities(account)
      return offered !== undefined && canServe(offered, facts)
    })
  if (able.length === 0) return E.left(none('an account on the route that can serve the request'))
  const healthy = able.filter(isHealthy)
  return E.right([...healthy, ...able.filter((account) => !healthy.includes(account))])
}
