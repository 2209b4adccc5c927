import * as t from 'io-ts'
import {
  CountryCode,
  CurrencyCode,
  chosen,
  exactObject,
  fromDecimal,
  type Issue,
  issueUnless,
  omitUndefined,
  recordOf,
  refine,
  text,
  wholeBetween,
} from '../../core/index.js'
import { someOf } from './codecs.js'
import type { AmountRange, Condition, Route, RoutedOperation, Target } from './configuration.js'

const everyRoutedOperation: Readonly<Record<RoutedOperation, null>> = { createPayment: null, payout: null }
const routedOperations = Object.keys(everyRoutedOperation) as readonly RoutedOperation[]

const RangeFields = exactObject('bounds of an amount', { currency: CurrencyCode }, { from: t.string, to: t.string })

const Range = refine(
  RangeFields,
  "bounds of an amount: from, to or both, from at most to, with no more decimals than the currency's",
  ({ currency, ...written }): AmountRange | undefined => {
    const { from, to } = written
    const range = { currency, ...omitUndefined({ from: boundOf(from, currency), to: boundOf(to, currency) }) }
    const isRead = Object.keys(range).length === 1 + Object.keys(written).length
    const isAny = from !== undefined || to !== undefined
    const isOrdered = (range.from?.minorUnits ?? 0n) <= (range.to?.minorUnits ?? range.from?.minorUnits ?? 0n)
    return isRead && isAny && isOrdered && range.to?.minorUnits !== 0n ? range : undefined
  },
)

const boundOf = (decimal: string | undefined, currency: string) => {
  const bound = decimal === undefined ? undefined : fromDecimal(decimal, currency)
  return bound !== undefined && bound.minorUnits >= 0n ? bound : undefined
}

const Line = text('text of 1 to 1024 characters', (value) => value.length > 0 && value.length <= 1024)

const ConditionFields = exactObject(
  'what a request has to be like',
  {},
  {
    operation: someOf(
      t.keyof(everyRoutedOperation, 'createPayment or payout (refunds go where the money is)'),
      'operations',
    ),
    currency: someOf(CurrencyCode, 'currencies'),
    amount: Range,
    country: someOf(CountryCode, 'countries'),
    method: someOf(
      text('a flow or a method code', (value) => /^[\w,.-]{1,64}$/.test(value)),
      'methods',
    ),
    metadata: recordOf('texts by name', Line, Line),
  },
)

const Weight = wholeBetween(1, 1000)

const target = (KnownAccount: t.Type<string>): t.Type<Target, unknown> => {
  const Named = refine(KnownAccount, KnownAccount.name, (account): Target => ({ account }))
  const Weighted = exactObject('an account with its weight', { account: KnownAccount, weight: Weight }, {})
  return chosen<Target>('an account', (value) => (typeof value === 'object' ? Weighted : Named))
}

const isEachOnce = (targets: readonly Target[]): boolean =>
  new Set(targets.map(({ account }) => account)).size === targets.length

/** The routes of a file, between accounts that it has. */
export const routes = (KnownAccount: t.Type<string>): t.Type<readonly Route[], unknown> => {
  const targets = refine(someOf(target(KnownAccount), 'accounts'), 'every account once', (list) =>
    isEachOnce(list) ? list : undefined,
  )
  const RouteCodec = refine(
    exactObject('a route', { to: targets }, { when: ConditionFields }),
    'a route',
    ({ to, when = {} }): Route => ({ when, to }),
  )
  return someOf(RouteCodec, 'routes')
}

const currenciesOf = ({ amount, currency }: Condition): readonly string[] | undefined =>
  amount === undefined ? currency : [amount.currency]

// Payouts have no payer, and so no country.
const operationsOf = ({ operation = routedOperations, country }: Condition): readonly RoutedOperation[] =>
  country === undefined ? operation : operation.filter((name) => name === 'createPayment')

const includes = (wider: readonly string[] | undefined, narrower: readonly string[] | undefined): boolean =>
  wider === undefined || narrower?.every((value) => wider.includes(value)) === true

const includesRange = (wider: AmountRange | undefined, narrower: AmountRange | undefined): boolean => {
  if (wider === undefined) return true
  if (narrower === undefined || wider.currency !== narrower.currency) return false
  const isFromIncluded = wider.from === undefined || wider.from.minorUnits <= (narrower.from?.minorUnits ?? 0n)
  const isToIncluded =
    wider.to === undefined || (narrower.to !== undefined && narrower.to.minorUnits <= wider.to.minorUnits)
  return isFromIncluded && isToIncluded
}

/** Whether every request that fits the second fits the first. */
const covers = (wider: Condition, narrower: Condition): boolean =>
  includes(operationsOf(wider), operationsOf(narrower)) &&
  includes(currenciesOf(wider), currenciesOf(narrower)) &&
  includesRange(wider.amount, narrower.amount) &&
  includes(wider.country, narrower.country) &&
  includes(wider.method, narrower.method) &&
  Object.entries(wider.metadata ?? {}).every(([name, value]) => narrower.metadata?.[name] === value)

const contradiction = (when: Condition, place: string): readonly Issue[] => [
  ...issueUnless(operationsOf(when).length > 0, `${place}.country`, 'nothing: payouts have no payer'),
  ...issueUnless(
    when.amount === undefined || when.currency?.includes(when.amount.currency) !== false,
    `${place}.amount.currency`,
    'one of the currencies of the route',
  ),
]

/** An issue for each route that no request can come to: its conditions contradict each other, or an earlier route takes all of it. */
export const deadRoutes = (list: readonly Route[]): readonly Issue[] =>
  list.flatMap(({ when }, index) => {
    const contradictions = contradiction(when, `routes.${index}.when`)
    if (contradictions.length > 0) return contradictions
    const earlier = list.slice(0, index).findIndex((other) => covers(other.when, when))
    return issueUnless(
      earlier < 0,
      `routes.${index}`,
      `a route that requests can come to: routes.${earlier} takes them all`,
    )
  })
