import type { PayoutRequest } from '../../core/index.js'
import { usageError } from '../exit.js'
import { money } from '../format.js'
import { confirmMoney, fieldsWithAmount, type MoneyOptions, moveMoney } from '../move-money.js'
import type { Run } from '../open.js'

interface PayoutOptions extends MoneyOptions {
  readonly method?: string
}

const lastOf = (text: unknown): string => (typeof text === 'string' ? `…${text.slice(-4)}` : '')

/** Enough to recognise a beneficiary by, and no more. */
const beneficiaryOf = (beneficiary: unknown): string => {
  const { type, iban, accountNumber } = Object(beneficiary)
  return `${typeof type === 'string' ? type : 'beneficiary'} ${lastOf(iban ?? accountNumber)}`.trim()
}

/** `paymux payout`: sends money to a beneficiary. */
export const run: Run<PayoutOptions> = async (invocation) => {
  const { method } = invocation.options
  const shared = await fieldsWithAmount(invocation)
  if (shared.beneficiary === undefined)
    throw usageError(
      'Give --request FILE with the beneficiary: an account number in a flag would stay in the history of the shell.',
      '{ "beneficiary": { "type": "iban", "iban": "…", "name": "…", "email": "…" } }',
    )
  const request = { ...shared, ...(method === undefined ? {} : { method }) } as PayoutRequest // the library checks every field of it
  const { amount, idempotencyKey } = shared
  await confirmMoney(
    invocation,
    'payout',
    amount,
    `Pay ${money(amount)} to ${beneficiaryOf(shared.beneficiary)}, under the key ${idempotencyKey}?`,
  )
  return moveMoney(invocation, (ledger) => ledger.payout(request))
}
