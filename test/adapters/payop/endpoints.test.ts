import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createCardToken } from '../../../src/adapters/payop/cards.js'
import { endpoints } from '../../../src/adapters/payop/index.js'
import { createCall, type Exchange, type PaymentError, Secret } from '../../../src/core/index.js'
import { fail, left, right, succeed } from '../../either.js'
import {
  allRequested,
  anAccount,
  answers,
  FILTER,
  filtered,
  gist,
  hostedOnly,
  INVOICE,
  invoice,
  order,
  REFUND,
  TRANSACTION,
  transaction,
  WITHDRAWAL,
} from './support.js'

const adapter = anAccount()
const call = createCall(adapter.send)
/** What only the money methods may send is sent by hand here. */
const send = <I, O>(exchange: Exchange<'moves_money', I, O>, input: I): TE.TaskEither<PaymentError, O> =>
  pipe(TE.fromEither(exchange.prepare(input)), TE.flatMap(adapter.send), TE.flatMapEither(exchange.interpret))

const newInvoice = {
  publicKey: 'application-11111111-2222-4333-8444-555555555555',
  secretKey: new Secret('testsecret'),
  order: { ...order, description: 'Order ORD-1001' },
  payer: {
    email: 'buyer@example.com',
    name: 'Ann Buyer',
    phone: '+4915112345678',
    extraFields: { date_of_birth: '02.01.1990' },
  },
  language: 'en',
  resultUrl: 'https://shop.example/pay/ok?i={{invoiceId}}&t={{txid}}',
  failPath: 'https://shop.example/pay/ko?i={{invoiceId}}&t={{txid}}',
  paymentMethod: '381',
  metadata: { attempt: 'att_7' },
} as const

const card = {
  pan: new Secret('4111111111111111'),
  expirationDate: new Secret('12/31'),
  cvv: new Secret('123'),
  holderName: new Secret('ANN BUYER'),
}

const taken = { data: { isSuccess: true, message: '', txid: TRANSACTION }, status: 1 }
const list = { data: [], status: 1 }

interface Row {
  readonly run: () => TE.TaskEither<PaymentError, unknown>
  readonly request: readonly ['GET' | 'POST', string]
  readonly body?: string
  readonly authorized?: true
  readonly answer: object
  readonly result?: unknown
  readonly headers?: Record<string, string>
  readonly answerHeaders?: Record<string, string>
}

