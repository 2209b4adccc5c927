import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  indeterminate,
  invalidRequest,
  type PaymentProvider,
  refused,
  stateless,
  unreachable,
} from '../../src/core/index.js'
import { type Answering, answered, fakeAdapter, fakeSocket, left, setUp } from './fake-adapter.js'
import { paymentRequest, payoutRequest, refundRequest } from './requests.js'

const operations = [
  [
    'createPayment',
    'payment',
    (provider: PaymentProvider) => provider.createPayment(paymentRequest),
    paymentRequest.idempotencyKey,
  ],
  ['refund', 'refund', (provider: PaymentProvider) => provider.refund(refundRequest), refundRequest.idempotencyKey],
  ['payout', 'payout', (provider: PaymentProvider) => provider.payout(payoutRequest), payoutRequest.idempotencyKey],
] as const

/** The decisive request is lost; what prepares it is answered. */
const lostDecision: Answering = ({ effect }) =>
  effect === 'moves_money'
    ? E.left(indeterminate(effect, 'first_byte', { code: 'ECONNRESET' }))
    : answered(200, { id: 'staged-1' })

describe.each(operations)('%s', (operation, kind, call, key) => {
  it('sends nothing before its task is run', async () => {
    const { provider, connected, written } = setUp()
    const task = call(provider)
    await Promise.resolve()
    expect(connected).toEqual([])
    await task()
    expect(written).toEqual([`POST /${kind}/stage`, `POST /${kind}`])
  })

  it('sends one decisive request per run', async () => {
    const { provider, written } = setUp()
    expect(await call(provider)()).toMatchObject(
      E.right({ reference: { kind, account: 'main', id: 'obj-1' }, status: 'processing' }),
    )
    expect(written.filter((request) => request === `POST /${kind}`)).toHaveLength(1)
  })

  it('sends the decisive request no second time when its answer is lost', async () => {
    const { provider, written } = setUp(lostDecision)
    expect(await left(call(provider))).toMatchObject({
      _tag: 'Indeterminate',
      outcome: 'unknown',
      retry: 'after_read',
      code: 'ECONNRESET',
    })
    expect(written.filter((request) => request === `POST /${kind}`)).toHaveLength(1)
  })

  it('tells where to look for what was lost, where the account can look up by key', async () => {
    const paymentId = kind === 'refund' ? { paymentId: 'tx-1' } : {}
    expect(await left(call(setUp(lostDecision).provider))).toMatchObject({
      reference: { kind, account: 'main', key, ...paymentId },
    })
    expect(await left(call(setUp(lostDecision, { lookupByKey: false }).provider))).not.toHaveProperty('reference')
  })

  it('keeps the reference that the adapter itself gave', async () => {
    const reference = { kind: 'payment', account: 'main', id: 'known' } as const
    const { provider } = setUp(({ effect }) =>
      effect === 'moves_money'
        ? E.left(indeterminate(effect, 'body', { reference }))
        : answered(200, { id: 'staged-1' }),
    )
    expect(await left(call(provider))).toMatchObject({ reference })
  })

  it('tells what was staged, where the draft says so, before it tells the key', async () => {
    const { send } = fakeSocket(lostDecision)
    const adapter = fakeAdapter(send)
    const reference = { kind: 'payment', account: 'main', id: 'staged-1' } as const
    const draft = {
      wire: { effect: 'moves_money', method: 'POST', base: 'api', path: '/', auth: 'key', headers: {} },
      memo: null,
      reference,
    } as const
    const { conclude } = adapter[operation]
    const error = await left(call(stateless({ ...adapter, [operation]: { draft: () => TE.right(draft), conclude } })))
    expect(error).toMatchObject({ _tag: 'Indeterminate', reference })
  })

  it('gives no reference with an error that is not about the lost', async () => {
    const { provider } = setUp(({ effect }) =>
      effect === 'moves_money' ? answered(422, { no: 'funds' }) : answered(200, { id: 'staged-1' }),
    )
    expect(await left(call(provider))).toEqual(refused('insufficient_funds', 422))
  })

  it('tells that an account which does not offer it cannot look it up', async () => {
    const socket = fakeSocket(lostDecision)
    const adapter = fakeAdapter(socket.send)
    const capabilities = { ...adapter.capabilities, [operation]: { supported: false, why: 'for this test' } }
    expect(await left(call(stateless({ ...adapter, capabilities })))).not.toHaveProperty('reference')
  })

  describe('while drafting', () => {
    const draftEnds = async (answering: Answering) => {
      const { provider, written } = setUp(answering)
      const error = await left(call(provider))
      expect(written).toEqual([`POST /${kind}/stage`])
      return error
    }

    it('what is lost is Unreachable: the decisive request was not sent', async () => {
      const lost = indeterminate('stages', 'body', { code: 'ECONNRESET', httpStatus: 502 })
      expect(await draftEnds(() => E.left(lost))).toEqual(unreachable('draft', 'ECONNRESET'))
    })

    it('what cannot be reached is Unreachable while drafting', async () => {
      expect(await draftEnds(() => E.left(unreachable('connect', 'ECONNREFUSED')))).toEqual(
        unreachable('draft', 'ECONNREFUSED'),
      )
    })

    it('what cannot be understood is Unreachable while drafting', async () => {
      expect(await draftEnds(() => answered(200, { done: true }))).toEqual(unreachable('draft'))
    })

    it('a refusal stays one', async () => {
      expect(await draftEnds(() => answered(422, { no: 'funds' }))).toEqual(refused('insufficient_funds', 422))
    })
  })

  describe('after the deadline', () => {
    // The samples' deadline is far away; here it is the clock that moves.
    const at = async (now: (sent: number) => number) => {
      const { provider, connected, written } = setUp()
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => now(written.length))
      try {
        return { result: await call(provider)(), connected, written }
      } finally {
        clock.mockRestore()
      }
    }
    const deadline = paymentRequest.deadline ?? 0

    it('no byte leaves, not even to prepare', async () => {
      const { result, connected, written } = await at(() => deadline)
      expect(result).toEqual(E.left(unreachable('deadline')))
      expect(connected).toEqual([`POST /${kind}/stage`])
      expect(written).toEqual([])
    })

    it('that passed while drafting, the decisive request is connected for and not written', async () => {
      const { result, connected, written } = await at((sent) => (sent === 0 ? deadline - 1 : deadline))
      expect(result).toEqual(E.left(unreachable('deadline')))
      expect(connected).toEqual([`POST /${kind}/stage`, `POST /${kind}`])
      expect(written).toEqual([`POST /${kind}/stage`])
    })

    it('by one millisecond less, everything is sent', async () => {
      const { written } = await at(() => deadline - 1)
      expect(written).toHaveLength(2)
    })
  })

  describe('with an adapter that throws', () => {
    const bug = () => {
      throw new Error('CANARY: a bug in the adapter')
    }

    it('while drafting, nothing was sent', async () => {
      const { provider } = setUp(undefined, undefined, { [operation]: { draft: bug, conclude: bug } })
      expect(await left(call(provider))).toEqual(unreachable('draft'))
    })

    it('after sending, the outcome is unknown', async () => {
      const adapter = fakeAdapter(fakeSocket().send)
      const { provider, written } = setUp(undefined, undefined, {
        [operation]: { ...adapter[operation], conclude: bug },
      })
      const error = await left(call(provider))
      expect(error).toMatchObject({
        _tag: 'Indeterminate',
        outcome: 'unknown',
        phase: 'answer',
        reference: { kind, key },
      })
      expect(JSON.stringify(error)).not.toContain('CANARY')
      expect(written).toContain(`POST /${kind}`)
    })

    it('while sending, the outcome is unknown', async () => {
      const { provider } = setUp(({ effect }) => (effect === 'moves_money' ? bug() : answered(200, { id: 'staged-1' })))
      expect(await left(call(provider))).toMatchObject({ _tag: 'Indeterminate', outcome: 'unknown' })
    })
  })
})

