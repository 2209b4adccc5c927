import { type Gateway, installExample, type Running, startExample, startGateway } from './example.js'

const types = ['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'nothing/known']

interface Further {
  /** Its name, if several hosts share the example. Default: that of the example. */
  readonly host?: string
  /** Further tests, while the shop runs. */
  readonly more?: (gateway: () => Gateway) => void
}

/** What the example of a web host has to do, over the packed package. `prepare` gets the folder, when all is installed. */
export const servesAShop = (
  name: string,
  prepare: (folder: string) => Promise<unknown>,
  { host = name, more }: Further = {},
): void => {
  describe(`a shop on ${host}`, () => {
    let folder: string
    let gateway: Gateway
    let shop: Running
    beforeAll(async () => {
      folder = await installExample(name, host)
      await prepare(folder)
      gateway = await startGateway()
      shop = await startExample(folder, gateway)
    })
    afterAll(async () => {
      shop?.child.kill('SIGKILL')
      await gateway?.payop.close()
    })

    const post = (url: string, type: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
      fetch(url, { method: 'POST', headers: { 'content-type': type, ...headers }, body })

    const order = async (reference: string): Promise<string> => {
      const answer = await post(`${gateway.env.SHOP_URL}/orders`, 'application/json', JSON.stringify({ reference }))
      if (!answer.ok) throw new Error(shop.output())
      const payment = JSON.parse(await answer.text())
      expect(payment).toMatchObject({ status: 'requires_action', nextAction: { type: 'redirect' } })
      return payment.id
    }

    it('takes a payment, and delivers the order when it read the notified payment back', async () => {
      gateway.payop.act(await order('ORD-1'), 'pay')
      await shop.untilPrinted('deliver ORD-1\n')
      expect(gateway.payop.deliveries()).toMatchObject([{ outcome: 'accepted' }])
    })

    it.each(types)('takes in a notification of type %s', async (type) => {
      const reference = `ORD-of-${type.replace('/', '-')}`
      const id = await order(reference)
      gateway.payop.setIpnUrls({ checkout: null })
      gateway.payop.act(id, 'pay')
      const answer = await post(gateway.address, type, ` {"invoice": {"id": "${id}", "status": 1}}\n`)
      expect([answer.status, await answer.text()]).toEqual([200, 'ok'])
      await shop.untilPrinted(`deliver ${reference}\n`)
    })

    it('refuses a wrong token, too much, something compressed, and another method', async () => {
      const json = 'application/json'
      const statuses = [
        await post(`${gateway.address.slice(0, -1)}_`, json, '{}'),
        await post(gateway.address, json, 'x'.repeat(300_000)),
        await post(gateway.address, json, 'x', { 'content-encoding': 'gzip' }),
        await fetch(gateway.address, { method: 'PUT', body: 'x' }),
      ].map(({ status }) => status)
      expect(statuses).toEqual([404, 413, 415, 405])
    })

    more?.(() => gateway)

    it('stops in order, and ends by the signal', async () => {
      expect([143, 'SIGTERM']).toContain(await shop.terminate())
      expect(shop.output()).not.toMatch(/error|warning/i)
    })
  })
}
