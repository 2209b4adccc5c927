import express, { type Express } from 'express'
import type { PaymuxWebhooks } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'

/** Notifications beside an application's own routes, in Express 5. `publicUrl` ends in `/paymux`. */
export const expressApp = (webhooks: Pick<PaymuxWebhooks, 'handle'>): Express => {
  const app = express()
  // Before every body parser: a body parser reads the body, and paymux has to read it.
  app.use('/paymux', toNodeHandler(webhooks))
  app.use(express.json())
  app.post('/orders', (request, response) => {
    response.json({ received: request.body })
  })
  return app
}
