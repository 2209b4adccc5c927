import { createHmac } from 'node:crypto'
import { invoiceSignature } from '../../../src/adapters/payop/endpoints/invoices.js'
import { endpoints } from '../../../src/adapters/payop/index.js'
import { Secret } from '../../../src/core/index.js'
import { left } from '../../either.js'
import { order } from './support.js'

// Recomputed by hand from Payop's definition; some of the results that its documents print are wrong.
const vectors = [
  [
    '1.2000',
    'USD',
    'Test-Order-354',
    'supersecretkey',
    '3445000c1f55f447b853fe068529c23fc4188e36aa4984e37836538d95f8e015',
  ],
  ['1.2000', 'USD', 'Test-Order-354', 'secretkey1', 'fc8175a961be3680b2cef8f25f8e4128b229cd7cae43742f1c5548184247b8cc'],
  [
    '0.4500',
    'EUR',
    'FK-288-SDC',
    'fantastic_supersecretkey',
    '15c4c6ee83285dd82e1d7d29984a718cc527f218b8a0bb7e9b951b08ea1f30cd',
  ],
  ['0.4500', 'EUR', 'FK-288-SDC', 'secretkey2', '4134ba8279e1ec87a1e1a5257a91c40e42ae21eda1efd04f6ada11f1b038b844'],
  [
    '99.99',
    'USD',
    'order12345',
    'mySuperSecretKey',
    'f4d67ce97c9f9e64960c45d46f7f4c45c8003f8930b62fe4b6a0f7e0b1591cee',
  ],
  ['100.0000', 'USD', 'FF01', 'rekrj1f8bc4wer', '7951d2925ac0fd9abc96134c152d615f51f76e07cc612ad06d8d8c626e1ec53c'],
  ['2', 'EUR', 'ORD-1001', 'testsecret', 'b6e7ee4fec66719406652205203ee6f5bc861802e529aed6004bbb9c8b2a084a'],
  ['2.0', 'EUR', 'ORD-1001', 'testsecret', 'f5ef28f8a5208835a2ff6fe59625d0ede4bd27ef2d9d414fa7ca5cd3f444b4d4'],
  ['2.00', 'EUR', 'ORD-1001', 'testsecret', '4b41589d282358cf87b5c5efa781f430d3c9e14febd8853f3e025f7634b114c9'],
  ['2.0000', 'EUR', 'ORD-1001', 'testsecret', '21f8a58d59cc14c5cd902ba60f863a9069c30984fd1ca938dd13533178bfe253'],
  ['2.00', 'eur', 'ORD-1001', 'testsecret', '31e8f4254232e4e3da63aed49395fb49efd65991544e665fb21d8ea05dc606d6'],
  ['3', 'EUR', '12345', 'testsecret', 'ced69ca051a53c9fc40c3cfe3f651e97e80beecf96f46a723c609a113d612404'],
  ['3.00', 'USD', '12345', 'testsecret', '01ec938c7f34d39ab58f326845dac29d2297d4deb997df3f3e49518af32d3929'],
  ['1500', 'JPY', 'JP-7', 'testsecret', '7ec7116a1dd2e612aee612047fe82ee154582fc27cd23cf86d6b3fbe853b8f69'],
  ['12.345', 'KWD', 'KW-9', 'testsecret', 'faffbe2549f20f79f38fea05bbf747f8493a6a30c46ac99c87afa7250d129a14'],
  ['10.00', 'EUR', 'заказ-5', 'testsecret', 'c3c9eb0b7cf3bf98951c3f17e181d9cbd4024d73f1b72928b36af96acbcc3e94'],
  [
    '49.95',
    'GBP',
    'INV/2026/0007',
    '0123456789abcdef01234567',
    'd7b67d2e791df5c537245b5728ab578e841f9a22a8cfa19fedb885636fcb2eda',
  ],
  ['104.48', 'EUR', 'GFS-26-AB12CD34', 'k', 'a8c24331a3521fd18979fcdb63a3a60f1891b30293bafe79120f96ebecf39b9b'],
] as const

describe('the signature of an invoice', () => {
  it.each(vectors)('of %s %s for order %s', (amount, currency, orderId, key, expected) => {
    expect(invoiceSignature(amount, currency, orderId, new Secret(key))).toBe(expected)
  })

  it('is a plain hash, no HMAC', () => {
    const hmac = createHmac('sha256', 'testsecret').update('2.00:EUR:ORD-1001').digest('hex')
    expect(hmac).toBe('5e2d08b30caba8a4b07f70050244bfb1316c9ddf2a999158293b6d29447a7768')
    expect(invoiceSignature('2.00', 'EUR', 'ORD-1001', new Secret('testsecret'))).not.toBe(hmac)
  })
})

describe('what cannot be signed is refused before it is sent', () => {
  const newInvoice = (fields: object) =>
    endpoints.createInvoice.prepare({
      publicKey: 'application-1',
      secretKey: new Secret('testsecret'),
      order: { ...order, ...fields },
      payer: { email: 'buyer@example.com' },
      language: 'en',
      resultUrl: 'https://shop.example/ok',
      failPath: 'https://shop.example/ko',
    })

  it.each(['1,50', ' 2.00', '1e3', '-1.00', '0.00', '+2.00', '02.00', '2.', '2.00001', 2])('amount %p', (amount) => {
    expect(left(newInvoice({ amount }))).toMatchObject({ _tag: 'InvalidRequest' })
  })
  it('more decimals than the currency has', () => {
    expect(left(newInvoice({ amount: '2.005' }))).toMatchObject({ issues: [{ path: 'order' }] })
    expect(left(newInvoice({ amount: '1500.5', currency: 'JPY' }))).toMatchObject({ issues: [{ path: 'order' }] })
  })
  it.each(['a1b2:3', 'заказ-5', 'INV/2026/0007', '', 'x'.repeat(65)])('order id %p', (id) => {
    expect(left(newInvoice({ id }))).toMatchObject({ issues: [{ path: 'order.id' }] })
  })
  it.each(['eur', 'EU', 'XYZ'])('currency %p', (currency) => {
    expect(left(newInvoice({ currency }))).toMatchObject({ issues: [{ path: 'order.currency' }] })
  })
})
