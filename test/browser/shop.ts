import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { type Html, html, page } from '../../src/emulators/kit/html.js'

/** A payer's browser that arrived at the shop. */
export interface Visit {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Of a form that was posted. */
  readonly fields: Readonly<Record<string, string>>
}

const NOTHING = html`<p>Welcome back.</p>`

/** The shop's own web server. */
export interface Shop {
  readonly url: string
  /** Shows this at a path, and gives its address. All other paths say no more than that. */
  readonly show: (path: string, body: Html) => string
  /** Sends whoever comes to a path elsewhere, and gives the path's address. */
  readonly redirect: (path: string, url: string) => string
  /** Waits for the page to be at a path of the shop, and gives the visit with which it came there. */
  readonly arrival: (page: Page, path: string) => Promise<Visit>
  readonly close: () => void
}

const visitOf = async (request: IncomingMessage): Promise<Visit> => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop')
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const fields = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
  return {
    method: request.method ?? '',
    path: pathname,
    query: Object.fromEntries(searchParams),
    fields: Object.fromEntries(fields),
  }
}

const startShop = async (): Promise<Shop> => {
  const pages = new Map<string, Html>()
  const redirects = new Map<string, string>()
  const visits: Visit[] = []

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const visit = await visitOf(request)
    visits.push(visit)
    const location = redirects.get(visit.path)
    if (location !== undefined) response.writeHead(303, { location }).end()
    else {
      const html = page('The shop', pages.get(visit.path) ?? NOTHING)
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    show: (path, body) => {
      pages.set(path, body)
      return `${url}${path}`
    },
    redirect: (path, location) => {
      redirects.set(path, location)
      return `${url}${path}`
    },
    arrival: async (browserPage, path) => {
      await browserPage.waitForURL(({ origin, pathname }) => origin === url && pathname === path)
      const visit = visits.findLast((earlier) => earlier.path === path)
      if (visit === undefined) throw new Error(`the browser says it is at ${path}, and never was`)
      return visit
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Gives each test of a file a shop of its own. */
export const useShop = (): (() => Shop) => {
  let shop: Shop | undefined
  beforeEach(async () => {
    shop = await startShop()
  })
  afterEach(() => shop?.close())
  return () => {
    if (shop === undefined) throw new Error('no shop outside of a test')
    return shop
  }
}

/** What a shop shows to have the payer's browser post a form by itself. */
export const selfPostingForm = (url: string, fields: Readonly<Record<string, string>>): Html => html`
<form method="post" action="${url}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<noscript><button>Continue</button></noscript></form>
<script>document.forms[0].submit()</script>`
