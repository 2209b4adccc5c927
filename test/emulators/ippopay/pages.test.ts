import { collections, newOrder, submit, textAt, useEmulator } from './fixture.js'

const emulator = useEmulator()

const checkout = (orderId: string, query = '') =>
  `${emulator().checkoutUrl}/order/${orderId}?public_key=${emulator().credentials.publicKey}${query}`
const outcomeOf = (url: string) => url.replace('?', '/outcome?')
const pageOf = async (answer: Promise<Response>) => (await answer).text()

/** The forms of a page: where they post, and the fields they post. */
const formsOf = (page: string) =>
  [...page.matchAll(/<form[^>]* action="([^"]*)">([\s\S]*?)<\/form>/g)].map(([, action = '', body = '']) => ({
    action: action.replaceAll('&amp;', '&'),
    fields: Object.fromEntries(
      [...body.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    ),
  }))
const messageOf = (page: string): unknown =>
  JSON.parse(/<script type="application\/json" id="result">(.*?)<\/script>/.exec(page)?.[1] ?? 'null')

describe('the pay page of an order', () => {
  it('has one form for each thing a payer can do', async () => {
    const orderId = await newOrder(emulator(), { amount: 19.99 })
    const answer = await fetch(checkout(orderId))
    const page = await answer.text()

    expect(answer.headers.get('x-emulator-synthetic')).toBe('1')
    expect(page).toContain('19.99 INR')
    const action = `/order/${orderId}/outcome?public_key=${emulator().credentials.publicKey}`
    expect(formsOf(page)).toEqual(
      ['success', 'failure', 'pending', 'closed'].map((outcome) => ({ action, fields: { outcome } })),
    )
  })

  it('opens with the address that the API shows, too', async () => {
    emulator().behaviour.orderFields = ['payment_url']
    const orderId = await newOrder(emulator())
    const { body } = await collections(emulator(), `/order/${orderId}`)
    expect(await pageOf(fetch(textAt(body, 'data.order.payment_url')))).toContain(orderId)
  })

  it('stays shut without the public key, and for an order that does not exist', async () => {
    const { checkoutUrl } = emulator()
    const orderId = await newOrder(emulator())
    expect((await fetch(`${checkoutUrl}/order/${orderId}`)).status).toBe(404)
    expect((await fetch(`${checkoutUrl}/order/${orderId}?public_key=wrong`)).status).toBe(404)
    expect((await fetch(checkout('order_000000000'))).status).toBe(404)
  })

  it('has nothing to click once the order is paid', async () => {
    const orderId = await newOrder(emulator())
    emulator().pay(orderId, 'success')

    expect(formsOf(await pageOf(fetch(checkout(orderId))))).toEqual([])
    expect((await submit(outcomeOf(checkout(orderId)), { outcome: 'success' })).status).toBe(409)
    expect(emulator().transactions(orderId)).toHaveLength(1)
  })

  it('refuses a form with another outcome', async () => {
    const orderId = await newOrder(emulator())
    expect((await submit(outcomeOf(checkout(orderId)), { outcome: 'paid' })).status).toBe(400)
    expect((await submit(outcomeOf(checkout(orderId)), {})).status).toBe(400)
  })
})

describe('in a popup', () => {
  it.each(['success', 'failure'] as const)('%s is posted to the window that opened the page', async (outcome) => {
    const orderId = await newOrder(emulator())
    const page = await pageOf(submit(outcomeOf(checkout(orderId)), { outcome }))

    const transaction = emulator().transactionOf(orderId)
    expect(page).toContain('postMessage')
    expect(messageOf(page)).toEqual({ status: outcome, transaction_no: transaction?.transId, order_id: orderId })
    expect(transaction).toMatchObject({ status: outcome })
  })

  it('closed is posted without ids, and leaves no transaction', async () => {
    const orderId = await newOrder(emulator())
    const page = await pageOf(submit(outcomeOf(checkout(orderId)), { outcome: 'closed' }))

    expect(messageOf(page)).toEqual({ status: 'closed', data: 'Payment Popup Closed' })
    expect(emulator().transactions(orderId)).toEqual([])
  })

  it('a payment mode may be chosen', async () => {
    const orderId = await newOrder(emulator())
    await submit(outcomeOf(checkout(orderId)), { outcome: 'success', pay_mode_id: 'nb' })
    expect(emulator().transactionOf(orderId)).toMatchObject({ payMode: { pay_mode_id: 'nb' } })
  })
})

describe('with redirect=true', () => {
  it.each(['success', 'failure', 'closed'] as const)('%s comes back to return_url by a POST', async (outcome) => {
    const return_url = 'https://shop.example.com/return?cart=1&lang="en"'
    const orderId = await newOrder(emulator(), { return_url })
    const page = await pageOf(submit(outcomeOf(checkout(orderId, '&redirect=true')), { outcome }))

    const transaction_no = emulator().transactionOf(orderId)?.transId ?? ''
    expect(page).toContain('action="https://shop.example.com/return?cart=1&amp;lang=&quot;en&quot;"')
    expect(page).toContain("document.getElementById('return').submit()")
    expect(formsOf(page)).toMatchObject([{ fields: { status: outcome, transaction_no, order_id: orderId } }])
  })

  it('an order without return_url ends on the page', async () => {
    const orderId = await newOrder(emulator())
    const page = await pageOf(submit(outcomeOf(checkout(orderId, '&redirect=true')), { outcome: 'success' }))
    expect(formsOf(page)).toEqual([])
    expect(page).toContain('no return_url')
  })
})

describe('a transaction that is pending at the bank', () => {
  it('goes on at the page of the bank, and comes back the way the payer came', async () => {
    const orderId = await newOrder(emulator(), { return_url: 'https://shop.example.com/return' })
    const bank = await submit(outcomeOf(checkout(orderId, '&redirect=true')), { outcome: 'pending' })
    const transId = emulator().transactionOf(orderId)?.transId

    expect(emulator().transactionOf(orderId)).toMatchObject({ status: 'pending' })
    const [success, ...others] = formsOf(await bank.text())
    expect(success).toMatchObject({
      action: expect.stringContaining(`/attempt/${transId}/outcome`),
      fields: { outcome: 'success' },
    })
    expect(others).toMatchObject([{ fields: { outcome: 'failure' } }])

    const page = await pageOf(submit(new URL(success?.action ?? '', bank.url).href, { outcome: 'success' }))
    expect(formsOf(page)).toMatchObject([{ fields: { status: 'success', transaction_no: transId } }])
    expect(emulator().order(orderId)).toMatchObject({ status: 'paid' })
  })

  it('is decided once', async () => {
    const orderId = await newOrder(emulator())
    const transId = emulator().pay(orderId, 'pending')
    const url = `${emulator().checkoutUrl}/attempt/${transId}/outcome`

    expect((await submit(url, { outcome: 'failure' })).status).toBe(200)
    expect((await submit(url, { outcome: 'success' })).status).toBe(409)
    expect((await submit(url.replace('trans_', 'trans_x'), { outcome: 'success' })).status).toBe(404)
  })
})
