import { REJECTED, sendCheckoutIpn } from './ipn.js'
import { isCardMethod } from './methods.js'
import { roundToCents, toUnits } from './money.js'
import {
  type Gateway,
  type Invoice,
  invoiceOf,
  isOverdue,
  type State,
  type Transaction,
  TX,
  transactionOf,
} from './state.js'

const FEE = 0.03
const EXCHANGE_RATE = 1.0837
const CAPTURE_AFTER_MS = 72 * 60 * 60_000

/** What a payer may do. `cancel` goes back before there is a transaction, `abandon` after. */
export const OUTCOMES = [
  'pay',
  'decline',
  'reject',
  'pre_approve',
  'timeout',
  'abandon',
  'pay_late',
  'cancel',
  'fail_authentication',
] as const
/** What a payer does with an invoice. `cancel` goes back before there is a transaction, `abandon` after. */
export type Outcome = (typeof OUTCOMES)[number]

/** What a payment attempt has beside its invoice. */
export type Attempt = Pick<Transaction, 'paymentMethod' | 'customer' | 'checkStatusUrl' | 'card' | 'authOnly'> & {
  readonly payCurrency: string
}

export const isPending = ({ state }: Transaction): boolean => state === TX.new || state === TX.pending

const isFinal = (state: State): boolean =>
  state === TX.accepted || state === TX.rejected || state === TX.failed || state === TX.timeout

export const changeBalance = ({ balances }: Gateway, currency: string, amount: number): void => {
  balances.set(currency, (balances.get(currency) ?? 0) + toUnits(amount))
}

/** Moves a transaction to any state, with its money, its timers and its notification. */
export const changeState = (gateway: Gateway, transaction: Transaction, state: State, error = ''): void => {
  const { clock, behaviour } = gateway
  const before = transaction.state
  if (state === before && error === transaction.error) return
  Object.assign(transaction, { state, error, updatedAt: clock.now() })
  invoiceOf(gateway, transaction).updatedAt = clock.now()
  if (before !== TX.accepted && state === TX.accepted) changeBalance(gateway, transaction.currency, transaction.amount)
  if (before === TX.accepted && state !== TX.accepted) changeBalance(gateway, transaction.currency, -transaction.amount)
  if (state === TX.preApproved && behaviour.preApprovedAfterMs !== null)
    clock.after(behaviour.preApprovedAfterMs, () => {
      if (transaction.state !== TX.preApproved) return
      if (behaviour.preApprovedOutcome === 'accepted') changeState(gateway, transaction, TX.accepted)
      else changeState(gateway, transaction, TX.failed, 'The bank transfer did not arrive.')
    })
  if (isFinal(state) || behaviour.ipnOnNonFinal === 'on') sendCheckoutIpn(gateway, transaction)
}

const amounts = ({ behaviour }: Gateway, { amount: text, currency }: Invoice, payCurrency: string) => {
  const productAmount = Number(text)
  const fee = behaviour.feeMode === 'none' ? 0 : roundToCents(productAmount * FEE)
  const charged = roundToCents(productAmount + (behaviour.feeMode === 'payer' ? fee : 0))
  return {
    productAmount,
    fee,
    currency,
    amount: behaviour.feeMode === 'merchant' ? roundToCents(productAmount - fee) : productAmount,
    chosenAmount: payCurrency === currency ? charged : charged * EXCHANGE_RATE,
    chosenCurrency: payCurrency,
  }
}

