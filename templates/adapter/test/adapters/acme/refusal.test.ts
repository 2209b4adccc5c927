import type { PaymentError } from '../../../src/core/index.js'
import { fail } from '../../either.js'
import { aProvider, gateway, paymentRequest } from './support.js'

const errorOf = (status: number, body: object): Promise<PaymentError> => {
  gateway(body, status)
  return fail(aProvider().createPayment(paymentRequest))
}

describe('a refusal', () => {
  it.each([
    [401, 'unauthorized', 'authentication'],
    [403, 'forbidden', 'permission'],
    [404, 'not_found', 'not_found'],
    [409, 'not_paid', 'validation'],
    [422, 'amount_too_high', 'amount_limit'],
    [422, 'insufficient_funds', 'insufficient_funds'],
  ])('under %i with %s is Refused with %s', async (status, code, reason) => {
    expect(await errorOf(status, { error: { code, message: 'No.' } })).toMatchObject({
      _tag: 'Refused',
      reason,
      providerCode: code,
    })
  })

  it('names the field', async () => {
    const error = { code: 'invalid_field', message: 'No.', field: 'amount' }
    expect(await errorOf(422, { error })).toMatchObject({ reason: 'validation', fields: ['amount'] })
  })

  it('may ask to slow down', async () => {
    expect((await errorOf(429, { error: { code: 'too_many_requests' } }))._tag).toBe('RateLimited')
  })

  it('is none where the key was used before: the first send is read', async () => {
    expect(await errorOf(409, { error: { code: 'key_reused' } })).toMatchObject({
      _tag: 'Indeterminate',
      registered: true,
    })
  })

  it.each([
    [422, { error: { code: 'not_documented' } }],
    [422, { error: { message: 'No.' } }],
    [422, { error: 'No.' }],
    [422, []],
    [201, { payment: {} }],
  ])('is no conclusion from %i with %j', async (status, body) => {
    expect((await errorOf(status, body))._tag).toBe('Indeterminate')
  })
})
