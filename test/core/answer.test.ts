import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  type Effect,
  indeterminate,
  interpretAnswer,
  isObject,
  type PaymentError,
  type RefusalRules,
  rateLimited,
  refused,
  retryAfterMs,
  type WireAnswer,
} from '../../src/core/index.js'
import fc from '../property.js'

/** A made-up gateway. It refuses with `{ no: text, wrong?: [...], code?: text }` and answers with `{ id }`. */
const refusalRules: RefusalRules = {
  refusal: (body) => {
    if (!isObject(body) || typeof body.no !== 'string') return undefined
    const wrong = Array.isArray(body.wrong) ? body.wrong.map(String) : []
    return { texts: [body.no], fields: wrong, ...(typeof body.code === 'string' ? { code: body.code } : {}) }
  },
  meanings: [
    [/duplicate/, 'registered'],
    [/slow down/, 'rate_limited'],
    [/try later/, 'lost'],
    [/funds/, 'insufficient_funds'],
    [/amount/, 'amount_limit'],
    [/fields/, 'validation'],
  ],
  byStatus: (status) =>
    (({ 200: undefined, 401: 'authentication', 404: 'not_found', 409: 'registered', 429: 'rate_limited' }) as const)[
      status
    ],
}
const Made = t.type({ id: t.string })

const answer = (status: number, body: unknown, headers: WireAnswer['headers'] = {}): WireAnswer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const interpret = (given: WireAnswer, effect: Effect = 'moves_money') =>
  interpretAnswer(effect, refusalRules, Made)(given)
const lost = (httpStatus: number, facts: { readonly paths?: readonly string[] } = {}) =>
  E.left(indeterminate('moves_money', 'answer', { httpStatus, ...facts }))
const registered = (httpStatus: number) =>
  E.left(indeterminate('moves_money', 'answer', { httpStatus, registered: true }))

const made = { id: 'tx-1' }

describe('an answer is classified', () => {
  const rows: ReadonlyArray<readonly [what: string, WireAnswer, E.Either<PaymentError, unknown>]> = [
    ['as lost by a 5xx, whatever the text', answer(500, { no: 'funds' }), lost(500)],
    ['as lost by a 5xx, even with a success in it', answer(502, made), lost(502)],
    ['as lost by 408, whatever the text', answer(408, { no: 'funds' }), lost(408)],
    ['as lost by 425, whatever the text', answer(425, { no: 'funds' }), lost(425)],
    ['as lost by 499, whatever the text', answer(499, { no: 'funds' }), lost(499)],
    ['as lost by a redirect, even with a success in it', answer(302, made), lost(302)],
    ['as lost by 1xx', answer(101, made), lost(101)],
    ['as lost by a status that is none', answer(Number.NaN, made), lost(Number.NaN)],
    ['as lost where it is not JSON, though the status says no', answer(401, '<html>401</html>'), lost(401)],
    ['as lost where it is empty', answer(200, ''), lost(200)],
    ['as lost where the JSON is not the gateway’s, 429 included', answer(429, { error: 'too many' }), lost(429)],
    ['as lost where a 4xx carries a success', answer(404, made), lost(404)],
    [
      'as lost where a 2xx is neither success nor refusal, with the paths that did not decode',
      answer(200, { done: true }),
      lost(200, { paths: ['id'] }),
    ],
    [
      'by its text before its status',
      answer(401, { no: 'not enough funds' }),
      E.left(refused('insufficient_funds', 401)),
    ],
    ['by its text under a 2xx', answer(200, { no: 'not enough funds' }), E.left(refused('insufficient_funds', 200))],
    [
      'by the first text that matches',
      answer(422, { no: 'amount over your funds' }),
      E.left(refused('insufficient_funds', 422)),
    ],
    ['by its status where no text decides', answer(404, { no: 'nothing here' }), E.left(refused('not_found', 404))],
    ['as lost where neither text nor status decides', answer(422, { no: 'nothing here' }), lost(422)],
    ['as lost where a 2xx refuses in words unknown', answer(200, { no: 'nothing here' }), lost(200)],
    ['as lost where the gateway does not know itself', answer(422, { no: 'try later' }), lost(422)],
    ['as registered by a duplicate’s text', answer(422, { no: 'duplicate key' }), registered(422)],
    ['as registered by a duplicate’s status', answer(409, { no: 'not unique' }), registered(409)],
    ['as rate limited by text', answer(400, { no: 'slow down' }, { 'retry-after': '3' }), E.left(rateLimited(3000))],
    ['as rate limited by status', answer(429, { no: 'too many' }), E.left(rateLimited())],
    [
      'as a validation with the fields complained about',
      answer(422, { no: 'wrong fields', wrong: ['order.amount', 'payer[email]'] }),
      E.left(refused('validation', 422, { fields: ['order.amount', 'payer[email]'] })),
    ],
    [
      'without fields where it is no validation',
      answer(422, { no: 'amount', wrong: ['order.amount'] }),
      E.left(refused('amount_limit', 422)),
    ],
    [
      'with the gateway’s own code of the refusal',
      answer(422, { no: 'not enough funds', code: 'E-17' }),
      E.left(refused('insufficient_funds', 422, { providerCode: 'E-17' })),
    ],
    ['as a success where it decodes', answer(200, made), E.right(made)],
    [
      'as a success with fields that nobody asked for',
      answer(201, { ...made, more: 1 }),
      E.right({ ...made, more: 1 }),
    ],
  ]

  it.each(rows)('%s', (_what, given, expected) => {
    expect(interpret(given)).toEqual(expected)
  })

  it('as lost to a read, which may be repeated', () => {
    expect(interpret(answer(500, ''), 'reads')).toEqual(E.left(indeterminate('reads', 'answer', { httpStatus: 500 })))
  })
})

