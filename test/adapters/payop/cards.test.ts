import { inspect } from 'node:util'
import { type Card, createCardToken, payopCards } from '../../../src/adapters/payop/cards.js'
import * as payopEntry from '../../../src/adapters/payop/index.js'
import { checkPaymentRequest, createStatelessProvider, type PaymentRequest, Secret } from '../../../src/core/index.js'
import { noConnect } from '../../../src/transport/index.js'
import { fail, left, right, succeed } from '../../either.js'
import {
  allRequested,
  anAccount,
  answers,
  aPayment,
  complete,
  INVOICE,
  invoice,
  reference,
  TRANSACTION,
} from './support.js'

const pan = '4111111111111111'
const card: Card = {
  pan: new Secret(pan),
  expirationDate: new Secret('12/31'),
  cvv: new Secret('987'),
  holderName: new Secret('ANN BUYER'),
}
const TOKEN = '/v1/payment-tools/card-token/create'
const request: PaymentRequest & Pick<typeof aPayment, 'payer' | 'urls'> = {
  ...aPayment,
  payer: { email: 'buyer@example.com', name: 'Ann Buyer' },
  method: { flow: 'direct', code: '381' },
}

const cards = right(payopCards(complete, { transport: { connect: noConnect, retries: 0 } }))
const payWith = (given: Card) => createStatelessProvider(cards(given)).createPayment(request)
const invoiced = () => answers('POST', '/v1/invoices/create', { data: INVOICE, status: 1 })

describe('paying by card, server to server', () => {
  it('makes the invoice, then its token, and pays with that', async () => {
    invoiced()
    const tokens = answers(
      'POST',
      TOKEN,
      { data: { token: 'a/b+c', expired_at: 1790000900 }, status: 1 },
      { status: 201 },
    )
    const checkout = answers('POST', '/v1/checkout/create', { data: { isSuccess: true, txid: TRANSACTION }, status: 1 })
    expect(await succeed(payWith(card))).toMatchObject({
      reference,
      status: 'processing',
      nextAction: { type: 'wait_and_poll' },
    })
    expect(JSON.parse(tokens[0]?.body ?? '')).toMatchObject({ invoiceIdentifier: INVOICE, pan, cvv: '987' })
    expect(JSON.parse(checkout[0]?.body ?? '')).toMatchObject({
      invoiceIdentifier: INVOICE,
      cardToken: 'a/b+c',
      paymentMethod: 381,
    })
  })

  it('goes on with the 3-D Secure form of the read', async () => {
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ status: 4, transactionIdentifier: null }))
    const form = {
      method: 'POST',
      url: 'https://acs.example/3ds',
      fields: { PaReq: 'p', MD: 'm', TermUrl: 'https://payop.com/r' },
    }
    answers('GET', `/v1/checkout/check-invoice-status/${INVOICE}`, { data: { status: 'pending', form }, status: 1 })
    expect(await succeed(createStatelessProvider(anAccount()).getStatus(reference))).toMatchObject({
      status: 'processing',
      nextAction: { type: 'submit_form', url: form.url, fields: form.fields },
    })
  })

  it('keeps nothing of the card in what is stored', async () => {
    const adapter = cards(card)
    const input = right(checkPaymentRequest(request))
    invoiced()
    answers('POST', TOKEN, { data: { token: 'a/b+c' }, status: 1 })
    const { createCall } = await import('../../../src/core/index.js')
    const draft = right(await adapter.createPayment.draft(input, createCall(adapter.send))())
    const printed = JSON.stringify(draft) + inspect(adapter, { depth: null }) + inspect(card) + JSON.stringify(card)
    for (const text of [pan, '12/31', '987', 'ANN BUYER']) expect(printed).not.toContain(text)
    expect(draft.wire.effect).toBe('moves_money')
  })

  it('takes its direct flow only', async () => {
    const provider = createStatelessProvider(cards(card))
    expect(cards(card).capabilities.createPayment).toMatchObject({ supported: true })
    const { createPayment } = cards(card).capabilities
    expect(createPayment.supported && Object.keys(createPayment.flows)).toEqual(['direct'])
    expect(await fail(provider.createPayment(aPayment))).toMatchObject({
      _tag: 'Unsupported',
      issues: [{ path: 'method.flow' }],
    })
  })

  it.each([
    [
      403,
      'Card tokenization is not available for your application. Please contact support',
      { _tag: 'Refused', reason: 'permission' },
    ],
    [
      422,
      { pan: ['Invalid card number.'], cvv: ['This value is too long.'] },
      { _tag: 'Refused', reason: 'validation', fields: ['pan', 'cvv'] },
    ],
    [404, 'Invoice not found', { _tag: 'Refused', reason: 'not_found' }],
    [
      503,
      'Card tokenization is temporarily unavailable. Please contact support',
      { _tag: 'Unreachable', phase: 'draft' },
    ],
  ])('pays nothing without a token (%i)', async (status, message, expected) => {
    invoiced()
    answers('POST', TOKEN, { message }, { status })
    expect(await fail(payWith(card))).toMatchObject(expected)
    expect(allRequested()).toBe(true)
  })
})

describe('a card that cannot be one', () => {
  it.each([
    ['pan', '4111111111111112'],
    ['pan', '4111 1111 1111 1111'],
    ['pan', '411111'],
    ['expirationDate', '13/31'],
    ['expirationDate', '12/2031'],
    ['cvv', '12'],
    ['holderName', ' '],
  ])('is refused before anything is sent (%s)', async (field, text) => {
    const error = await fail(payWith({ ...card, [field]: new Secret(text) }))
    expect(error).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: `card.${field}` }] })
    expect(JSON.stringify(error)).not.toContain(pan)
  })

  it('as plain text is refused, and not repeated', async () => {
    const error = await fail(payWith({ ...card, ...JSON.parse(JSON.stringify({ pan })) }))
    expect(error).toMatchObject({ issues: [{ path: 'card.pan' }] })
    expect(JSON.stringify(error) + inspect(error)).not.toContain(pan)
  })

  it('may have any number that the check digit allows', () => {
    for (const number of ['378282246310005', '5555555555554444', '6304000000000000'])
      expect(createCardToken.prepare({ invoiceId: INVOICE, card: { ...card, pan: new Secret(number) } })._tag).toBe(
        'Right',
      )
  })
})

describe('cards are opted into', () => {
  it('by an entry of their own', () => {
    expect(Object.keys(payopEntry)).toEqual(['endpoints', 'payop'])
    expect(Object.keys(payopEntry.endpoints)).not.toContain('createCardToken')
  })
  it('with the same configuration', () => {
    expect(left(payopCards({ adapter: 'payop' }))).toMatchObject({ _tag: 'InvalidConfig' })
    expect(right(payopCards(complete))(card).account).toBe('payop')
  })
})
