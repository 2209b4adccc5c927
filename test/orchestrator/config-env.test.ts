import * as E from 'fp-ts/lib/Either.js'
import { withEnvironment } from '../../src/orchestrator/config/env.js'
import fc from '../property.js'

const env = { A: 'a', NAME_2: 'two', NESTED: `\${A}`, EMPTY: '' }
const replace = (config: unknown) => withEnvironment(config, env)

describe('references to the environment', () => {
  it.each([
    [`\${A}`, 'a'],
    [`x\${A}y\${NAME_2}`, 'xaytwo'],
    [`$\${A}`, `\${A}`],
    [`$\${A}\${A}`, `\${A}a`],
    ['$A $ {A} $', '$A $ {A} $'],
    [`\${NESTED}`, `\${A}`],
  ])('turn %j into %j', (text, expected) => {
    expect(replace({ deep: [{ text }] })).toEqual(E.right({ deep: [{ text: expected }] }))
  })

  it('that cannot be resolved are named, each with its path', () => {
    const config = {
      accounts: { 'eu.1': { secret: `\${MISSING}` } },
      list: [`\${EMPTY}`, `\${toString}`, `\${not a name}`, '${'],
    }
    const malformed = `a name and } after \${, or $\${ for the text itself`
    expect(replace(config)).toEqual(
      E.left([
        { path: 'accounts.eu.1.secret', expected: 'the environment variable MISSING' },
        { path: 'list.0', expected: 'the environment variable EMPTY' },
        { path: 'list.1', expected: 'the environment variable toString' },
        { path: 'list.2', expected: malformed },
        { path: 'list.3', expected: malformed },
      ]),
    )
  })

  it('are not looked for in names, nor in what is no JSON', () => {
    const config = { $A: 1, '${': 2, bytes: new Uint8Array([1]), when: new Date(0), nothing: null, flag: true }
    expect(replace(config)).toEqual(E.right(config))
  })

  it('name it by its position where it may be anything', () => {
    expect(replace({ ok: 1, 'Ann Buyer': `\${MISSING}` })).toEqual(
      E.left([{ path: '#2', expected: 'the environment variable MISSING' }]),
    )
  })

  it('end where a configuration holds itself', () => {
    const config: Record<string, unknown> = {}
    config.self = config
    expect(replace(config)).toEqual(E.left([{ path: '(root)', expected: 'at most 32 levels' }]))
  })

  it('leave any text as it is once it is escaped', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(replace([text.replaceAll('${', '$${')])).toEqual(E.right([text]))
      }),
    )
  })
})
