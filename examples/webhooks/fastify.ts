import fastify, { type FastifyInstance } from 'fastify'
import type { PaymuxWebhooks } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'

/** Notifications beside an application's own routes, in Fastify 5. `publicUrl` ends in `/paymux`. */
export const fastifyApp = (webhooks: Pick<PaymuxWebhooks, 'handle'>): FastifyInstance => {
  const app = fastify()
  const serve = toNodeHandler(webhooks)
  // A context of its own, so that the parsers of the other routes stay as they are.
  void app.register((notifications, _options, done) => {
    notifications.removeAllContentTypeParsers()
    // Does not read the body: paymux reads it, within its own limits.
    notifications.addContentTypeParser('*', (_request, _body, parsed) => parsed(null))
    notifications.all('/paymux/*', (request, reply) => {
      reply.hijack()
      serve(request.raw, reply.raw)
    })
    done()
  })
  app.post('/orders', async (request) => ({ received: request.body }))
  return app
}
