import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { Context, Effect, Layer } from 'effect'
import { type PaymentError, type Paymux, paymux } from 'paymux'
import { toNodeHandler } from 'paymux/webhooks'

type Either<A> = { readonly _tag: 'Left'; readonly left: PaymentError } | { readonly _tag: 'Right'; readonly right: A }

/** A call of `paymux` as an effect, whose errors have a `_tag` each. */
const run = <A>(call: () => Promise<Either<A>>): Effect.Effect<A, PaymentError> =>
  Effect.flatMap(Effect.promise(call), (either) =>
    either._tag === 'Left' ? Effect.fail(either.left) : Effect.succeed(either.right),
  )

class Shop extends Context.Service<Shop, Paymux>()('Shop') {
  static readonly layer = Layer.effect(Shop, run(paymux('paymux.config.json')))
}

const createOrder = (reference: string) =>
  Effect.gen(function* () {
    const shop = yield* Shop
    return yield* run(
      shop.createPayment({
        idempotencyKey: `order-${reference}`,
        amount: { value: '49.90', currency: 'EUR' },
        merchantReference: reference,
        payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
        urls: { success: 'https://shop.example/thanks' },
      }),
    )
  }).pipe(Effect.catchTag('Refused', ({ reason }) => Effect.succeed({ refused: reason })))

const program = Effect.gen(function* () {
  const shop = yield* Shop
  yield* run(
    shop.subscribe('orders', async ({ type, merchantReference }) => {
      if (type === 'payment.succeeded') console.log('deliver', merchantReference)
    }),
  )
  yield* run(shop.closeOn(['SIGTERM', 'SIGINT']))
  yield* run(shop.start())

  const notifications = toNodeHandler(shop.webhooks)
  createServer(async (request, response) => {
    if (request.url !== '/orders') return notifications(request, response)
    const { reference } = Object(await json(request))
    const payment = await Effect.runPromise(Effect.provideService(createOrder(reference), Shop, shop))
    response.setHeader('content-type', 'application/json').end(JSON.stringify(payment))
  }).listen(process.env.PORT)
})

await Effect.runPromise(Effect.provide(program, Shop.layer))
