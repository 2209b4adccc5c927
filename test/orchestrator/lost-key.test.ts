import * as E from 'fp-ts/lib/Either.js'
import type { AnyReference, MinorUnits } from '../../src/core/index.js'
import { refused } from '../../src/core/index.js'
import type { OperationRecord } from '../../src/ledger/index.js'
import { askForLostKey } from '../../src/orchestrator/operations/lost-key.js'
import { HOUR, key, MINUTE, payment, readingStage, reference, START } from './reading-stage.js'

const euros = (minorUnits: bigint): MinorUnits => ({ minorUnits, currency: 'EUR' })

const refund: OperationRecord = {
  id: 'op-1',
  name: 'refund',
  idempotencyKey: 'r-1',
  fingerprint: '0'.repeat(64),
  request: { idempotencyKey: 'r-1', payment: reference, amount: euros(500n) },
  accounts: ['main'],
  reservation: { account: 'main', id: 'pay-1', amount: euros(500n), held: true },
  deadline: START + MINUTE,
  state: 'prepared',
  fence: 1,
  attempt: 1,
  pollCount: 0,
  events: 0,
  createdAt: START,
}

const restoration = { takenAt: START - HOUR, restoredAt: START - HOUR, until: START + HOUR }

/** A payment of 50.00, of which `reserved` is known to be refunded, at a gateway that shows refunds of `shown`. */
const refunded = async (reserved: bigint, shown: bigint) => {
  const stage = await readingStage()
  const captured = payment({ status: 'succeeded', amount: euros(5_000n) })
  await stage.record(key, captured, { expectedAmount: euros(5_000n) })
  if (reserved > 0n) await stage.elsewhere([{ write: 'reserve', object: key, amount: euros(reserved), clipped: false }])
  const { capabilities } = stage.adapter
  const offered = { supported: true, deduplication: { kind: 'none' }, lookupByKey: true, currencies: 'any' } as const
  stage.adapters.set('main', {
    ...stage.adapter,
    capabilities: {
      ...capabilities,
      refund: { ...offered, partial: true, perPayment: 'many', fields: [] },
      refundsElsewhere: true,
    },
  })
  stage.answers(() => {
    const { kind } = stage.requested.at(-1) as AnyReference
    // The key itself was never used.
    if (kind === 'refund') return E.left(refused('not_found', 404))
    return E.right({ ...captured, ...(shown > 0n ? { refunded: euros(shown) } : {}) })
  })
  return askForLostKey(refund, restoration, stage.context)
}

describe('a refund under a key that a restored ledger does not know', () => {
  it.each([
    [0n, 0n],
    [700n, 700n],
    // One that is known is still under way.
    [700n, 300n],
  ])('goes on if the ledger knows of %s refunded, and the gateway shows %s', async (reserved, shown) => {
    expect(await refunded(reserved, shown)).toEqual(E.right('unused'))
  })

  it.each([
    [0n, 300n],
    [700n, 1_000n],
  ])('is not sent if the ledger knows of %s refunded, and the gateway shows %s', async (reserved, shown) => {
    expect(await refunded(reserved, shown)).toMatchObject({
      left: { _tag: 'Indeterminate', code: 'ERR_LEDGER_RESTORED', account: 'main' },
    })
  })
})
