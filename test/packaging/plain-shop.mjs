/**
 * A merchant's program in plain JavaScript, over the packed package: it serves payments, payouts and statuses as JSON, and marks
 * its orders as paid out when an event says so. The packaging test kills it and starts it again.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { PaymentFailure, paymux } from 'paymux/promises'

// Leases last half a minute: the test lets that time pass between two runs of this process. A real shop has no such clock.
const ahead = Number(process.env.CLOCK_AHEAD_MS)
const shop = await paymux('paymux.config.json', { clock: () => Date.now() + ahead })

// What the shop keeps of its own: it knows neither gateways nor their ids.
const ordersFile = 'orders.json'
const orders = JSON.parse(readFileSync(ordersFile, 'utf8'))

await shop.subscribe('orders', async ({ type, merchantReference, metadata }) => {
  if (type !== 'payout.succeeded') return
  const order = orders[merchantReference]
  if (order === undefined || order.supplier !== metadata?.supplier) throw new Error('an event of no order')
  order.state = 'paid out'
  writeFileSync(ordersFile, JSON.stringify(orders))
  process.send?.({ paidOut: merchantReference })
})
await shop.start()

const methods = { '/payments': shop.createPayment, '/payouts': shop.payout, '/status': shop.getStatus }

const bodyOf = async (request) => {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text)
}

const server = createServer(async (request, response) => {
  const answer = (status, value) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  try {
    answer(200, await methods[request.url](await bodyOf(request)))
  } catch (failure) {
    answer(failure instanceof PaymentFailure ? 502 : 500, failure)
  }
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }))

process.once('message', async () => {
  server.close()
  server.closeAllConnections()
  await shop.stop()
  process.disconnect()
})
