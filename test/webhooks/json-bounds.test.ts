import { isWithinBounds } from '../../src/webhooks/json-bounds.js'
import fc from '../property.js'

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const keyed = (keys: number) => JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, n])))

describe('JSON', () => {
  it.each([
    ['32 deep', nested(32), true],
    ['33 deep', nested(33), false],
    ['32,000 deep', '['.repeat(32_000), false],
    ['with 1,000 keys', keyed(1000), true],
    ['with 1,001 keys', keyed(1001), false],
    ['with 40 arrays beside each other', `[${Array.from({ length: 40 }, () => '[]').join()}]`, true],
    ['with brackets and colons in a text', JSON.stringify({ a: '[{:'.repeat(2000) }), true],
    ['with quotes in a text', JSON.stringify({ a: '"[{:'.repeat(2000) }), true],
    ['with a backslash at the end of a text', `["\\\\",${nested(33)}]`, false],
    ['in a text that never ends', `{"${'\\"'.repeat(100_000)}`, true],
    ['after white space', `\n\t ${nested(33)}`, false],
    ['that is a form', 'a[b][c]=:'.repeat(2000), true],
  ])('%s: %#', (_what, json, isFine) => {
    expect(isWithinBounds(json)).toBe(isFine)
  })

  it('is measured as a parser would', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
    fc.assert(
      fc.property(fc.json({ maxDepth: 40 }), (json) => {
        expect(isWithinBounds(json)).toBe(depthOf(JSON.parse(json)) <= 32)
      }),
    )
  })
})
