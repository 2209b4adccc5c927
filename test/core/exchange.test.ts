import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  contextOf,
  type Draft,
  type Exchange,
  indeterminate,
  refused,
  requireAnswer,
  type WireAnswer,
} from '../../src/core/index.js'

const wire = {
  exchange: 'test.payments.create',
  effect: 'moves_money',
  method: 'POST',
  base: 'api',
  path: '/pay',
  auth: 'key',
  headers: {},
} as const
const answer = (body: string): WireAnswer => ({ status: 200, headers: {}, body })

describe('the context of a draft', () => {
  const Context = t.type({ before: t.string })
  const context = (stored: Draft['context']) => contextOf(Context, { wire, context: stored, notPassedOn: [] })

  it('is read as it was persisted', () => {
    expect(context({ before: 'not_requested' })).toEqual(E.right({ before: 'not_requested' }))
  })

  it.each([[null], [{}], ['text'], [{ before: 7 }], [[]]])(
    'that cannot be read leaves the outcome unknown: %j',
    (other) => {
      expect(context(other)).toEqual(E.left(indeterminate('moves_money', 'answer')))
    },
  )
})

describe('an exchange that answers about what was asked', () => {
  const echo: Exchange<'reads', string, string> = {
    name: 'test.payments.get',
    effect: 'reads',
    prepare: () => E.right({ ...wire, exchange: 'test.payments.get', effect: 'reads' }),
    interpret: ({ body }) => (body === 'no' ? E.left(refused('not_found', 404)) : E.right(body)),
  }
  const aboutIt = requireAnswer(echo, (id) => id === 'tx-1')

  it('says that its answer is compared, and keeps what a list is', () => {
    const list = { ...echo, prepare: () => E.right({ ...wire, effect: 'reads', answer: 'list' } as const) }
    expect(echo.prepare('tx-1')).not.toMatchObject({ right: { answer: 'named' } })
    expect(aboutIt.prepare('tx-1')).toMatchObject({ right: { answer: 'named' } })
    expect(requireAnswer(list, () => true).prepare('tx-1')).toMatchObject({ right: { answer: 'list' } })
  })

  it('gives that answer', () => {
    expect(aboutIt.interpret(answer('tx-1'))).toEqual(E.right('tx-1'))
  })

  it('takes an answer about something else for none', () => {
    expect(aboutIt.interpret(answer('tx-2'))).toEqual(E.left(indeterminate('reads', 'answer', { httpStatus: 200 })))
  })

  it('says which places of the answer it compared, if they are named', () => {
    const named = requireAnswer(echo, (id) => id === 'tx-1', ['data.identifier'])
    expect(named.interpret(answer('tx-2'))).toEqual(
      E.left(indeterminate('reads', 'answer', { httpStatus: 200, paths: ['data.identifier'] })),
    )
  })

  it('leaves a refusal and the request as they are', () => {
    expect(aboutIt.interpret(answer('no'))).toEqual(E.left(refused('not_found', 404)))
    expect(aboutIt).toMatchObject({ effect: 'reads', name: 'test.payments.get' })
    expect(aboutIt.prepare('tx-1')).toEqual(
      E.map((sent: object) => ({ ...sent, answer: 'named' }))(echo.prepare('tx-1')),
    )
  })
})
