/** Which accounts serve a request, in which order, and how they are doing. */
export { createHealth, type Health, RECOVERY_MS, RETURN_MS } from './health.js'
export {
  type Accounts,
  accountsFor,
  paymentFacts,
  payoutFacts,
  type RequestFacts,
  route,
} from './route.js'
