import { html, page } from '../../../src/emulators/kit/html.js'
import { createIds } from '../../../src/emulators/kit/ids.js'
import { matches } from '../../../src/emulators/kit/routes.js'

describe('ids', () => {
  it('are UUIDs of version 4 that do not repeat', () => {
    const ids = createIds('seed')
    const made = Array.from({ length: 1_000 }, ids.uuid)
    expect(new Set(made).size).toBe(1_000)
    expect(made.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  })

  it('come out the same for the same seed', () => {
    const make = (seed: string) => {
      const ids = createIds(seed)
      return [ids.uuid(), ids.text(9, 'abc')]
    }
    expect(make('one')).toEqual(make('one'))
    expect(make('one')).not.toEqual(make('two'))
    expect(make('one')[1]).toMatch(/^[abc]{9}$/)
  })
})

describe('html', () => {
  it('escapes what is put in, and nothing twice', () => {
    const name = `<b a="1" b='2'>&`
    const inner = html`<i>${name}</i>`
    expect(html`${inner}${[inner]}${7}`.html).toBe(
      `${'<i>&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;</i>'.repeat(2)}7`,
    )
  })

  it('makes a page that says what it is', () => {
    expect(page('<Title>', html`<p>Hello</p>`)).toMatch(/^<!doctype html>.*&lt;Title&gt;.*No money moves here/s)
  })
})

describe('routes', () => {
  it.each([
    ['*', 'GET', '/anything', true],
    ['GET /v1/orders/:id', 'GET', '/v1/orders/7', true],
    ['GET /v1/orders/:id', 'POST', '/v1/orders/7', false],
    ['GET /v1/orders/:id', 'GET', '/v1/orders', false],
    ['GET /v1/orders/:id', 'GET', '/v1/orders/7/refund', false],
    ['GET /v1/orders', 'GET', '/v1/orders/', false],
  ])('%s, requested with %s %s: %s', (route, method, path, expected) => {
    expect(matches(route, method, path)).toBe(expected)
  })
})
