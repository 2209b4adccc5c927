import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { type Call, type Exchange, exactObject, type PaymentError, refine } from '../../../core/index.js'
import { enveloped, Id, rowsOf } from '../codecs.js'
import { FilteredTransaction, Ibans, Transaction } from '../wire.js'
import { endpoint, query } from './request.js'

const TransactionKey = exactObject('a transaction', { transactionId: Id }, {})
/** Which transaction. */
export type TransactionKey = t.TypeOf<typeof TransactionKey>

/** `GET /v2/transactions/{id}`: reads a transaction. Source: payop-api-doc, Checkout, Get transaction. */
export const getTransaction: Exchange<'reads', TransactionKey, Transaction> = endpoint(
  {
    name: 'payop.transactions.get',
    effect: 'reads',
    auth: 'token',
    input: TransactionKey,
    path: ({ transactionId }) => `/v2/transactions/${encodeURIComponent(transactionId)}`,
  },
  enveloped(Transaction),
)

// Payop sets no limit; the length of an address does.
const MAX_IDS = 50

const TransactionKeys = exactObject(
  'transactions',
  {
    transactionIds: refine(t.readonlyArray(Id), `1 to ${MAX_IDS} ids`, (ids) =>
      ids.length >= 1 && ids.length <= MAX_IDS ? ids : undefined,
    ),
  },
  {},
)
/** Which transactions: 1 to 50. */
export type TransactionKeys = t.TypeOf<typeof TransactionKeys>

const byIds =
  (path: string) =>
  ({ transactionIds }: TransactionKeys): string =>
    `${path}?${query('identifiers', transactionIds.join(','))}`

/**
 * `GET /v1/transactions/filter`: reads several transactions, the only place that shows chargebacks and fees. Unknown ids are left
 * out; an entry that could not be read is `undefined`. Source: payop-api-doc, Checkout, Filter transactions.
 */
export const filterTransactions: Exchange<
  'reads',
  TransactionKeys,
  ReadonlyArray<FilteredTransaction | undefined>
> = endpoint(
  {
    name: 'payop.transactions.filter',
    effect: 'reads',
    auth: 'token',
    answer: 'list',
    input: TransactionKeys,
    path: byIds('/v1/transactions/filter'),
  },
  enveloped(rowsOf(FilteredTransaction)),
)

const inChunks = (ids: readonly string[]): ReadonlyArray<readonly string[]> =>
  Array.from({ length: Math.ceil(ids.length / MAX_IDS) }, (_, n) => ids.slice(n * MAX_IDS, (n + 1) * MAX_IDS))

/** {@link filterTransactions} for any number of ids, 50 at a time, one after the other. */
export const filterAllTransactions = (
  call: Call,
  transactionIds: readonly string[],
): TE.TaskEither<PaymentError, ReadonlyArray<FilteredTransaction | undefined>> =>
  pipe(
    inChunks(transactionIds),
    TE.traverseSeqArray((chunk) => call(filterTransactions, { transactionIds: chunk })),
    TE.map((chunks) => chunks.flat()),
  )

/**
 * `GET /v1/transactions/ibans`: the payers' IBANs by transaction, `null` if absent. Personal data: keep them out
 * of logs. Source: payop-api-doc, Checkout, Transactions' IBANs.
 */
export const getIbans: Exchange<'reads', TransactionKeys, Readonly<Record<string, string | null>>> = endpoint(
  {
    name: 'payop.ibans.list',
    effect: 'reads',
    auth: 'token',
    input: TransactionKeys,
    path: byIds('/v1/transactions/ibans'),
  },
  enveloped(Ibans),
)
