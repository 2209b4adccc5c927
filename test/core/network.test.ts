import { AddressRangeText, addressRangeOf, isAddress, PublicUrl } from '../../src/core/index.js'

describe('the public URL', () => {
  it.each([
    'https://shop.example',
    'https://shop.example/paymux/',
    'https://shop.example:8443/a',
    'http://localhost:8080/hooks',
    'http://127.0.0.2',
    'http://[::1]:9',
  ])('may be %s', (url) => expect(PublicUrl.is(url)).toBe(true))

  it.each([
    ['plain http elsewhere', 'http://shop.example'],
    ['a name that begins like loopback', 'http://127.0.0.1.shop.example'],
    ['a query', 'https://shop.example/a?x'],
    ['an empty query', 'https://shop.example/a?'],
    ['a fragment', 'https://shop.example/a#b'],
    ['an empty fragment', 'https://shop.example/a#'],
    ['a space in it', 'https://shop.example/a b'],
    ['a space before it', ' https://shop.example'],
    ['a line break behind it', 'https://shop.example\n'],
    ['a user', 'https://user@shop.example'],
    ['a user and a password', 'https://user:word@shop.example'],
    ['an empty user', 'https://@shop.example'],
    ['another protocol', 'ftp://shop.example'],
    ['no protocol', 'shop.example'],
    ['nothing', ''],
    ['no text', new URL('https://shop.example')],
  ])('has no %s', (_what, url) => expect(PublicUrl.is(url)).toBe(false))
})

describe('an address', () => {
  it.each(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])('may be %s', (text) => expect(isAddress(text)).toBe(true))
  it.each(['018.1.1.1', '1.2.3', '1.2.3.4:80', 'fe80::1%eth0', 'unknown', ''])('is not %s', (text) =>
    expect(isAddress(text)).toBe(false),
  )
})

describe('a range of addresses', () => {
  it('is read with its family and prefix', () => {
    expect(addressRangeOf('192.0.2.1')).toEqual({ address: '192.0.2.1', family: 'ipv4' })
    expect(addressRangeOf('10.0.0.0/8')).toEqual({ address: '10.0.0.0', family: 'ipv4', prefix: 8 })
    expect(addressRangeOf('2001:db8::/128')).toEqual({ address: '2001:db8::', family: 'ipv6', prefix: 128 })
  })

  it.each([
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fe80::1%a/64',
    '/8',
  ])('is not %s', (text) => {
    expect(addressRangeOf(text)).toBeUndefined()
    expect(AddressRangeText.is(text)).toBe(false)
  })
})
