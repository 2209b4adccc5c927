import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import type { PaymuxWebhooks } from 'paymux/promises'

/** Notifications beside an application's own routes, in hono on Node. `publicUrl` ends in `/paymux`. */
export const honoApp = (webhooks: Pick<PaymuxWebhooks, 'handle'>): Hono => {
  const app = new Hono()
  app.all('/paymux/*', (c) => webhooks.handle(c.req.raw, { address: getConnInfo(c).remote.address ?? '' }))
  app.post('/orders', async (c) => c.json({ received: await c.req.json() }))
  return app
}
