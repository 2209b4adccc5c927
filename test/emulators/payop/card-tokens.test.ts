import { at } from '../http.js'
import { NOON, useFixture } from './fixture.js'

const fixture = useFixture()
const card = {
  pan: '5555555555554444',
  expirationDate: '12/29',
  cvv: '123',
  holderName: 'ANN BUYER',
}
const tokenize = async (more: Record<string, unknown> = {}) => {
  const { client, createInvoice } = fixture()
  const invoiceIdentifier = await createInvoice({ paymentMethod: '381' })
  return client.post('/v1/payment-tools/card-token/create', { invoiceIdentifier, ...card, ...more }, { token: null })
}

describe('POST /v1/payment-tools/card-token/create', () => {
  it('gives an opaque token with an end', async () => {
    const { status, body } = await tokenize()
    expect(status).toBe(201)
    expect(at(body, 'data', 'token')).toMatch(/^[\w+/=]+\/\+$/)
    expect(at(body, 'data', 'expired_at')).toBe(NOON / 1000 + 900)
    expect(at(body, 'status')).toBe(1)
  })

  it.each([
    ['another number than a well-known test one', { pan: '4000000000000010' }, 'pan', 'Invalid card number.'],
    ['a month that is over', { expirationDate: '12/25' }, 'expirationDate', 'This value is not valid.'],
    ['a month that does not exist', { expirationDate: '13/29' }, 'expirationDate', 'This value is not valid.'],
    ['a long code', { cvv: '12345' }, 'cvv', 'This value is too long. It should have 4 characters or less.'],
    ['a blank name', { holderName: '' }, 'holderName', 'This value should not be blank.'],
  ])('refuses %s', async (_, more, field, message) => {
    expect(await tokenize(more)).toMatchObject({ status: 422, body: { message: { [field]: [message] } } })
  })

  it('names every wrong field at once', async () => {
    const { body } = await tokenize({ pan: '1', cvv: '12345', expirationDate: 'soon' })
    expect(Object.keys(at(body, 'message') ?? {})).toEqual(['pan', 'expirationDate', 'cvv'])
  })

  it('takes a card until the last day of its month', async () => {
    expect((await tokenize({ expirationDate: '01/26' })).status).toBe(201)
  })

  it('answers 404 to an unknown invoice', async () => {
    expect(await tokenize({ invoiceIdentifier: 'no-such-id' })).toMatchObject({
      status: 404,
      body: { message: 'Invoice not found' },
    })
  })

  it.each([
    ['not_available', 403, 'Card tokenization is not available for your application. Please contact support'],
    ['unavailable', 503, 'Card tokenization is temporarily unavailable. Please contact support'],
  ] as const)('may be %s', async (cardTokenization, status, message) => {
    fixture().emulator.behaviour.cardTokenization = cardTokenization
    expect(await tokenize()).toMatchObject({ status, body: { message } })
  })

  it('keeps the number out of every record and of the log', async () => {
    const { emulator } = fixture()
    await tokenize()
    await tokenize({ cvv: '12345' })
    const everything = JSON.stringify([emulator.executions(), emulator.invoices(), emulator.transactions()])
    expect(emulator.executions()).toMatchObject([
      { operation: 'payment' },
      { operation: 'card_token', executed: true, key: 'key-1' },
      { operation: 'payment' },
      { operation: 'card_token', executed: false, refusal: 'validation: cvv' },
    ])
    expect(everything).not.toContain(card.pan)
  })
})
