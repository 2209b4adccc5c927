import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  applyEvidence,
  attest,
  type Evidence,
  interpretSubmission,
  type PaymentStatus,
  passed,
  REVERSAL_CONFIRMATION_MS,
  type Read,
  readEvidence,
  refused,
} from '../../src/core/index.js'
import { succeed } from '../either.js'
import { answered, fakeAdapter, fakeSocket } from './fake-adapter.js'

const reference = { kind: 'payment', account: 'main', id: 'obj-1' } as const
const keep = { action: 'keep', alert: false, review: false }

/** Evidence that a read saw this status. */
const readOf = (status: PaymentStatus): Promise<Read<'payment'>> => {
  const adapter = fakeAdapter(fakeSocket().send)
  const seeing: Adapter = {
    ...adapter,
    read: {
      ...adapter.read,
      payment: (read, call) =>
        pipe(
          adapter.read.payment(read, call),
          TE.map((payment) => ({ ...payment, status })),
        ),
    },
  }
  return succeed(readEvidence(seeing, reference))
}

describe('evidence', () => {
  it('is a read back from the gateway', async () => {
    const read = await readOf('succeeded')
    expect(read).toMatchObject({ source: 'read', content: { reference, status: 'succeeded' } })
    expect(applyEvidence('payment', 'processing', read)).toEqual({
      action: 'advance',
      to: 'succeeded',
      late: false,
      alert: false,
    })
  })

  it('is the complete answer to a submission', async () => {
    const { send } = fakeSocket()
    const { payout } = fakeAdapter(send)
    const draft = {
      wire: {
        exchange: 'fake.payouts.create',
        effect: 'moves_money',
        method: 'POST',
        base: 'api',
        path: '/payout',
        auth: 'key',
        headers: {},
      },
      context: null,
      notPassedOn: [],
    } as const
    const interpreted = interpretSubmission(payout, draft, { status: 200, headers: {}, body: '{"id":"obj-9"}' })
    expect(interpreted).toMatchObject(
      E.right({ source: 'answer', content: { reference: { kind: 'payout', id: 'obj-9' } } }),
    )
    expect(E.isRight(interpreted) && applyEvidence('payout', 'unknown', interpreted.right)).toMatchObject({
      to: 'processing',
    })
    const refusal = { status: 422, headers: {}, body: '{"no":"funds"}' }
    expect(interpretSubmission(payout, draft, refusal)).toEqual(E.left(refused('insufficient_funds', 422)))
  })

  it('is what a named person attests', () => {
    const attested = attest<'refund'>('failed', 'ann@shop.example', 'Seen in the dashboard')
    expect(attested.content).toEqual({
      status: 'failed',
      attestedBy: 'ann@shop.example',
      note: 'Seen in the dashboard',
    })
    expect(applyEvidence('refund', 'processing', attested)).toMatchObject({ action: 'advance', to: 'failed' })
  })

  it('of a suspicion is confirmed like a transition', async () => {
    const read = await readOf('failed')
    expect(applyEvidence('payment', 'succeeded', read)).toMatchObject({ action: 'suspect' })
    expect(applyEvidence('payment', 'succeeded', read, REVERSAL_CONFIRMATION_MS)).toMatchObject({
      action: 'advance',
      to: 'reversed',
    })
  })

  it('is not a read that failed', async () => {
    const lost = fakeAdapter(fakeSocket(() => answered(503, {})).send)
    expect(await readEvidence(lost, reference)()).toMatchObject(E.left({ _tag: 'Indeterminate' }))
  })
})

describe('a deadline', () => {
  const deadline = 1_700_000_000_000

  it('is evidence from the millisecond it passes', () => {
    expect(passed(deadline, deadline - 1)).toBeUndefined()
    expect(passed(deadline, deadline)).toMatchObject({ source: 'deadline', content: { status: 'expired', deadline } })
  })

  const by = (recorded: PaymentStatus) => {
    const evidence = passed(deadline, deadline)
    return evidence === undefined ? undefined : applyEvidence('payment', recorded, evidence)
  }

  it.each(['created', 'requires_action'] as const)('ends a payment that is %s', (recorded) => {
    expect(by(recorded)).toEqual({ action: 'advance', to: 'expired', late: false, alert: false })
  })

  it.each(['processing', 'authorized', 'canceled', 'failed', 'succeeded', 'reversed', 'unknown'] as const)(
    'decides nothing about one that is %s: age says nothing about money',
    (recorded) => {
      expect(by(recorded)).toEqual(keep)
    },
  )
})

describe('what only looks like evidence', () => {
  it('changes nothing and calls a person', async () => {
    const read = await readOf('succeeded')
    const forgeries: readonly unknown[] = [
      { source: 'read', content: { reference, status: 'succeeded' } },
      { ...read },
      JSON.parse(JSON.stringify(read)),
      structuredClone({ ...read }),
      Object.create(Object.getPrototypeOf(read) as object, Object.getOwnPropertyDescriptors({ ...read })),
      'succeeded',
      undefined,
      null,
    ]
    for (const forged of forgeries)
      expect(applyEvidence('payment', 'processing', forged as Evidence<'payment'>)).toEqual({
        action: 'keep',
        alert: true,
        review: true,
      })
  })
})
