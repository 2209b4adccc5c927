import { html } from '../../src/emulators/kit/html.js'
import { newOrder, useEmulator } from '../emulators/ippopay/fixture.js'
import { inBrowser, press } from './in-browser.js'
import { useShop } from './shop.js'

inBrowser('the pages of IppoPay', (page) => {
  const emulator = useEmulator()
  const shop = useShop()

  const checkout = (orderId: string) =>
    `${emulator().checkoutUrl}/order/${orderId}?public_key=${emulator().credentials.publicKey}`
  const transactionOf = (orderId: string) => emulator().transactionOf(orderId)?.transId ?? ''

  describe('after a redirect', () => {
    const openPage = async (return_url: string) => {
      const orderId = await newOrder(emulator(), { amount: 19.99, return_url })
      await page().goto(`${checkout(orderId)}&redirect=true`)
      return orderId
    }

    it.each([
      ['Success', 'success', 'paid'],
      ['Failure', 'failure', 'created'],
      ['Close', 'closed', 'created'],
    ])('%s posts the payer back to the shop', async (button, status, state) => {
      const orderId = await openPage(`${shop().url}/return`)
      expect(await page().locator('dd').allInnerTexts()).toEqual([orderId, '19.99 INR'])

      await press(page(), button)
      const visit = await shop().arrival(page(), '/return')
      const fields = { status, transaction_no: transactionOf(orderId), order_id: orderId }
      expect(visit).toEqual({ method: 'POST', path: '/return', query: {}, fields })
      expect(emulator().order(orderId)?.status).toBe(state)
    })

    it('a payment that is pending goes on at the bank', async () => {
      const orderId = await openPage(`${shop().url}/return`)
      await press(page(), 'Pending at the bank')
      await page().getByRole('heading', { name: 'Your bank' }).waitFor()
      expect(emulator().transactionOf(orderId)?.status).toBe('pending')

      await press(page(), 'Success')
      const fields = { status: 'success', transaction_no: transactionOf(orderId) }
      expect(await shop().arrival(page(), '/return')).toMatchObject({ fields })
    })

    it('markup in return_url is an address like any other', async () => {
      const cart = `"><script>executed = true</script>'`
      await openPage(`${shop().url}/return?cart=${cart}&lang=en`)
      await press(page(), 'Success')
      expect(await shop().arrival(page(), '/return')).toMatchObject({ query: { cart, lang: 'en' } })
    })
  })

  describe('beside a page of the shop', () => {
    /** A page of the shop that opens the order's page in its own way, and shows what that page posts to it. */
    const shopPage = (opening: string) => html`${{ html: opening }}
<script>addEventListener('message', ({ data, origin }) => {
  const message = document.createElement('output')
  message.textContent = JSON.stringify({ origin, ...data })
  document.body.append(message)
})</script>`
    const message = async (): Promise<unknown> => JSON.parse((await page().locator('output').textContent()) ?? '')

    it.each([
      ['Success', 'success'],
      ['Failure', 'failure'],
    ])('%s is posted to the page around a frame', async (button, status) => {
      const orderId = await newOrder(emulator())
      await page().goto(shop().show('/cart', shopPage(`<iframe src="${checkout(orderId)}"></iframe>`)))
      await page().frameLocator('iframe').getByRole('button', { name: button }).click()
      const origin = emulator().checkoutUrl
      expect(await message()).toEqual({ origin, status, transaction_no: transactionOf(orderId), order_id: orderId })
    })

    it('closing it is posted, without ids', async () => {
      const orderId = await newOrder(emulator())
      await page().goto(shop().show('/cart', shopPage(`<iframe src="${checkout(orderId)}"></iframe>`)))
      await page().frameLocator('iframe').getByRole('button', { name: 'Close' }).click()
      expect(await message()).toMatchObject({ status: 'closed', data: 'Payment Popup Closed' })
    })

    it('a window that the shop opened posts to the shop, too', async () => {
      const orderId = await newOrder(emulator())
      const opening = `<button onclick="open('${checkout(orderId)}', 'pay', 'popup')">Pay by IppoPay</button>`
      await page().goto(shop().show('/cart', shopPage(opening)))
      const popup = page().waitForEvent('popup')
      await press(page(), 'Pay by IppoPay')
      await (await popup).getByRole('button', { name: 'Success' }).click()
      expect(await message()).toMatchObject({ status: 'success', order_id: orderId })
    })
  })
})
