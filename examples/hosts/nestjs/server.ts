import 'reflect-metadata'
import { Body, Controller, Inject, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type Paymux, paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'

const SHOP = Symbol('shop')

@Controller('orders')
class Orders {
  constructor(@Inject(SHOP) private readonly shop: Paymux) {}

  @Post()
  create(@Body('reference') reference: string) {
    return this.shop.createPayment({
      idempotencyKey: `order-${reference}`,
      amount: { value: '49.90', currency: 'EUR' },
      merchantReference: reference,
      payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
      urls: { success: 'https://shop.example/thanks' },
    })
  }
}

@Module({
  controllers: [Orders],
  providers: [{ provide: SHOP, useFactory: () => paymux('paymux.config.json') }],
})
class Shop {}

const app = await NestFactory.create(Shop)
const shop = app.get<Paymux>(SHOP)
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})
await shop.closeOn(['SIGTERM', 'SIGINT'])
await shop.start()

// Before `listen`, which adds the body parsers: paymux has to read the body.
app.use('/paymux', toNodeHandler(shop.webhooks))
await app.listen(Number(process.env.PORT))
