import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { flows } from '../../src/adapters/payop/capabilities.js'
import { decodeAccount, type PayopConfig } from '../../src/adapters/payop/config.js'
import { endpoints } from '../../src/adapters/payop/index.js'
import { notificationSources } from '../../src/adapters/payop/notification.js'
import { authorized } from '../../src/adapters/payop/refusal.js'
import {
  fromInvoice,
  fromRefund,
  fromTransaction,
  fromWithdrawal,
  reasonOf,
  standingOf,
} from '../../src/adapters/payop/status.js'
import { Invoice, Refund, Transaction, Withdrawal } from '../../src/adapters/payop/wire.js'
import { interpretAnswer, type Json, type PaymentField } from '../../src/core/index.js'
import { decoded, effectsOf, mappingIn, refusalOf } from './gateway-page.js'
import { codeIn, documentAt, tablesUnder, tableUnder } from './markdown.js'

const page = documentAt('docs/gateways/payop.md')

const identifier = '0c0ffee0-1111-4222-8333-444455556666'
const invoice = (status: string) => decoded(Invoice, { identifier, status })
const transaction = (state: string) => decoded(Transaction, { identifier, state, error: 'declined' })
const refund = (status: string) => decoded(Refund, { identifier, status })
const withdrawal = (status: string) => decoded(Withdrawal, { identifier, status })

/** The optional fields of a payment request. Complete by its type. */
const everyPath: Readonly<Record<PaymentField, true>> = {
  description: true,
  metadata: true,
  'payer.name': true,
  'payer.email': true,
  'payer.phone': true,
  'payer.locale': true,
  'payer.ip': true,
  'payer.extra': true,
  'method.code': true,
  'method.fields': true,
  'urls.success': true,
  'urls.failure': true,
  'urls.notification': true,
}
const paymentPaths: readonly PaymentField[] = (Object.keys(everyPath) as PaymentField[]).sort()

/** More numbers than Payop has states. */
const numbers = Array.from({ length: 100 }, (_, number) => String(number))

const refusedWith = (status: number, message: Json) =>
  interpretAnswer('reads', authorized, t.unknown)({ status, headers: {}, body: JSON.stringify({ message }) })

