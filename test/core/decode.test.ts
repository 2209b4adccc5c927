import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { decode, exactObject, fromPredicate, type Issue, recordOf, refine, text } from '../../src/core/index.js'
import fc from '../property.js'

const Word = text('a word', (s) => /^\w+$/.test(s))
const Even = fromPredicate('an even number', (value): value is number => typeof value === 'number' && value % 2 === 0)
const Inner = exactObject('an inner object', { word: Word }, { even: Even })
const Outer = exactObject('an outer object', { inner: Inner }, { words: recordOf('words by name', Word, Word) })

const issuesOf = (codec: t.Mixed, value: unknown): readonly Issue[] => {
  const decoded = decode(codec, value)
  return E.isLeft(decoded) ? decoded.left : []
}

describe('an issue', () => {
  it('names the root where the whole is wrong', () => {
    expect(issuesOf(Outer, 7)).toEqual([{ path: '(root)', expected: 'an outer object' }])
  })

  it('names the path and what is expected there', () => {
    expect(issuesOf(Outer, { inner: { word: 'two words' } })).toEqual([{ path: 'inner.word', expected: 'a word' }])
  })

  it('reports every field, not of the first', () => {
    expect(issuesOf(Outer, { inner: { even: 1, odd: 1 }, outer: 1 })).toEqual([
      { path: 'outer', expected: 'no such field' },
      { path: 'inner.odd', expected: 'no such field' },
      { path: 'inner.even', expected: 'an even number' },
      { path: 'inner.word', expected: 'a word' },
    ])
  })

  it('names the position in an array', () => {
    expect(issuesOf(t.array(Word, 'words'), ['one', 'and two'])).toEqual([{ path: '1', expected: 'a word' }])
  })

  it('says what a refinement expected, at the place of the whole', () => {
    const Short = refine(Inner, 'a short word inside', ({ word }) => (word.length < 3 ? word : undefined))
    expect(issuesOf(exactObject('it', { inner: Short }, {}), { inner: { word: 'long' } })).toEqual([
      { path: 'inner', expected: 'a short word inside' },
    ])
    expect(decode(Short, { word: 'ok' })).toEqual(E.right('ok'))
  })

  it('needs no context for its message', () => {
    const lost = new t.Type<string>(
      'lost',
      (value): value is string => typeof value === 'string',
      () => t.failures([{ value: 1, context: [] }]),
      t.identity,
    )
    expect(issuesOf(lost, 1)).toEqual([{ path: '(root)', expected: 'another value' }])
  })
})

describe('a closed object', () => {
  it('is given with exactly its fields', () => {
    expect(decode(Inner, { word: 'one', even: 2 })).toEqual(E.right({ word: 'one', even: 2 }))
  })

  it('takes undefined for absent, of known and of unknown fields', () => {
    expect(decode(Inner, { word: 'one', even: undefined, odd: undefined })).toStrictEqual(E.right({ word: 'one' }))
    expect(issuesOf(Inner, { word: undefined })).toEqual([{ path: 'word', expected: 'a word' }])
  })

  it('takes null for a value', () => {
    expect(issuesOf(Inner, { word: 'one', even: null })).toEqual([{ path: 'even', expected: 'an even number' }])
  })

  it('reads no field from a prototype', () => {
    expect(issuesOf(Inner, Object.create({ word: 'inherited' }))).toEqual([{ path: 'word', expected: 'a word' }])
  })

  it('takes an object without a prototype, and an instance with fields of its own', () => {
    class Dto {
      readonly word = 'one'
    }
    expect(decode(Inner, Object.assign(Object.create(null), { word: 'one' }))).toEqual(E.right({ word: 'one' }))
    expect(decode(Inner, new Dto())).toEqual(E.right({ word: 'one' }))
  })

  it.each([
    ['an array', []],
    ['null', null],
    ['a text', 'word'],
    ['a promise that nobody awaited', Promise.resolve({ word: 'one' })],
    ['a map', new Map([['word', 'one']])],
    ['a date', new Date(0)],
    ['a function', () => ({ word: 'one' })],
  ])('does not take %s for an empty object', (_what, value) => {
    const AllOptional = exactObject('an object', {}, { word: Word })
    expect(issuesOf(AllOptional, value)).toEqual([{ path: '(root)', expected: 'an object' }])
  })

  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])('knows no field %s', (name) => {
    const value: unknown = JSON.parse(`{ "word": "one", "${name}": { "even": 2 } }`)
    expect(issuesOf(Inner, value)).toEqual([{ path: name, expected: 'no such field' }])
  })

  it('recognises what it would give', () => {
    expect(Inner.is({ word: 'one' })).toBe(true)
    expect(Inner.is({ word: 'two words' })).toBe(false)
    expect(Outer.is({ inner: { word: 'one' }, words: { a: 'b' } })).toBe(true)
  })
})

