import * as t from 'io-ts'
import { type Exchange, exactObject, text } from '../../../core/index.js'
import { enveloped, Id, rowsOf } from '../codecs.js'
import { CreatedWithdrawal, Withdrawal } from '../wire.js'
import { WithdrawalMethod } from '../wire-account.js'
import { endpoint, query } from './request.js'

const NewWithdrawals = exactObject(
  'withdrawals',
  {
    sealed: text('a sealed box in Base64', (s) => /^[A-Za-z0-9+/]{64,}={0,2}$/.test(s)),
    idempotencyKey: text('a UUID', (s) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(s)),
  },
  {},
)
/**
 * New withdrawals: a JSON list of them, sealed for the account's certificate. Payop refuses a key that it has seen with 409,
 * and does not repeat the first answer.
 */
export type NewWithdrawals = t.TypeOf<typeof NewWithdrawals>

/**
 * `POST /v1/withdrawals/create-mass`: sends money. The answer has one entry for each withdrawal, in their order. Whether
 * a list is taken as a whole is not documented: send lists of one. Source: payop-api-doc, Withdrawal, Create.
 */
export const createWithdrawals: Exchange<'moves_money', NewWithdrawals, readonly CreatedWithdrawal[]> = endpoint(
  {
    name: 'payop.withdrawals.create',
    effect: 'moves_money',
    auth: 'token',
    input: NewWithdrawals,
    path: () => '/v1/withdrawals/create-mass',
    headers: ({ idempotencyKey }) => ({ 'idempotency-key': idempotencyKey }),
    body: ({ sealed }) => ({ data: sealed }),
  },
  enveloped(t.readonlyArray(CreatedWithdrawal)),
)

const WithdrawalList = exactObject('withdrawals', {}, { withdrawalId: Id })
/** Which withdrawals: one, or those that Payop lists. */
export type WithdrawalList = t.TypeOf<typeof WithdrawalList>

/**
 * `GET /v1/withdrawals/user-withdrawals`: reads one withdrawal or lists withdrawals. Order and length of the list are not
 * documented: a withdrawal that is not in it may exist. An entry that could not be read is `undefined`. Source: payop-api-doc, Withdrawal, Get.
 */
export const listWithdrawals: Exchange<'reads', WithdrawalList, ReadonlyArray<Withdrawal | undefined>> = endpoint(
  {
    name: 'payop.withdrawals.list',
    effect: 'reads',
    auth: 'token',
    answer: 'list',
    input: WithdrawalList,
    path: ({ withdrawalId }) =>
      `/v1/withdrawals/user-withdrawals${withdrawalId === undefined ? '' : `?${query('identifier', withdrawalId)}`}`,
  },
  enveloped(rowsOf(Withdrawal)),
)

const Nothing = exactObject('nothing', {}, {})

/**
 * `GET /v1/instrument-settings/payment-methods/available-withdrawal-for-user`: the withdrawal methods. An entry that could not
 * be read is `undefined`. Source: payop-api-doc, Withdrawal, Methods.
 */
export const getWithdrawalMethods: Exchange<
  'reads',
  Readonly<Record<never, never>>,
  ReadonlyArray<WithdrawalMethod | undefined>
> = endpoint(
  {
    name: 'payop.withdrawal_methods.list',
    effect: 'reads',
    auth: 'token',
    answer: 'list',
    input: Nothing,
    path: () => '/v1/instrument-settings/payment-methods/available-withdrawal-for-user',
  },
  enveloped(rowsOf(WithdrawalMethod)),
)
