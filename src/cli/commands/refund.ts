import type { RefundRequest } from '../../core/index.js'
import { usageError } from '../exit.js'
import { money, referenceOf } from '../format.js'
import { confirmMoney, type MoneyOptions, moveMoney, sharedFields } from '../move-money.js'
import { type Run, withLedger } from '../open.js'
import { type ObjectOptions, pickObject } from '../pick-object.js'

/** `paymux refund`: gives captured money back. */
export const run: Run<MoneyOptions & ObjectOptions> = async (invocation) => {
  const shared = await sharedFields(invocation)
  const payment = await withLedger(invocation, true, (ledger) => pickObject(ledger, invocation, 'payment'))
  // Without an amount, all that was captured: what that is, the ledger says.
  const amount = shared.amount ?? payment.captured
  if (amount === undefined)
    throw usageError('The ledger knows of nothing that was captured of this payment: give --amount.')
  const { account, id, merchantReference = id } = payment
  await confirmMoney(
    invocation,
    'refund',
    amount,
    `Refund ${money(amount)} of ${merchantReference} on ${account}, under the key ${shared.idempotencyKey}?`,
  )
  const request = { ...shared, payment: referenceOf(payment) } as RefundRequest // the library checks every field of it
  return moveMoney(invocation, (ledger) => ledger.refund(request))
}
