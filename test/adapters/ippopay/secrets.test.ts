import { inspect } from 'node:util'
import type { Either } from 'fp-ts/lib/Either.js'
import { createStatelessProvider, type PaymentError, type PaymentProvider } from '../../../src/core/index.js'
import { left } from '../../either.js'
import { type Answered, anAccount, authorizations, config, gateway, json, order, says, transfer } from './support.js'

const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }
const beneficiary = {
  type: 'indian_bank_account',
  accountNumber: '000111222333',
  ifsc: 'TEST0000001',
  name: 'Bea Payee',
} as const
const amount = { value: '19.99', currency: 'INR' }
const payment = { kind: 'payment', account: 'ippopay', id: 'order_G@nz!3qBq' } as const
const common = { idempotencyKey: 'key-1', amount, merchantReference: 'ORD-1' }

const kept = [
  config.secretKey,
  config.payouts.secretKey,
  ...Object.values(authorizations),
  ...Object.values(authorizations).map((value) => value.slice('Basic '.length)),
  payer.name,
  payer.email,
  '9876543210',
  beneficiary.accountNumber,
  beneficiary.name,
  'a text of the gateway',
]

const calls: ReadonlyArray<readonly [string, (provider: PaymentProvider) => Promise<Either<PaymentError, unknown>>]> = [
  ['createPayment', ({ createPayment }) => createPayment({ ...common, payer, urls: {} })()],
  ['refund', ({ refund }) => refund({ idempotencyKey: 'key-1', payment, amount })()],
  ['payout', ({ payout }) => payout({ ...common, beneficiary })()],
  ['getStatus', ({ getStatus }) => getStatus(payment)()],
]

const story = { message: 'a text of the gateway', name: payer.name, email: payer.email, account: beneficiary }
const answers: ReadonlyArray<readonly [string, Answered]> = [
  ['a refusal', json({ success: false, ...story })],
  ['a refusal of the credentials', json(story, 401)],
  ['a limit', json(story, 429)],
  ['a failure', json({ success: false, ...story }, 500)],
  ['something else', json([order(), transfer()])],
  ['a page', { status: 200, body: `<html>${payer.name} ${beneficiary.accountNumber}</html>` }],
]

describe.each(calls)('an error of %s', (_name, call) => {
  it.each(answers)('about %s holds neither credentials nor personal data', async (_about, answer) => {
    gateway([answer])
    const error = left(await call(createStatelessProvider(anAccount())))
    const printed = JSON.stringify(error) + inspect(error, { depth: 10, showHidden: true }) + String(error)
    for (const text of kept) expect(printed.includes(text)).toBe(false)
  })

  it('about the request holds no value of it', async () => {
    const printed = JSON.stringify([
      left(
        await createStatelessProvider(anAccount()).createPayment({
          ...common,
          payer: { ...payer, ip: '203.0.113.7' },
          method: { flow: 'direct', code: '9876543210' },
          urls: {},
        })(),
      ),
      left(
        await createStatelessProvider(anAccount()).payout({
          ...common,
          beneficiary,
          method: 'UPI',
          metadata: { who: payer.name },
        })(),
      ),
    ])
    for (const text of [...kept, '203.0.113.7']) expect(printed.includes(text)).toBe(false)
  })
})

it('a refusal whose text is untrusted repeats none of it', async () => {
  gateway([says.no('a text of the gateway')])
  const error = left(await createStatelessProvider(anAccount()).getStatus(payment)())
  expect(error.message).toBe(
    'The gateway refused the request (not_found, HTTP 200) [account ippopay, ippopay.orders.get]',
  )
})
