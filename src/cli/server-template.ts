/** The web frameworks that `init` writes a server for, with the packages that each needs. */
export const frameworks = {
  http: { title: 'node:http', packages: [] },
  express: { title: 'Express', packages: ['express'] },
  fastify: { title: 'Fastify', packages: ['fastify'] },
  hono: { title: 'Hono', packages: ['hono', '@hono/node-server'] },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly packages: readonly string[] }>>

/** A framework of {@link frameworks}. */
export type Framework = keyof typeof frameworks

const imports: Readonly<Record<Framework, string>> = {
  http: `import { createServer } from 'node:http'
import { PaymentFailure, paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'`,
  express: `import express from 'express'
import { PaymentFailure, paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'`,
  fastify: `import fastify from 'fastify'
import { PaymentFailure, paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'`,
  hono: `import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { PaymentFailure, paymux } from 'paymux/promises'`,
}

const common = `
const shop = await paymux('paymux.config.json')

// Every event carries the names that you gave to the order. Events come at least once.
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded' || type === 'payment.late_success') console.log('deliver', merchantReference)
})
await shop.start()

const home = new URL(process.env.PAYMUX_PUBLIC_URL).origin

/** Creates a payment for an order. The same order never pays twice: the key is made of its number. */
const pay = async ({ reference, amount, payer }) => {
  try {
    const payment = await shop.createPayment({
      idempotencyKey: \`\${reference}-pay\`,
      merchantReference: reference,
      amount, // { value: '49.90', currency: 'EUR' }
      payer, // { name, email, phone }
      urls: { success: \`\${home}/thanks\`, failure: \`\${home}/thanks\` }, // your own pages
    })
    return [200, { id: payment.id, status: payment.status, nextAction: payment.nextAction }]
  } catch (failure) {
    if (!(failure instanceof PaymentFailure)) throw failure
    // 'unknown' is not 'failed': the payer may have paid. Wait for the event.
    return [failure.outcome === 'unknown' ? 202 : 422, { outcome: failure.outcome, message: failure.message }]
  }
}

/** Where the money of an order is, from the ledger alone. */
const show = async (reference) => {
  const { objects } = await shop.find({ merchantReference: reference })
  return [objects.length === 0 ? 404 : 200, objects]
}

const port = Number(process.env.PORT ?? 3000)
const listening = () => console.log(\`listening on http://127.0.0.1:\${port}\`)
`

const servers: Readonly<Record<Framework, string>> = {
  http: `
const notifications = toNodeHandler(shop.webhooks)

const bodyOf = async (request) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

const answer = async (request) => {
  const [, first, reference] = new URL(request.url, 'http://localhost').pathname.split('/')
  if (first === 'payments' && request.method === 'POST') return pay(await bodyOf(request))
  if (first === 'payments' && reference !== undefined) return show(reference)
  return [404, {}]
}

const server = createServer(async (request, response) => {
  // Before the body is read: paymux reads it.
  if (request.url.startsWith('/paymux/')) return notifications(request, response)
  const [status, body] = await answer(request).catch(() => [500, {}])
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
server.listen(port, '127.0.0.1', listening)
`,
  express: `
const app = express()
// Before every body parser: paymux reads the body.
app.use('/paymux', toNodeHandler(shop.webhooks))
app.use(express.json())
app.post('/payments', async (request, response) => {
  const [status, body] = await pay(request.body)
  response.status(status).json(body)
})
app.get('/payments/:reference', async (request, response) => {
  const [status, body] = await show(request.params.reference)
  response.status(status).json(body)
})
const server = app.listen(port, '127.0.0.1', listening)
`,
  fastify: `
const app = fastify()
const notifications = toNodeHandler(shop.webhooks)
// A context of its own, so that the parsers of the other routes stay as they are.
app.register(async (context) => {
  context.removeAllContentTypeParsers()
  // Does not read the body: paymux reads it.
  context.addContentTypeParser('*', (_request, _body, parsed) => parsed(null))
  context.all('/paymux/*', (request, reply) => {
    reply.hijack()
    notifications(request.raw, reply.raw)
  })
})
app.post('/payments', async (request, reply) => {
  const [status, body] = await pay(request.body)
  return reply.code(status).send(body)
})
app.get('/payments/:reference', async (request, reply) => {
  const [status, body] = await show(request.params.reference)
  return reply.code(status).send(body)
})
await app.listen({ port, host: '127.0.0.1' })
listening()
const { server } = app
`,
  hono: `
const app = new Hono()
app.all('/paymux/*', (c) => shop.webhooks.handle(c.req.raw, { address: getConnInfo(c).remote.address ?? '' }))
app.post('/payments', async (c) => {
  const [status, body] = await pay(await c.req.json())
  return c.json(body, status)
})
app.get('/payments/:reference', async (c) => {
  const [status, body] = await show(c.req.param('reference'))
  return c.json(body, status)
})
const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, listening)
`,
}

const end = `
// Finishes what runs, and gives back what is not finished.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    server.close()
    server.closeAllConnections?.()
    await shop.stop()
  })
`

/** A server in plain JavaScript that `node --env-file=.env server.mjs` runs: payments, their states, and notifications. */
export const serverText = (framework: Framework): string =>
  `${imports[framework]}\n${common}${servers[framework]}${end}`
