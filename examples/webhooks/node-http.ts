import { createServer, type Server } from 'node:http'
import { toNodeHandler, type Webhooks } from 'paymux/webhooks'

/** Notifications by node:http alone. What is no notification address is answered 404 or 405. */
export const notificationServer = (webhooks: Webhooks): Server => createServer(toNodeHandler(webhooks))
