import assert from 'node:assert/strict'
import { type Flow, type OperationCapability, type PaymentError, stateless } from '../core/index.js'
import type { DecisionClause } from './clause.js'
import type { Rig } from './rig.js'
import type { Decision, Fault } from './subject.js'

/** Whether the stand-in executes under each fault. A byte has left in all of them, so none may be called `not_sent`. */
const executes: Readonly<Record<Fault, boolean>> = {
  reset_before_reading: false,
  silence_before_executing: false,
  error_500_not_executed: false,
  foreign_429_not_executed: false,
  executed_reset: true,
  executed_silence: true,
  executed_half_answer: true,
  executed_html: true,
  executed_truncated_json: true,
  executed_502: true,
}

const capabilityOf = ({ adapter }: Rig, { operation }: Decision): OperationCapability => {
  const capability = adapter.capabilities[operation]
  assert.ok(capability.supported)
  return capability
}

/** A flow that moves money by its decisive request has staged what is paid before. */
const movesMoney = ({ adapter }: Rig, flow: Flow): boolean => {
  const { createPayment } = adapter.capabilities
  return createPayment.supported && createPayment.flows[flow] === 'moves_money'
}

/** What the caller has to know of an error: its case, what may have happened to the money, what to do. */
const gist = ({ _tag, outcome, retry }: PaymentError) => [_tag, outcome, retry].join(' ')

const faultClauses = Object.entries(executes).map(
  ([fault, executed]): DecisionClause => ({
    name: `an outcome lost by ${fault} is unknown, and nothing is sent twice`,
    run: async (rig, decision) => {
      const start = await rig.ready(decision, 'key-1')
      rig.gateway.spoil(decision, fault as Fault)
      assert.equal(gist(await rig.fail(start())), 'Indeterminate unknown after_read')
      assert.equal(rig.executed(decision), executed ? 1 : 0)
    },
  }),
)

/** Laws about each decisive request. */
export const decisionClauses: readonly DecisionClause[] = [
  {
    name: 'nothing is sent before the task runs',
    run: async ({ ready, gateway }, decision) => {
      const start = await ready(decision, 'key-1')
      const before = gateway.requests()
      start()
      assert.equal(gateway.requests(), before)
    },
  },
  {
    name: 'it is executed once, and reads back under the reference it gave',
    run: async ({ ready, succeed, provider, executed, adapter }, decision) => {
      const start = await ready(decision, 'key-1')
      const result = await succeed(start())
      assert.equal(executed(decision), 1)
      assert.equal(result.reference.account, adapter.account)
      const read = await succeed(provider.getStatus(result.reference))
      assert.deepEqual(read.reference, result.reference)
      assert.notEqual(read.status, 'unknown')
    },
  },
  ...faultClauses,
  {
    name: 'a gateway that is down was not asked',
    run: async ({ ready, fail, gateway, executed }, decision) => {
      const start = await ready(decision, 'key-1')
      await gateway.refuseConnections()
      assert.equal(gist(await fail(start())), 'Unreachable not_sent safe')
      assert.equal(executed(decision), 0)
    },
  },
  {
    name: 'after the deadline nothing is sent',
    run: async ({ ready, fail, executed }, decision) => {
      const start = await ready(decision, 'key-1')
      assert.equal(gist(await fail(start({ deadline: 1 }))), 'Unreachable not_sent safe')
      assert.equal(executed(decision), 0)
    },
  },
  {
    name: 'unknown credentials are refused',
    run: async ({ ready, fail, stranger, executed }, decision) => {
      const start = await ready(decision, 'key-1')
      const error = await fail(start({ by: stateless(stranger) }))
      assert.ok(error._tag === 'Refused', gist(error))
      assert.ok(['authentication', 'permission', 'signature', 'configuration'].includes(error.reason), error.reason)
      assert.equal(executed(decision), 0)
    },
  },
  {
    name: 'a lost answer carries a reference where the object was staged or look-up by key is declared, and it finds it',
    run: async (rig, decision) => {
      const start = await rig.ready(decision, 'key-1')
      rig.gateway.spoil(decision, 'executed_reset')
      const error = await rig.fail(start())
      assert.ok(error._tag === 'Indeterminate', gist(error))
      const staged = decision.operation === 'createPayment' && movesMoney(rig, decision.flow)
      assert.equal(error.reference !== undefined, staged || capabilityOf(rig, decision).lookupByKey)
      if (error.reference === undefined) return
      const found = await rig.succeed(rig.provider.getStatus(error.reference))
      assert.equal(found.reference.kind, error.reference.kind)
      assert.notEqual(found.status, 'unknown')
    },
  },
  {
    name: 'a second send of one key does what the account declares',
    run: async (rig, decision) => {
      const start = await rig.ready(decision, 'key-1')
      const first = await rig.succeed(start())
      const second = await start()()
      const { kind } = capabilityOf(rig, decision).deduplication
      switch (kind) {
        case 'none':
          // A repeat is a second operation, or a refusal of the gateway's own; the first stays readable.
          assert.ok(rig.executed(decision) >= 1)
          break
        case 'replays':
          assert.equal(second._tag, 'Right')
          assert.equal(rig.executed(decision), 1)
          break
        case 'rejects':
          assert.ok(second._tag === 'Left' && second.left._tag === 'Indeterminate' && second.left.registered === true)
          assert.equal(rig.executed(decision), 1)
          break
      }
      await rig.succeed(rig.provider.getStatus(first.reference))
    },
  },
  {
    name: 'what the gateway de-duplicates by belongs to the key alone',
    run: async (rig, decision) => {
      if (capabilityOf(rig, decision).deduplication.kind === 'none') return
      const keyOf = () => rig.gateway.executions(decision).at(-1)?.key
      await (await rig.ready(decision, 'key-1'))()()
      const first = keyOf()
      await (await rig.ready(decision, 'key-1'))()()
      assert.equal(keyOf(), first)
      await (await rig.ready(decision, 'key-2'))()()
      assert.notEqual(keyOf(), first)
    },
  },
]
