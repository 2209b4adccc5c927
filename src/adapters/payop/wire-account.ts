import * as t from 'io-ts'
import { objectOf, refine } from '../../core/index.js'
import { enveloped, ifReadable, rowsOf, Text, Word } from './codecs.js'

/** What Payop says about an account: its payment methods, its withdrawal methods and its balances. */

/** A withdrawal method. `type` in current answers, `identifier` in older ones. Source: payop-api-doc, Withdrawal, Methods. */
export const WithdrawalMethod = refine(
  objectOf({ type: Word, identifier: Word, name: Text, title: Text, currencies: ifReadable(t.array(t.string)) }),
  'a withdrawal method',
  ({ type, identifier, name, title, currencies }) => {
    const id = type ?? identifier
    return id === undefined ? undefined : { id, name: name ?? title ?? '', currencies: currencies ?? [] }
  },
)
/** A withdrawal method: the number that withdrawals name it by, and the currencies it takes. */
export type WithdrawalMethod = Readonly<t.TypeOf<typeof WithdrawalMethod>>

const MethodField = objectOf({ name: t.string, type: Text, title: Text, regexp: Text, required: ifReadable(t.boolean) })
const FlatMethod = refine(
  objectOf({
    identifier: Word,
    type: Text,
    formType: Text,
    title: Text,
    currencies: ifReadable(t.array(t.string)),
    countries: ifReadable(t.array(t.string)),
    config: ifReadable(objectOf({ fields: ifReadable(t.array(MethodField)) })),
  }),
  'a payment method',
  ({ identifier, type, formType, title, currencies, countries, config }) =>
    identifier === undefined
      ? undefined
      : {
          identifier,
          type: type ?? '',
          // Absent in some samples, empty on grouping rows; cards always say so.
          formType: formType === 'cards' ? ('cards' as const) : ('standard' as const),
          title: title ?? '',
          currencies: currencies ?? [],
          countries: countries ?? [],
          fields: config?.fields ?? [],
        },
)
/** A payment method, or an older row that wraps it. Source: payop-api-doc, Payment methods. */
export const AvailableMethod = t.union([
  FlatMethod,
  refine(objectOf({ paymentMethod: FlatMethod }), 'a wrapped payment method', ({ paymentMethod }) => paymentMethod),
])
/** A payment method of a project: its number, its currencies and countries, and the fields that the payer has to give. */
export type AvailableMethod = Readonly<t.TypeOf<typeof AvailableMethod>>

const Sum = ifReadable(refine(t.union([t.string, t.number]), 'an amount', String))
const Balance = objectOf({
  code: t.string,
  balance: objectOf({ available: Sum, pending: Sum, reserve: Sum, referral: Sum, total: Sum }),
})
const BareBalances = objectOf({ snapshotAt: Text, currencies: rowsOf(Balance) })
/** Wallet balances: bare in the documents, although they promise an envelope everywhere. Source: payop-api-doc, Wallets, Balances. */
export const Balances = t.union([BareBalances, enveloped(BareBalances)])
/** Balances by currency as decimal text in major units; negative ones are legal. `total` only if it was requested. */
export type Balances = Readonly<t.TypeOf<typeof Balances>>
