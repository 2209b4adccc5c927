import { isRecord } from '../kit/input.js'
import { methodNotEnabled, Refusal } from './errors.js'
import { isBlank, record, text } from './http.js'
import { changeBalance } from './lifecycle.js'
import { roundToCents, toUnits, twoPlaces } from './money.js'
import type { Gateway, Json } from './state.js'

export interface WithdrawalMethod {
  readonly id: number
  readonly name: string
  readonly currencies: readonly string[]
}

/** The two methods that Payop still has. */
export const WITHDRAWAL_METHODS: readonly WithdrawalMethod[] = [
  { id: 15, name: 'PayDo', currencies: ['EUR', 'USD'] },
  { id: 20, name: 'Bank transfer', currencies: ['EUR', 'GBP'] },
]

/** Former methods, which Payop still names in its refusals. */
const RETIRED: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 16])

const CURRENCY_NAMES: Readonly<Record<string, string>> = { EUR: 'Euro' }
const LEAST = 10
const MOST = 100_000
/** The share that is left after the fee: 111.11 leaves the wallet for a withdrawal of 100, as in the documented sample. */
const SHARE_AFTER_FEE = 0.9

/** One item of a batch, checked. */
export interface WithdrawalItem {
  readonly method: number
  readonly type: number
  readonly amount: number
  readonly payAmount: number
  readonly currency: string
  readonly additionalData: Json
  readonly metadata: Json
}

/** An error of a batch; these carry `status: 0`. */
export const batchError = (gateway: Gateway, message: string | Readonly<Record<string, string[]>>, synthetic = false) =>
  new Refusal(gateway.behaviour.withdrawalErrorStatus, message, { rootStatus: true, synthetic })

const itemError = (gateway: Gateway, index: number, problem: string, synthetic = false): Refusal =>
  batchError(gateway, { data: [`Incorrect withdrawal data on element with index ${index}: ${problem}`] }, synthetic)

const isEmail = (value: string): boolean => value.includes('@')

/** What is wrong with the data of a PayDo withdrawal. */
const payDoProblem = ({ direction, referenceId, email, recipientAccountType }: Json): string | undefined => {
  if (isBlank(direction)) return "param 'additionalData[direction]' should not be empty"
  if (!/^[A-Za-z0-9 ]+$/.test(text(direction)))
    return "param 'additionalData[direction]' should contain only letters, digits and spaces"
  const recipient = text(referenceId) || text(email)
  if (recipient === '') return "param 'additionalData[referenceId]' should not be empty"
  if (!isEmail(recipient))
    return isBlank(recipientAccountType)
      ? undefined
      : "param 'additionalData[recipientAccountType]' is allowed with an email only"
  if (isBlank(recipientAccountType)) return "param 'additionalData[recipientAccountType]' should not be empty"
  return [1, 2].includes(Number(recipientAccountType))
    ? undefined
    : "param 'additionalData[recipientAccountType]' should be 1 or 2"
}

const bankProblem = ({ beneficiary, email }: Json): string | undefined => {
  const { account, name } = record(beneficiary)
  if (isBlank(account)) return "param 'additionalData[beneficiary][account]' should not be empty"
  if (isBlank(name)) return "param 'additionalData[beneficiary][name]' should not be empty"
  return isBlank(email) ? "param 'additionalData[email]' should not be empty" : undefined
}

const looksLikeIban = (account: string): boolean => /^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(account)

/** ISO 13616: with its first four characters at the end and letters as numbers, an IBAN leaves 1 when divided by 97. */
const isIban = (account: string): boolean => {
  const digits = [...account.slice(4), ...account.slice(0, 4)].map((character) => Number.parseInt(character, 36))
  return BigInt(digits.join('')) % 97n === 1n
}

/** Payop finds the bank by the IBAN. A local account number needs the bank beside it. */
const checkBankDetails = (additionalData: Json): void => {
  const account = text(record(additionalData.beneficiary).account).replaceAll(' ', '')
  const unknown = (what: string) =>
    new Refusal(404, `Bank details for ${what} ${account} not found`, { logged: `Bank details for ${what} not found` })
  if (looksLikeIban(account)) {
    if (!isIban(account)) throw unknown('iban')
  } else if (!isRecord(additionalData.beneficiaryBank)) throw unknown('account number')
}

const checkMethod = (gateway: Gateway, method: number, currency: string): void => {
  if (RETIRED.has(method))
    throw batchError(
      gateway,
      `Unfortunately, the selected method ${method} is not supported for the payouts. Please get in touch with our support or select another method.`,
    )
  const known = WITHDRAWAL_METHODS.find(({ id }) => id === method)
  if (known === undefined) throw methodNotEnabled()
  if (!known.currencies.includes(currency))
    throw batchError(
      gateway,
      `The selected currency ${currency} is not supported by method ${method}. To find out which currencies are available for this method, go to the 'Withdrawals' section in the merchant's cabinet.`,
    )
}

const checkLimits = (gateway: Gateway, amount: number, currency: string): void => {
  const name = CURRENCY_NAMES[currency] ?? currency
  if (amount > MOST)
    throw batchError(
      gateway,
      `The specified amount ${amount} exceeds the permissible limit - ${twoPlaces(MOST)} ${name}`,
    )
  if (amount < LEAST)
    throw batchError(
      gateway,
      `The specified amount ${amount} is less than the permissible minimum for the selected currency - ${twoPlaces(LEAST)} ${name}`,
    )
}

/** Checks one item of the batch in every respect except the funds. */
export const readItem = (gateway: Gateway, input: unknown, index: number): WithdrawalItem => {
  const { method, type, amount, currency, additionalData, metadata } = record(input)
  if (typeof method !== 'number' || !Number.isInteger(method))
    throw itemError(gateway, index, "param 'method' must be integer")
  if (!['1', '2'].includes(text(type))) throw itemError(gateway, index, "param 'type' should be 1 or 2", true)
  if (typeof amount !== 'number' || amount <= 0)
    throw itemError(gateway, index, "param 'amount' must be a positive number", true)
  if (isBlank(currency)) throw itemError(gateway, index, "param 'currency' should not be empty", true)
  if (!isRecord(additionalData)) throw itemError(gateway, index, "param 'additionalData' should not be empty", true)

  checkMethod(gateway, method, text(currency))
  const problem = method === 15 ? payDoProblem(additionalData) : bankProblem(additionalData)
  if (problem !== undefined) throw itemError(gateway, index, problem, !problem.includes('[email]'))
  if (method === 20) checkBankDetails(additionalData)
  checkLimits(gateway, amount, text(currency))
  return {
    method,
    type: Number(type),
    amount,
    payAmount: Number(type) === 1 ? roundToCents(amount / SHARE_AFTER_FEE) : amount,
    currency: text(currency),
    additionalData,
    metadata: record(metadata),
  }
}

/** Takes the money of an item from the wallet, or refuses. */
export const debit = (gateway: Gateway, { payAmount, currency }: WithdrawalItem): void => {
  if ((gateway.balances.get(currency) ?? 0) < toUnits(payAmount))
    throw batchError(
      gateway,
      `The total amount of funds on the balances is insufficient to process the payment - ${twoPlaces(payAmount)} ${currency}`,
    )
  changeBalance(gateway, currency, -payAmount)
}
