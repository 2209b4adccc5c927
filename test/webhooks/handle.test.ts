import { createHash, createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import { Secret } from '../../src/core/index.js'
import { READ_SPACING_MS } from '../../src/ledger/index.js'
import { createWebhooks, type WebhookSettings } from '../../src/webhooks/index.js'
import { right } from '../either.js'
import {
  aLedger,
  anAdapter,
  anAttempt,
  anOperation,
  aPayment,
  NOW,
  PROXY,
  post,
  SOURCE,
  settings,
  setUp,
  UNLISTED,
} from './support.js'

const client = { address: SOURCE }
const body = (id: string, reported = {}) => JSON.stringify({ id, reported })

describe('the address', () => {
  const { webhooks } = setUp()

  it('of an account is derived from the secret, always the same', () => {
    const token = createHmac('sha256', settings.secret.reveal()).update('main').digest('base64url')
    expect(webhooks.address('main')).toBe(`https://shop.example/paymux/main/${token}`)
  })

  it('of an attempt holds 128 random bits, whose hash is what the ledger keeps', () => {
    const addresses = Array.from({ length: 50 }, () => webhooks.attemptAddress('main'))
    expect(new Set(addresses.map(({ url }) => url)).size).toBe(50)
    for (const { url, tokenHash } of addresses) {
      const token = url.replace('https://shop.example/paymux/main/', '')
      expect(Buffer.from(token, 'base64url')).toHaveLength(16)
      expect(createHash('sha256').update(token).digest('hex')).toBe(tokenHash)
    }
  })
})

describe('settings are refused', () => {
  const issues = (change: object, notificationSources?: readonly string[]) => {
    const adapter = anAdapter('main', notificationSources === undefined ? {} : { notificationSources })
    const made = createWebhooks({
      store: aLedger().store,
      adapters: () => adapter,
      settings: { ...settings, ...change },
    })
    if (made._tag === 'Right') return []
    expect(made.left._tag).toBe('InvalidConfig')
    expect(inspect(made.left)).not.toContain('short-secret')
    return made.left._tag === 'InvalidConfig' ? made.left.issues.map(({ path }) => path) : []
  }

  it.each<[string, object, string]>([
    ['with a secret under 32 characters', { secret: new Secret('short-secret') }, 'webhooks.secret'],
    ['without a secret', { secret: undefined }, 'webhooks.secret'],
    ['with plain http', { publicUrl: 'http://shop.example' }, 'webhooks.publicUrl'],
    ['with a query', { publicUrl: 'https://shop.example/?a=b' }, 'webhooks.publicUrl'],
    ['with an empty query', { publicUrl: 'https://shop.example/a?' }, 'webhooks.publicUrl'],
    ['with a fragment', { publicUrl: 'https://shop.example/a#b' }, 'webhooks.publicUrl'],
    ['with an empty fragment', { publicUrl: 'https://shop.example/a#' }, 'webhooks.publicUrl'],
    ['with a space', { publicUrl: 'https://shop.example/a b' }, 'webhooks.publicUrl'],
    ['with a space before it', { publicUrl: ' https://shop.example' }, 'webhooks.publicUrl'],
    ['with user info', { publicUrl: 'https://user@shop.example' }, 'webhooks.publicUrl'],
    ['with no address', { publicUrl: 'shop' }, 'webhooks.publicUrl'],
    ['trusting no address', { trustedProxies: ['proxy'] }, 'webhooks.trustedProxies'],
    ['trusting everybody', { trustedProxies: ['0.0.0.0/0'] }, 'webhooks.trustedProxies'],
    [
      'with sources that are none',
      { sources: { main: { mode: 'observe', addresses: ['x'] } } },
      'webhooks.sources.main.addresses',
    ],
    [
      'enforcing sources that nobody told',
      { sources: { main: { mode: 'enforce' } } },
      'webhooks.sources.main.addresses',
    ],
  ])('%s', (_what, change, path) => {
    expect(issues(change)).toEqual([path])
  })

  it.each<[string, Partial<WebhookSettings>]>([
    ['plain http on loopback', { publicUrl: 'http://127.0.0.1:8080/' }],
    ['sources that the gateway publishes', { sources: { main: { mode: 'enforce' } } }],
  ])('but not %s', (_what, change) => {
    expect(issues(change, [SOURCE])).toEqual([])
  })
})

describe('a notification', () => {
  it('is stored with its refresh request in one commit, and answered 200', async () => {
    const { webhooks, commits, decisions, holds } = setUp()
    holds(aPayment('pay-1'))
    const text = body('pay-1', { order: 'paid' })
    const answer = await webhooks.handle(post(webhooks.address('main'), text), client)
    expect([answer.status, await answer.text()]).toEqual([200, 'ok'])
    const object = { account: 'main', kind: 'payment', id: 'pay-1' }
    expect(commits).toEqual([
      [
        {
          write: 'inbox',
          entry: {
            account: 'main',
            dedupeKey: expect.stringMatching(/^[0-9a-f]{64}$/),
            object,
            reported: { order: 'paid' },
            body: text,
            receivedAt: NOW,
            deliveries: 1,
            unlistedSource: false,
            state: 'known',
          },
        },
        { write: 'request_refresh', object, at: NOW },
      ],
    ])
    expect(decisions).toEqual([{ reason: 'stored', status: 200, account: 'main', state: 'known' }])
  })

  it('requests a refresh no sooner than the spacing after the last read', async () => {
    const { webhooks, written, holds } = setUp()
    holds(aPayment('pay-1', { lastReadAt: NOW - 1000 }))
    await webhooks.handle(post(webhooks.address('main'), body('pay-1')), client)
    expect(written('request_refresh').map(({ at }) => at)).toEqual([NOW - 1000 + READ_SPACING_MS])
  })

  it.each<[string, object, number]>([
    ['requests no refresh for what was read last', { order: 'pending' }, 0],
    ['requests a refresh for another state', { order: 'paid' }, 1],
    ['requests a refresh for another state beside the one that was read', { order: 'pending', transaction: '2' }, 1],
    ['requests a refresh where nothing is reported', {}, 1],
    ['requests a refresh for a word that every object inherits', { constructor: 'Object' }, 1],
  ])('%s, however often it comes', async (_what, reported, requests) => {
    const { webhooks, written, entries, holds } = setUp()
    holds(aPayment('pay-1'))
    for (let times = 1; times <= 3; times++) {
      await webhooks.handle(post(webhooks.address('main'), body('pay-1', reported)), client)
      expect(written('request_refresh')).toHaveLength(requests * times)
    }
    expect(new Set(entries().map(({ dedupeKey }) => dedupeKey)).size).toBe(1)
  })

  it('that claims the same in another order is the same; any other claim is another', async () => {
    const { webhooks, entries } = setUp()
    const bodies = [
      '{"id":"pay-1","reported":{"a":"1","b":"2"}}',
      ' { "reported": {"b":"2", "a":"1"}, "id":"pay-1", "more": [1] }',
      '{"id":"pay-1","reported":{"a":"1","b":"3"}}',
      '{"id":"pay-1","reported":{"a":"1"}}',
      '{"id":"pay-2","reported":{"a":"1","b":"2"}}',
      '{"kind":"refund","id":"pay-1","reported":{"a":"1","b":"2"}}',
    ]
    for (const text of bodies) await webhooks.handle(post(webhooks.address('main'), text), client)
    const keys = entries().map(({ dedupeKey }) => dedupeKey)
    expect(keys[1]).toBe(keys[0])
    expect(new Set(keys).size).toBe(5)
  })

  it.each([
    ['it reports', body('pay-1', { order: 'paid' })],
    ['it holds, if it names nothing,', '{"pin":"1234"}'],
  ])('has a key from which what %s cannot be guessed without the key of the ledger', async (_what, text) => {
    const keysOf = async (key: string) => {
      const { webhooks, entries, attempts } = setUp({ key })
      const { url, tokenHash } = webhooks.attemptAddress('main')
      attempts.push(anAttempt(tokenHash, { reference: { kind: 'payment', account: 'main', id: 'pay-1' } }))
      for (const to of [webhooks.address('main'), url]) await webhooks.handle(post(to, text), client)
      return entries().map(({ dedupeKey }) => dedupeKey)
    }
    const [ours, again, others] = [await keysOf('a'), await keysOf('a'), await keysOf('b')]
    expect(again).toEqual(ours)
    expect(ours).toHaveLength(2)
    expect(ours.filter((key) => others.includes(key))).toEqual([])
  })

  it('about an object that the ledger does not know waits for it', async () => {
    const { webhooks, commits, decisions } = setUp()
    await webhooks.handle(post(webhooks.address('main'), body('pay-9')), client)
    const object = { account: 'main', kind: 'payment', id: 'pay-9' }
    expect(commits).toEqual([
      [
        { write: 'inbox', entry: expect.objectContaining({ object, state: 'unmatched' }) },
        { write: 'match', object, at: NOW + READ_SPACING_MS },
      ],
    ])
    expect(decisions).toMatchObject([{ state: 'unmatched' }])
  })

  it.each<[string, string | Uint8Array, string]>([
    ['names nothing', '{}', '{}'],
    ['is no JSON', 'hello', 'hello'],
    ['is nested 33 deep', `${'['.repeat(33)}${']'.repeat(33)}`, `${'['.repeat(33)}${']'.repeat(33)}`],
    ['is not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'data:application/octet-stream;base64,e/99'],
  ])('that %s is kept in quarantine, and requests no refresh', async (_what, sent, kept) => {
    const { webhooks, commits } = setUp()
    const answer = await webhooks.handle(post(webhooks.address('main'), sent), client)
    expect(answer.status).toBe(200)
    const { object: _none, ...entry } = {
      object: undefined,
      account: 'main',
      reported: {},
      body: kept,
      unlistedSource: false,
      state: 'quarantined',
    }
    expect(commits).toEqual([
      [{ write: 'inbox', entry: { ...entry, dedupeKey: expect.any(String), receivedAt: NOW, deliveries: 1 } }],
    ])
  })

  it.each([
    [
      'throws',
      () => {
        throw new RangeError()
      },
    ],
    ['speaks of another account', anAdapter('other').notification],
  ])('is quarantined where its adapter %s', async (_what, notification) => {
    const { webhooks, entries } = setUp({ adapters: [anAdapter('main', { notification })] })
    expect((await webhooks.handle(post(webhooks.address('main'), body('pay-1')), client)).status).toBe(200)
    expect(entries()).toMatchObject([{ state: 'quarantined' }])
  })

  it('reaches the adapter with method, path, query, headers and body', async () => {
    const notification = jest.fn(anAdapter().notification)
    const { webhooks } = setUp({ adapters: [anAdapter('main', { notification })] })
    await webhooks.handle(
      post(`${webhooks.address('main')}?a=b`, '\ufeff{"id":"pay-1"}', { 'X-Made-Up': 'yes' }),
      client,
    )
    expect(notification.mock.calls).toEqual([
      [
        {
          method: 'POST',
          url: `${new URL(webhooks.address('main')).pathname}?a=b`,
          headers: expect.objectContaining({ 'x-made-up': 'yes' }),
          body: '{"id":"pay-1"}',
        },
      ],
    ])
  })
})

describe('the address of an attempt', () => {
  const setUpAttempt = (change: Parameters<typeof anAttempt>[1] = {}) => {
    const all = setUp({ adapters: [anAdapter(), anAdapter('other')] })
    const { url, tokenHash } = all.webhooks.attemptAddress('main')
    all.attempts.push(anAttempt(tokenHash, change))
    return { ...all, url }
  }
  const created = { kind: 'payment', account: 'main', id: 'pay-1' } as const
  const requestPoll = { write: 'request_poll', id: 'op-1', at: NOW + READ_SPACING_MS }

  it('requests a poll of the operation while the attempt is not known to have executed', async () => {
    const { webhooks, url, commits } = setUpAttempt()
    expect((await webhooks.handle(post(url, body('pay-1')), client)).status).toBe(200)
    expect(commits[0]).toEqual([
      { write: 'inbox', entry: expect.objectContaining({ state: 'unmatched' }) },
      { write: 'match', object: created, at: NOW + READ_SPACING_MS },
      requestPoll,
    ])
  })

  it('stands for what was created, where the body names nothing', async () => {
    const { webhooks, url, commits } = setUpAttempt({ reference: created, state: 'abandoned' })
    await webhooks.handle(post(url, 'hello'), client)
    expect(commits[0]).toEqual([
      { write: 'inbox', entry: expect.objectContaining({ object: created, state: 'unmatched', reported: {} }) },
      { write: 'match', object: created, at: NOW + READ_SPACING_MS },
      requestPoll,
    ])
  })

  it('stands for nothing where nothing was created, but for the operation', async () => {
    const { webhooks, url, commits } = setUpAttempt()
    await webhooks.handle(post(url, 'hello'), client)
    expect(commits[0]).toEqual([
      { write: 'inbox', entry: expect.objectContaining({ state: 'quarantined' }) },
      requestPoll,
    ])
  })

  const setUpExecuted = () => {
    const all = setUpAttempt({ state: 'executed' })
    all.holds(aPayment('pay-1'))
    all.views.push({
      operation: anOperation({ state: 'executed', object: created }),
      attempts: [],
      leased: false,
    })
    return all
  }

  it('stands for the payment that the attempt became', async () => {
    const { webhooks, url, commits } = setUpExecuted()
    await webhooks.handle(post(url, ''), client)
    expect(commits[0]).toEqual([
      { write: 'inbox', entry: expect.objectContaining({ object: created, state: 'known' }) },
      { write: 'request_refresh', object: created, at: NOW },
    ])
  })

  it('is not believed about another payment, and requests a refresh of neither', async () => {
    const { webhooks, url, commits, holds } = setUpExecuted()
    holds(aPayment('pay-2'))
    expect((await webhooks.handle(post(url, body('pay-2', { order: 'paid' })), client)).status).toBe(200)
    expect(commits[0]).toEqual([{ write: 'inbox', entry: expect.objectContaining({ state: 'quarantined' }) }])
  })

  it('may tell of a refund of its payment', async () => {
    const { webhooks, url, entries } = setUpExecuted()
    await webhooks.handle(post(url, '{"kind":"refund","id":"ref-1"}'), client)
    expect(entries()).toMatchObject([{ object: { kind: 'refund', id: 'ref-1' }, state: 'unmatched' }])
  })

  it('takes GET, for gateways that do not document their method; the account’s does not', async () => {
    const { webhooks, url } = setUpAttempt({ reference: created })
    expect((await webhooks.handle(new Request(url), client)).status).toBe(200)
    const answer = await webhooks.handle(new Request(webhooks.address('main')), client)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('belongs to its account only', async () => {
    const { webhooks, url, commits } = setUpAttempt()
    expect((await webhooks.handle(post(url.replace('/main/', '/other/'), body('pay-1')), client)).status).toBe(404)
    expect(commits).toEqual([])
  })
})

describe('sources', () => {
  const enforced = { main: { mode: 'enforce', addresses: ['203.0.113.0/28'] } } as const

  it.each([
    [SOURCE, undefined, 200],
    [`::ffff:${SOURCE}`, undefined, 200],
    [UNLISTED, undefined, 403],
    [UNLISTED, SOURCE, 403],
    [PROXY, SOURCE, 200],
    [PROXY, `${SOURCE}, ${UNLISTED}`, 403],
    [PROXY, `${UNLISTED}, ${SOURCE}`, 200],
    [PROXY, `unknown, ${SOURCE}`, 200],
    [PROXY, `${SOURCE}:51008`, 200],
    [PROXY, `[::ffff:${SOURCE}]:51008`, 200],
    [PROXY, `${UNLISTED}:443`, 403],
    [PROXY, `${SOURCE}, unknown`, 403],
    [PROXY, undefined, 403],
    ['', undefined, 403],
  ])('are enforced: from %s for %s it is %s', async (address, forwarded, status) => {
    const { webhooks, commits, decisions } = setUp({ settings: { sources: enforced, trustedProxies: ['10.0.0.0/8'] } })
    const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
    const answer = await webhooks.handle(post(webhooks.address('main'), body('pay-1'), headers), { address })
    expect(answer.status).toBe(status)
    expect(commits).toHaveLength(status === 200 ? 1 : 0)
    expect(decisions.map(({ unlistedSource }) => unlistedSource)).toEqual([status === 200 ? undefined : true])
  })

  it('raise an alarm where one is rejected that names an object of ours', async () => {
    const { webhooks, decisions, holds } = setUp({ settings: { sources: enforced } })
    holds(aPayment('pay-1'))
    for (const id of ['pay-1', 'pay-2'])
      await webhooks.handle(post(webhooks.address('main'), body(id)), { address: UNLISTED })
    const rejectedKnownObject = { account: 'main', kind: 'payment', id: 'pay-1' }
    expect(decisions).toEqual([
      { reason: 'source', status: 403, account: 'main', unlistedSource: true, rejectedKnownObject },
      { reason: 'source', status: 403, account: 'main', unlistedSource: true },
    ])
  })

  it.each([
    ['as they were published', {}],
    ['as they are set', { sources: { main: { mode: 'observe', addresses: [SOURCE] } } }],
  ] as const)('are observed %s: an unlisted source’s is taken, and counted', async (_what, change) => {
    const adapters = [anAdapter('main', { notificationSources: [SOURCE] })]
    const { webhooks, decisions, entries } = setUp({ settings: change, adapters })
    for (const address of [SOURCE, UNLISTED])
      expect((await webhooks.handle(post(webhooks.address('main'), body('pay-1')), { address })).status).toBe(200)
    expect(decisions.map(({ unlistedSource }) => unlistedSource)).toEqual([undefined, true])
    expect(entries()).toHaveLength(2)
  })

  it('are enforced for what cannot be read, too, and while the store is down', async () => {
    const { webhooks, ledger, decisions } = setUp({ settings: { sources: enforced }, limits: { bodyBytes: 10 } })
    const knock = (text: string) => webhooks.handle(post(webhooks.address('main'), text), { address: UNLISTED })
    expect((await knock('x'.repeat(11))).status).toBe(403)
    ledger.isDown = true
    expect((await knock('{"id":"a"}')).status).toBe(403)
    expect(decisions.map(({ rejectedKnownObject }) => rejectedKnownObject)).toEqual([undefined, undefined])
  })

  it.each([
    [[UNLISTED, SOURCE], 200],
    [[SOURCE, UNLISTED], 403],
  ])('are read from the last of several header lines: %j is %s', async (forwardedFor, status) => {
    const { webhooks } = setUp({ settings: { sources: enforced, trustedProxies: ['10.0.0.0/8'] } })
    const from = { address: PROXY, forwardedFor }
    expect((await webhooks.handle(post(webhooks.address('main'), body('pay-1')), from)).status).toBe(status)
  })
})

describe('a body', () => {
  const neverEnding = () =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1024)) })
  const silent = () => new ReadableStream<Uint8Array>({ pull: () => new Promise<void>(() => undefined) })
  const broken = () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('made up')) })
  const limits = { bodyBytes: 4096, bodyMs: 20 }

  it.each<[string, string | ReadableStream<Uint8Array>, Record<string, string>, number, string]>([
    ['as large as allowed', 'x'.repeat(4096), {}, 200, 'stored'],
    ['a byte larger', 'x'.repeat(4097), {}, 413, 'too_large'],
    ['said to be larger', silent(), { 'content-length': '4097' }, 413, 'too_large'],
    ['that never ends', neverEnding(), {}, 413, 'too_large'],
    ['that never comes', silent(), {}, 408, 'too_slow'],
    ['that breaks off', broken(), {}, 400, 'broken_off'],
    ['compressed', 'x', { 'content-encoding': 'gzip' }, 415, 'encoded'],
    ['said to be compressed twice', 'x', { 'content-encoding': 'identity, gzip' }, 415, 'encoded'],
    ['said not to be compressed', 'x', { 'content-encoding': 'Identity' }, 200, 'stored'],
  ])('%s', async (_what, sent, headers, status, reason) => {
    const { webhooks, commits, decisions } = setUp({ limits })
    const answer = await webhooks.handle(post(webhooks.address('main'), sent, headers), client)
    expect(answer.status).toBe(status)
    expect(decisions).toMatchObject([{ reason, status }])
    expect(commits).toHaveLength(status === 200 ? 1 : 0)
  })

  it('that somebody has read before is answered 500, and the developer gets one warning', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue()
    const { webhooks, decisions } = setUp()
    const request = post(webhooks.address('main'), body('pay-1'))
    await request.text()
    expect([(await webhooks.handle(request, client)).status, (await webhooks.handle(request, client)).status]).toEqual([
      500, 500,
    ])
    expect(decisions.map(({ reason }) => reason)).toEqual(['body_taken', 'body_taken'])
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('before any body parser'), { code: 'PAYMUX_BODY_TAKEN' }],
    ])
    warn.mockRestore()
  })
})

