import type { PaymentRequest } from '../../core/index.js'
import { money } from '../format.js'
import { confirmMoney, fieldsWithAmount, type MoneyOptions, moveMoney } from '../move-money.js'
import type { Run } from '../open.js'

interface CreateOptions extends MoneyOptions {
  readonly payerName?: string
  readonly payerEmail?: string
  readonly payerPhone?: string
  readonly payerCountry?: string
  readonly flow?: string
  readonly method?: string
  readonly successUrl?: string
  readonly failureUrl?: string
}

const without = (fields: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

/** A part of the request: of the file, and over it of the flags. Absent: neither has any. */
const part = (name: string, file: unknown, flags: Readonly<Record<string, string | undefined>>) => {
  const fields = { ...Object(file), ...without(flags) }
  return Object.keys(fields).length === 0 ? {} : { [name]: fields }
}

/** `paymux create`: a payment. */
export const run: Run<CreateOptions> = async (invocation) => {
  const { options } = invocation
  const shared = await fieldsWithAmount(invocation)
  const request = {
    ...shared,
    ...part('payer', shared.payer, {
      name: options.payerName,
      email: options.payerEmail,
      phone: options.payerPhone,
      country: options.payerCountry,
    }),
    ...part('method', shared.method, { flow: options.flow, code: options.method }),
    ...part('urls', shared.urls, { success: options.successUrl, failure: options.failureUrl }),
  } as PaymentRequest // the library checks every field of it
  const { amount, idempotencyKey } = shared
  await confirmMoney(
    invocation,
    'create',
    amount,
    `Create a payment of ${money(amount)} for ${request.merchantReference}, under the key ${idempotencyKey}?`,
  )
  return moveMoney(invocation, (ledger) => ledger.createPayment(request))
}
