import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  answering,
  type Draft,
  type Exchange,
  indeterminate,
  memoOf,
  refused,
  type WireAnswer,
} from '../../src/core/index.js'

const wire = { effect: 'moves_money', method: 'POST', base: 'api', path: '/pay', auth: 'key', headers: {} } as const
const answer = (body: string): WireAnswer => ({ status: 200, headers: {}, body })

describe('the memo of a draft', () => {
  const Memo = t.type({ before: t.string })
  const memo = (given: Draft['memo']) => memoOf(Memo, { wire, memo: given })

  it('is read as it was frozen', () => {
    expect(memo({ before: 'not_requested' })).toEqual(E.right({ before: 'not_requested' }))
  })

  it.each([[null], [{}], ['text'], [{ before: 7 }], [[]]])(
    'that cannot be read leaves the outcome unknown: %j',
    (other) => {
      expect(memo(other)).toEqual(E.left(indeterminate('moves_money', 'answer')))
    },
  )
})

describe('an exchange that answers about what was asked', () => {
  const echo: Exchange<'reads', string, string> = {
    effect: 'reads',
    prepare: () => E.right({ ...wire, effect: 'reads' }),
    interpret: ({ body }) => (body === 'no' ? E.left(refused('not_found', 404)) : E.right(body)),
  }
  const aboutIt = answering(echo, (id) => id === 'tx-1')

  it('gives that answer', () => {
    expect(aboutIt.interpret(answer('tx-1'))).toEqual(E.right('tx-1'))
  })

  it('takes an answer about something else for none', () => {
    expect(aboutIt.interpret(answer('tx-2'))).toEqual(E.left(indeterminate('reads', 'answer', { httpStatus: 200 })))
  })

  it('leaves a refusal and the request as they are', () => {
    expect(aboutIt.interpret(answer('no'))).toEqual(E.left(refused('not_found', 404)))
    expect(aboutIt.effect).toBe('reads')
    expect(aboutIt.prepare('tx-1')).toEqual(echo.prepare('tx-1'))
  })
})
