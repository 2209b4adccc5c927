import * as E from 'fp-ts/lib/Either.js'
import { checkPaymentRequest } from '../../src/core/index.js'
import { complaints, expectOnly, issuesOf, paymentRequest, replaced } from './requests.js'

describe('a payment request', () => {
  const refuses = (path: string, ...values: readonly unknown[]) => {
    for (const value of values) expectOnly(checkPaymentRequest, replaced(paymentRequest, path, value), path)
  }
  const takes = (path: string, ...values: readonly unknown[]) => {
    for (const value of values)
      expect({ value, complaints: complaints(checkPaymentRequest(replaced(paymentRequest, path, value))) }).toEqual({
        value,
        complaints: [],
      })
  }

  it('needs an amount, a reference and a key; a missing payer and missing addresses count as empty', () => {
    const { idempotencyKey, amount, merchantReference } = paymentRequest
    const needed = { idempotencyKey, amount, merchantReference }
    for (const request of [needed, { ...needed, payer: {}, urls: {} }, { ...needed, payer: undefined }])
      expect(checkPaymentRequest(request)).toStrictEqual(
        E.right({ ...needed, amount: { minorUnits: 1999n, currency: 'EUR' }, payer: {}, urls: {} }),
      )
    expect([...complaints(checkPaymentRequest({}))].sort()).toEqual(['amount', 'idempotencyKey', 'merchantReference'])
    refuses('payer', null, 'Ann Buyer', [])
    refuses('urls', null, 'https://shop.example.com/', [])
  })

  it('takes fields that are undefined for absent', () => {
    const { description: _, ...rest } = paymentRequest
    expect(checkPaymentRequest({ ...paymentRequest, description: undefined })).toStrictEqual(checkPaymentRequest(rest))
  })

  it('takes decimal text and minor units for the same amount', () => {
    const withAmount = (amount: object) =>
      checkPaymentRequest({ ...paymentRequest, amount: { ...amount, currency: 'KWD' } })
    expect(withAmount({ value: '12.345' })).toEqual(withAmount({ minorUnits: 12345n }))
    expect(withAmount({ value: '12.3' })).toEqual(withAmount({ minorUnits: 12300n }))
    expect(withAmount({ value: '12.3' })._tag).toBe('Right')
  })

  it('takes addresses of the web only', () => {
    takes('urls.success', 'http://127.0.0.1:3000/', 'https://shop.example.com/ü?a={b}')
    refuses(
      'urls.success',
      'javascript:alert(1)',
      'ftp://example.com',
      '//example.com',
      'https://',
      'https://exa mple.com',
      'https://example.com/\u0000',
      `https://example.com/${'x'.repeat(2000)}`,
    )
  })

  it('takes no control character, line separator or half character in a line', () => {
    takes('description', 'नमस्ते ❤️ “quoted” — dash', 'x'.repeat(255))
    refuses(
      'description',
      'a\r\nb',
      'a\tb',
      'a\u0000',
      'a\u007f',
      'a\u2028b',
      'a\u2029b',
      'a\ud800',
      '   ',
      'x'.repeat(256),
    )
    refuses('payer.name', 'a\nb', '', 'x'.repeat(129))
  })

  it('takes what a payer can be reached by', () => {
    takes('payer.email', 'a@b', "o'neil+tag@mail.example.com", 'jörg@münchen.example')
    refuses(
      'payer.email',
      'ann',
      'ann@',
      '@example.com',
      'a b@example.com',
      'a@b@c',
      '"a"@example.com',
      '<a@b>',
      'a\u0000@example.com',
    )
    takes('payer.phone', '+911234567890')
    refuses('payer.phone', '4915112345678', '+49 151', '+12345', '+1234567890123456', '++4915112345678')
    takes('payer.country', 'DE', 'IN', 'GB')
    refuses('payer.country', 'de', 'DEU', 'UK', 'EU', '', 'ZZ')
    const countryIssues = (country: unknown) =>
      issuesOf(checkPaymentRequest(replaced(paymentRequest, 'payer.country', country)))
    expect(countryIssues('de')).toEqual([
      { path: 'payer.country', expected: 'an ISO 3166-1 alpha-2 code: in upper case' },
    ])
    for (const country of ['zz', 'deu', 49, null, Object.create(null), { toString: () => 'de' }])
      expect(countryIssues(country)).toEqual([{ path: 'payer.country', expected: 'an ISO 3166-1 alpha-2 code' }])
    takes('payer.locale', 'en', 'pt-BR', 'zh-Hans-CN', 'fil')
    refuses('payer.locale', 'e', 'en_GB', 'english', 'en-', '-')
    takes('payer.ip', '203.0.113.7', '2001:db8::1')
    refuses('payer.ip', '203.0.113', '256.0.0.1', '...', 'abc', 'fe80::1%eth0', '203.0.113.7:80')
  })

  it('takes the fields of a method as lines by name', () => {
    takes('payer.extra', {}, { date_of_birth: '1990-01-31', Straße: 'x'.repeat(1024) })
    expectOnly(checkPaymentRequest, replaced(paymentRequest, 'payer.extra', { a: '1', b: 2 }), 'payer.extra.#2')
    expectOnly(checkPaymentRequest, replaced(paymentRequest, 'method.fields', { a: 'a\nb' }), 'method.fields.#1')
    takes('method.flow', 'hosted', 'direct', 'popup', 'upi_intent')
    refuses('method.flow', 'redirect', 'toString')
    refuses('method.code', 'a b', '', 'x'.repeat(65))
  })

  it('takes references that travel everywhere unescaped', () => {
    takes('merchantReference', 'a', 'A_b-c.1', 'x'.repeat(64))
    refuses('merchantReference', '', 'a b', 'a:b', 'a/b', 'x'.repeat(65))
  })
})
