import * as TE from 'fp-ts/lib/TaskEither.js'
import { PaymentFailure, promised, refused, run, stateless } from '../../src/core/index.js'
import { answered, fakeAdapter, fakeSocket } from './fake-adapter.js'
import { paymentRequest, payoutRequest, refundRequest } from './requests.js'

const calls = (answering?: Parameters<typeof fakeSocket>[0]) => {
  const provider = promised(stateless(fakeAdapter(fakeSocket(answering).send)))
  return [
    ['createPayment', () => provider.createPayment(paymentRequest), 'payment'],
    ['getStatus', () => provider.getStatus({ kind: 'refund', account: 'main', id: 'obj-1' }), 'refund'],
    ['refund', () => provider.refund(refundRequest), 'refund'],
    ['payout', () => provider.payout(payoutRequest), 'payout'],
  ] as const
}

describe('the Promise spelling', () => {
  it.each(calls())('of %s gives the result', async (_method, call, kind) => {
    expect(await call()).toMatchObject({ reference: { kind, account: 'main', id: 'obj-1' }, status: 'processing' })
  })

  it.each(calls(() => answered(422, { no: 'funds' })))('of %s rejects with PaymentFailure', async (_method, call) => {
    const failure = await call().catch((reason: unknown) => reason)
    expect(failure).toBeInstanceOf(PaymentFailure)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).toMatchObject({
      name: 'PaymentFailure',
      _tag: 'Refused',
      outcome: 'refused',
      error: { reason: 'insufficient_funds' },
    })
  })

  it('rejects, and throws nothing before, for what is no request at all', async () => {
    const provider = promised(stateless(fakeAdapter(fakeSocket().send)))
    for (const call of [provider.createPayment, provider.getStatus, provider.refund, provider.payout])
      await expect(call(undefined as never)).rejects.toMatchObject({ _tag: 'InvalidRequest', outcome: 'not_sent' })
  })

  it('leaves no rejection that nobody handles', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    await Promise.allSettled(calls(() => answered(500, {})).map(([, call]) => call()))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('PaymentFailure', () => {
  it('is recognised where the package was loaded twice', () => {
    class OfTheOtherCopy extends Error {
      override readonly name = 'PaymentFailure'
      readonly outcome = 'unknown'
    }
    expect(new OfTheOtherCopy()).toBeInstanceOf(PaymentFailure)
    for (const other of [new Error('other'), {}, { name: 'PaymentFailure' }, null, undefined, 'PaymentFailure'])
      expect(other instanceof PaymentFailure).toBe(false)
  })
})

describe('run', () => {
  it('gives the value of a task', async () => {
    expect(await run(TE.right(7))).toBe(7)
  })

  it('rejects with the whole error and its message', async () => {
    const error = refused('validation', 422, ['amount'])
    const failure = await run(TE.left(error)).catch((reason: unknown) => reason)
    expect(failure).toMatchObject({ error, message: error.message })
    expect(String(failure)).toBe(`PaymentFailure: ${error.message}`)
  })
})
