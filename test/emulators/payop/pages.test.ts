import { at, send } from '../http.js'
import { checkoutBody, HOUR, useFixture } from './fixture.js'

const fixture = useFixture()

const hostedUrl = (invoiceId: string, locale = 'en') =>
  `${fixture().emulator.checkoutUrl}/${locale}/payment/invoice-preprocessing/${invoiceId}`

/** Submits a form as a browser would. */
const submit = (url: string, fields: Readonly<Record<string, string>>) =>
  send(url, { method: 'POST', body: new URLSearchParams(fields) })

const location = ({ status, headers }: { readonly status: number; readonly headers: Headers }) =>
  status === 303 ? headers.get('location') : `not a redirect: ${status}`

interface Form {
  readonly method: string
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly button: string
}

/** The forms of a page, read from its HTML. */
const formsOf = (page: string): readonly Form[] =>
  [...page.matchAll(/<form method="(\w+)" action="([^"]*)">(.*?)<button>(.*?)<\/button><\/form>/gs)].map(
    ([, method = '', action = '', inside = '', button = '']) => ({
      method,
      action,
      button,
      fields: Object.fromEntries(
        [...inside.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
      ),
    }),
  )

/** Presses a button of a page and gives the answer. */
const press = async (url: string, button: string) => {
  const { text } = await send(url, {})
  const form = formsOf(text).find((candidate) => candidate.button === button)
  if (form === undefined) throw new Error(`there is no button ${button}`)
  const target = new URL(form.action, url).href
  return form.method === 'post' || form.method === 'POST' ? submit(target, form.fields) : send(target, {})
}

describe('the hosted page', () => {
  it('has one form for each outcome, and shows what is paid, escaped', async () => {
    const id = await fixture().createInvoice({ order: { description: '<script>alert(1)</script>' } })
    const { status, text, headers } = await send(hostedUrl(id), {})
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/html/)
    expect(formsOf(text).map(({ fields }) => fields.outcome)).toEqual([
      'pay',
      'decline',
      'reject',
      'pre_approve',
      'timeout',
      'abandon',
      'pay_late',
      'cancel',
    ])
    expect(text).toContain('2.00 EUR')
    expect(text).toContain('&lt;script&gt;')
    expect(text).not.toContain('<script>')
  })

  it('is at the shorter address, too, where several clients send payers', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    const shorter = `${emulator.checkoutUrl}/en/payment/${id}`
    expect((await send(shorter)).text).toContain('2.00 EUR')
    await submit(shorter, { outcome: 'pay' })
    expect(emulator.invoice(id).status).toBe(1)
    expect((await send(`${emulator.checkoutUrl}/en/payment/no-such-id`)).status).toBe(404)
  })

  it('marks the invoice as seen', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    await send(hostedUrl(id), {})
    expect(emulator.invoice(id).isSeen).toBe(true)
  })

  it.each(['en', 'PT', 'nl'])('is there in %s', async (locale) => {
    const id = await fixture().createInvoice()
    expect((await send(hostedUrl(id, locale), {})).status).toBe(200)
  })

  it.each([
    ['an unknown language', 'xx', undefined],
    ['an unknown invoice', 'en', 'no-such-id'],
  ])('is not there for %s', async (_, locale, id) => {
    const invoiceId = id ?? (await fixture().createInvoice())
    expect((await send(hostedUrl(invoiceId, locale), {})).status).toBe(404)
  })

  it.each([
    ['pay', 2, 1, 'ok'],
    ['pre_approve', 9, 4, 'ok'],
    ['decline', 5, 5, 'ko'],
    ['reject', 5, 5, 'ko'],
    ['timeout', 15, 2, 'ko'],
    ['pay_late', 15, 2, 'ko'],
  ])('%s leads to state %i, invoice %i, and back to the shop', async (outcome, state, invoiceStatus, page) => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    const answer = await submit(hostedUrl(id), { outcome })
    const { status, transactionId } = emulator.invoice(id)
    expect(emulator.transaction(transactionId ?? '').state).toBe(state)
    expect(status).toBe(invoiceStatus)
    expect(location(answer)).toBe(`https://shop.example/${page}?i=${id}&t=${transactionId}`)
  })

  it('lets the payer walk away: the transaction stays pending and times out', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    expect((await submit(hostedUrl(id), { outcome: 'abandon' })).status).toBe(200)
    expect(emulator.transactions()).toMatchObject([{ state: 4 }])
    await emulator.clock.advance(HOUR)
    expect(emulator.transactions()).toMatchObject([{ state: 15 }])
  })

  it('brings the money a minute after the timeout when the payer pays late', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    await submit(hostedUrl(id), { outcome: 'pay_late' })
    await emulator.clock.advance(60_000)
    expect(emulator.invoice(id).status).toBe(1)
  })

  it('brings it at once if the payment failed before, and if the invoice is overdue', async () => {
    const { emulator, createInvoice } = fixture()
    const [failed, overdue] = [await createInvoice(), await createInvoice()]
    await submit(hostedUrl(failed), { outcome: 'decline' })
    await submit(hostedUrl(failed), { outcome: 'pay_late' })
    expect(emulator.invoice(failed).status).toBe(1)
    await emulator.clock.advance(24 * HOUR)
    expect(emulator.invoice(overdue).status).toBe(2)
    await submit(hostedUrl(overdue), { outcome: 'pay_late' })
    expect(emulator.invoice(overdue).status).toBe(1)
  })

  it('goes back to the shop without a transaction', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    expect(location(await submit(hostedUrl(id), { outcome: 'cancel' }))).toBe(`https://shop.example/ko?i=${id}&t=`)
    emulator.behaviour.templateTxidMissing = 'literal'
    const literal = await submit(hostedUrl(id), { outcome: 'cancel' })
    expect(decodeURIComponent(location(literal) ?? '')).toBe(`https://shop.example/ko?i=${id}&t={{txid}}`)
    expect(emulator.invoice(id).status).toBe(0)
  })

  it('takes the money once, however often the payer presses', async () => {
    const { emulator, createInvoice } = fixture()
    const before = Number(emulator.balances().EUR)
    const id = await createInvoice()
    await Promise.all([submit(hostedUrl(id), { outcome: 'pay' }), submit(hostedUrl(id), { outcome: 'pay' })])
    await submit(hostedUrl(id), { outcome: 'decline' })
    expect(emulator.transactions()).toMatchObject([{ state: 2 }])
    expect(Number(emulator.balances().EUR)).toBe(before + 2)
  })

  it('takes no payment for an overdue invoice', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    await emulator.clock.advance(24 * HOUR)
    await submit(hostedUrl(id), { outcome: 'pay' })
    expect(emulator.invoice(id)).toMatchObject({ status: 2, transactionId: null })
    expect((await send(hostedUrl(id), {})).text).toContain('overdue')
  })

  it('refuses a field that it does not know', async () => {
    const id = await fixture().createInvoice()
    expect((await submit(hostedUrl(id), { outcome: 'steal' })).status).toBe(400)
  })

  it('never redirects to anything but the web', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice({ resultUrl: 'javascript:alert(1)' })
    expect(location(await submit(hostedUrl(id), { outcome: 'pay' }))).toBe(
      `${emulator.checkoutUrl}/en/payment/success-page/`,
    )
  })
})