const anyBody = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .record({ no: fc.oneof(fc.string(), fc.constantFrom('duplicate', 'funds', 'slow down', 'fields', 'amount')) })
    .map((body) => JSON.stringify(body)),
  fc.constant(JSON.stringify(made)),
)
const anyStatus = fc.oneof(
  fc.integer({ min: 0, max: 999 }),
  fc.constantFrom(200, 400, 401, 404, 408, 409, 424, 425, 429, 499, 500),
)

describe('whatever arrives', () => {
  it('is a value or a typed error', () => {
    fc.assert(
      fc.property(anyStatus, anyBody, (status, body) => {
        const result = interpret(answer(status, body))
        expect(E.isRight(result) || ['Refused', 'RateLimited', 'Indeterminate'].includes(result.left._tag)).toBe(true)
      }),
    )
  })

  it('no status that tells nothing is ever a refusal or a success', () => {
    const tellsNothing = anyStatus.filter(
      (status) =>
        status < 200 || (status >= 300 && status < 400) || [408, 424, 425, 499].includes(status) || status >= 500,
    )
    fc.assert(
      fc.property(tellsNothing, anyBody, (status, body) => {
        expect(interpret(answer(status, body))).toEqual(lost(status))
      }),
    )
  })

  it('nothing of it but its status, its code and field names is in an error', () => {
    const body = {
      no: 'fields of CANARY',
      wrong: ['amount', 'CANARY jo@example.com'],
      code: 'CANARY of jo@example.com',
      CANARY: 'CANARY',
    }
    fc.assert(
      fc.property(anyStatus, (status) => {
        expect(JSON.stringify(interpret(answer(status, body, { trace: 'CANARY' })))).not.toContain('CANARY')
      }),
    )
  })
})

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['30', 30_000],
    ['999999', 999_999_000],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['9999999', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('%j is %s milliseconds', (value, expected) => {
    expect(retryAfterMs(answer(429, '', { 'retry-after': value }))).toBe(expected)
  })

  it('may be missing', () => {
    expect(retryAfterMs(answer(429, ''))).toBeUndefined()
  })
})
