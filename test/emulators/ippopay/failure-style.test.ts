import { setImmediate as nextTurn } from 'node:timers/promises'
import type { IppoPayBehaviour } from '../../../src/emulators/index.js'
import { BENEFICIARY, basic, collections, newOrder, paidOrder, payouts, useEmulator } from './fixture.js'

const emulator = useEmulator()

const inStyle = (style: IppoPayBehaviour['failureStyle']) => {
  emulator().behaviour.failureStyle = style
}
const MISSING = '/order/order_000000000'

describe('a refusal', () => {
  it('with http200 shows in success alone', async () => {
    expect(await collections(emulator(), MISSING)).toMatchObject({
      status: 200,
      body: { success: false, message: 'Order not found' },
    })
  })

  it('with http4xx has a status too', async () => {
    inStyle('http4xx')
    const orderId = await newOrder(emulator())
    await payouts(emulator(), '/beneficiary/create', BENEFICIARY)

    const statuses = [
      await collections(emulator(), '/order/create', {}),
      await collections(emulator(), MISSING),
      await collections(emulator(), `/order/${orderId}/transaction`),
      await payouts(emulator(), '/beneficiary/create', BENEFICIARY),
    ].map(({ status, body }) => [status, body])

    const refused = expect.objectContaining({ success: false })
    expect(statuses).toEqual([
      [400, refused],
      [404, refused],
      [404, refused],
      [409, refused],
    ])
  })

  it('with gateway has a status and no success', async () => {
    inStyle('gateway')
    const answer = await collections(emulator(), MISSING)
    expect(answer).toMatchObject({ status: 404, synthetic: true })
    expect(answer.body).toEqual({ message: 'Order not found' })
  })

  it('with html is a page', async () => {
    inStyle('html')
    const answer = await collections(emulator(), MISSING)
    expect(answer).toMatchObject({ status: 404, text: expect.stringContaining('<html>'), body: undefined })
  })

  it('with truncated is JSON that stops half-way', async () => {
    inStyle('truncated')
    const answer = await collections(emulator(), MISSING)
    expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^\{"success":false/), body: undefined })
  })

  it('with reset is a connection that breaks', async () => {
    inStyle('reset')
    await expect(collections(emulator(), MISSING)).rejects.toThrow('fetch failed')
    expect((await payouts(emulator(), '/account/balance')).body).toMatchObject({ success: true })
  })

  it.each(['http200', 'html', 'reset', 'timeout-after-commit'] as const)(
    'of a key stays the 401 of the gateway in front, with %s',
    async (style) => {
      inStyle(style)
      const answer = await fetch(`${emulator().apiUrl}/v1/order/create`, { method: 'POST', body: '{}' })
      expect(answer.status).toBe(401)
    },
  )
})

describe('timeout-after-commit', () => {
  it('carries a POST out and never answers it', async () => {
    const orderId = await paidOrder(emulator())
    inStyle('timeout-after-commit')
    const { apiUrl, credentials, executions } = emulator()
    const impatience = new AbortController()
    const refund = fetch(`${apiUrl}/v1/order/refund/${orderId}`, {
      method: 'POST',
      headers: { authorization: basic(credentials) },
      signal: impatience.signal,
    })
    const outcome = expect(refund).rejects.toThrow('aborted')

    while (!executions().some(({ operation }) => operation === 'refund')) await nextTurn()
    impatience.abort()
    await outcome
    expect(emulator().refunds(orderId)).toHaveLength(1)
  })

  it('answers a GET', async () => {
    inStyle('timeout-after-commit')
    expect((await collections(emulator(), MISSING)).body).toMatchObject({ success: false })
  })
})
