import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context } from 'aws-lambda'
import { paymux } from 'paymux/promises'

const shop = await paymux('paymux.config.json')
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})

/** Creates a payment. */
export const orders = async ({ body }: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> => {
  const { reference } = JSON.parse(body ?? '{}')
  const payment = await shop.createPayment({
    idempotencyKey: `order-${reference}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: reference,
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  })
  return { statusCode: 200, body: JSON.stringify(payment) }
}

/** Takes the notifications of the gateways, at `/paymux/{proxy+}`. */
export const notifications = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> => {
  const { domainName, http } = event.requestContext
  const request = new Request(`https://${domainName}${event.rawPath}`, {
    method: http.method,
    headers: Object.entries(event.headers).map(([name, value]): [string, string] => [name, value ?? '']),
    body: event.body === undefined ? null : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8'),
  })
  const response = await shop.webhooks.handle(request, { address: http.sourceIp })
  return { statusCode: response.status, body: await response.text() }
}

/** The background work, once a minute by a rule of EventBridge. The function's timeout is 70 seconds. */
export const background = (_: unknown, context: Context) =>
  shop.tick({ maxMs: context.getRemainingTimeInMillis() - 3_000 })