describe('a request without a deadline', () => {
  it('may be sent at any time', async () => {
    const { deadline: _, ...request } = paymentRequest
    const { provider, written } = setUp()
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Number.MAX_SAFE_INTEGER)
    await provider.createPayment(request)()
    clock.mockRestore()
    expect(written).toEqual(['POST /payment/stage', 'POST /payment'])
  })
})

describe('a request that is not valid', () => {
  it('reaches no adapter', async () => {
    const { provider, connected } = setUp()
    for (const task of [
      provider.createPayment({ ...paymentRequest, merchantReference: '' }),
      provider.refund({ ...refundRequest, idempotencyKey: '' }),
      provider.payout(undefined as never),
    ])
      expect(await left(task)).toMatchObject({ _tag: 'InvalidRequest', outcome: 'not_sent' })
    expect(connected).toEqual([])
  })

  it('may be one to refund what another account holds', async () => {
    const { provider, connected } = setUp()
    const payment = { kind: 'payment', account: 'other', id: 'tx-1' } as const
    expect(await left(provider.refund({ ...refundRequest, payment }))).toEqual(
      invalidRequest([{ path: 'payment.account', expected: 'the account that holds the object' }]),
    )
    expect(connected).toEqual([])
  })
})

describe('a refund of a payment that is known by key only', () => {
  it('is looked up by its own key alone', async () => {
    const payment = { kind: 'payment', account: 'main', key: 'order-1' } as const
    const error = await left(setUp(lostDecision).provider.refund({ ...refundRequest, payment }))
    expect(error).toMatchObject({ reference: { kind: 'refund', account: 'main', key: 'refund-1' } })
    expect(JSON.stringify(error)).not.toContain('paymentId')
  })
})
