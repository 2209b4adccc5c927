/** One exchange for each endpoint that Acme documents, with the types of what it takes. */
export { createPayment, getPayment, type NewPayment, type PaymentKey } from './payments.js'
export { createPayout, getPayout, type NewPayout } from './payouts.js'
export { createRefund, getRefund, type NewRefund } from './refunds.js'
export type { ObjectKey } from './request.js'
