import https from 'node:https'
import { connect } from 'node:net'
import Ippopay from 'node-ippopay'
import { ids, ippopayAccount, order } from '../order.js'
import { serveSlices } from '../slices.js'

/**
 * The client that IppoPay publishes. Its host is a constant, so its connections to api.ippopay.com are led to the local
 * server, over plain TCP like everybody's.
 */
const { port } = new URL(process.argv[2] ?? '')

class AgentToServer extends https.Agent {
  override createConnection() {
    return connect(Number(port), '127.0.0.1')
  }
}
https.globalAgent = new AgentToServer({ keepAlive: true })

const client = new Ippopay({ public_key: ippopayAccount.publicKey, secret_key: ippopayAccount.secretKey })

const parsed = (body: string | undefined): unknown => JSON.parse(body ?? 'no answer')

const transaction = (): Promise<unknown> =>
  new Promise((resolve) =>
    client.orderTransactionDetails({ orderId: ids.ippopayOrder }, (_, body) => resolve(parsed(body))),
  )

serveSlices({
  'IppoPay createPayment': () =>
    new Promise((resolve) =>
      client.createOrder({ amount: Number(order.amount), customer: order.buyer }, (_, body) => resolve(parsed(body))),
    ),
  // It cannot read an order: two transactions, for two reads as the others make.
  'IppoPay getStatus, order and transaction': async () => [await transaction(), await transaction()],
})
