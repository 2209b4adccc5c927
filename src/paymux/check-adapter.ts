import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  type Adapter,
  type Capabilities,
  chosen,
  decode,
  fromPredicate,
  type Issue,
  invalidConfig,
  objectOf,
  oneOf,
  type PaymentError,
  recordOf,
} from '../core/index.js'

/** The version of {@link Adapter} that this version of paymux works with. */
const CONTRACT = 1

const Method = fromPredicate('a function', (value): value is () => unknown => typeof value === 'function')
const Procedure = objectOf({ draft: Method, interpret: Method })
const Texts = t.readonlyArray(t.string, 'texts')

const Deduplication = chosen<unknown>('a deduplication', (value) =>
  objectOf({ kind: t.string }).is(value) && value.kind === 'none'
    ? objectOf({ kind: t.literal('none', "'none'") })
    : objectOf({ kind: oneOf(['none', 'replays', 'rejects']), windowMs: t.number, proven: t.boolean }),
)

const Unoffered = objectOf({ supported: t.literal(false, 'false'), why: t.string })
const isUnoffered = objectOf({ supported: t.literal(false) }).is

/** What an operation declares, or why it is not offered. */
const offered = (fields: t.Props) => {
  const codec = objectOf({
    supported: t.boolean,
    deduplication: Deduplication,
    lookupByKey: t.boolean,
    currencies: chosen<unknown>('any, or currencies', (value) => (value === 'any' ? t.string : Texts)),
    ...fields,
  })
  return chosen<unknown>('an operation', (value) => (isUnoffered(value) ? Unoffered : codec))
}

const FlowCapability = objectOf({ effect: oneOf(['creates', 'moves_money']), fields: Texts, required: Texts })

const capabilities: { readonly [Field in keyof Capabilities]: t.Mixed } = {
  adapter: t.string,
  createPayment: offered({ flows: recordOf('flows by name', t.string, FlowCapability) }),
  refund: offered({ partial: t.boolean, perPayment: oneOf(['one', 'many']), fields: Texts }),
  payout: offered({ beneficiaries: Texts, fields: Texts }),
  disputes: t.boolean,
  refundsElsewhere: t.boolean,
  payableMs: chosen<unknown>("milliseconds, or 'unlimited'", (value) =>
    value === 'unlimited'
      ? t.string
      : fromPredicate('a number from 0', (ms): ms is number => typeof ms === 'number' && ms >= 0),
  ),
}

const AdapterShape = objectOf({
  contract: t.literal(CONTRACT, `${CONTRACT}, the version of the interface that this version of paymux works with`),
  account: AccountName,
  identity: recordOf('texts by name', t.string, t.string),
  gateway: fromPredicate(
    'a text, or nothing',
    (value): value is string | undefined => value === undefined || typeof value === 'string',
  ),
  capabilities: objectOf(capabilities),
  send: Method,
  createPayment: Procedure,
  refund: Procedure,
  payout: Procedure,
  read: objectOf({ payment: Method, refund: Method, payout: Method }),
  notification: Method,
})

const Result = chosen<unknown>('an Either', (value) =>
  objectOf({ _tag: t.literal('Left') }).is(value)
    ? objectOf({ _tag: t.literal('Left'), left: objectOf({ _tag: t.string }) })
    : objectOf({ _tag: t.literal('Right', "'Left' or 'Right'"), right: t.unknown }),
)

const at =
  (name: string) =>
  ({ path, expected }: Issue): Issue => ({
    path: ['adapter', name, path].filter((part) => part !== '(root)').join('.'),
    expected,
  })

/**
 * What a factory of the catalog made, if it is an adapter that this version of paymux can work with: its contract, the name of its
 * account, its capabilities and its methods. `account` is the name that the configuration gives the account. Errors:
 * `InvalidConfig`, which names the adapter and the field.
 */
export const checkAdapter = (
  name: string,
  account: string | undefined,
  made: E.Either<PaymentError, Adapter>,
): E.Either<PaymentError, Adapter> => {
  const wrong = (issues: readonly Issue[]): PaymentError => invalidConfig(issues.map(at(name)))
  return pipe(
    decode(Result, made),
    E.mapLeft(wrong),
    E.flatMap(() => made),
    E.tap((adapter) => pipe(decode(AdapterShape, adapter), E.mapLeft(wrong))),
    E.filterOrElse(
      (adapter) => account === undefined || adapter.account === account,
      () => wrong([{ path: 'account', expected: 'the name of the account' }]),
    ),
  )
}
