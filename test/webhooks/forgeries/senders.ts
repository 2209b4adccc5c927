import { type Forgery, GENUINE_PEER, PROXY, paid, success, type Target, UNLISTED } from './forgery.js'

const body = JSON.stringify(paid())

interface Sender {
  readonly peer: string
  readonly forwarded?: string
  readonly headers?: Readonly<Record<string, string>>
}

const unlisted: Readonly<Record<string, Sender>> = {
  directly: { peer: UNLISTED },
  'in IPv6 spelling': { peer: `::ffff:${UNLISTED}` },
  'from a neighbour of the gateway’s': { peer: '18.199.249.47' },
  'from an address the gateway once had': { peer: '52.49.204.201' },
  'from the gateway’s address in octal': { peer: '022.0307.0371.056' },
  'from the gateway’s address in hexadecimal': { peer: '0x12c7f92e' },
  'from the gateway’s address with a port': { peer: '18.199.249.46:443' },
  'from the gateway’s address with a zone': { peer: '::ffff:18.199.249.46%eth0' },
  'from no address': { peer: '' },
  'from loopback': { peer: '127.0.0.1' },
  'with the gateway’s address forwarded': { peer: UNLISTED, forwarded: GENUINE_PEER },
  'with the gateway’s address forwarded often': { peer: UNLISTED, forwarded: `${GENUINE_PEER}, ${GENUINE_PEER}` },
  'with a proxy’s address forwarded': { peer: UNLISTED, forwarded: `${GENUINE_PEER}, ${PROXY}` },
  'behind a proxy': { peer: PROXY, forwarded: UNLISTED },
  'behind a proxy, with the gateway’s address at the left': { peer: PROXY, forwarded: `${GENUINE_PEER}, ${UNLISTED}` },
  'behind two proxies, with the gateway’s address at the left': {
    peer: PROXY,
    forwarded: `${GENUINE_PEER}, ${UNLISTED}, 10.1.1.1`,
  },
  'behind a proxy, with a proxy’s address at the left': {
    peer: PROXY,
    forwarded: `${GENUINE_PEER}, 10.1.1.1, ${UNLISTED}`,
  },
  'behind a proxy that says nothing': { peer: PROXY },
  'behind a proxy that says an empty text': { peer: PROXY, forwarded: '' },
  'behind a proxy that says commas': { peer: PROXY, forwarded: ',,' },
  'behind a proxy that says unknown': { peer: PROXY, forwarded: 'unknown' },
  'behind a proxy that says a name': { peer: PROXY, forwarded: 'payop.example' },
  'behind a proxy that names itself': { peer: PROXY, forwarded: PROXY },
  'behind a proxy that says an octal address': { peer: PROXY, forwarded: '022.0307.0371.056' },
  'behind a proxy that says a short address': { peer: PROXY, forwarded: '18.199.63790' },
  'behind a proxy that says a number': { peer: PROXY, forwarded: '314046766' },
  'behind a proxy that says a port': { peer: PROXY, forwarded: `${UNLISTED}:443` },
  'behind a proxy that says brackets': { peer: PROXY, forwarded: `[::ffff:${UNLISTED}]:443` },
  'behind a proxy that says a port that is none': { peer: PROXY, forwarded: `${GENUINE_PEER}:x` },
  'behind a proxy that says garbage at the right': { peer: PROXY, forwarded: `${GENUINE_PEER}, <script>` },
  'behind a proxy that says garbage before its own': { peer: PROXY, forwarded: `${GENUINE_PEER}, <script>, 10.1.1.1` },
  'behind a proxy that says quotes': { peer: PROXY, forwarded: `"${GENUINE_PEER}"` },
  'behind a proxy that says spaces': { peer: PROXY, forwarded: `18.199 .249.46` },
  'behind a proxy that says semicolons': { peer: PROXY, forwarded: `${GENUINE_PEER};${UNLISTED}` },
  'behind a proxy that says a range': { peer: PROXY, forwarded: '18.199.249.46/32' },
  'behind a proxy with 10,000 hops at the left': {
    peer: PROXY,
    forwarded: [...Array.from({ length: 10_000 }, () => GENUINE_PEER), UNLISTED].join(),
  },
  'behind a proxy nobody trusts': { peer: '172.16.0.1', forwarded: GENUINE_PEER },
  'with X-Real-IP': { peer: UNLISTED, headers: { 'x-real-ip': GENUINE_PEER } },
  'with Forwarded': { peer: UNLISTED, headers: { forwarded: `for=${GENUINE_PEER}` } },
  'with CF-Connecting-IP': { peer: UNLISTED, headers: { 'cf-connecting-ip': GENUINE_PEER } },
  'with True-Client-IP': { peer: UNLISTED, headers: { 'true-client-ip': GENUINE_PEER } },
  'with X-Client-IP': { peer: UNLISTED, headers: { 'x-client-ip': GENUINE_PEER } },
  'with X-Originating-IP': { peer: UNLISTED, headers: { 'x-originating-ip': GENUINE_PEER } },
  'with X-Forwarded': { peer: PROXY, headers: { 'x-forwarded': GENUINE_PEER, 'x-forwarded-host': 'payop.example' } },
}

