import * as E from 'fp-ts/lib/Either.js'
import { identity } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  createStatelessProvider,
  indeterminate,
  invalidRequest,
  locate,
  type PaymentError,
  type PaymentProvider,
  refused,
  unreachable,
} from '../../src/core/index.js'
import { fail } from '../either.js'
import { type Answering, answered, fakeAdapter, fakeSocket, setUp } from './fake-adapter.js'
import { paymentRequest, payoutRequest, refundRequest } from './requests.js'

/** What a test does to a request before the call. */
type Change = <Request extends object>(request: Request) => Request

const operations = [
  [
    'createPayment',
    'payment',
    (provider: PaymentProvider, change: Change = identity) => provider.createPayment(change(paymentRequest)),
    paymentRequest.idempotencyKey,
    [
      'metadata',
      'payer.name',
      'payer.phone',
      'payer.locale',
      'payer.ip',
      'payer.extra',
      'method.code',
      'method.fields',
      'urls.success',
      'urls.failure',
      'urls.notification',
    ],
  ],
  [
    'refund',
    'refund',
    (provider: PaymentProvider, change: Change = identity) => provider.refund(change(refundRequest)),
    refundRequest.idempotencyKey,
    [],
  ],
  [
    'payout',
    'payout',
    (provider: PaymentProvider, change: Change = identity) => provider.payout(change(payoutRequest)),
    payoutRequest.idempotencyKey,
    ['metadata'],
  ],
] as const

/** An error as it arrives here: with the account and, where a request was made, its exchange. */
const located = (error: PaymentError, exchange?: string) => locate(error, { account: 'main', exchange })

/** The submission is lost; what prepares it is answered. */
const lostSubmission: Answering = ({ effect }) =>
  effect === 'moves_money'
    ? E.left(indeterminate(effect, 'first_byte', { code: 'ECONNRESET' }))
    : answered(200, { id: 'created-1' })

