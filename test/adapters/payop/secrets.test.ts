import { inspect } from 'node:util'
import { endpoints } from '../../../src/adapters/payop/index.js'
import { createCall, type PaymentError } from '../../../src/core/index.js'
import { fail } from '../../either.js'
import { anAccount, answers, aPayment, aProvider, complete, hostedOnly, INVOICE, reference } from './support.js'

const payer = { email: 'ann.secret@example.com', name: 'Ann Secret', phone: '+4915199999999' }
const secrets = ['testsecret', 'jwt.made.up', ...Object.values(payer), 'DE89370400440532013000']

const printed = (error: PaymentError): string =>
  JSON.stringify(error, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) +
  inspect(error, { depth: null, showHidden: true })

describe('no error holds a secret or the payer’s data', () => {
  const create = (status: number, body: object | string) => {
    answers('POST', '/v1/invoices/create', body, { status })
    return fail(aProvider().createPayment({ ...aPayment, payer }))
  }
  const echo = `${Object.values(payer).join(' ')} testsecret jwt.made.up DE89370400440532013000`
  const cases: ReadonlyArray<readonly [string, () => Promise<PaymentError>]> = [
    ['a refusal that repeats the request', () => create(422, { message: echo })],
    ['a refusal by field', () => create(422, { message: { [echo]: [echo] } })],
    ['a foreign page', () => create(200, `<html>${echo}</html>`)],
    ['a success in another shape', () => create(200, { data: [echo], status: 1 })],
    ['a failure on the way', () => create(500, echo)],
    ['an invalid request', () => fail(aProvider().createPayment({ ...aPayment, payer, urls: {} }))],
    ['an account without a token', () => fail(createCall(anAccount(hostedOnly).send)(endpoints.getBalances, {}))],
    [
      'a refused payout',
      () => {
        answers(
          'POST',
          '/v1/withdrawals/create-mass',
          { message: `Bank details for iban ${echo} not found` },
          { status: 404 },
        )
        const beneficiary = {
          type: 'iban',
          iban: 'DE89370400440532013000',
          name: payer.name,
          email: payer.email,
        } as const
        const amount = { value: '1.00', currency: 'EUR' }
        return fail(aProvider().payout({ idempotencyKey: 'p', amount, merchantReference: 'p', beneficiary }))
      },
    ],
    [
      'an invoice that cannot be read',
      () => {
        answers('GET', `/v1/invoices/${INVOICE}`, { data: { payer, identifier: 7 }, status: 1 })
        return fail(aProvider().getStatus(reference))
      },
    ],
  ]
  it.each(cases)('%s', async (_what, failing) => {
    const text = printed(await failing())
    for (const secret of secrets) expect(text).not.toContain(secret)
  })
})

describe('an account printed', () => {
  it('shows no credential', () => {
    const adapter = anAccount(complete)
    const text = inspect(adapter, { depth: null, showHidden: true }) + JSON.stringify(adapter)
    for (const secret of ['testsecret', 'jwt.made.up']) expect(text).not.toContain(secret)
  })
})

describe('capabilities', () => {
  it('are plain data and name what each flow has a place for', () => {
    const { capabilities } = anAccount()
    expect(JSON.parse(JSON.stringify(capabilities))).toEqual(capabilities)
    expect(capabilities).toMatchObject({
      adapter: 'payop',
      createPayment: {
        supported: true,
        flows: {
          hosted: { effect: 'creates', required: ['payer.email', 'urls.success'] },
          direct: { effect: 'moves_money', required: ['payer.email', 'urls.success', 'payer.name', 'method.code'] },
        },
        deduplication: { kind: 'none' },
        lookupByKey: false,
        currencies: 'any',
      },
      disputes: true,
      refundsElsewhere: false,
      payableMs: 24 * 60 * 60 * 1000,
    })
    expect(anAccount(hostedOnly).capabilities.disputes).toBe(false)
  })
})
