import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ippopay } from '../../src/adapters/ippopay/index.js'
import { payop } from '../../src/adapters/payop/index.js'
import {
  type Adapter,
  checkReference,
  checkRefundRequest,
  createStatelessProvider,
  indeterminate,
  type Kind,
  type PaymentError,
  type PaymentProvider,
  type PaymentRequest,
  type PayoutRequest,
  type Reference,
  type Result,
  type Send,
  unreachable,
  type WireAnswer,
} from '../../src/core/index.js'
import { right } from '../either.js'
import fc from '../property.js'
import * as atIppopay from './ippopay/support.js'
import * as atPayop from './payop/support.js'

type Reply = E.Either<PaymentError, WireAnswer>
/** What the gateway answers, by the name of the exchange. */
type Replies = Readonly<Record<string, Reply>>
type Task = TE.TaskEither<PaymentError, Result<Kind>>

const reply = (status: number, body: unknown, headers: WireAnswer['headers'] = {}): Reply =>
  E.right({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

const trouble: fc.Arbitrary<Reply> = fc.oneof(
  fc.constantFrom<Reply>(
    E.left(unreachable('connect', { code: 'ECONNREFUSED', host: 'api.example.com' })),
    E.left(indeterminate('moves_money', 'body', { code: 'ECONNRESET', httpStatus: 200 })),
    reply(404, { message: 'Not found', success: false }),
    reply(422, { message: { email: ['wrong'], 'jo@example.com': ['wrong'] } }),
    reply(429, { message: 'Too many requests', success: false }, { 'retry-after': '7' }),
    reply(200, { message: 'Already exists', success: false }),
  ),
  fc
    .tuple(fc.constantFrom(200, 201, 400, 409, 500, 502), fc.oneof(fc.json(), fc.string({ unit: 'binary' })))
    .map(([status, body]) => reply(status, body)),
)

/** Mostly what the gateway documents, sometimes anything else. */
const mostly = (usual: fc.Arbitrary<Reply>): fc.Arbitrary<Reply> =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: trouble })

const bodies = (body: fc.Arbitrary<unknown>): fc.Arbitrary<Reply> => mostly(body.map((value) => reply(200, value)))

