import { createServer } from 'node:http'
import express from 'express'
import { toNodeHandler } from '../../src/webhooks/index.js'
import { exchange, type Listening, listen } from './listening.js'
import { setUp } from './support.js'

const all = setUp()
const { pathname } = new URL(all.webhooks.address('main'))
const [, , , token = ''] = pathname.split('/')

/** Posts to a target as it is written, and gives the status. */
const post = async ({ port }: Listening, target: string): Promise<number> => {
  const answer = await exchange(
    port,
    `POST ${target} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{"id":"a"}`,
  )
  return Number(answer.slice(9, 12))
}

const escaped = (text: string): string =>
  [...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')

const spellings: ReadonlyArray<readonly [string, string]> = [
  ['in origin form', pathname],
  ['in absolute form', `http://shop.example${pathname}`],
  ['in absolute form, with https', `https://shop.example${pathname}`],
  ['in absolute form, with a port and in upper case', `HTTP://SHOP.EXAMPLE:8080${pathname}`],
  ['with a query', `${pathname}?utm=1`],
  ['with a query of slashes', `${pathname}?to=/a/b`],
  ['with a slash at its end', `${pathname}/`],
  ['with slashes at its end, and a query', `${pathname}///?a=1`],
  ['with two slashes in front', `/${pathname}`],
  ['with two slashes before the token', pathname.replace(`/${token}`, `//${token}`)],
  ['with two slashes before the account', pathname.replace('/main/', '//main/')],
  ['with the account escaped', pathname.replace('/main/', `/${escaped('main')}/`)],
  ['with the token escaped', pathname.replace(token, escaped(token))],
  ['with - and _ escaped', pathname.replaceAll('-', '%2D').replaceAll('_', '%5f')],
  ['with steps up', pathname.replace('/main/', '/other/../main/')],
]

const others: ReadonlyArray<readonly [string, string]> = [
  ['another token', `${pathname.slice(0, -2)}xx`],
  ['another token in absolute form', `http://shop.example${pathname.slice(0, -2)}xx`],
  ['an address of another scheme', `ftp://shop.example${pathname}`],
  ['an absolute form that is none', `http://[${pathname}`],
  ['an escape twice', pathname.replace(token, escaped(token).replaceAll('%', '%25'))],
  ['half an escape', `${pathname.slice(0, -1)}%`],
  ['an asterisk', '*'],
]

describe('one address, however what stands before the handler writes it', () => {
  let server: Listening
  beforeAll(async () => {
    server = await listen(createServer(toNodeHandler(all.webhooks)))
  })
  afterAll(() => server.close())

  it.each(spellings)('%s, is taken', async (_what, target) => {
    expect(await post(server, target)).toBe(200)
  })

  it.each(others)('is not %s', async (_what, target) => {
    expect(await post(server, target)).toBe(404)
  })
})

describe.each([
  ['that strips what stands before the account', '/paymux'],
  ['that strips the account', '/paymux/main'],
  ['that strips all of the path', pathname],
  ['that strips the path by parameters', '/paymux/:account/:token'],
  ['that strips nothing', '/'],
])('a mount of Express %s', (_what, path) => {
  let server: Listening
  beforeAll(async () => {
    server = await listen(createServer(express().use(path, toNodeHandler(all.webhooks))))
  })
  afterAll(() => server.close())

  it.each([
    ['as it is', pathname],
    ['with a query', `${pathname}?utm=1`],
    ['with a slash at its end', `${pathname}/`],
    ['in absolute form', `http://shop.example${pathname}`],
  ])('takes the address %s', async (_how, target) => {
    expect(await post(server, target)).toBe(200)
  })

  it('answers 404 to another token', async () => {
    expect(await post(server, `${pathname.slice(0, -2)}xx`)).toBe(404)
  })
})

describe('a router that rewrites the target', () => {
  it('is followed, if the whole target names no address', async () => {
    const handler = toNodeHandler(all.webhooks)
    const app = express().post('/hook', (request, response) => {
      request.url = pathname
      handler(request, response)
    })
    const server = await listen(createServer(app))
    expect(await post(server, '/hook')).toBe(200)
    await server.close()
  })
})
