import { createServer, type Server } from 'node:http'
import type { PaymuxWebhooks } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'

/** Notifications with node:http alone. A request to any other address is answered 404 or 405. */
export const notificationServer = (webhooks: Pick<PaymuxWebhooks, 'handle'>): Server =>
  createServer(toNodeHandler(webhooks))
