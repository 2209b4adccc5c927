import { left, right } from '../../either.js'
import { anAdapter } from './support.js'

const received = (body: string) =>
  anAdapter().notification({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, body })

describe('a notification', () => {
  it('names a payment to read', () => {
    expect(right(received('{"event":"payment.paid","payment":{"id":"pay_1","status":"paid"}}'))).toEqual({
      reference: { kind: 'payment', account: 'acme', id: 'pay_1' },
      reported: { payment: 'paid' },
    })
  })

  it('reports no sentence', () => {
    expect(right(received('{"payment":{"id":"pay_1","status":"paid by Ann Buyer"}}')).reported).toEqual({})
  })

  it.each(['', '[]', '{}', '{"payment":{}}', '{"payment":{"id":"../x"}}', '{"payment":"pay_1"}'])(
    'is InvalidRequest as %s',
    (body) => {
      expect(left(received(body))._tag).toBe('InvalidRequest')
    },
  )
})