const rows: Readonly<Record<string, Row>> = {
  createInvoice: {
    run: () => call(endpoints.createInvoice, newInvoice),
    request: ['POST', '/v1/invoices/create'],
    body:
      '{"publicKey":"application-11111111-2222-4333-8444-555555555555",' +
      '"order":{"id":"ORD-1001","amount":"2.00","currency":"EUR","items":[],"description":"Order ORD-1001"},' +
      '"payer":{"email":"buyer@example.com","name":"Ann Buyer","phone":"+4915112345678","extraFields":{"date_of_birth":"02.01.1990"}},' +
      '"language":"en","resultUrl":"https://shop.example/pay/ok?i={{invoiceId}}&t={{txid}}",' +
      '"failPath":"https://shop.example/pay/ko?i={{invoiceId}}&t={{txid}}",' +
      '"signature":"4b41589d282358cf87b5c5efa781f430d3c9e14febd8853f3e025f7634b114c9",' +
      '"paymentMethod":"381","metadata":{"attempt":"att_7"}}',
    answer: { data: '', status: 1 },
    answerHeaders: { identifier: INVOICE },
    result: INVOICE,
  },
  getInvoice: {
    run: () => call(endpoints.getInvoice, { invoiceId: INVOICE }),
    request: ['GET', `/v1/invoices/${INVOICE}`],
    answer: invoice(),
  },
  getPaymentMethods: {
    run: () => call(endpoints.getPaymentMethods, { projectId: '1607' }),
    request: ['GET', '/v1/instrument-settings/payment-methods/available-for-application/1607'],
    authorized: true,
    answer: list,
    result: [],
  },
  createCheckout: {
    run: () =>
      send(endpoints.createCheckout, {
        invoiceId: INVOICE,
        customer: {
          email: 'buyer@example.com',
          name: 'Ann Buyer',
          ip: '203.0.113.9',
          extraFields: { nationalid: '7' },
        },
        checkStatusUrl: 'https://shop.example/wait?t={{txid}}',
        paymentMethod: '381',
        payCurrency: 'USD',
        cardToken: 'a/b+c',
      }),
    request: ['POST', '/v1/checkout/create'],
    body:
      `{"invoiceIdentifier":"${INVOICE}",` +
      '"customer":{"email":"buyer@example.com","name":"Ann Buyer","ip":"203.0.113.9","extraFields":{"nationalid":"7"}},' +
      '"checkStatusUrl":"https://shop.example/wait?t={{txid}}","paymentMethod":381,"payCurrency":"USD","cardToken":"a/b+c"}',
    answer: taken,
    result: { isSuccess: true, message: '', txid: TRANSACTION },
  },
  checkInvoiceStatus: {
    run: () => call(endpoints.checkInvoiceStatus, { invoiceId: INVOICE }),
    request: ['GET', `/v1/checkout/check-invoice-status/${INVOICE}`],
    answer: { data: { isSuccess: true, status: 'pending', form: [], url: '' }, status: 1 },
  },
  checkInvoiceStatusWithToken: {
    run: () => call(endpoints.checkInvoiceStatusWithToken, { invoiceId: INVOICE }),
    request: ['GET', `/v1/checkout/check-invoice-status/${INVOICE}`],
    authorized: true,
    answer: { data: { isSuccess: true, status: 'pending' }, status: 1 },
  },
  voidCheckout: {
    run: () => call(endpoints.voidCheckout, { invoiceId: INVOICE }),
    request: ['POST', '/v1/checkout/void'],
    body: `{"invoiceIdentifier":"${INVOICE}"}`,
    answer: taken,
    result: { isSuccess: true, message: '', txid: TRANSACTION },
  },
  captureCheckout: {
    run: () => send(endpoints.captureCheckout, { invoiceId: INVOICE, historic: true }),
    request: ['POST', '/v1/checkout/capture'],
    body: `{"invoiceIdentifier":"${INVOICE}"}`,
    answer: taken,
    result: { isSuccess: true, message: '', txid: TRANSACTION },
  },
  getTransaction: {
    run: () => call(endpoints.getTransaction, { transactionId: TRANSACTION }),
    request: ['GET', `/v2/transactions/${TRANSACTION}`],
    authorized: true,
    answer: transaction(),
  },
  filterTransactions: {
    run: () => call(endpoints.filterTransactions, { transactionIds: [TRANSACTION, INVOICE] }),
    request: ['GET', `/v1/transactions/filter?query%5Bidentifiers%5D=${TRANSACTION}%2C${INVOICE}`],
    authorized: true,
    answer: filtered(),
  },
  getIbans: {
    run: () => call(endpoints.getIbans, { transactionIds: [TRANSACTION, INVOICE] }),
    request: ['GET', `/v1/transactions/ibans?query%5Bidentifiers%5D=${TRANSACTION}%2C${INVOICE}`],
    authorized: true,
    answer: { data: { [TRANSACTION]: 'GB00TEST', [INVOICE]: null }, status: 1 },
    result: { [TRANSACTION]: 'GB00TEST', [INVOICE]: null },
  },
  createCardToken: {
    run: () => call(createCardToken, { invoiceId: INVOICE, card }),
    request: ['POST', '/v1/payment-tools/card-token/create'],
    body:
      `{"invoiceIdentifier":"${INVOICE}","pan":"4111111111111111","expirationDate":"12/31","cvv":"123",` +
      '"holderName":"ANN BUYER"}',
    answer: { data: { token: 'a/b+c', expired_at: 1790000900 }, status: 1 },
    result: { token: 'a/b+c', expiresAt: 1790000900 },
  },
  'createRefund, all of it': {
    run: () => send(endpoints.createRefund, { transactionId: TRANSACTION }),
    request: ['POST', '/v1/refunds/create'],
    body: `{"transactionIdentifier":"${TRANSACTION}","refundType":1}`,
    authorized: true,
    answer: { data: '', status: 1 },
    answerHeaders: { identifier: REFUND },
    result: REFUND,
  },
  'createRefund, a part': {
    run: () => send(endpoints.createRefund, { transactionId: TRANSACTION, amount: 1.5, metadata: { refund: 'rf_1' } }),
    request: ['POST', '/v1/refunds/create'],
    body: `{"transactionIdentifier":"${TRANSACTION}","refundType":2,"amount":1.5,"metadata":{"refund":"rf_1"}}`,
    authorized: true,
    answer: { data: REFUND, status: 1 },
    result: REFUND,
  },
  'listRefunds, one': {
    run: () => call(endpoints.listRefunds, { refundId: REFUND }),
    request: ['GET', `/v1/refunds/user-refunds?query%5Bidentifier%5D=${REFUND}`],
    authorized: true,
    answer: list,
    result: [],
  },
  listRefunds: {
    run: () => call(endpoints.listRefunds, {}),
    request: ['GET', '/v1/refunds/user-refunds'],
    authorized: true,
    answer: list,
    result: [],
  },
  createWithdrawals: {
    run: () =>
      send(endpoints.createWithdrawals, {
        sealed: 'C7KaZtBulk1sXC8RsCcldTa4rekstbSwF6Z3yCcxnzLQMUZhe+EQBNRIT7V4DWQ1MGA=',
        idempotencyKey: '55555555-6666-8777-8888-999999999999',
      }),
    request: ['POST', '/v1/withdrawals/create-mass'],
    body: '{"data":"C7KaZtBulk1sXC8RsCcldTa4rekstbSwF6Z3yCcxnzLQMUZhe+EQBNRIT7V4DWQ1MGA="}',
    headers: { 'idempotency-key': '55555555-6666-8777-8888-999999999999' },
    authorized: true,
    answer: { data: [{ id: WITHDRAWAL, metadata: [] }], status: 1 },
    result: [{ id: WITHDRAWAL, metadata: {} }],
  },
  'listWithdrawals, one': {
    run: () => call(endpoints.listWithdrawals, { withdrawalId: WITHDRAWAL }),
    request: ['GET', `/v1/withdrawals/user-withdrawals?query%5Bidentifier%5D=${WITHDRAWAL}`],
    authorized: true,
    answer: list,
    result: [],
  },
  listWithdrawals: {
    run: () => call(endpoints.listWithdrawals, {}),
    request: ['GET', '/v1/withdrawals/user-withdrawals'],
    authorized: true,
    answer: list,
    result: [],
  },
  getWithdrawalMethods: {
    run: () => call(endpoints.getWithdrawalMethods, {}),
    request: ['GET', '/v1/instrument-settings/payment-methods/available-withdrawal-for-user'],
    authorized: true,
    answer: list,
    result: [],
  },
  getBalances: {
    run: () => call(endpoints.getBalances, {}),
    request: ['GET', '/v1/wallets/get-balances'],
    authorized: true,
    answer: { snapshotAt: '2026-01-02T03:04:05Z', currencies: [] },
    result: { snapshotAt: '2026-01-02T03:04:05Z', currencies: [] },
  },
  'getBalances of some currencies, with totals': {
    run: () => call(endpoints.getBalances, { currencies: ['EUR', 'USD'], withTotal: true }),
    request: ['GET', '/v1/wallets/get-balances?includeTotal=1&currency=EUR%2CUSD'],
    authorized: true,
    answer: { currencies: [] },
  },
}

