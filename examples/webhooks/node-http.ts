import { createServer, type Server } from 'node:http'
import type { Paymux } from 'paymux'
import { toNodeHandler } from 'paymux/webhooks'

/** Notifications by node:http alone. What is no notification address is answered 404 or 405. */
export const notificationServer = (webhooks: Paymux['webhooks']): Server => createServer(toNodeHandler(webhooks))
