/** Which accounts serve a request, in which order, and how they are doing. */
export { createHealth, RECOVERY_MS } from './health.js'
export { type Accounts, paymentFacts, payoutFacts, type RequestFacts, route } from './route.js'