describe.each(Object.entries(rows))('%s', (_name, { run, request: [method, path], answer, ...row }) => {
  it('sends these bytes and reads the answer', async () => {
    const sent = answers(method, path, answer, { headers: row.answerHeaders ?? {} })
    const result = await succeed(run())
    if (row.result !== undefined) expect(result).toEqual(row.result)
    const body = row.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(row.body)) }
    expect(sent).toEqual([
      {
        method,
        path,
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          'content-type': 'application/json',
          connection: expect.any(String),
          host: 'api.payop.com',
          ...body,
          ...row.headers,
          ...(row.authorized === true ? { authorization: 'Bearer jwt.made.up' } : {}),
        },
        body: row.body ?? '',
      },
    ])
  })

  it('is refused in the gateway’s own words, with 201 and 404 alike', async () => {
    answers(method, path, { message: 'Something not found', status: 0 }, { status: 201 })
    expect(await fail(run())).toMatchObject({ _tag: 'Refused', reason: 'not_found', httpStatus: 201 })
    answers(method, path, { message: 'Something not found' }, { status: 404 })
    expect(await fail(run())).toMatchObject({ _tag: 'Refused', reason: 'not_found', httpStatus: 404 })
  })

  it('takes nothing that is not Payop’s for an answer', async () => {
    for (const [body, status] of [
      ['<html></html>', 200],
      ['', 504],
      ['[]', 200],
      ['{"data":7}', 200],
      ['{"data":', 200],
    ] as const) {
      answers(method, path, body, { status })
      expect(await fail(run())).toMatchObject({ _tag: 'Indeterminate', outcome: 'unknown', httpStatus: status })
    }
    expect(allRequested()).toBe(true)
  })
})