/** A field as documented or, now and then, one that is missing or anything else. */
const field = (...usual: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    ...usual.map((arbitrary) => ({ weight: 6, arbitrary })),
    { weight: 1, arbitrary: fc.constantFrom(undefined, null) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  )

/** Some of these fields, in place of those of the documentation's sample. */
const some = (
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<Readonly<Record<string, unknown>>> => fc.record(fields, { requiredKeys: [] })

const hundredths = fc.integer({ min: -100, max: 10 ** 9 })
const amount = (expected: number) =>
  field(
    fc.constantFrom<unknown>(expected, expected.toFixed(2)),
    hundredths.map((n) => n / 100),
    hundredths.map((n) => (n / 1000).toFixed(3)),
    fc.double(),
  )
const currency = (usual: string) => field(fc.constant(usual), fc.constantFrom('JPY', 'KWD', 'CLF', 'INR', 'eur', 'XXX'))
const words = (...usual: readonly (string | number)[]) =>
  field(fc.constantFrom(...usual), fc.string({ unit: 'binary' }))
const address = field(fc.webUrl())

/** What a payer's or a merchant's process may do to a value: store it, send it to a worker, build on it. */
const copies: Readonly<Record<string, (value: object) => unknown>> = {
  JSON: (value) => JSON.parse(JSON.stringify(value)),
  structuredClone: (value) => structuredClone(value),
  'a spread': (value) => ({ ...value }),
}

const expectPlain = (value: object): void => {
  for (const [how, copy] of Object.entries(copies)) expect([how, copy(value)]).toStrictEqual([how, value])
}

/** That a reference that was stored as JSON is taken, and means the same. */
const expectTaken = (reference: Reference<Kind>): void => {
  const stored: Reference<Kind> = JSON.parse(JSON.stringify(reference))
  expect(checkReference(stored)).toStrictEqual(E.right(reference))
  if (reference.kind !== 'payment') return
  const request = { idempotencyKey: 'refund-9', payment: stored }
  expect(checkRefundRequest(request)).toStrictEqual(E.right({ ...request, payment: reference }))
}

/** The fields of results, and the cases of errors, that were seen. */
type Seen = Set<string>

const runAndCheck = async (task: Task, seen: Seen): Promise<void> => {
  const outcome = await task()
  if (E.isLeft(outcome)) {
    const error = outcome.left
    seen.add(error._tag)
    expectPlain(error)
    if (error._tag === 'Indeterminate' && error.reference !== undefined) expectTaken(error.reference)
    return
  }
  const result = outcome.right
  for (const name of [...Object.keys(result), `${result.kind} ${result.status}`]) seen.add(name)
  expectPlain(result)
  expectTaken(result.reference)
  expect([result.kind, result.account]).toEqual([result.reference.kind, result.reference.account])
}

interface Scenario {
  /** The gateway's id of the payment. */
  readonly id: string
  readonly replies: Replies
}

interface Subject {
  readonly adapter: Adapter
  readonly scenarios: fc.Arbitrary<Scenario>
  readonly tasks: (provider: PaymentProvider, id: string) => readonly Task[]
  readonly expected: readonly string[]
}

const scenario = (
  id: fc.Arbitrary<string>,
  repliesOf: (id: string) => Readonly<Record<string, fc.Arbitrary<Reply>>>,
): fc.Arbitrary<Scenario> => id.chain((id) => fc.record({ id: fc.constant(id), replies: fc.record(repliesOf(id)) }))

/** Sends to the scenario. It notes what the scenario has no answer for. */
const sendTo =
  ({ replies }: Scenario, unanswered: Set<string>): Send =>
  ({ exchange, effect }, beforeFirstByte) =>
    pipe(
      beforeFirstByte ?? TE.right(undefined),
      TE.flatMapEither(() => {
        if (!Object.hasOwn(replies, exchange)) unanswered.add(exchange)
        return replies[exchange] ?? E.left(indeterminate(effect, 'first_byte'))
      }),
    )

const payopSubject = (): Subject => {
  const request: PaymentRequest = {
    ...atPayop.aPayment,
    description: 'One book',
    metadata: { cart: 'c-77', paymux: 'mine' },
    payer: { email: 'buyer@example.com', name: 'Ann Buyer', ip: '203.0.113.7', locale: 'pt-BR' },
  }
  const payout: PayoutRequest = {
    idempotencyKey: 'payout-1',
    amount: { value: '2.00', currency: 'EUR' },
    merchantReference: 'po_42',
    beneficiary: { type: 'paydo_account', account: '100200300' },
  }
  const row = (identifier: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
    some({
      status: words(1, 2, '2', 3, 4),
      amount: amount(2),
      currency: currency('EUR'),
      metadata: field(fc.constant({ cart: 'c-77' })),
      ...fields,
    }).map((given) => ({
      data: [{ identifier, status: 2, type: '1', amount: 2, currency: 'EUR', ...given }],
      status: 1,
    }))
  return {
    adapter: right(payop(atPayop.complete, { seal: () => TE.right('sealed box') })),
    scenarios: scenario(fc.stringMatching(/^[A-Za-z0-9-]{8,64}$/), (id) => ({
      'payop.invoices.create': bodies(fc.constant({ data: id, status: 1 })),
      'payop.checkouts.create': bodies(
        some({ isSuccess: field(fc.boolean()), message: words('', 'timeout'), txid: field(fc.uuid()) }).map((data) => ({
          data: { isSuccess: true, txid: atPayop.TRANSACTION, ...data },
          status: 1,
        })),
      ),
      'payop.checkouts.check_status': bodies(
        some({
          status: words('pending', 'success'),
          url: address,
          form: field(
            fc.record({
              method: fc.constantFrom('POST', 'GET'),
              url: fc.webUrl(),
              fields: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
            }),
          ),
        }).map((data) => ({ data: { status: 'pending', ...data }, status: 1 })),
      ),
      'payop.invoices.get': bodies(
        some({
          status: words(0, 1, 2, 4, 5),
          isOverdue: field(fc.boolean()),
          amount: amount(2),
          currency: currency('EUR'),
          language: words('en', 'de'),
          transactionIdentifier: field(fc.constantFrom(atPayop.TRANSACTION, null)),
        }).map((given) => atPayop.invoice({ identifier: id, ...given })),
      ),
      'payop.transactions.get': bodies(
        some({
          state: words(1, 2, 3, 4, 5, 9, 15),
          error: words('', 'timeout', 'Payop. 3DS authentication failed.'),
          errorCode: words('', 'E17', 51),
          amount: amount(2),
          currency: currency('EUR'),
          productAmount: amount(2),
          productCurrency: currency('EUR'),
          chosenAmount: amount(2.15),
          chosenCurrency: currency('USD'),
        }).map(atPayop.transaction),
      ),
      'payop.transactions.filter': bodies(
        some({
          hasChargeback: field(fc.boolean()),
          payAmount: amount(2.15),
          payCurrency: currency('USD'),
          totalCommission: amount(0.47),
          totalCommissionCurrency: currency('EUR'),
        }).map(atPayop.filtered),
      ),
      'payop.refunds.create': mostly(fc.constant(reply(200, { data: '', status: 1 }, { identifier: atPayop.REFUND }))),
      'payop.refunds.list': bodies(row(atPayop.REFUND, { error: field(fc.constant({ message: '', code: 'E17' })) })),
      'payop.withdrawals.create': bodies(
        some({ metadata: field(fc.constant({})) }).map((given) => ({
          data: [{ id: atPayop.WITHDRAWAL, ...given }],
          status: 1,
        })),
      ),
      'payop.withdrawals.list': bodies(row(atPayop.WITHDRAWAL, { type: words(1, 2), payAmount: amount(2.5) })),
    })),
    tasks: (provider, id) => {
      const payment = { kind: 'payment', account: 'payop', id } as const
      const expectedAmount = { value: '2.00', currency: 'EUR' }
      const of = <K extends Kind>(kind: K) => ({ kind, account: 'payop' }) as const
      return [
        provider.createPayment(request),
        provider.createPayment({ ...request, method: { flow: 'direct', code: '381' } }),
        provider.createPayment({ ...request, payer: {} }),
        provider.getStatus(payment),
        provider.getStatus({ ...payment, expectedAmount }),
        provider.getStatus({ ...of('payment'), idempotencyKey: 'order-1001' }),
        provider.refund({ idempotencyKey: 'refund-1', payment }),
        provider.refund({ idempotencyKey: 'refund-1', payment, amount: { value: '1.50', currency: 'EUR' } }),
        provider.getStatus({ ...of('refund'), id: atPayop.REFUND, expectedAmount }),
        provider.getStatus({ ...of('refund'), idempotencyKey: 'refund-1', paymentId: id }),
        provider.payout(payout),
        provider.getStatus({ ...of('payout'), id: atPayop.WITHDRAWAL }),
        provider.getStatus({ ...of('payout'), idempotencyKey: 'payout-1' }),
      ]
    },
    expected: ['providerCode', 'paid', 'fee', 'payment expired', 'refund succeeded', 'payout failed', 'RateLimited'],
  }
}

const ippopaySubject = (): Subject => {
  const request: PaymentRequest = {
    idempotencyKey: 'payment-1',
    amount: { value: '19.99', currency: 'INR' },
    merchantReference: 'ORD-1001',
    description: 'One book',
    metadata: { cart: 'c-77' },
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210', locale: 'en-IN' },
    urls: { success: 'https://shop.example/ok', failure: 'https://shop.example/ko' },
  }
  const payout: PayoutRequest = {
    ...atIppopay.payoutRequest,
    amount: { value: '2500', currency: 'INR' },
    metadata: { batch: '7' },
  }
  const order = (id: string, amounts: fc.Arbitrary<unknown>) =>
    some({ status: words('created', 'pending', 'paid'), amount: amounts, currency: currency('INR') }).map((given) => ({
      success: true,
      data: { order: atIppopay.order({ order_id: id, ...given }) },
    }))
  const transfer = some({
    status: words('accepted', 'queued', 'success', 'failed'),
    amount: amount(2500),
    commission: field(some({ total: amount(4) })),
    total_deduction: amount(2504),
    utr: words('UTR123456', '123/45'),
  }).map((given) => ({ success: true, data: { transfer: atIppopay.transfer(given) } }))
  return {
    adapter: right(ippopay({ ...atIppopay.config, refundStatuses: { refunded: 'succeeded' } })),
    scenarios: scenario(
      fc.stringMatching(/^[\w.~!$&'()*+,;=:@-]{1,128}$/).filter((id) => !/^\.+$/.test(id)),
      (id) => ({
        'ippopay.orders.create': bodies(order(id, amount(19.99))),
        'ippopay.orders.get': bodies(order(id, amount(19.99))),
        'ippopay.orders.process': bodies(
          words('upi://pay?pa=shop@test&am=19.99').map((link) => ({
            success: true,
            data: { pay_process: { action: 'intent', redirect_data: { data: { upi_intent: link } } } },
          })),
        ),
        'ippopay.transactions.get': bodies(
          some({
            status: words('success', 'pending', 'failed'),
            refund_status: words('', 'not_requested', 'refunded'),
            cost: field(some({ paid: amount(19.99) })),
            commission: field(some({ total: amount(0.35) })),
          }).map((given) => ({ success: true, data: { transaction: atIppopay.transaction(given) } })),
        ),
        'ippopay.refunds.create': bodies(fc.constant({ success: true })),
        'ippopay.beneficiaries.get': bodies(
          some({ status: words('active', 'suspended') }).map((given) => ({
            success: true,
            data: { beneficiary: atIppopay.beneficiary(given) },
          })),
        ),
        'ippopay.beneficiaries.create': bodies(fc.constant({ success: true })),
        'ippopay.transfers.create': bodies(transfer),
        'ippopay.transfers.get': bodies(transfer),
      }),
    ),
    tasks: (provider, id) => {
      const payment = { kind: 'payment', account: 'ippopay', id } as const
      const expectedAmount = { value: '19.99', currency: 'INR' }
      const byKey = { kind: 'payout', account: 'ippopay', idempotencyKey: 'payout-1' } as const
      return [
        provider.createPayment(request),
        provider.createPayment({ ...request, method: { flow: 'popup', code: 'upi' } }),
        provider.createPayment({ ...request, method: { flow: 'upi_intent' } }),
        provider.createPayment({ ...request, method: { flow: 'direct' } }),
        provider.getStatus(payment),
        provider.getStatus({ ...payment, expectedAmount }),
        provider.refund({ idempotencyKey: 'refund-1', payment }),
        provider.refund({ idempotencyKey: 'refund-1', payment, amount: { value: '1.50', currency: 'INR' } }),
        provider.getStatus({ kind: 'refund', account: 'ippopay', idempotencyKey: 'refund-1', paymentId: id }),
        provider.payout(payout),
        provider.getStatus({ kind: 'payout', account: 'ippopay', id: atIppopay.transRef, expectedAmount }),
        provider.getStatus(byKey),
      ]
    },
    expected: ['paid', 'captured', 'fee', 'bankReference', 'payment failed', 'refund succeeded', 'payout failed'],
  }
}

const subjects: ReadonlyArray<readonly [name: string, subject: () => Subject]> = [
  ['payop', payopSubject],
  ['ippopay', ippopaySubject],
]

describe.each(subjects)('whatever %s answers', (_name, subjectOf) => {
  it('results and errors are plain data, and their references are taken after JSON', async () => {
    const { adapter, scenarios, tasks, expected } = subjectOf()
    const seen: Seen = new Set()
    const unanswered = new Set<string>()
    await fc.assert(
      fc.asyncProperty(scenarios, async (generated) => {
        const provider = createStatelessProvider({ ...adapter, send: sendTo(generated, unanswered) })
        for (const task of tasks(provider, generated.id)) await runAndCheck(task, seen)
      }),
      { numRuns: 300 },
    )
    expect([...unanswered]).toEqual([])
    // Else the property would say little.
    const everywhere = ['amount', 'nextAction', 'reason', 'notPassedOn', 'payment succeeded', 'payment unknown']
    const errors = ['InvalidRequest', 'Unsupported', 'Unreachable', 'Refused', 'Indeterminate']
    expect([...seen]).toEqual(expect.arrayContaining([...everywhere, ...errors, ...expected]))
  })
})