// The gateway's address where it does not depend on the sender's word: admitted, and still not believed.
const throughTheList: Readonly<Record<string, Sender>> = {
  'from the gateway’s address': { peer: GENUINE_PEER },
  'from the gateway’s address in IPv6 spelling': { peer: `::ffff:${GENUINE_PEER}` },
  'from the gateway’s address in hexadecimal IPv6 spelling': { peer: '::FFFF:12C7:F92E' },
  'from the gateway’s address, forwarding a lie': { peer: GENUINE_PEER, forwarded: UNLISTED },
  'behind a proxy, from the gateway’s address': { peer: PROXY, forwarded: GENUINE_PEER },
  'behind three proxies, from the gateway’s address': { peer: PROXY, forwarded: `${GENUINE_PEER}, 10.1.1.1, 10.2.2.2` },
  'behind a proxy, from the gateway’s address, with an unlisted source at the left': {
    peer: PROXY,
    forwarded: `${UNLISTED}, ${GENUINE_PEER}`,
  },
  'behind a proxy, from the gateway’s address and a port': { peer: PROXY, forwarded: `${GENUINE_PEER}:443` },
  'behind a proxy, from the gateway’s address in brackets': { peer: PROXY, forwarded: `[::ffff:${GENUINE_PEER}]:443` },
  'behind a proxy, from the gateway’s address, with garbage at the left': {
    peer: PROXY,
    forwarded: `<script>, ${GENUINE_PEER}`,
  },
  'behind a proxy, from the gateway’s address, 10,000 times': {
    peer: PROXY,
    forwarded: Array.from({ length: 10_000 }, () => GENUINE_PEER).join(),
  },
}

const from = (senders: Readonly<Record<string, Sender>>, status: number): readonly Forgery[] =>
  Object.entries(senders).map(([name, { peer, forwarded, headers = {} }]) => ({
    name: `a claim ${name}`,
    target: 'payop',
    peer,
    headers: { ...headers, ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) },
    body,
    status,
    ...(status === 200 ? { state: 'known' as const } : {}),
  }))

const methods: ReadonlyArray<readonly [Target, string]> = [
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].map((method) => ['payop', method] as const),
  ...['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].map((method) => ['ippopay', method] as const),
]

const wrongMethods: readonly Forgery[] = methods.map(([target, method]) => ({
  name: `a claim by ${method}, ${target}`,
  target,
  method,
  body: null,
  status: 405,
}))

const encoded: readonly Forgery[] = [
  'gzip',
  'br',
  'deflate',
  'zstd',
  'x-gzip',
  'GZIP',
  'gzip, identity',
  'identity, gzip',
  'aes128gcm',
  '*',
].map((encoding) => ({
  name: `a claim encoded as ${encoding}`,
  target: 'payop',
  headers: { 'content-encoding': encoding },
  body,
  status: 415,
}))