describe('the name of an exchange', () => {
  const exchanges = [createCardToken, ...Object.values(endpoints)].flatMap((value) =>
    'effect' in value ? [value] : [],
  )

  it.each(exchanges.map(({ name }) => name))('%s names the gateway, the resource and the verb', (name) => {
    expect(name).toMatch(/^payop\.[a-z_]+\.[a-z_]+$/)
  })

  it('belongs to one endpoint', () => {
    // check-invoice-status is one endpoint, with and without the token.
    expect(new Set(exchanges.map(({ name }) => name)).size).toBe(exchanges.length - 1)
  })

  it('is in its requests and its errors', async () => {
    const { name } = endpoints.getInvoice
    expect(right(endpoints.getInvoice.prepare({ invoiceId: INVOICE })).exchange).toBe(name)
    answers('GET', `/v1/invoices/${INVOICE}`, { data: { identifier: INVOICE } })
    expect(await fail(call(endpoints.getInvoice, { invoiceId: INVOICE }))).toMatchObject({
      _tag: 'Indeterminate',
      exchange: name,
      paths: ['data.status'],
    })
  })
})

describe('an account without a token', () => {
  it('gets InvalidConfig from what needs one, before anything is sent', async () => {
    const error = await fail(createCall(anAccount(hostedOnly).send)(endpoints.getBalances, {}))
    expect(gist(error)).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'auths.token' }] })
  })
})

describe('a new id', () => {
  const created = (body: object, headers: Record<string, string> = {}, status = 200) => {
    answers('POST', '/v1/invoices/create', body, { headers, status })
    return call(endpoints.createInvoice, newInvoice)
  }

  it.each([
    {
      where: 'the header, whatever the body says',
      body: { data: REFUND, status: 1 },
      headers: { identifier: INVOICE },
    },
    { where: 'the header of a 201', body: { data: '', status: 1 }, headers: { identifier: INVOICE }, status: 201 },
    { where: 'the body’s text', body: { data: INVOICE, status: 1 } },
    { where: 'the body’s text where the header is no id', body: { data: INVOICE }, headers: { identifier: '-' } },
    { where: 'the body’s identifier', body: { data: { identifier: INVOICE }, status: 1 } },
    { where: 'the body’s id', body: { data: { id: INVOICE } } },
  ])('is read from $where', async ({ body, headers, status }) => {
    expect(await succeed(created(body, headers, status))).toBe(INVOICE)
  })

  it.each([{ data: '', status: 1 }, { data: null }, { data: [] }, { status: 1 }, { data: { id: 7 } }])(
    'that is nowhere leaves the outcome unknown (%j)',
    async (body) => {
      expect(await fail(created(body))).toMatchObject({
        _tag: 'Indeterminate',
        retry: 'after_read',
        exchange: 'payop.invoices.create',
      })
    },
  )
})

