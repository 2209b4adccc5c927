import type * as t from 'io-ts'
import { type Exchange, exactObject } from '../../../core/index.js'
import { enveloped, Id, rowsOf } from '../codecs.js'
import { Refund } from '../wire.js'
import { PositiveNumber, Texts } from './input.js'
import { creation, endpoint, query } from './request.js'

const NewRefund = exactObject('a refund', { transactionId: Id }, { amount: PositiveNumber, metadata: Texts })
/** A new refund. `amount`: major units of the transaction's currency. Default: all of it. */
export type NewRefund = t.TypeOf<typeof NewRefund>

/**
 * `POST /v1/refunds/create`: starts a refund and gives its id. Payop has no idempotency key for it: look for the refund
 * in {@link listRefunds} before you repeat it. Source: payop-api-doc, Refund, Create.
 */
export const createRefund: Exchange<'moves_money', NewRefund, string> = creation({
  name: 'payop.refunds.create',
  effect: 'moves_money',
  auth: 'token',
  input: NewRefund,
  path: () => '/v1/refunds/create',
  body: ({ transactionId, amount, metadata }) => ({
    transactionIdentifier: transactionId,
    // 1 is all of it, 2 a part.
    refundType: amount === undefined ? 1 : 2,
    amount,
    metadata,
  }),
})

const RefundList = exactObject('refunds', {}, { refundId: Id })
/** Which refunds: one, or those that Payop lists. */
export type RefundList = t.TypeOf<typeof RefundList>

/**
 * `GET /v1/refunds/user-refunds`: reads one refund or lists refunds, including those that Payop started itself. Order and
 * length of the list are not documented: a refund that is not in it may exist. An entry that could not be read is `undefined`.
 * Source: payop-api-doc, Refund, Get.
 */
export const listRefunds: Exchange<'reads', RefundList, ReadonlyArray<Refund | undefined>> = endpoint(
  {
    name: 'payop.refunds.list',
    effect: 'reads',
    auth: 'token',
    answer: 'list',
    input: RefundList,
    path: ({ refundId }) =>
      `/v1/refunds/user-refunds${refundId === undefined ? '' : `?${query('identifier', refundId)}`}`,
  },
  enveloped(rowsOf(Refund)),
)