describe('values by name', () => {
  const Words = recordOf('words by name', Word, Word)

  it('are given under their names', () => {
    expect(decode(Words, { one: 'uno', two: 'due' })).toEqual(E.right({ one: 'uno', two: 'due' }))
    expect(decode(Words, {})).toEqual(E.right({}))
  })

  it('are named by their position where they are wrong, never by their name', () => {
    expect(issuesOf(Outer, { inner: { word: 'one' }, words: { Jo: 'Jo', Doe: 'not a word' } })).toEqual([
      { path: 'words.#2', expected: 'a word' },
    ])
  })

  it('are named by their position where their name is wrong', () => {
    expect(issuesOf(Words, { 'jo@example.com': 'one' })).toEqual([{ path: '#1', expected: 'as its name, a word' }])
  })

  it('may be wrong in any number', () => {
    const words = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`w${n}`, 'not a word']))
    expect(issuesOf(Outer, { inner: { word: 'one' }, words })).toHaveLength(200_000)
  })

  it('may be named like a part of every object', () => {
    const decoded = decode(Words, JSON.parse('{ "__proto__": "one", "constructor": "two" }'))
    expect(E.isRight(decoded) && Object.entries(decoded.right)).toEqual([
      ['__proto__', 'one'],
      ['constructor', 'two'],
    ])
  })

  it.each([[[]], [null], ['text'], [new Map()]])('are no %j', (value) => {
    expect(issuesOf(Words, value)).toEqual([{ path: '(root)', expected: 'words by name' }])
  })
})

describe('no issue repeats', () => {
  const printed = (codec: t.Mixed, value: unknown) => JSON.stringify(issuesOf(codec, value))

  it('a value, wherever it stands', () => {
    const canary = fc.constantFrom('CANARY value', 'CANARY\n', ['CANARY'], { CANARY: 'CANARY value' })
    const anywhere = fc.oneof(
      canary,
      fc.record({ inner: canary, words: canary }),
      fc.record({ inner: fc.record({ word: canary, even: canary }), words: fc.dictionary(fc.string(), canary) }),
    )
    fc.assert(
      fc.property(anywhere, (value) => {
        const issues = issuesOf(Outer, value)
        expect(issues.length).toBeGreaterThan(0)
        // The name of an unknown field is reported where it is a plain one: it is the caller's typing mistake.
        expect(JSON.stringify(issues.filter(({ expected }) => expected !== 'no such field'))).not.toContain('CANARY')
      }),
    )
  })

  it('a name in values by name', () => {
    fc.assert(
      fc.property(fc.constantFrom('CANARY', 'CANARY@example.com', 'CANARY\n'), (name) => {
        expect(printed(Outer, { inner: { word: 'one' }, words: { [name]: 'not a word' } })).not.toContain('CANARY')
      }),
    )
  })

  it.each([
    'jo@example.com',
    'Jo Doe',
    '4111111111111111',
    'card_4111',
    '+4915112345678',
    'a\nb',
    'x'.repeat(41),
    'naïve',
  ])('an unknown field’s name that may be data: %j', (name) => {
    expect(issuesOf(Inner, { word: 'one', [name]: 1 })).toEqual([{ path: '?', expected: 'no such field' }])
    expect(issuesOf(t.record(t.string, Word), { [name]: 1 })[0]?.path).toBe('?')
  })
})

describe('decoders are total', () => {
  it('whatever they are given', () => {
    fc.assert(fc.property(fc.anything(), (value) => ['Left', 'Right'].includes(decode(Outer, value)._tag)))
    fc.assert(fc.property(fc.object({ maxDepth: 3 }), (value) => ['Left', 'Right'].includes(decode(Outer, value)._tag)))
  })
})