describe('what no request may hold', () => {
  const prepared: ReadonlyArray<readonly [string, Either<PaymentError, unknown>, string]> = [
    ['a short id', endpoints.getInvoice.prepare({ invoiceId: 'a/../b' }), 'invoiceId'],
    ['no ids', endpoints.filterTransactions.prepare({ transactionIds: [] }), 'transactionIds'],
    ['51 ids', endpoints.getIbans.prepare({ transactionIds: Array(51).fill(TRANSACTION) }), 'transactionIds'],
    ['a refund of nothing', endpoints.createRefund.prepare({ transactionId: TRANSACTION, amount: 0 }), 'amount'],
    ['an unsealed payout', endpoints.createWithdrawals.prepare({ sealed: '[]', idempotencyKey: REFUND }), 'sealed'],
    ['an unknown currency', endpoints.getBalances.prepare({ currencies: ['EURO'] }), 'currencies.0'],
    [
      'no address to wait at',
      endpoints.createCheckout.prepare({
        invoiceId: INVOICE,
        customer: { email: 'a@example.com', name: 'Ann' },
        checkStatusUrl: 'javascript:alert(1)',
      }),
      'checkStatusUrl',
    ],
  ]
  it.each(prepared)('%s', (_what, either, path) => {
    expect(left(either)).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path }] })
  })

  it('a capture without the caller’s word that there is one', () => {
    for (const historic of [{}, { historic: false }])
      expect(left(endpoints.captureCheckout.prepare({ invoiceId: INVOICE, ...historic }))).toMatchObject({
        _tag: 'Unsupported',
        issues: [{ path: 'historic' }],
      })
  })
})

describe('filtering any number of transactions', () => {
  it('asks for 50 at a time', async () => {
    const ids = Array.from({ length: 101 }, (_, n) => `transaction-${n}`)
    const sent = [0, 50, 100].flatMap((from) => {
      const path = `/v1/transactions/filter?query%5Bidentifiers%5D=${ids.slice(from, from + 50).join('%2C')}`
      return [answers('GET', path, { data: [{ identifier: ids[from], state: 2 }], status: 1 })]
    })
    const found = await succeed(endpoints.filterAllTransactions(call, ids))
    expect(found.map((row) => row?.identifier)).toEqual([ids[0], ids[50], ids[100]])
    expect(sent.map((requests) => requests.length)).toEqual([1, 1, 1])
  })

  it('asks nothing for none', async () => {
    expect(await succeed(endpoints.filterAllTransactions(call, []))).toEqual([])
  })
})

describe('a checkout', () => {
  it('need not repeat the method of its invoice', () => {
    const { body } = right(
      endpoints.createCheckout.prepare({
        invoiceId: INVOICE,
        customer: { email: 'buyer@example.com', name: 'Ann Buyer' },
        checkStatusUrl: 'https://shop.example/wait',
      }),
    )
    expect(JSON.parse(body ?? '')).not.toHaveProperty('paymentMethod')
  })
})

