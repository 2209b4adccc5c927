import type * as t from 'io-ts'
import { closed, type Exchange } from '../../../core/index.js'
import { enveloped, Id, rowsOf } from '../codecs.js'
import { Refund } from '../wire.js'
import { PositiveNumber, Texts } from './input.js'
import { creation, endpoint, query } from './request.js'

const NewRefund = closed('a refund', { transactionId: Id }, { amount: PositiveNumber, metadata: Texts })
/** A new refund. `amount`: major units of the transaction's currency; absent, all of it. */
export type NewRefund = t.TypeOf<typeof NewRefund>

/**
 * `POST /v1/refunds/create`: asks for a refund; the answer is its id. There is no idempotency: never repeat it blindly.
 * Payop: payop-api-doc, Refund, Create.
 */
export const createRefund: Exchange<'moves_money', NewRefund, string> = creation({
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

const RefundList = closed('refunds', {}, { refundId: Id })
/** Which refunds: one, or those that Payop lists. */
export type RefundList = t.TypeOf<typeof RefundList>

/**
 * `GET /v1/refunds/user-refunds`: reads one refund or lists refunds, those that Payop started itself among them. Order and
 * length of the list are not documented: what is not in it may exist. An entry that could not be read is `undefined`.
 * Payop: payop-api-doc, Refund, Get.
 */
export const listRefunds: Exchange<'reads', RefundList, ReadonlyArray<Refund | undefined>> = endpoint(
  {
    effect: 'reads',
    auth: 'token',
    input: RefundList,
    path: ({ refundId }) =>
      `/v1/refunds/user-refunds${refundId === undefined ? '' : `?${query('identifier', refundId)}`}`,
  },
  enveloped(rowsOf(Refund)),
)
