import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { createCall, type Kind, type Listing } from '../core/index.js'
import { firstFlow } from './harness.js'
import type { Requirement } from './requirement.js'

/** Requirements about refunds, payouts and notifications. */
export const afterwardsRequirements: readonly Requirement[] = [
  {
    name: 'an accepted refund is processing, and never comes to rest as failed or unknown',
    needs: 'refund',
    run: async ({ subject, paid, succeed, provider, gateway }) => {
      const refund = await succeed(provider.refund(subject.samples.refund((await paid('key-1')).reference, 'key-2')))
      assert.equal(refund.status, 'processing')
      await gateway.settle()
      const rested = await succeed(provider.getStatus(refund.reference))
      assert.ok(['processing', 'succeeded'].includes(rested.status), rested.status)
    },
  },
  {
    name: 'an accepted payout is processing, and comes to rest as succeeded',
    needs: 'payout',
    run: async ({ subject, succeed, provider, gateway }) => {
      const payout = await succeed(provider.payout(subject.samples.payout('key-1')))
      assert.equal(payout.status, 'processing')
      await gateway.settle()
      assert.equal((await succeed(provider.getStatus(payout.reference))).status, 'succeeded')
    },
  },
  {
    name: 'more than was paid is never refunded',
    needs: 'refund',
    run: async ({ subject, adapter, paid, fail, provider, executed }) => {
      const { reference } = await paid('key-1')
      const sample = subject.samples.refund(reference, 'key-2')
      const { currency } = subject.samples.payment(firstFlow({ adapter }), 'key-1').amount
      const error = await fail(provider.refund({ ...sample, amount: { minorUnits: 10n ** 12n, currency } }))
      assert.ok(error.outcome === 'not_sent' || error.outcome === 'refused', error.outcome)
      assert.equal(executed({ operation: 'refund' }), 0)
    },
  },
  {
    name: 'a refund of an unpaid payment is refused, and nothing is executed',
    needs: 'refund',
    run: async (harness) => {
      const { subject, provider, succeed, fail, executed } = harness
      const payment = await succeed(provider.createPayment(subject.samples.payment(firstFlow(harness), 'key-1')))
      const error = await fail(provider.refund(subject.samples.refund(payment.reference, 'key-2')))
      assert.ok(error.outcome === 'not_sent' || error.outcome === 'refused', error.outcome)
      assert.equal(executed({ operation: 'refund' }), 0)
    },
  },
  {
    name: 'a refund and a payout are in the lists that the account has, as they read, and known as made here',
    run: async ({ subject, adapter, ready, succeed, provider }) => {
      for (const submission of subject.submissions) {
        const list = submission.operation === 'createPayment' ? undefined : adapter.list?.[submission.operation]
        if (list === undefined) continue
        const start = await ready(submission, 'key-1')
        const { reference } = await succeed(start())
        const { status } = await succeed(provider.getStatus(reference))
        const listing = await succeed<Listing<Kind>>(
          list({ from: 0, to: Number.MAX_SAFE_INTEGER }, createCall(adapter.send)),
        )
        assert.equal(listing.unreadable, 0)
        const entry = listing.objects.find((object) => isDeepStrictEqual(object.reference, reference))
        assert.ok(entry !== undefined, `no ${submission.operation} in the list`)
        assert.equal(entry.status, status)
        assert.ok(entry.names?.key !== undefined, 'its key is not told')
      }
    },
  },
  {
    name: 'each notification points at its payment, and reading there tells the same as reading by the reference',
    run: async ({ paid, gateway, adapter, succeed, provider }) => {
      const { reference } = await paid('key-1')
      const notifications = await gateway.notifications()
      assert.ok(notifications.length > 0, 'the gateway posted nothing')
      for (const raw of notifications) {
        const target = adapter.notification(raw)
        assert.ok(target._tag === 'Right', 'not understood')
        assert.deepEqual(
          await succeed(provider.getStatus(target.right.reference)),
          await succeed(provider.getStatus(reference)),
        )
      }
    },
  },
  {
    name: 'a mangled notification gives a target or InvalidRequest, and never throws',
    run: async ({ paid, gateway, adapter }) => {
      await paid('key-1')
      for (const raw of await gateway.notifications()) {
        const bodies = [
          '',
          '[]',
          'null',
          '"x"',
          '{"__proto__":{"a":1}}',
          raw.body.slice(0, -1),
          `${raw.body}}`,
          '\ufffd',
        ]
        for (const body of bodies) {
          const result = adapter.notification({ ...raw, body })
          assert.ok(result._tag === 'Right' || result.left._tag === 'InvalidRequest')
        }
      }
    },
  },
  {
    name: 'a forged notification reads the truth',
    run: async (harness) => {
      const { subject, provider, succeed, gateway, adapter } = harness
      await harness.paid('key-1')
      const unpaid = await succeed(provider.createPayment(subject.samples.payment(firstFlow(harness), 'key-2')))
      assert.ok('id' in unpaid.reference)
      const [genuine] = await gateway.notifications()
      assert.ok(genuine !== undefined)
      const first = adapter.notification(genuine)
      assert.ok(first._tag === 'Right' && 'id' in first.right.reference)
      const forged = { ...genuine, body: genuine.body.split(first.right.reference.id).join(unpaid.reference.id) }
      const target = adapter.notification(forged)
      assert.ok(target._tag === 'Right')
      const read = await succeed(provider.getStatus(target.right.reference))
      assert.notEqual(read.status, 'succeeded')
    },
  },
]
