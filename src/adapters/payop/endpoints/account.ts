import * as t from 'io-ts'
import { CurrencyCode, type Exchange, exactObject } from '../../../core/index.js'
import { enveloped, ProjectId, rowsOf } from '../codecs.js'
import { AvailableMethod, Balances } from '../wire-account.js'
import { endpoint } from './request.js'

const Project = exactObject('a project', { projectId: ProjectId }, {})
/** Which project: its public key without `application-`. */
export type Project = t.TypeOf<typeof Project>

/**
 * `GET /v1/instrument-settings/payment-methods/available-for-application/{id}`: the payment methods of a project. Payop's
 * own clients cache them for 5 to 15 minutes. An entry that could not be read is `undefined`. Source: payop-api-doc, Payment methods.
 */
export const getPaymentMethods: Exchange<'reads', Project, ReadonlyArray<AvailableMethod | undefined>> = endpoint(
  {
    name: 'payop.payment_methods.list',
    effect: 'reads',
    auth: 'token',
    answer: 'list',
    input: Project,
    path: ({ projectId }) =>
      `/v1/instrument-settings/payment-methods/available-for-application/${encodeURIComponent(projectId)}`,
  },
  enveloped(rowsOf(AvailableMethod)),
)

const BalanceQuery = exactObject('a query', {}, { currencies: t.readonlyArray(CurrencyCode), withTotal: t.boolean })
/** Which balances. Default: of all currencies, without totals. */
export type BalanceQuery = t.TypeOf<typeof BalanceQuery>

const parametersOf = ({ currencies, withTotal }: BalanceQuery): string =>
  new URLSearchParams({
    ...(withTotal === true ? { includeTotal: '1' } : {}),
    ...(currencies === undefined ? {} : { currency: currencies.join(',') }),
  }).toString()

/** `GET /v1/wallets/get-balances`: the wallet's balances. 10 calls a minute, then `RateLimited`. Source: payop-api-doc, Wallets, Balances. */
export const getBalances: Exchange<'reads', BalanceQuery, Balances> = endpoint(
  {
    name: 'payop.balances.get',
    effect: 'reads',
    auth: 'token',
    input: BalanceQuery,
    path: (input) => {
      const parameters = parametersOf(input)
      return `/v1/wallets/get-balances${parameters === '' ? '' : `?${parameters}`}`
    },
  },
  Balances,
)
