import { addressList } from '../../src/webhooks/address-list.js'
import { clientAddress } from '../../src/webhooks/client-address.js'
import fc from '../property.js'

const list = (...ranges: string[]) => {
  const contains = addressList(ranges)
  if (contains === undefined) throw new Error('not a list')
  return contains
}

describe('a list of addresses', () => {
  it.each([
    ['18.199.249.46', true],
    ['::ffff:18.199.249.46', true],
    ['::FFFF:12C7:F92E', true],
    ['18.199.249.47', false],
    ['192.0.2.200', true],
    ['192.0.3.1', false],
    ['2001:db8::1', true],
    ['2001:DB8:0:0:0:0:0:1', true],
    ['2001:db9::1', false],
    ['018.199.249.46', false],
    ['0x12.199.249.46', false],
    ['18.199.249', false],
    ['18.199.249.46:80', false],
    ['', false],
    ['unknown', false],
  ])('with one address, a range and an IPv6 range: %s is %s', (address, isIn) => {
    expect(list('18.199.249.46', '192.0.2.0/24', '2001:db8::/32')(address)).toBe(isIn)
  })

  it.each([
    '',
    'localhost',
    '1.2.3.4/',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/8/8',
    '1.2.3.4/08',
    '::/129',
    '0.0.0.0/0',
    '::/0',
    'fe80::1%eth0',
    '01.2.3.4',
    ' 1.2.3.4',
  ])('refuses %p', (range) => {
    expect(addressList([range])).toBeUndefined()
  })
})