describe('a receiver', () => {
  it.each([
    ['the commit', 'commit'],
    ['the object', 'object'],
  ] as const)('answers 503 where the store does not answer: %s', async (_what, method) => {
    const ledger = aLedger()
    const down = aLedger()
    down.isDown = true
    const store = { ...ledger.store, [method]: down.store[method] }
    const webhooks = right(createWebhooks({ store, adapters: () => anAdapter(), settings }))
    const answer = await webhooks.handle(post(webhooks.address('main'), body('pay-1')), client)
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '30', 'no'])
  })

  it('answers 503 to the address of an attempt while the store does not answer', async () => {
    const { webhooks, ledger } = setUp()
    ledger.isDown = true
    const { url } = webhooks.attemptAddress('main')
    expect((await webhooks.handle(post(url, body('pay-1')), client)).status).toBe(503)
  })

  it('answers 503 to those that are too many, and takes the others', async () => {
    const { webhooks, decisions } = setUp({ limits: { inFlight: 2 } })
    const answers = await Promise.all(
      ['pay-1', 'pay-2', 'pay-3'].map((id) => webhooks.handle(post(webhooks.address('main'), body(id)), client)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503])
    expect(decisions.map(({ reason }) => reason)).toContain('overloaded')
    expect((await webhooks.handle(post(webhooks.address('main'), body('pay-3')), client)).status).toBe(200)
  })

  describe('with half-sent bodies', () => {
    const halfSent = () => {
      let finish = () => {}
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          finish = () => controller.close()
        },
      })
      return { stream, finish: () => finish() }
    }
    const listed = { mode: 'observe', addresses: [SOURCE] } as const
    const open = (mode: 'observe' | 'enforce' = 'observe') =>
      setUp({
        limits: { inFlight: 2 },
        adapters: [anAdapter('main'), anAdapter('other')],
        settings: { sources: { main: { ...listed, mode } } },
      })

    it('at one account takes those of the others in', async () => {
      const { webhooks } = open()
      const bodies = [halfSent(), halfSent(), halfSent()]
      const held = bodies.map(({ stream }) =>
        webhooks.handle(post(webhooks.address('main'), stream), { address: SOURCE }),
      )
      const status = async (account: string) =>
        (await webhooks.handle(post(webhooks.address(account), body('pay-1')), { address: SOURCE })).status
      expect([await status('main'), await status('other')]).toEqual([503, 200])
      for (const { finish } of bodies) finish()
      expect((await Promise.all(held)).map((answer) => answer.status)).toEqual([200, 200, 503])
      expect(await status('main')).toBe(200)
    })

    it.each([
      ['observe', 503],
      ['enforce', 403],
    ] as const)('from unlisted sources takes those of listed ones in: %s', async (mode, full) => {
      const { webhooks, decisions } = open(mode)
      const bodies = [halfSent(), halfSent()]
      const held = bodies.map(({ stream }) =>
        webhooks.handle(post(webhooks.address('main'), stream), { address: UNLISTED }),
      )
      const status = async (address: string) =>
        (await webhooks.handle(post(webhooks.address('main'), body('pay-1')), { address })).status
      expect([await status(UNLISTED), await status(SOURCE)]).toEqual([full, 200])
      expect(decisions.map(({ unlistedSource }) => unlistedSource)).toEqual([true, undefined])
      for (const { finish } of bodies) finish()
      await Promise.all(held)
    })
  })

  it('finishes what it began when it is stopped, and answers 503 from then on', async () => {
    const { webhooks, entries } = setUp()
    const begun = webhooks.handle(post(webhooks.address('main'), body('pay-1')), client)
    await webhooks.stop()
    expect(entries()).toHaveLength(1)
    expect((await begun).status).toBe(200)
    expect((await webhooks.handle(post(webhooks.address('main'), body('pay-2')), client)).status).toBe(503)
  })

  it('does not mind who counts', async () => {
    const onNotification = () => {
      throw new Error('made up')
    }
    const webhooks = right(
      createWebhooks({ store: aLedger().store, adapters: () => anAdapter(), settings, onNotification }),
    )
    expect((await webhooks.handle(post(webhooks.address('main'), body('pay-1')), client)).status).toBe(200)
  })
})
