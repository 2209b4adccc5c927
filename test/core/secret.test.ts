import { format, inspect } from 'node:util'
import { Secret } from '../../src/core/index.js'

const text = 'canary-4f1c'
const secret = new Secret(text)

describe('a secret', () => {
  it('gives its text to whoever asks for it by name', () => {
    expect(secret.reveal()).toBe(text)
  })

  const ways: ReadonlyArray<readonly [way: string, printed: string]> = [
    ['String()', String(secret)],
    ['toString', secret.toString()],
    ['a template', `${secret}`],
    ['concatenation', secret[Symbol.toPrimitive]()],
    ['join', [secret].join()],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect(secret)],
    ['inspect, nested', inspect({ a: { b: [secret] } }, { depth: 9 })],
    ['format %s', format('%s', secret)],
    ['format %o', format('%o', secret)],
    ['format %j', format('%j', secret)],
    ['an error message', new Error(`failed with ${secret}`).message],
  ]

  it.each(ways)('prints as a placeholder by %s', (_way, printed) => {
    expect(printed).toContain('[secret]')
    expect(printed).not.toContain(text)
  })

  it.each([
    ['inspect with everything hidden shown', inspect(secret, { showHidden: true, getters: true })],
    ['inspect without its own method', inspect(secret, { customInspect: false, showHidden: true })],
    ['format %d', format('%d', secret)],
    ['its own properties', JSON.stringify(Reflect.ownKeys(secret))],
    ['a spread copy', JSON.stringify({ ...secret })],
    ['a structured clone', inspect(structuredClone(secret))],
  ])('keeps its text from %s', (_way, printed) => {
    expect(printed).not.toContain(text)
  })
})
