import { send } from '../http.js'
import { newPayment, useEmulator } from './fixture.js'

const emulator = useEmulator()

const pageOf = (id: string) => `${emulator().checkoutUrl}/pay/${id}`
const submit = (id: string, outcome: string) =>
  send(pageOf(id), { method: 'POST', body: new URLSearchParams({ outcome }) })

describe('the hosted page', () => {
  it('shows the amount, and what the payer can do', async () => {
    const { text, synthetic } = await send(pageOf(await newPayment(emulator())))
    expect(synthetic).toBe(true)
    expect(text).toContain('49.90 EUR')
    const outcomes = [...text.matchAll(/name="outcome" value="(\w+)"/g)].map(([, outcome]) => outcome)
    expect(outcomes).toEqual(['paid', 'declined'])
  })

  it('sends the payer back', async () => {
    const urls = { success_url: 'https://shop.example/thanks', failure_url: 'https://shop.example/sorry' }
    const id = await newPayment(emulator(), urls)
    expect((await submit(id, 'declined')).headers.get('location')).toBe(urls.failure_url)
    expect((await submit(id, 'paid')).headers.get('location')).toBe(urls.success_url)
  })

  it('stays open if there is nowhere to go', async () => {
    expect((await submit(await newPayment(emulator()), 'paid')).status).toBe(200)
  })

  it('refuses what is not possible', async () => {
    const id = await newPayment(emulator())
    expect((await send(pageOf('pay_x'))).status).toBe(404)
    expect((await submit(id, 'stolen')).status).toBe(422)
    await submit(id, 'paid')
    expect((await submit(id, 'paid')).status).toBe(409)
  })
})
