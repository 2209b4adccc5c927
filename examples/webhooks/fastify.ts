import fastify, { type FastifyInstance } from 'fastify'
import type { Paymux } from 'paymux'
import { toNodeHandler } from 'paymux/webhooks'

/** Notifications beside an application's own routes, in Fastify 5. `publicUrl` ends in `/paymux`. */
export const fastifyApp = (webhooks: Paymux['webhooks']): FastifyInstance => {
  const app = fastify()
  const serve = toNodeHandler(webhooks)
  // A context of its own, so that the parsers of the other routes stay as they are.
  void app.register((notifications, _options, done) => {
    notifications.removeAllContentTypeParsers()
    // Leaves the body where it is: paymux reads it, within its own limits.
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
