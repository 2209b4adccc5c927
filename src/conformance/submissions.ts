import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  areOthers,
  createStatelessProvider,
  type Draft,
  type Flow,
  flowCapability,
  type OperationCapability,
  type PaymentError,
  type Procedure,
  readEvidence,
} from '../core/index.js'
import type { Harness } from './harness.js'
import type { SubmissionRequirement } from './requirement.js'
import type { Fault, Submission } from './subject.js'

/** Whether the test gateway executes under each fault. A byte has left in all of them, so none may be called `not_sent`. */
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

const capabilityOf = ({ adapter }: Harness, { operation }: Submission): OperationCapability => {
  const capability = adapter.capabilities[operation]
  assert.ok(capability.supported)
  return capability
}

/** A flow that moves money by its submission has created what is paid before. */
const movesMoney = ({ adapter }: Harness, flow: Flow): boolean =>
  flowCapability(adapter.capabilities, flow)?.effect === 'moves_money'

/** What the caller has to know of an error: its case, what may have happened to the money, what to do. */
const gist = ({ _tag, outcome, retry }: PaymentError) => [_tag, outcome, retry].join(' ')

/** The same adapter. `took` is given each draft that it makes. */
const drafting = (adapter: Adapter, took: (draft: Draft) => void): Adapter => {
  const noting = <Input, Output>({ draft, interpret }: Procedure<Input, Output>): Procedure<Input, Output> => ({
    draft: (input, call) =>
      pipe(
        draft(input, call),
        TE.tapIO((made) => () => took(made)),
      ),
    interpret,
  })
  const { createPayment, refund, payout } = adapter
  return { ...adapter, createPayment: noting(createPayment), refund: noting(refund), payout: noting(payout) }
}

type Names = NonNullable<Draft['names']>

/** Executes a submission, and gives what its draft and a read of its object name alike. */
const namesOf = async (harness: Harness, submission: Submission, key: string): Promise<Names> => {
  const drafts: Draft[] = []
  const by = createStatelessProvider(drafting(harness.adapter, (draft) => drafts.push(draft)))
  const start = await harness.ready(submission, key)
  const { reference } = await harness.succeed(start({ by, merchantReference: `ORD-${key}` }))
  const { names: shown = {} } = (await harness.succeed(readEvidence(harness.adapter, reference))).content
  const { names: drafted = {} } = drafts.at(-1) ?? {}
  assert.ok(!areOthers(drafted, shown), 'the read names another object than the draft')
  return Object.fromEntries(Object.entries(shown).filter(([name]) => Object.hasOwn(drafted, name)))
}

const faultRequirements = Object.entries(executes).map(
  ([fault, executed]): SubmissionRequirement => ({
    name: `an outcome lost by ${fault} is unknown, and nothing is sent twice`,
    run: async (harness, submission) => {
      const start = await harness.ready(submission, 'key-1')
      harness.gateway.spoil(submission, fault as Fault)
      assert.equal(gist(await harness.fail(start())), 'Indeterminate unknown after_read')
      assert.equal(harness.executed(submission), executed ? 1 : 0)
    },
  }),
)

