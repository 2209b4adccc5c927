import {
  accountEvents,
  objectEvents,
  operationEvents,
  unknownObjectEvents,
} from '../../src/orchestrator/events/events.js'
import { codeIn, documentAt, tableUnder } from './markdown.js'

const page = documentAt('docs/concepts/events.md')

const tableOf = (heading: string) =>
  Object.fromEntries(tableUnder(page, heading).map((row) => [codeIn(row.Type)[0], row.Description]))

describe('docs/concepts/events.md', () => {
  it.each([
    ['Of a payment, a refund, a payout', objectEvents],
    ['Of an operation', operationEvents],
    ['Of an account', accountEvents],
    ['Of what the ledger does not know', unknownObjectEvents],
  ])('lists the types under "%s" as the code has them', (heading, types) => {
    expect(tableOf(heading)).toEqual(types)
  })
})
