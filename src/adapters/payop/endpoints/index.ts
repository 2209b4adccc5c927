/** One exchange for each endpoint that Payop documents. Card tokens are in `paymux/payop/cards`. */
export { type BalanceQuery, getBalances, getPaymentMethods, type Project } from './account.js'
export {
  type Capture,
  captureCheckout,
  checkInvoiceStatus,
  checkInvoiceStatusWithToken,
  createCheckout,
  type NewCheckout,
  voidCheckout,
} from './checkout.js'
export type { InvoiceKey } from './input.js'
export { createInvoice, getInvoice, type Language, type NewInvoice } from './invoices.js'
export { createRefund, listRefunds, type NewRefund, type RefundList } from './refunds.js'
export {
  filterAllTransactions,
  filterTransactions,
  getIbans,
  getTransaction,
  type TransactionKey,
  type TransactionKeys,
} from './transactions.js'
export {
  createWithdrawals,
  getWithdrawalMethods,
  listWithdrawals,
  type NewWithdrawals,
  type WithdrawalList,
} from './withdrawals.js'