/** Requirements about each submission. */
export const submissionRequirements: readonly SubmissionRequirement[] = [
  {
    name: 'nothing is sent before the task runs',
    run: async ({ ready, gateway }, submission) => {
      const start = await ready(submission, 'key-1')
      const before = gateway.requests()
      start()
      // What is sent at once takes a moment over a socket.
      await delay(50)
      assert.equal(gateway.requests(), before)
    },
  },
  {
    name: 'it is executed once, and reads back under the reference it gave',
    run: async ({ ready, succeed, provider, executed, adapter }, submission) => {
      const start = await ready(submission, 'key-1')
      const result = await succeed(start())
      assert.equal(executed(submission), 1)
      assert.equal(result.reference.account, adapter.account)
      const read = await succeed(provider.getStatus(result.reference))
      assert.deepEqual(read.reference, result.reference)
      assert.notEqual(read.status, 'unknown')
    },
  },
  {
    name: 'a read names what its draft names, and another operation otherwise',
    run: async (harness, submission) => {
      const first = await namesOf(harness, submission, 'key-1')
      assert.ok(Object.keys(first).length > 0, 'the read names nothing that the draft names')
      const second = await namesOf(harness, submission, 'key-2')
      assert.ok(areOthers(first, second), 'two operations are named alike')
    },
  },
  ...faultRequirements,
  {
    name: 'a gateway that is down was not asked',
    run: async ({ ready, fail, gateway, executed }, submission) => {
      const start = await ready(submission, 'key-1')
      await gateway.refuseConnections()
      assert.equal(gist(await fail(start())), 'Unreachable not_sent safe')
      assert.equal(executed(submission), 0)
    },
  },
  {
    name: 'after the deadline nothing is sent',
    run: async ({ ready, fail, executed }, submission) => {
      const start = await ready(submission, 'key-1')
      assert.equal(gist(await fail(start({ deadline: 1 }))), 'Unreachable not_sent safe')
      assert.equal(executed(submission), 0)
    },
  },
  {
    name: 'unknown credentials are refused',
    run: async ({ ready, fail, withUnknownCredentials, executed }, submission) => {
      const start = await ready(submission, 'key-1')
      const error = await fail(start({ by: createStatelessProvider(withUnknownCredentials) }))
      assert.ok(error._tag === 'Refused', gist(error))
      assert.ok(['authentication', 'permission', 'signature', 'configuration'].includes(error.reason), error.reason)
      assert.equal(executed(submission), 0)
    },
  },
  {
    name: 'a lost answer carries a reference where the object was created or look-up by key is declared, and it finds it',
    run: async (harness, submission) => {
      const start = await harness.ready(submission, 'key-1')
      harness.gateway.spoil(submission, 'executed_reset')
      const error = await harness.fail(start())
      assert.ok(error._tag === 'Indeterminate', gist(error))
      const created = submission.operation === 'createPayment' && movesMoney(harness, submission.flow)
      assert.equal(error.reference !== undefined, created || capabilityOf(harness, submission).lookupByKey)
      if (error.reference === undefined) return
      const found = await harness.succeed(harness.provider.getStatus(error.reference))
      assert.equal(found.reference.kind, error.reference.kind)
      assert.notEqual(found.status, 'unknown')
    },
  },
  {
    name: 'a second send of one key does what the account declares',
    run: async (harness, submission) => {
      const start = await harness.ready(submission, 'key-1')
      const first = await harness.succeed(start())
      const second = await start()()
      const { kind } = capabilityOf(harness, submission).deduplication
      switch (kind) {
        case 'none':
          // A repeat is a second operation, or a refusal of the gateway's own; the first stays readable.
          assert.ok(harness.executed(submission) >= 1)
          break
        case 'replays':
          assert.equal(second._tag, 'Right')
          assert.equal(harness.executed(submission), 1)
          break
        case 'rejects':
          assert.ok(second._tag === 'Left' && second.left._tag === 'Indeterminate' && second.left.registered === true)
          assert.equal(harness.executed(submission), 1)
          break
      }
      await harness.succeed(harness.provider.getStatus(first.reference))
    },
  },
  {
    name: 'what the gateway de-duplicates by belongs to the key alone',
    run: async (harness, submission) => {
      if (capabilityOf(harness, submission).deduplication.kind === 'none') return
      const keyOf = () => harness.gateway.executions(submission).at(-1)?.key
      await (await harness.ready(submission, 'key-1'))()()
      const first = keyOf()
      await (await harness.ready(submission, 'key-1'))()()
      assert.equal(keyOf(), first)
      await (await harness.ready(submission, 'key-2'))()()
      assert.notEqual(keyOf(), first)
    },
  },
]