describe.each(operations)('%s', (operation, kind, call, idempotencyKey, notPassedOn) => {
  it('sends nothing before its task is run', async () => {
    const { provider, connected, written } = setUp()
    const task = call(provider)
    await Promise.resolve()
    expect(connected).toEqual([])
    await task()
    expect(written).toEqual([`POST /${kind}/stage`, `POST /${kind}`])
  })

  it('reads nothing of its request before its task is run', async () => {
    const touched: string[] = []
    const note = (what: PropertyKey): never => {
      touched.push(String(what))
      throw new Error('CANARY')
    }
    const { provider, connected } = setUp()
    const task = call(
      provider,
      (request) => new Proxy(request, { get: (_target, key) => note(key), ownKeys: () => note('its keys') }),
    )
    await Promise.resolve()
    expect(touched).toEqual([])
    expect(await fail(task)).toEqual(
      located(invalidRequest([{ path: '(root)', expected: 'plain data: a part of it threw when it was read' }])),
    )
    expect(touched).not.toEqual([])
    expect(connected).toEqual([])
  })

  it('sends one submission per run', async () => {
    const { provider, written } = setUp()
    expect(await call(provider)()).toEqual(
      E.right({
        kind,
        account: 'main',
        id: 'obj-1',
        reference: { kind, account: 'main', id: 'obj-1' },
        status: 'processing',
        providerState: {},
        amountCheck: 'unchecked',
        disputed: false,
        review: [],
        notPassedOn,
      }),
    )
    expect(written.filter((request) => request === `POST /${kind}`)).toHaveLength(1)
  })

  it('sends the submission no second time when its answer is lost', async () => {
    const { provider, written } = setUp(lostSubmission)
    expect(await fail(call(provider))).toMatchObject({
      _tag: 'Indeterminate',
      outcome: 'unknown',
      retry: 'after_read',
      code: 'ECONNRESET',
    })
    expect(written.filter((request) => request === `POST /${kind}`)).toHaveLength(1)
  })

  it('tells where to look for what was lost, where the account can look up by key', async () => {
    const paymentId = kind === 'refund' ? { paymentId: 'tx-1' } : {}
    expect(await fail(call(setUp(lostSubmission).provider))).toMatchObject({
      reference: { kind, account: 'main', idempotencyKey, ...paymentId },
    })
    expect(await fail(call(setUp(lostSubmission, { lookupByKey: false }).provider))).not.toHaveProperty('reference')
  })

  it('keeps the reference that the adapter itself gave', async () => {
    const reference = { kind: 'payment', account: 'main', id: 'known' } as const
    const { provider } = setUp(({ effect }) =>
      effect === 'moves_money'
        ? E.left(indeterminate(effect, 'body', { reference }))
        : answered(200, { id: 'created-1' }),
    )
    expect(await fail(call(provider))).toMatchObject({ reference })
  })

  it('tells what was created, where the draft says so, before it tells the key', async () => {
    const { send } = fakeSocket(lostSubmission)
    const adapter = fakeAdapter(send)
    const reference = { kind: 'payment', account: 'main', id: 'created-1' } as const
    const draft = {
      wire: {
        exchange: 'fake.made.up',
        effect: 'moves_money',
        method: 'POST',
        base: 'api',
        path: '/',
        auth: 'key',
        headers: {},
      },
      context: null,
      notPassedOn: [],
      reference,
    } as const
    const { interpret } = adapter[operation]
    const error = await fail(
      call(createStatelessProvider({ ...adapter, [operation]: { draft: () => TE.right(draft), interpret } })),
    )
    expect(error).toMatchObject({ _tag: 'Indeterminate', reference, exchange: 'fake.made.up' })
  })

  it('gives no reference with an error that is not about the lost', async () => {
    const { provider } = setUp(({ effect }) =>
      effect === 'moves_money' ? answered(422, { no: 'funds' }) : answered(200, { id: 'created-1' }),
    )
    expect(await fail(call(provider))).toEqual(located(refused('insufficient_funds', 422), `fake.${kind}s.create`))
  })

  it('tells that an account which does not offer it cannot look it up', async () => {
    const socket = fakeSocket(lostSubmission)
    const adapter = fakeAdapter(socket.send)
    const capabilities = { ...adapter.capabilities, [operation]: { supported: false, why: 'for this test' } }
    expect(await fail(call(createStatelessProvider({ ...adapter, capabilities })))).not.toHaveProperty('reference')
  })

  describe('while drafting', () => {
    const draftEnds = async (answering: Answering) => {
      const { provider, written } = setUp(answering)
      const error = await fail(call(provider))
      expect(written).toEqual([`POST /${kind}/stage`])
      return error
    }

    it('what is lost is Unreachable: the submission was not sent', async () => {
      const lost = indeterminate('creates', 'body', { code: 'ECONNRESET', httpStatus: 502 })
      expect(await draftEnds(() => E.left(lost))).toEqual(
        located(unreachable('draft', { code: 'ECONNRESET' }), 'fake.drafts.create'),
      )
    })

    it('what cannot be reached is Unreachable while drafting', async () => {
      expect(await draftEnds(() => E.left(unreachable('connect', { code: 'ECONNREFUSED' })))).toEqual(
        located(unreachable('draft', { code: 'ECONNREFUSED' }), 'fake.drafts.create'),
      )
    })

    it('what cannot be understood is Unreachable while drafting', async () => {
      expect(await draftEnds(() => answered(200, { done: true }))).toEqual(
        located(unreachable('draft'), 'fake.drafts.create'),
      )
    })

    it('a refusal stays one', async () => {
      expect(await draftEnds(() => answered(422, { no: 'funds' }))).toEqual(
        located(refused('insufficient_funds', 422), 'fake.drafts.create'),
      )
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
      expect(result).toEqual(E.left(located(unreachable('deadline'), 'fake.drafts.create')))
      expect(connected).toEqual([`POST /${kind}/stage`])
      expect(written).toEqual([])
    })

    it('that passed while drafting, the submission is connected for and not written', async () => {
      const { result, connected, written } = await at((sent) => (sent === 0 ? deadline - 1 : deadline))
      expect(result).toEqual(E.left(located(unreachable('deadline'), `fake.${kind}s.create`)))
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
      const { provider } = setUp(undefined, undefined, { [operation]: { draft: bug, interpret: bug } })
      expect(await fail(call(provider))).toEqual(located(unreachable('draft')))
    })

    it('after sending, the outcome is unknown', async () => {
      const adapter = fakeAdapter(fakeSocket().send)
      const { provider, written } = setUp(undefined, undefined, {
        [operation]: { ...adapter[operation], interpret: bug },
      })
      const error = await fail(call(provider))
      expect(error).toMatchObject({
        _tag: 'Indeterminate',
        outcome: 'unknown',
        phase: 'answer',
        reference: { kind, idempotencyKey },
      })
      expect(JSON.stringify(error)).not.toContain('CANARY')
      expect(written).toContain(`POST /${kind}`)
    })

    it('while sending, the outcome is unknown', async () => {
      const { provider } = setUp(({ effect }) =>
        effect === 'moves_money' ? bug() : answered(200, { id: 'created-1' }),
      )
      expect(await fail(call(provider))).toMatchObject({ _tag: 'Indeterminate', outcome: 'unknown' })
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
      Reflect.apply(provider.payout, provider, [undefined]),
    ])
      expect(await fail(task)).toMatchObject({ _tag: 'InvalidRequest', outcome: 'not_sent' })
    expect(connected).toEqual([])
  })

  it('may be one to refund what another account holds', async () => {
    const { provider, connected } = setUp()
    const payment = { kind: 'payment', account: 'other', id: 'tx-1' } as const
    expect(await fail(provider.refund({ ...refundRequest, payment }))).toEqual(
      located(invalidRequest([{ path: 'payment.account', expected: 'the account that holds the object' }])),
    )
    expect(connected).toEqual([])
  })
})

describe('a payment request without a field that the gateway needs', () => {
  it('is InvalidRequest, names the account, and reaches no adapter', async () => {
    const { provider, connected } = setUp(undefined, { required: ['payer.email', 'urls.success'] })
    const { payer: _, ...request } = paymentRequest
    expect(await fail(provider.createPayment(request))).toEqual(
      located(invalidRequest([{ path: 'payer.email', expected: 'to be given: main needs it' }])),
    )
    expect(connected).toEqual([])
    expect(await provider.createPayment(paymentRequest)()).toMatchObject(E.right({ kind: 'payment' }))
  })
})

describe('a refund of a payment that is known by key only', () => {
  it('is looked up by its own key alone', async () => {
    const payment = { kind: 'payment', account: 'main', idempotencyKey: 'order-1' } as const
    const error = await fail(setUp(lostSubmission).provider.refund({ ...refundRequest, payment }))
    expect(error).toMatchObject({ reference: { kind: 'refund', account: 'main', idempotencyKey: 'refund-1' } })
    expect(JSON.stringify(error)).not.toContain('paymentId')
  })
})
