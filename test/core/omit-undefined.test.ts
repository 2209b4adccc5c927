import { omitUndefined } from '../../src/core/index.js'

describe('given', () => {
  it('leaves out what is undefined, and nothing else', () => {
    expect(omitUndefined({ a: 1, b: undefined, c: null, d: '', e: 0, f: false })).toStrictEqual({
      a: 1,
      c: null,
      d: '',
      e: 0,
      f: false,
    })
  })

  it('changes nothing in what it was handed', () => {
    const fields = { a: undefined }
    omitUndefined(fields)
    expect(fields).toStrictEqual({ a: undefined })
  })
})
