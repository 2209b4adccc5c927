import { createHash } from 'node:crypto'
import type { Hono } from 'hono'
import { blankFields, invalidFields, madeUp, Refusal } from './errors.js'
import { callerKey, isBlank, logged, readJson, text } from './http.js'
import type { CardToken, Gateway, Invoice, Json } from './state.js'

/** Well-known test numbers. The emulator takes no others, so that it never holds a real card. */
const TEST_CARDS: ReadonlyMap<string, string> = new Map([
  ['4111111111111111', 'visa'],
  ['4242424242424242', 'visa'],
  ['4012888888881881', 'visa'],
  ['5555555555554444', 'mastercard'],
  ['5105105105105100', 'mastercard'],
  ['2223003122003222', 'mastercard'],
  ['378282246310005', 'amex'],
])

const TOKEN_LIFETIME_MS = 15 * 60_000
const FIELDS = ['invoiceIdentifier', 'pan', 'expirationDate', 'cvv', 'holderName'] as const

const expires = (expirationDate: string): number | undefined => {
  const [, month, year] = /^(0[1-9]|1[0-2])\/(\d{2})$/.exec(expirationDate) ?? []
  return month === undefined ? undefined : Date.UTC(2000 + Number(year), Number(month))
}

const checkCard = ({ pan, expirationDate, cvv }: Json, now: number): void => {
  const end = expires(text(expirationDate))
  const code = text(cvv)
  const errors: Record<string, readonly string[]> = {}
  if (!TEST_CARDS.has(text(pan))) errors.pan = ['Invalid card number.']
  if (end === undefined || end <= now) errors.expirationDate = ['This value is not valid.']
  if (code.length > 4) errors.cvv = ['This value is too long. It should have 4 characters or less.']
  else if (!/^\d{3,4}$/.test(code)) errors.cvv = ['This value is not valid.']
  if (Object.keys(errors).length > 0) throw invalidFields(errors)
}

const newToken = (gateway: Gateway): string =>
  `${createHash('sha512').update(gateway.ids.uuid()).digest('base64').slice(0, 60)}/+`

const checkAvailable = ({ behaviour }: Gateway): void => {
  if (behaviour.cardTokenization === 'not_available')
    throw new Refusal(403, 'Card tokenization is not available for your application. Please contact support')
  if (behaviour.cardTokenization === 'unavailable')
    throw new Refusal(503, 'Card tokenization is temporarily unavailable. Please contact support')
}

/** The card of a token that was made for this invoice and has not expired. */
export const cardOfToken = (gateway: Gateway, invoice: Invoice, cardToken: unknown): CardToken['card'] => {
  if (isBlank(cardToken)) throw blankFields(['cardToken'])
  const token = gateway.cardTokens.get(text(cardToken))
  if (token === undefined || token.invoiceId !== invoice.id || token.expiresAt <= gateway.clock.now())
    throw madeUp('Card token is invalid or expired')
  return token.card
}

export const CREATE_CARD_TOKEN = 'POST /v1/payment-tools/card-token/create'

export const addCardTokenRoutes = (app: Hono, gateway: Gateway): void => {
  app.post(
    '/v1/payment-tools/card-token/create',
    logged(gateway, CREATE_CARD_TOKEN, async (c, { note, executed }) => {
      const body = await readJson(c)
      const blank = FIELDS.filter((field) => isBlank(body[field]))
      if (blank.length > 0) throw blankFields(blank)
      const invoice = gateway.invoices.get(text(body.invoiceIdentifier))
      if (invoice === undefined) throw new Refusal(404, 'Invoice not found')
      note({ key: callerKey(c, invoice.metadata) })
      checkAvailable(gateway)
      checkCard(body, gateway.clock.now())

      const pan = text(body.pan)
      const token = newToken(gateway)
      const expiresAt = gateway.clock.now() + TOKEN_LIFETIME_MS
      gateway.cardTokens.set(token, {
        invoiceId: invoice.id,
        expiresAt,
        card: { bin: pan.slice(0, 6), lastDigits: pan.slice(-4), paymentSystem: TEST_CARDS.get(pan) ?? '' },
      })
      note({ id: invoice.id })
      executed()
      return c.json(
        { data: { token, expired_at: Math.floor(expiresAt / 1000) }, status: 1 },
        gateway.behaviour.successStatus.card_token,
      )
    }),
  )
}
