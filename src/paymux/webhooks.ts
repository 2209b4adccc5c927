/** The entry point `paymux/webhooks`: for web frameworks. `webhooks.handle` of the object is the handler for fetch-style frameworks. */
export {
  type Client,
  type NotificationDecision,
  type Reason,
  toNodeHandler,
  type WebhookLimits,
} from '../webhooks/index.js'