/** Binds the invoice to its one transaction, in state pending. */
export const startTransaction = (gateway: Gateway, invoice: Invoice, attempt: Attempt): Transaction => {
  const { clock, ids, behaviour } = gateway
  const { payCurrency, ...rest } = attempt
  const transaction: Transaction = {
    ...rest,
    ...amounts(gateway, invoice, payCurrency),
    id: ids.uuid(),
    invoiceId: invoice.id,
    state: TX.new,
    error: '',
    createdAt: clock.now(),
    updatedAt: null,
    iban: isCardMethod(attempt.paymentMethod) ? null : 'GB33BUKB20201555555555',
    attempts: 1,
    authorized: false,
    hasChargeback: false,
    polls: 0,
  }
  gateway.transactions.set(transaction.id, transaction)
  invoice.transactionId = transaction.id
  changeState(gateway, transaction, TX.pending)
  if (behaviour.transactionTimeoutMs !== null)
    clock.after(behaviour.transactionTimeoutMs, () => {
      if (isPending(transaction) && !transaction.authorized) changeState(gateway, transaction, TX.timeout)
    })
  return transaction
}

/** The attempt of a payer on the hosted page. */
const hostedAttempt = (gateway: Gateway, { payer, currency, paymentMethod, projectId }: Invoice): Attempt => ({
  paymentMethod: paymentMethod ?? gateway.projects.get(projectId)?.methods[0] ?? '',
  customer: { email: payer.email, name: payer.name, phone: payer.phone, ip: '203.0.113.9' },
  checkStatusUrl: null,
  card: null,
  authOnly: false,
  payCurrency: currency,
})

const accept = (gateway: Gateway, transaction: Transaction): void => {
  if (transaction.authOnly && gateway.behaviour.capture === 'on') {
    transaction.authorized = true
    gateway.clock.after(CAPTURE_AFTER_MS, () => captureAuthorized(gateway, transaction))
  } else changeState(gateway, transaction, TX.accepted)
}

export const captureAuthorized = (gateway: Gateway, transaction: Transaction): void => {
  if (!transaction.authorized || !isPending(transaction)) return
  transaction.authorized = false
  changeState(gateway, transaction, TX.accepted)
}

/** With payment routing, another acquirer is tried after a first decline, without a notification. */
const decline = (gateway: Gateway, transaction: Transaction, error: string): void => {
  if (gateway.behaviour.paymentRouting === 'on' && transaction.attempts === 1) transaction.attempts = 2
  else changeState(gateway, transaction, TX.failed, error)
}

/** The transaction times out, and the money arrives later; at once if the transaction is decided or the invoice overdue. */
const payLate = (gateway: Gateway, transaction: Transaction, overdue: boolean): void => {
  const { clock, behaviour } = gateway
  if (overdue || !isPending(transaction)) changeState(gateway, transaction, TX.accepted)
  else {
    changeState(gateway, transaction, TX.timeout)
    clock.after(behaviour.payLateAfterMs, () => {
      if (transaction.state === TX.timeout) changeState(gateway, transaction, TX.accepted)
    })
  }
}

/** Acts as the payer, on any page. A decided payment stays as it is; only `pay_late` changes it. */
export const actAsPayer = (gateway: Gateway, invoice: Invoice, outcome: Outcome): void => {
  const overdue = isOverdue(gateway, invoice)
  if (outcome === 'cancel' || (overdue && outcome !== 'pay_late')) return
  const existing = transactionOf(gateway, invoice)
  const transaction = existing ?? startTransaction(gateway, invoice, hostedAttempt(gateway, invoice))
  if (outcome === 'pay_late') payLate(gateway, transaction, overdue)
  else if (isPending(transaction) && !transaction.authorized) decide(gateway, transaction, outcome)
}

const decide = (gateway: Gateway, transaction: Transaction, outcome: Exclude<Outcome, 'cancel' | 'pay_late'>): void => {
  switch (outcome) {
    case 'pay':
      accept(gateway, transaction)
      break
    case 'decline':
      decline(gateway, transaction, 'Declined by the issuer.')
      break
    case 'fail_authentication':
      decline(gateway, transaction, '3DS authentication failed')
      break
    case 'reject':
      changeState(gateway, transaction, TX.failed, REJECTED)
      break
    case 'pre_approve':
      changeState(gateway, transaction, TX.preApproved)
      break
    case 'timeout':
      changeState(gateway, transaction, TX.timeout)
      break
    case 'abandon':
      break
  }
}
