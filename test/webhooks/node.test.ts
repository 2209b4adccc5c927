import express from 'express'
import { toNodeHandler } from '../../src/webhooks/index.js'
import { ask, exchange, type Listening, serve } from './listening.js'
import { setUp } from './support.js'

const loopback = { main: { mode: 'enforce', addresses: ['127.0.0.1'] } } as const

describe('node:http', () => {
  const running: Listening[] = []
  const start = async (options: Parameters<typeof setUp>[0] = {}) => {
    const all = setUp(options)
    const server = await serve(toNodeHandler(all.webhooks))
    running.push(server)
    const { pathname } = new URL(all.webhooks.address('main'))
    return { ...all, server, pathname, address: `${server.url}${pathname}` }
  }
  afterEach(async () => {
    for (const server of running.splice(0)) await server.close()
  })

  it('takes a notification in', async () => {
    const { address, entries } = await start()
    const answer = await ask(address, { body: '{"id":"pay-1"}', headers: { 'content-type': 'application/json' } })
    expect(answer).toMatchObject({ status: 200, body: 'ok', headers: { 'content-type': 'text/plain' } })
    expect(entries()).toMatchObject([{ object: { id: 'pay-1' }, body: '{"id":"pay-1"}' }])
  })

  it('takes one in that comes in many pieces', async () => {
    const { address, entries } = await start()
    const body = JSON.stringify({ id: 'pay-1', filling: 'ä'.repeat(100_000) })
    expect(await ask(address, { body, headers: { 'transfer-encoding': 'chunked' } })).toMatchObject({ status: 200 })
    expect(entries()).toMatchObject([{ object: { id: 'pay-1' }, body: expect.stringContaining('filling') }])
  })

  it('knows the peer, and the lines of a repeated header', async () => {
    const { address } = await start({ settings: { sources: loopback, trustedProxies: ['127.0.0.0/24'] } })
    const from = (...lines: string[]) => ask(address, { body: '{"id":"a"}', headers: { 'X-Forwarded-For': lines } })
    expect((await from('198.51.100.1')).status).toBe(403)
    expect((await from('198.51.100.1', '127.0.0.1')).status).toBe(403)
    const direct = await start({ settings: { sources: loopback } })
    expect((await ask(direct.address, { body: '{"id":"a"}' })).status).toBe(200)
    expect((await ask(direct.address, { headers: { 'x-forwarded-for': '198.51.100.1' } })).status).toBe(200)
  })

  it.each([
    ['PUT', 405],
    ['HEAD', 405],
    ['TRACE', 405],
    ['OPTIONS', 405],
    ['DELETE', 405],
    ['GET', 405],
  ])('answers %s with %s', async (method, status) => {
    const { address } = await start()
    expect((await ask(address, { method })).status).toBe(status)
  })

  it.each(['/', '//', '/main', '/%00', '/main/', '*', 'http://shop.example/main/x'])(
    'answers POST %s with 404',
    async (target) => {
      const { server, commits } = await start()
      const answer = await exchange(
        server.port,
        `POST ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
      )
      expect(answer).toMatch(/^HTTP\/1.1 404 /)
      expect(commits).toEqual([])
    },
  )

  it('answers 413 before, and while, too much comes, and stays fit for the next', async () => {
    const { address, decisions } = await start({ limits: { bodyBytes: 1000 } })
    expect((await ask(address, { body: 'x'.repeat(200_000) })).status).toBe(413)
    const chunked = { body: 'x'.repeat(200_000), headers: { 'transfer-encoding': 'chunked' } }
    expect((await ask(address, chunked)).status).toBe(413)
    expect((await ask(address, { body: '{"id":"pay-1"}' })).status).toBe(200)
    expect(decisions.map(({ reason }) => reason)).toEqual(['too_large', 'too_large', 'stored'])
  })

  it('answers 408 to a body that does not come, and hangs up', async () => {
    const { server, pathname } = await start({ limits: { bodyMs: 20 } })
    const answer = await exchange(server.port, `POST ${pathname} HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{`)
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    expect(answer).toMatch(/connection: close/i)
  })

  it('stores nothing of a sender that hangs up', async () => {
    const { server, pathname, decisions, commits, webhooks } = await start()
    await exchange(server.port, `POST ${pathname} HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{`, true)
    while (decisions.length === 0) await new Promise(setImmediate)
    expect(decisions).toMatchObject([{ reason: 'broken_off', status: 400 }])
    await webhooks.stop()
    expect(commits).toEqual([])
  })

  it.each([
    ['both lengths', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nPOST'],
    ['two lengths', 'content-length: 2\r\ncontent-length: 50\r\n\r\n{}'],
    ['a length that is none', 'content-length: 0x2\r\n\r\n{}'],
    ['an encoding that is none', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'content-length : 2\r\n\r\n{}'],
    ['a chunk whose size is none', 'transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
  ])('stores nothing of a request that hides another behind %s', async (_what, rest) => {
    const { server, pathname, commits } = await start()
    const answer = await exchange(server.port, `POST ${pathname} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${rest}`)
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(commits).toEqual([])
  })

  it('answers 500 behind a body parser', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue()
    const { webhooks, commits } = setUp()
    const app = express().use(express.json()).use(express.text()).use(toNodeHandler(webhooks))
    const server = await serve(app)
    running.push(server)
    const { pathname } = new URL(webhooks.address('main'))
    for (const type of ['application/json', 'text/plain']) {
      const answer = await ask(`${server.url}${pathname}`, { body: '{"id":"a"}', headers: { 'content-type': type } })
      expect(answer.status).toBe(500)
    }
    expect(commits).toEqual([])
    expect(warn).toHaveBeenCalledTimes(1)
    warn.mockRestore()
  })

  it('answers 500 behind anything else that has read the body', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue()
    const { webhooks, decisions } = setUp()
    const handler = toNodeHandler(webhooks)
    const server = await serve((incoming, outgoing) => {
      incoming.resume().on('end', () => handler(incoming, outgoing))
    })
    running.push(server)
    const { pathname } = new URL(webhooks.address('main'))
    expect((await ask(`${server.url}${pathname}`, { body: '{"id":"a"}' })).status).toBe(500)
    expect(decisions).toMatchObject([{ reason: 'body_taken' }])
    warn.mockRestore()
  })

  it('answers 500 where what handles it fails', async () => {
    const server = await serve(toNodeHandler({ handle: () => Promise.reject(new Error('made up')) }))
    running.push(server)
    expect(await ask(server.url)).toMatchObject({ status: 500, body: '' })
  })

  it('keeps one connection for many, whatever they are answered', async () => {
    const { server, pathname } = await start()
    const one = (path: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{"id":"a"}`
    const last = one(pathname).replace('host: a', 'host: a\r\nconnection: close')
    const answer = await exchange(server.port, [one(pathname), one('/other/place'), one(pathname), last].join(''))
    expect(answer.match(/HTTP\/1.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200', 'HTTP/1.1 200'])
  })
})
