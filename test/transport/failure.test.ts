import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { indeterminate } from '../../src/core/index.js'
import { codeOf, failure } from '../../src/transport/failure.js'
import { readBody } from '../../src/transport/read-body.js'

it.each(['ECONNRESET', 'HPE_INVALID_CONSTANT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
  'the code %s is kept',
  (code) => {
    expect(codeOf(Object.assign(new Error('text'), { code }))).toBe(code)
  },
)

it.each([
  undefined,
  null,
  'ECONNRESET',
  {},
  { code: 5 },
  { code: 'a text' },
  { code: 'E\nX' },
  { code: 'E'.repeat(65) },
])('what is no code is dropped (%#)', (error) => {
  expect(codeOf(error)).toBeUndefined()
})

it('a body that ends before its message does is none', async () => {
  const message = new IncomingMessage(new Socket())
  message.push('{}')
  message.push(null)

  expect(await new Promise((done) => readBody(message, 100, done))).toEqual(E.left('ECONNRESET'))
})

it('what is not known is not in the error', () => {
  expect(failure('reads', 'body', { httpStatus: 200 })).toEqual(indeterminate('reads', 'body', { httpStatus: 200 }))
  expect(failure('reads', 'write', {})).toEqual(indeterminate('reads', 'write'))
})