describe('a payer who clicks through the pages', () => {
  it('pays at the bank and comes back to the waiting page of the shop', async () => {
    const { emulator, client, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    const status = await client.get(`/v1/checkout/check-invoice-status/${invoiceId}`)
    const back = await press(String(at(status.body, 'data', 'url')), 'Confirm')
    expect(location(back)).toBe(`https://shop.example/wait?t=${txid}`)
    expect(emulator.transaction(txid).state).toBe(2)
  })

  it('is declined by one acquirer, sent to the next, and pays there', async () => {
    const { emulator, createInvoice } = fixture()
    emulator.behaviour.paymentRouting = 'on'
    const id = await createInvoice({ resultUrl: '', failPath: '' })
    const waitPage = location(await press(hostedUrl(id), 'Be declined')) ?? ''
    expect(waitPage).toBe(`${emulator.checkoutUrl}/en/payment/wait-page/${emulator.invoice(id).transactionId}`)
    const bank = formsOf((await send(waitPage, {})).text)[0]
    expect(bank).toMatchObject({ method: 'GET', button: 'Continue' })
    expect(location(await press(bank?.action ?? '', 'Confirm'))).toBe(waitPage)
    const end = location(await send(waitPage, {})) ?? ''
    expect((await send(end, {})).text).toContain('Thank you')
    expect(emulator.invoice(id).status).toBe(1)
  })

  it.each([
    ['authenticated', 2, ''],
    ['failed', 5, '3DS authentication failed'],
  ])('answers the card issuer: %s', async (answer, state, error) => {
    const { emulator, client, createInvoice } = fixture()
    const invoiceIdentifier = await createInvoice({ paymentMethod: '381' })
    const card = { pan: '4111111111111111', expirationDate: '12/29', cvv: '123', holderName: 'ANN BUYER' }
    const token = await client.post('/v1/payment-tools/card-token/create', { invoiceIdentifier, ...card })
    const checkout = checkoutBody(invoiceIdentifier, { paymentMethod: 381, cardToken: at(token.body, 'data', 'token') })
    const txid = String(at((await client.post('/v1/checkout/create', checkout)).body, 'data', 'txid'))
    const status = await client.get(`/v1/checkout/check-invoice-status/${invoiceIdentifier}`)
    const form = at(status.body, 'data', 'form')
    const fields = {
      PaReq: String(at(form, 'fields', 'PaReq')),
      MD: String(at(form, 'fields', 'MD')),
      TermUrl: String(at(form, 'fields', 'TermUrl')),
    }
    const issuer = String(at(form, 'url'))

    expect((await submit(issuer, { ...fields, PaReq: 'other' })).status).toBe(400)
    expect((await submit(issuer, { ...fields, TermUrl: 'https://elsewhere.example' })).status).toBe(400)
    const page = await submit(issuer, fields)
    const chosen = formsOf(page.text).find(({ button }) => button === answer)
    const back = await submit(chosen?.action ?? '', chosen?.fields ?? {})
    expect(location(back)).toBe(`https://shop.example/wait?t=${txid}`)
    expect(emulator.transaction(txid)).toMatchObject({ state, error })
  })

  it('finds no page for a transaction that does not exist', async () => {
    const { checkoutUrl } = fixture().emulator
    const answers = await Promise.all([
      send(`${checkoutUrl}/en/payment/wait-page/none`, {}),
      send(`${checkoutUrl}/bank/authorize/none`, {}),
      submit(`${checkoutUrl}/bank/authorize/none`, { outcome: 'pay' }),
      submit(`${checkoutUrl}/acs/3ds`, { MD: 'none' }),
      submit(`${checkoutUrl}/en/payment/3ds-return/none`, { MD: 'none', PaRes: 'authenticated' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
  })
})
