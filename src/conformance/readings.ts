import assert from 'node:assert/strict'
import { checkPaymentRequest, finality, type Kind, type Money, type Reference, toMoney } from '../core/index.js'
import { firstFlow } from './harness.js'
import type { Requirement } from './requirement.js'

const expecting = <K extends Kind>(reference: Reference<K>, expectedAmount: Money): Reference<K> => ({
  ...reference,
  expectedAmount,
})

/** Requirements about reading a payment. */
export const readRequirements: readonly Requirement[] = [
  {
    name: 'a paid payment reads as succeeded, with the amount compared',
    run: async ({ subject, paid, succeed, provider, adapter }) => {
      const { reference } = await paid('key-1')
      const asked = checkPaymentRequest(subject.samples.payment(firstFlow({ adapter }), 'key-1'))
      assert.ok(asked._tag === 'Right')
      const { minorUnits, currency } = asked.right.amount
      const amount = toMoney({ minorUnits, currency })
      const exact = await succeed(provider.getStatus(expecting(reference, amount)))
      assert.deepEqual([exact.status, exact.amountCheck, exact.amount], ['succeeded', 'exact', amount])
      const other = toMoney({ minorUnits: minorUnits + 1n, currency })
      const mismatch = await succeed(provider.getStatus(expecting(reference, other)))
      assert.deepEqual([mismatch.status, mismatch.amountCheck], ['succeeded', 'mismatch'])
    },
  },
  {
    name: 'an unpaid payment reads with what the payer does next',
    run: async (harness) => {
      const { subject, provider, succeed } = harness
      const payment = await succeed(provider.createPayment(subject.samples.payment(firstFlow(harness), 'key-1')))
      const read = await succeed(provider.getStatus(payment.reference))
      assert.equal(read.status, 'requires_action')
      assert.ok(read.nextAction !== undefined)
    },
  },
  {
    name: 'a declined payment is a value, and its end is reversible',
    run: async (harness) => {
      const { subject, provider, succeed, gateway } = harness
      const payment = await succeed(provider.createPayment(subject.samples.payment(firstFlow(harness), 'key-1')))
      await gateway.decline(payment)
      const read = await succeed(provider.getStatus(payment.reference))
      assert.equal(read.status, 'failed')
      assert.ok(read.reason !== undefined)
      assert.equal(finality('payment', read.status), 'reversible')
    },
  },
  {
    name: 'a state that is not documented is unknown, kept in its own words, and asks for review',
    run: async ({ paid, gateway, succeed, provider }) => {
      const payment = await paid('key-1')
      gateway.inventState(payment)
      const read = await succeed(provider.getStatus(payment.reference))
      assert.equal(read.status, 'unknown')
      assert.ok(Object.keys(read.providerState).length > 0)
      assert.ok(read.review.includes('unmapped_state'))
    },
  },
  {
    name: 'a read that fails once is repeated; one that keeps failing changes nothing and may be repeated',
    run: async ({ paid, gateway, succeed, fail, provider }) => {
      const { reference } = await paid('key-1')
      gateway.spoilReads('reset_before_reading', 1)
      assert.equal((await succeed(provider.getStatus(reference))).status, 'succeeded')
      gateway.spoilReads('error_500_not_executed', 20)
      const error = await fail(provider.getStatus(reference))
      assert.deepEqual([error.outcome, error.retry], ['unknown', 'safe'])
    },
  },
  {
    name: 'what does not exist is refused as not found',
    run: async ({ provider, fail, adapter }) => {
      const reference = {
        kind: 'payment',
        account: adapter.account,
        id: '00000000-0000-4000-8000-00000000dead',
      } as const
      const error = await fail(provider.getStatus(reference))
      assert.ok(error._tag === 'Refused' && error.reason === 'not_found', error._tag)
    },
  },
]