describe('what Payop writes in more than one way', () => {
  it('an empty map as an empty list', async () => {
    answers('GET', `/v1/transactions/ibans?query%5Bidentifiers%5D=${TRANSACTION}`, { data: [], status: 1 })
    expect(await succeed(call(endpoints.getIbans, { transactionIds: [TRANSACTION] }))).toEqual({})
  })

  it('a full list is no map', async () => {
    answers('GET', `/v1/transactions/ibans?query%5Bidentifiers%5D=${TRANSACTION}`, { data: ['GB00TEST'], status: 1 })
    expect(await fail(call(endpoints.getIbans, { transactionIds: [TRANSACTION] }))).toMatchObject({
      _tag: 'Indeterminate',
    })
  })

  it('no transaction as null, as nothing and as empty text', async () => {
    for (const transactionIdentifier of [null, undefined, '']) {
      answers('GET', `/v1/invoices/${INVOICE}`, invoice({ transactionIdentifier }))
      const read = await succeed(call(endpoints.getInvoice, { invoiceId: INVOICE }))
      expect(read.transactionIdentifier).toBeUndefined()
    }
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ transactionIdentifier: { value: TRANSACTION } }))
    expect(await fail(call(endpoints.getInvoice, { invoiceId: INVOICE }))).toMatchObject({ _tag: 'Indeterminate' })
  })

  it('payment methods, flat or wrapped, with and without a form', async () => {
    const bank = {
      identifier: 203822,
      type: 'bank_transfer',
      formType: 'standard',
      title: 'Pay by bank',
      currencies: ['EUR', 'GBP'],
      countries: ['DE'],
      config: { fields: [{ name: 'email', type: 'email', required: true }] },
    }
    const cards = { paymentMethod: { identifier: '381', formType: 'cards', config: [] } }
    const data = [bank, cards, { title: 'no number' }]
    answers('GET', '/v1/instrument-settings/payment-methods/available-for-application/1607', { data })
    expect(await succeed(call(endpoints.getPaymentMethods, { projectId: '1607' }))).toEqual([
      {
        identifier: '203822',
        type: 'bank_transfer',
        formType: 'standard',
        title: 'Pay by bank',
        currencies: ['EUR', 'GBP'],
        countries: ['DE'],
        fields: [expect.objectContaining({ name: 'email', type: 'email', required: true })],
      },
      { identifier: '381', type: '', formType: 'cards', title: '', currencies: [], countries: [], fields: [] },
      undefined,
    ])
  })

  it('ways to withdraw, in the current and the older shape', async () => {
    const data = [{ type: 15, name: 'PayDo', currencies: ['EUR'] }, { identifier: 20, title: 'Bank' }, { type: 1 }, {}]
    answers('GET', '/v1/instrument-settings/payment-methods/available-withdrawal-for-user', { data, status: 1 })
    expect(await succeed(call(endpoints.getWithdrawalMethods, {}))).toEqual([
      { id: '15', name: 'PayDo', currencies: ['EUR'] },
      { id: '20', name: 'Bank', currencies: [] },
      { id: '1', name: '', currencies: [] },
      undefined,
    ])
  })

  it('balances, bare or in an envelope; negative ones are legal', async () => {
    const balance = { available: '1000.50', referral: '0.00', pending: '-3.20', reserve: '0.00', total: '997.30' }
    const balances = { snapshotAt: '2026-01-02T03:04:05Z', currencies: [{ code: 'EUR', balance }] }
    for (const body of [balances, { data: balances, status: 1 }]) {
      answers('GET', '/v1/wallets/get-balances', body)
      expect(await succeed(call(endpoints.getBalances, {}))).toEqual(balances)
    }
  })

  it('a transaction’s error as text, as an object, as null and as nothing', async () => {
    for (const [error, read] of [
      ['timeout', { message: 'timeout' }],
      [{ message: 'timeout', code: '' }, { message: 'timeout' }],
      [
        { message: 'timeout', code: 'T1' },
        { message: 'timeout', code: 'T1' },
      ],
      [null, { message: '' }],
      [undefined, { message: '' }],
    ] as const) {
      answers('GET', `/v2/transactions/${TRANSACTION}`, transaction({ error }))
      expect((await succeed(call(endpoints.getTransaction, { transactionId: TRANSACTION }))).error).toEqual(read)
    }
  })

  it('an odd row of a list without losing the others', async () => {
    const {
      data: [row],
    } = filtered()
    answers('GET', FILTER, { data: [{ identifier: 7 }, row], status: 1 })
    const rows = await succeed(call(endpoints.filterTransactions, { transactionIds: [TRANSACTION] }))
    expect(rows).toEqual([undefined, expect.objectContaining({ identifier: TRANSACTION, hasChargeback: false })])
  })
})
