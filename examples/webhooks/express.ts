import express, { type Express } from 'express'
import type { Paymux } from 'paymux'
import { toNodeHandler } from 'paymux/webhooks'

/** Notifications beside an application's own routes, in Express 5. `publicUrl` ends in `/paymux`. */
export const expressApp = (webhooks: Paymux['webhooks']): Express => {
  const app = express()
  // Before every body parser: they would read the body away.
  app.use('/paymux', toNodeHandler(webhooks))
  app.use(express.json())
  app.post('/orders', (request, response) => {
    response.json({ received: request.body })
  })
  return app
}
