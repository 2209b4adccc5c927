import * as E from 'fp-ts/lib/Either.js'
import {
  type Beneficiary,
  type Capabilities,
  type Checked,
  type Flow,
  flowOf,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type PaymentQuery,
  type PaymentRequest,
  type PayoutRequest,
  unsupported,
} from '../../core/index.js'
import type { AmountRange, Condition, Route, RoutedOperation } from '../config/index.js'
import { chance } from './chance.js'
import { weightedShuffle } from './weighted-shuffle.js'

/** What routing looks at of a request. */
export interface RequestFacts {
  readonly operation: RoutedOperation
  readonly idempotencyKey: string
  readonly amount: MinorUnits
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
  /** Of how many requests an account is tried in its own place, from 0 to 1. */
  readonly share: (account: string) => number
}

/** The facts of a payment. Without a method it is the gateway's hosted page. */
export const paymentFacts = (request: Checked<PaymentRequest>): RequestFacts => {
  const { idempotencyKey, amount, payer, method, metadata } = request
  return {
    operation: 'createPayment',
    idempotencyKey,
    amount,
    flow: flowOf(request),
    ...omitUndefined({ country: payer.country, code: method?.code, metadata }),
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
    ...omitUndefined({ code: method, metadata }),
  }
}

const isAmong = (value: string | undefined, list: readonly string[] | undefined): boolean =>
  list === undefined || (value !== undefined && list.includes(value))

const isWithin = ({ minorUnits, currency }: MinorUnits, range: AmountRange | undefined): boolean =>
  range === undefined ||
  (currency === range.currency &&
    minorUnits >= (range.from?.minorUnits ?? minorUnits) &&
    minorUnits <= (range.to?.minorUnits ?? minorUnits))

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
 * that cannot serve it are left out; those that are unhealthy come last, and for a part of the keys those that return from it;
 * none falls out: it may be the only one. The same key gets the same order as long as routes and health stand. Gives `Unsupported` where no account is left.
 */
export const route = (
  routes: readonly Route[],
  facts: RequestFacts,
  { capabilities, share }: Accounts,
): E.Either<PaymentError, readonly string[]> => {
  const fitting = routes.find(({ when }) => fits(when, facts))
  if (fitting === undefined) return E.left(none('a request that one of the routes takes'))
  const able = weightedShuffle(fitting.to, facts.idempotencyKey)
    .map(({ account }) => account)
    .filter((account) => {
      const offered = capabilities(account)
      return offered !== undefined && canServe(offered, facts)
    })
  if (able.length === 0) return E.left(none('an account on the route that can serve the request'))
  const inPlace = able.filter((account) => chance('return', facts.idempotencyKey, account) < share(account))
  return E.right([...inPlace, ...able.filter((account) => !inPlace.includes(account))])
}

/** A condition with only those fields that a query knows. */
const decided = ({ operation, currency, method }: Condition): Condition =>
  omitUndefined({ operation, currency, method })

const isDecided = ({ amount, country, metadata }: Condition): boolean =>
  amount === undefined && country === undefined && metadata === undefined

/**
 * The accounts that may serve a payment that only its query is known of: those of every route that may fit, up to the first
 * that certainly does. Gives `Unsupported` if no account can serve it.
 */
export const accountsFor = (
  routes: readonly Route[],
  { currency, method }: PaymentQuery,
  { capabilities }: Pick<Accounts, 'capabilities'>,
): E.Either<PaymentError, readonly string[]> => {
  const facts: RequestFacts = {
    operation: 'createPayment',
    idempotencyKey: '',
    amount: { minorUnits: 0n, currency },
    flow: flowOf(omitUndefined({ method })),
    ...omitUndefined({ code: method?.code }),
  }
  const possible = routes.filter(({ when }) => fits(decided(when), facts))
  const certain = possible.findIndex(({ when }) => isDecided(when))
  const reachable = certain === -1 ? possible : possible.slice(0, certain + 1)
  const names = new Set(reachable.flatMap(({ to }) => to.map(({ account }) => account)))
  const able = [...names].filter((account) => {
    const offered = capabilities(account)
    return offered !== undefined && canServe(offered, facts)
  })
  return able.length > 0 ? E.right(able) : E.left(none('an account on a route that can serve such a payment'))
}
