import { isObject, parseJson, parseOwnJson } from '../../src/core/index.js'
import fc from '../property.js'

describe('parseJson', () => {
  it('gives every JSON value back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        expect(parseOwnJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    )
  })

  it.each(['', ' ', '{', "{'a':1}", 'undefined', 'NaN', '<html>', '{"a":1,}', '\ufeff{}'])(
    'gives undefined for %j',
    (text) => {
      expect(parseJson(text)).toBeUndefined()
    },
  )

  it('throws for no text at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseJson(text)))
  })

  it('lets a body name no prototype', () => {
    const body = parseJson('{"__proto__":{"admin":true}}')
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
  })
})

describe('isObject', () => {
  it('is true for objects, not for arrays, null and the rest', () => {
    expect(isObject({})).toBe(true)
    for (const value of [[], null, 'text', 1, true, undefined]) expect(isObject(value)).toBe(false)
  })
})
