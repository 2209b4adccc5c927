import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { capabilitiesOf } from '../../src/adapters/ippopay/capabilities.js'
import { decodeAccount, type IppopayConfig } from '../../src/adapters/ippopay/config.js'
import { endpoints } from '../../src/adapters/ippopay/index.js'
import { general, oneObject } from '../../src/adapters/ippopay/refusal.js'
import { derivePayment, fromOrder, fromTransaction, fromTransfer } from '../../src/adapters/ippopay/status.js'
import { Order, Transaction, Transfer } from '../../src/adapters/ippopay/wire.js'
import { interpretAnswer } from '../../src/core/index.js'
import { decoded, effectsOf, mappingIn, refusalOf, wordsIn } from './gateway-page.js'
import { codeIn, documentAt, tablesUnder, tableUnder } from './markdown.js'

const page = documentAt('docs/gateways/ippopay.md')
const words = wordsIn('src/adapters/ippopay/status.ts')

const order = (status: string) => decoded(Order, { order_id: 'order_G@nzg3qBq', status, amount: 1, currency: 'INR' })
const transaction = (status: string) =>
  decoded(Transaction, { status, refund_status: 'not_requested', cost: { paid: 1 } })
const transfer = (status: string) =>
  decoded(Transfer, { trans_ref: 'abc', status, amount: 1, beneficiary: { beneficiary_ref: 'abc' } })

const accountOf = (mode: 'live' | 'test') => {
  const keys = { publicKey: 'pk_x', secretKey: 'sk_x' }
  const account = decodeAccount({ adapter: 'ippopay', mode, ...keys, payouts: keys })
  if (E.isLeft(account)) throw new Error(account.left.message)
  return account.right
}

describe('docs/gateways/ippopay.md', () => {
  it('lists the fields of the configuration with their defaults', () => {
    const fields: Record<keyof IppopayConfig, true> = {
      adapter: true,
      account: true,
      mode: true,
      publicKey: true,
      secretKey: true,
      apiUrl: true,
      proxy: true,
      checkoutUrl: true,
      pathPrefix: true,
      refundStatuses: true,
      payouts: true,
    }
    const live = accountOf('live')
    const documented = Object.fromEntries(
      tableUnder(page, 'Configuration').map((row) => [codeIn(row.Field)[0], codeIn(row.Default)]),
    )
    expect(new Set(Object.keys(documented).map((field) => field.split('.')[0]))).toEqual(new Set(Object.keys(fields)))
    expect(documented).toMatchObject({
      account: [live.account],
      apiUrl: [live.apiUrl],
      checkoutUrl: [live.checkoutUrl],
      pathPrefix: [live.pathPrefix, accountOf('test').pathPrefix],
      'payouts.uniqueRefsProven': [String(live.payouts?.uniqueRefsProven)],
    })
  })

  it.each([
    ['Payments', 'order.status', (word: string) => fromOrder(order(word).status)],
    ['Payments', 'transaction.status', (word: string) => fromTransaction(transaction(word).status)],
    ['Payouts', 'transfer.status', (word: string) => fromTransfer(transfer(word).status)],
  ])('tells under %s what %s stands for', (heading, column, status) => {
    expect(mappingIn(tableUnder(page, heading), column)).toEqual(
      Object.fromEntries(words.flatMap((word) => (status(word) === 'unknown' ? [] : [[word, status(word)]]))),
    )
  })

  it('tells what order and transaction stand for together', () => {
    const reference = { kind: 'payment', account: 'ippopay', id: 'order_G@nzg3qBq' } as const
    const orders = { requires_action: 'created', succeeded: 'paid', unknown: 'hibernating' }
    const transactions = {
      'no transaction': 'none',
      'transaction not readable': 'unreadable',
      '`processing`': transaction('pending'),
      '`succeeded`': transaction('success'),
      '`failed`': transaction('failure'),
      '`unknown`': transaction('dreaming'),
    } as const
    const rows = Object.entries(orders).map(([standing, word]) => ({
      Order: `\`${standing}\``,
      ...Object.fromEntries(
        Object.entries(transactions).map(([column, read]) => {
          const { status, review } = derivePayment(reference, order(word), read)
          const fails = read === 'unreadable' && standing !== 'succeeded'
          return [column, fails ? 'the read fails' : [status, ...review].map((code) => `\`${code}\``).join(' ')]
        }),
      ),
    }))
    expect(tableUnder(page, 'Both together')).toEqual(rows)
  })

  it.each(tableUnder(page, 'Refusals'))('tells what a refusal under $Status stands for', (row) => {
    const dialect = row.Status === 'any other, where one object is read' ? oneObject : general
    const status = Number(row.Status?.replace(/^any other.*/, '400'))
    const body = JSON.stringify({ success: false, message: 'no' })
    expect(refusalOf(interpretAnswer('reads', dialect, t.unknown)({ status, headers: {}, body }))).toEqual(
      codeIn(row['paymux says']),
    )
  })

  it.each(['createPayment', 'refund', 'payout'] as const)('lists the fields that %s passes on', (operation) => {
    const capability = capabilitiesOf(accountOf('live'))[operation]
    if (!capability.supported) throw new Error(capability.why)
    const declared = 'flows' in capability ? Object.values(capability.flows) : [capability]
    // What the money needs; the others are the optional fields.
    const needed = ['amount', 'method', 'payment', 'beneficiary', 'idempotencyKey']
    const passedOn = tablesUnder(page, operation)
      .flat()
      .flatMap((row) => (row['Passed on']?.startsWith('as ') === true ? codeIn(row.Field) : []))
      .filter((field) => !needed.includes(field))
    for (const { fields } of declared) expect([...passedOn].sort()).toEqual([...fields].sort())
  })

  it('lists every endpoint with its name and its effect', () => {
    const rows = tableUnder(page, 'Calling an endpoint directly')
    expect(effectsOf(rows)).toEqual(effectsOf(endpoints))
    expect(Object.fromEntries(rows.map((row) => [codeIn(row.Exchange)[0], codeIn(row.Name)[0]]))).toEqual(
      Object.fromEntries(
        Object.entries(endpoints).flatMap(([member, value]) => ('name' in value ? [[member, value.name]] : [])),
      ),
    )
  })
})
