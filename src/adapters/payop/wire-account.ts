import * as t from 'io-ts'
import { refined } from '../../core/index.js'
import { enveloped, ifReadable, rowsOf, Text, Word } from './codecs.js'

/** What Payop tells about an account: its ways to be paid and to pay out, and its balances. */

/** A way to withdraw. `type` in current answers, `identifier` in older ones. Payop: payop-api-doc, Withdrawal, Methods. */
export const WithdrawalMethod = refined(
  t.type({ type: Word, identifier: Word, name: Text, title: Text, currencies: ifReadable(t.array(t.string)) }),
  'a withdrawal method',
  ({ type, identifier, name, title, currencies }) => {
    const id = type ?? identifier
    return id === undefined ? undefined : { id, name: name ?? title ?? '', currencies: currencies ?? [] }
  },
)
/** A way to withdraw: the number that a withdrawal names it by, and the currencies it takes. */
export type WithdrawalMethod = Readonly<t.TypeOf<typeof WithdrawalMethod>>

const MethodField = t.type({ name: t.string, type: Text, title: Text, regexp: Text, required: ifReadable(t.boolean) })
const FlatMethod = refined(
  t.type({
    identifier: Word,
    type: Text,
    formType: Text,
    title: Text,
    currencies: ifReadable(t.array(t.string)),
    countries: ifReadable(t.array(t.string)),
    config: ifReadable(t.type({ fields: ifReadable(t.array(MethodField)) })),
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
/** A payment method, or an older row that wraps it. Payop: payop-api-doc, Payment methods. */
export const AvailableMethod = t.union([
  FlatMethod,
  refined(t.type({ paymentMethod: FlatMethod }), 'a wrapped payment method', ({ paymentMethod }) => paymentMethod),
])
/** A way to pay at a project: its code, where it works, and what it asks of the payer. */
export type AvailableMethod = Readonly<t.TypeOf<typeof AvailableMethod>>

const Sum = ifReadable(refined(t.union([t.string, t.number]), 'an amount', String))
const Balance = t.type({
  code: t.string,
  balance: t.type({ available: Sum, pending: Sum, reserve: Sum, referral: Sum, total: Sum }),
})
const BareBalances = t.type({ snapshotAt: Text, currencies: rowsOf(Balance) })
/** Wallet balances: bare in the documents, which promise an envelope everywhere. Payop: payop-api-doc, Wallets, Balances. */
export const Balances = t.union([BareBalances, enveloped(BareBalances)])
/** Balances by currency as decimal text in major units; negative ones are legal. `total` only when asked for. */
export type Balances = Readonly<t.TypeOf<typeof Balances>>
