import { at } from '../emulators/http.js'
import { checkoutBody, useFixture } from '../emulators/payop/fixture.js'
import { inBrowser, press } from './in-browser.js'
import { selfPostingForm, useShop } from './shop.js'

const PAID = 1
const FAILED = 5
const MARKUP = `"><script>executed = true</script><b onclick='executed = true'>O'Neil & sons</b>`
const CARD = { pan: '4111111111111111', expirationDate: '12/29', cvv: '123', holderName: 'ANN BUYER' }

inBrowser('the pages of Payop', (page) => {
  const fixture = useFixture()
  const shop = useShop()

  const shown = () => page().locator('dd').allInnerTexts()

  const createInvoice = (more: Readonly<Record<string, unknown>> = {}) =>
    fixture().createInvoice({
      resultUrl: `${shop().url}/thanks?i={{invoiceId}}&t={{txid}}`,
      failPath: `${shop().url}/sorry?i={{invoiceId}}&t={{txid}}`,
      ...more,
    })

  const openHosted = async (invoiceId: string) => {
    await page().goto(`${fixture().emulator.checkoutUrl}/en/payment/invoice-preprocessing/${invoiceId}`)
  }

  /** Starts a payment without the hosted page, and returns where Payop leads the payer's browser. */
  const checkOut = async (invoiceIdentifier: string, more: Readonly<Record<string, unknown>> = {}) => {
    const checkStatusUrl = `${shop().url}/wait?t={{txid}}`
    const body = checkoutBody(invoiceIdentifier, { checkStatusUrl, ...more })
    await fixture().client.post('/v1/checkout/create', body)
    const { body: step } = await fixture().client.get(`/v1/checkout/check-invoice-status/${invoiceIdentifier}`)
    return at(step, 'data')
  }

  describe('the hosted page', () => {
    it.each([
      ['Pay', '/thanks', 'paid', PAID],
      ['Be declined', '/sorry', 'failed', FAILED],
    ])('%s sends the payer to the shop, with the ids', async (button, path, state, status) => {
      const { emulator } = fixture()
      const id = await createInvoice()
      await openHosted(id)
      expect(await shown()).toEqual(['2.00 EUR', 'ORD-1001', 'Two books', 'not paid yet'])

      await press(page(), button)
      const { query } = await shop().arrival(page(), path)
      expect(query).toEqual({ i: id, t: emulator.invoice(id).transactionId })
      expect(emulator.invoice(id).status).toBe(status)

      await openHosted(id)
      expect((await shown()).at(-1)).toBe(state)
    })

    it('has pages of its own for a shop that has none', async () => {
      await openHosted(await createInvoice({ resultUrl: '', failPath: '' }))
      await press(page(), 'Pay')
      await page().getByText('Thank you.').waitFor()
    })

    it('shows markup of the shop as text, and executes none', async () => {
      await openHosted(await createInvoice({ order: { id: MARKUP, description: MARKUP } }))
      expect(await shown()).toEqual(['2.00 EUR', MARKUP, MARKUP, 'not paid yet'])
      expect(await page().evaluate('typeof executed')).toBe('undefined')
    })
  })

  describe('without the hosted page', () => {
    it('the payer confirms at the bank, and comes back to wait at the shop', async () => {
      const { emulator } = fixture()
      const id = await createInvoice()
      await page().goto(String(at(await checkOut(id), 'url')))
      await page().getByText('Pay 2 EUR?').waitFor()

      await press(page(), 'Confirm')
      const { query } = await shop().arrival(page(), '/wait')
      expect(query).toEqual({ t: emulator.invoice(id).transactionId })
      expect(emulator.invoice(id).status).toBe(PAID)
    })

    it("the payer waits on Payop's page, is sent to a second acquirer, and pays there", async () => {
      const { emulator } = fixture()
      emulator.behaviour.paymentRouting = 'on'
      const id = await createInvoice()
      const waitPage = `${emulator.checkoutUrl}/en/payment/wait-page/{{txid}}`
      await page().goto(String(at(await checkOut(id, { checkStatusUrl: waitPage }), 'url')))
      await press(page(), 'Decline')
      await page().getByText('not decided yet').waitFor()
      await press(page(), 'Continue')
      await press(page(), 'Confirm')
      await shop().arrival(page(), '/thanks')
      expect(emulator.invoice(id).status).toBe(PAID)
    })

    it.each([
      ['authenticated', PAID],
      ['failed', FAILED],
    ])("the card's issuer answers %s, to a form that the shop has posted", async (answer, status) => {
      const { emulator, client } = fixture()
      const id = await createInvoice({ paymentMethod: '381' })
      const token = await client.post('/v1/payment-tools/card-token/create', { invoiceIdentifier: id, ...CARD })
      const step = await checkOut(id, { paymentMethod: 381, cardToken: at(token.body, 'data', 'token') })
      const fields = Object(at(step, 'form', 'fields'))

      await page().goto(shop().show('/3ds', selfPostingForm(String(at(step, 'form', 'url')), fields)))
      await page().getByText('Was it you?').waitFor()
      await press(page(), answer)
      const { query } = await shop().arrival(page(), '/wait')
      expect(query).toEqual({ t: emulator.invoice(id).transactionId })
      expect(emulator.invoice(id).status).toBe(status)
    })
  })
})