describe('the client’s address', () => {
  const isTrusted = list('10.0.0.0/8', '2001:db8:1::/48')

  it.each<[string, string[], string | undefined, string]>([
    ['203.0.113.7', [], '203.0.113.7', 'a direct peer'],
    ['::ffff:203.0.113.7', [], '::ffff:203.0.113.7', 'a direct peer in IPv6 spelling'],
    ['203.0.113.7', ['198.51.100.1'], '203.0.113.7', 'a direct peer that lies'],
    ['10.0.0.5', ['203.0.113.7'], '203.0.113.7', 'behind one proxy'],
    ['::ffff:10.0.0.5', ['203.0.113.7'], '203.0.113.7', 'behind one proxy in IPv6 spelling'],
    ['10.0.0.5', ['203.0.113.7, 10.1.1.1, 10.2.2.2'], '203.0.113.7', 'behind three'],
    ['2001:db8:1::1', ['2001:db8:2::1'], '2001:db8:2::1', 'IPv6'],
    ['10.0.0.5', ['198.51.100.1, 203.0.113.7'], '203.0.113.7', 'with a spoofed entry to the left'],
    ['10.0.0.5', ['198.51.100.1, 10.9.9.9, 203.0.113.7, 10.1.1.1'], '203.0.113.7', 'with a spoofed proxy to the left'],
    ['10.0.0.5', ['203.0.113.7', '203.0.113.7'], '203.0.113.7', 'with the same line twice'],
    ['10.0.0.5', ['203.0.113.7', '198.51.100.1'], '198.51.100.1', 'with two lines, of which the last decides'],
    [
      '10.0.0.5',
      ['198.51.100.1, 203.0.113.7', '10.1.1.1'],
      '203.0.113.7',
      'with two lines, of which the first decides',
    ],
    ['10.0.0.5', ['203.0.113.7', 'unknown'], undefined, 'with two lines, the last malformed'],
    ['10.0.0.5', ['', '203.0.113.7', ''], '203.0.113.7', 'with empty lines around it'],
    ['10.0.0.5', [], undefined, 'a proxy that says nothing'],
    ['10.0.0.5', [''], undefined, 'a proxy that says nothing, in a line'],
    ['10.0.0.5', ['10.1.1.1'], undefined, 'nobody but proxies'],
    ['10.0.0.5', ['unknown'], undefined, 'unknown'],
    ['10.0.0.5', ['unknown, 203.0.113.7'], '203.0.113.7', 'something malformed to the left'],
    ['10.0.0.5', ['203.0.113.7, unknown'], undefined, 'something malformed to the right'],
    ['10.0.0.5', ['203.0.113.7, unknown, 10.1.1.1'], undefined, 'something malformed that decides'],
    ['10.0.0.5', [', 203.0.113.7'], '203.0.113.7', 'an empty first element'],
    ['10.0.0.5', ['203.0.113.7,'], '203.0.113.7', 'an empty last element'],
    ['10.0.0.5', ['203.0.113.7, ,\t, 10.1.1.1'], '203.0.113.7', 'empty elements in between'],
    ['10.0.0.5', ['203.0.113.7:51008'], '203.0.113.7', 'with a port'],
    ['10.0.0.5', ['198.51.100.1:1, 203.0.113.7:2, 10.1.1.1:3'], '203.0.113.7', 'with ports, proxies too'],
    ['10.0.0.5', ['[2001:db8:2::1]'], '2001:db8:2::1', 'in brackets'],
    ['10.0.0.5', ['[2001:db8:2::1]:51008'], '2001:db8:2::1', 'in brackets, with a port'],
    ['10.0.0.5', ['[::ffff:203.0.113.7]:51008'], '::ffff:203.0.113.7', 'in IPv6 spelling, with a port'],
    ['10.0.0.5', ['203.0.113.7, [2001:db8:1::9]:1'], '203.0.113.7', 'behind an IPv6 proxy with a port'],
    ['10.0.0.5', ['203.0.113.7:x'], undefined, 'with a port that is none'],
    ['10.0.0.5', ['203.0.113.7:123456'], undefined, 'with a port that is too long'],
    ['10.0.0.5', ['[203.0.113.7]x'], undefined, 'with text after the brackets'],
    ['10.0.0.5', ['[2001:db8:2::1'], undefined, 'with one bracket'],
    ['10.0.0.5', ['[fe80::1%eth0]:1'], undefined, 'with a zone'],
    ['10.0.0.5', ['0313.0.113.7'], undefined, 'octal'],
    [
      '10.0.0.5',
      [[...Array.from({ length: 200 }, () => '198.51.100.1'), '203.0.113.7'].join()],
      '203.0.113.7',
      'however much stands to the left',
    ],
    ['', [], undefined, 'a peer without an address'],
    ['fe80::1%eth0', [], undefined, 'a peer on a link'],
  ])('%s, %j: %s (%s)', (peer, forwardedFor, address) => {
    expect(clientAddress(peer, forwardedFor, isTrusted)).toBe(address)
  })

  const anything = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constant('10.1.1.1'), fc.constant('unknown'))
  const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined })
  const written = (address: string, at: number | undefined): string => {
    if (at === undefined) return address
    return address.includes(':') ? `[${address}]:${at}` : `${address}:${at}`
  }
  const unlisted = fc.oneof(
    fc.ipV4().filter((address) => !address.startsWith('10.')),
    fc.ipV6().filter((address) => !isTrusted(address)),
  )

  it('is the one that the first trusted proxy saw, whatever the sender wrote left of it', () => {
    const proxies = fc.array(fc.constantFrom('10.1.1.1', '10.2.2.2', '2001:db8:1::9'), { maxLength: 4 })
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 25 }), unlisted, proxies, port, (spoofed, peer, after, at) => {
        const line = [...spoofed, ...[peer, ...after].map((address) => written(address, at))].join(', ')
        expect(clientAddress('10.0.0.5', [line], isTrusted)).toBe(peer)
        expect(clientAddress('10.0.0.5', line.split(', '), isTrusted)).toBe(peer)
      }),
    )
  })

  it('is the peer’s, whatever it says, unless the peer is trusted', () => {
    fc.assert(
      fc.property(unlisted, fc.array(anything), (peer, lines) => {
        expect(clientAddress(peer, lines, isTrusted)).toBe(peer)
      }),
    )
  })

  it('is never a trusted one behind a proxy, and never no address', () => {
    fc.assert(
      fc.property(fc.array(anything), (hops) => {
        const address = clientAddress('10.0.0.5', [hops.join(',')], isTrusted)
        expect(address === undefined || (!isTrusted(address) && hops.join(',').includes(address))).toBe(true)
      }),
    )
  })
})