const LIMIT = 256 * 1024
const padded = (length: number): string => `${body.slice(0, -1)}${' '.repeat(length - body.length)}}`

const sized: readonly Forgery[] = [
  { name: 'a claim as large as may be', target: 'payop', body: padded(LIMIT), status: 200, state: 'known' },
  { name: 'a claim a byte too large', target: 'payop', body: padded(LIMIT + 1), status: 413 },
  { name: 'a claim four times too large', target: 'payop', body: padded(LIMIT * 4), status: 413 },
  {
    name: 'a claim said to be a terabyte',
    target: 'payop',
    headers: { 'content-length': '1099511627776' },
    body,
    status: 413,
  },
  {
    name: 'a claim too large, in characters of four bytes',
    target: 'ippopay',
    body: '😀'.repeat(LIMIT / 4 + 1),
    status: 413,
  },
]

// Neither gateway signs. A header that looks like a signature makes nothing of a claim, and takes nothing from it.
const decorations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an empty signature': { 'x-signature': '' },
  'a signature of the wrong length': { 'x-signature': 'abc' },
  'a signature in another alphabet': { 'x-signature': '\u00e4'.repeat(64) },
  'a signature of an old version': { 'stripe-signature': 't=1,v0=abc' },
  'a signature of the year 9999': { 'stripe-signature': `t=253402300799,v1=${'a'.repeat(64)}` },
  'a signature without a time': { 'stripe-signature': `t=NaN,v1=${'a'.repeat(64)}` },
  'a signature before all time': { 'webhook-timestamp': '-1', 'webhook-signature': 'v1,AAAA' },
  credentials: { authorization: 'Basic YTpi' },
  'a bearer’s token': { authorization: 'Bearer made.up.jwt' },
  'a cookie': { cookie: 'session=1' },
  'another method in a header': { 'x-http-method-override': 'DELETE' },
  'another host': { 'x-forwarded-host': 'api.payop.example' },
  'another path': { 'x-original-url': '/admin', 'x-rewrite-url': '/admin' },
  'another type': { 'content-type': 'application/x-www-form-urlencoded' },
  'a type that is none': { 'content-type': 'not a type' },
  'another alphabet': { 'content-type': 'application/json; charset=utf-16' },
  'a condition': { 'if-none-match': '*', 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
  'a range': { range: 'bytes=0-0' },
  'a prototype for a name': { __proto__x: 'y', constructor: 'z' },
  'a trace of somebody else’s': { traceparent: '00-00000000000000000000000000000000-0000000000000000-00' },
}

const decorated: readonly Forgery[] = Object.entries(decorations).map(([name, headers]) => ({
  name: `a claim with ${name}`,
  target: 'payop',
  headers,
  body,
  status: 200,
  state: 'known',
}))

const byGet: readonly Forgery[] = [
  ['with nothing', '', 'known'],
  ['with the order', '?order_id=order_made_up_1&status=success', 'known'],
  ['with another order', '?order_id=order_made_up_2&status=success', 'quarantined'],
  ['with another order in brackets', '?data[order][order_id]=order_made_up_2', 'quarantined'],
].map(([name, query, state]) => ({
  name: `a claim by GET, ${name}`,
  target: 'ippopay',
  method: 'GET',
  path: (own) => `${own}${query}`,
  body: null,
  status: 200,
  state: state === 'known' ? 'known' : 'quarantined',
}))

const byQuery: readonly Forgery[] = [
  {
    name: 'another order in the query beside ours in the body',
    target: 'ippopay',
    path: (own) => `${own}?order_id=order_made_up_2`,
    body: JSON.stringify(success()),
    status: 200,
    state: 'known',
  },
]

/** Claims from wherever, by whatever method, with whatever around them. */
export const senders: readonly Forgery[] = [
  ...from(unlisted, 403),
  ...from(throughTheList, 200),
  ...wrongMethods,
  ...encoded,
  ...sized,
  ...decorated,
  ...byGet,
  ...byQuery,
]