describe('docs/gateways/payop.md', () => {
  it('lists the fields of the configuration with their defaults', () => {
    const fields: Record<keyof PayopConfig, true> = {
      adapter: true,
      account: true,
      publicKey: true,
      secretKey: true,
      apiUrl: true,
      proxy: true,
      checkoutUrl: true,
      token: true,
      projectId: true,
      certificate: true,
    }
    const account = decodeAccount({ adapter: 'payop', publicKey: 'application-1', secretKey: 'x' })
    if (E.isLeft(account)) throw new Error(account.left.message)
    const told = Object.fromEntries(
      tableUnder(page, 'Configuration').map((row) => [codeIn(row.Field)[0], codeIn(row.Default)]),
    )
    expect(Object.keys(told).sort()).toEqual(Object.keys(fields).sort())
    expect(told).toMatchObject({
      account: [account.right.account],
      apiUrl: [account.right.apiUrl],
      checkoutUrl: [account.right.checkoutUrl],
    })
  })

  it.each([
    ['Payments', 'invoice.status', (state: string) => fromInvoice(invoice(state).status)],
    ['Payments', 'transaction.state', (state: string) => fromTransaction(transaction(state).state)],
    ['Refunds', 'refund.status', (state: string) => fromRefund(refund(state).status)],
    ['Payouts', 'withdrawal.status', (state: string) => fromWithdrawal(withdrawal(state).status)],
  ])('tells under %s what %s stands for', (heading, column, status) => {
    expect(mappingIn(tableUnder(page, heading), column)).toEqual(
      Object.fromEntries(numbers.flatMap((state) => (status(state) === 'unknown' ? [] : [[state, status(state)]]))),
    )
  })

  describe('tells what an invoice and its transaction stand for together:', () => {
    const [alone = [], both = []] = tablesUnder(page, 'Both together')
    const told = (standing: ReturnType<typeof standingOf>) => [standing.status, ...standing.review]

    it('the invoice alone', () => {
      for (const read of numbers.map(invoice)) {
        const row = alone.find(({ Invoice: cell }) => codeIn(cell)[0] === fromInvoice(read.status))
        expect([read.status, ...codeIn(row?.['with a token'])]).toEqual([
          read.status,
          ...told(standingOf(read, undefined, true)),
        ])
        expect([read.status, ...codeIn(row?.without)]).toEqual([
          read.status,
          ...told(standingOf(read, undefined, false)),
        ])
      }
    })

    it('both', () => {
      for (const read of numbers.map(transaction)) {
        const row = both.find(({ Transaction: cell }) => codeIn(cell)[0] === fromTransaction(read.state))
        const paid = told(standingOf(invoice('1'), read, true))
        const other = told(standingOf(invoice('4'), read, true))
        expect([read.state, ...codeIn(row?.['invoice `succeeded`'])]).toEqual([read.state, ...paid])
        expect([read.state, ...codeIn(row?.['any other invoice'])]).toEqual([read.state, ...other])
      }
    })
  })

  it.each(tableUnder(page, 'Reasons'))('tells the reason of $Text', ({ Text, ...row }) => {
    const text = { none: '', 'any other': 'Declined by the issuer.' }[Text ?? ''] ?? codeIn(Text)[0]
    expect(codeIn(row['`reason`'])[0]).toBe(reasonOf(text ?? ''))
  })

  const [texts = [], statuses = []] = tablesUnder(page, 'Refusals')

  it.each(texts.map((row) => ({ text: codeIn(row['A text such as'])[0] ?? '', told: codeIn(row['paymux says']) })))(
    'tells what the refusal "$text" stands for',
    ({ text, told }) => {
      const answer = refusedWith(422, text)
      expect(refusalOf(answer)).toEqual(told.filter((code) => code !== 'registered'))
      expect(E.isLeft(answer) && 'registered' in answer.left).toBe(told.includes('registered'))
    },
  )

  it.each(
    statuses.flatMap(({ Status = '', 'paymux says': says }) =>
      Status.replace('any other', '418')
        .split(', ')
        .map((status) => ({ status, told: codeIn(says) })),
    ),
  )('tells what a refusal under $status stands for', ({ status, told }) => {
    expect(refusalOf(refusedWith(Number(status), 'no'))).toEqual(told.filter((code) => code !== 'registered'))
  })

  it('lists every endpoint with its name and its effect', () => {
    const rows = tableUnder(page, 'Calling an endpoint directly')
    expect(effectsOf(rows)).toEqual(effectsOf(endpoints))
    const names = rows.flatMap(({ Exchange, Name }) => codeIn(Exchange).map((name) => [name, codeIn(Name)[0]] as const))
    expect(Object.fromEntries(names)).toEqual(
      Object.fromEntries(
        Object.entries(endpoints).flatMap(([name, value]) => ('effect' in value ? [[name, value.name]] : [])),
      ),
    )
  })

  it.each([
    ['Hosted', 'hosted'],
    ['Direct', 'direct'],
  ] as const)('says under %s what is required, passed on and not passed on', (column, flow) => {
    const { fields = [], required = [] } = flows[flow] ?? {}
    const said = (word: string) =>
      tablesUnder(page, 'createPayment')[1]?.flatMap((row) => (row[column] === word ? codeIn(row.Field) : []))
    expect(said('required')?.sort()).toEqual([...required].sort())
    expect(said('passed on')?.sort()).toEqual(fields.filter((field) => !required.includes(field)).sort())
    expect(said('not passed on')?.sort()).toEqual(paymentPaths.filter((path) => !fields.includes(path)).sort())
  })

  it('tells where notifications come from', () => {
    for (const source of notificationSources) expect(page.lines.join('\n')).toContain(source)
  })
})
