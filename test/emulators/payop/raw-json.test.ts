import { rawNumber } from '../../../src/emulators/payop/raw-json.js'

describe('the text of a number in a JSON document', () => {
  const path = ['order', 'amount']

  it.each([
    ['{"order":{"amount":2.00}}', '2.00'],
    ['{ "order" : { "id" : "a" , "amount" : 1e3 } }', '1e3'],
    ['{"order":{"amount":-0.10}}', '-0.10'],
    ['{"order":{"amount":1,"amount":2.0}}', '2.0'],
    ['{"amount":1,"order":{"items":[{"amount":3}],"amount":2.50}}', '2.50'],
    ['{"order":{"note":"\\"amount\\":9","amount":2.5}}', '2.5'],
    ['{"order":{"am\\u006funt":2.5}}', '2.5'],
    ['{"other":{"order":{"amount":9}},"order":{"amount":2.5}}', '2.5'],
  ])('%s', (json, expected) => {
    expect(rawNumber(json, path)).toBe(expected)
  })

  it.each([
    '{"order":{"amount":"2.00"}}',
    '{"order":[2.00]}',
    '[{"order":{"amount":2}}]',
    '{"order\\namount":2}',
    '{"order":{"amount":[2]}}',
    '{"order":{"amount":{"value":2}}}',
  ])('%s has none there', (json) => {
    expect(rawNumber(json, path)).toBeUndefined()
  })
})
