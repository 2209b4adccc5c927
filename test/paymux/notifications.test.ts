import { existsSync, statSync } from 'node:fs'
import type { NotificationDecision, WebhookLimits } from '../../src/webhooks/index.js'
import { closeShops, configurationOn, openShop, right } from './stage.js'
import { useStage, useWebhooks } from './use-stage.js'

const secret = 'made-up-webhook-secret-of-length-36.'

const stage = useStage()
const webhooks = useWebhooks()
afterEach(closeShops)

/** A shop with webhooks, what it is told of them, and a post to an account's address. */
const open = async (settings: object = {}, webhookLimits: Partial<WebhookLimits> = {}) => {
  const decisions: NotificationDecision[] = []
  const shop = await openShop(
    stage,
    { ...configurationOn(stage), webhooks: { publicUrl: webhooks.publicUrl, secret, ...settings } },
    { onNotification: (decision) => void decisions.push(decision), webhookLimits },
  )
  webhooks.leadsTo(shop)
  const address = await right(shop.webhooks.address('europe'))
  const post = async (body: string, headers: Record<string, string> = {}) =>
    (await fetch(address, { method: 'POST', body, headers })).status
  return { shop, decisions, post, address }
}

const invoice = 'ec62e75b-e370-42fc-82f2-25ab2050a163'
const paid = (id = invoice): string => JSON.stringify({ invoice: { id, status: 1 } })
const enforced = { sources: { europe: { mode: 'enforce' } } }

describe('onNotification', () => {
  it('is told of what is admitted, and of what came before', async () => {
    const { decisions, post } = await open()
    expect([await post(paid()), await post(paid())]).toEqual([200, 200])
    const first = { reason: 'stored', status: 200, account: 'europe', state: 'unmatched', unlistedSource: true }
    expect(decisions).toEqual([first, { ...first, duplicate: true }])
  })

  it('is told of what is rejected, with the reason', async () => {
    const { decisions, post, address } = await open({}, { bodyBytes: 2000 })
    await post('x'.repeat(3000))
    await fetch(`${address}x`, { method: 'POST', body: '{}' })
    await fetch(address, { method: 'PUT', body: '{}' })
    expect(decisions).toMatchObject([
      { reason: 'too_large', status: 413, account: 'europe' },
      { reason: 'path', status: 404 },
      { reason: 'method', status: 405 },
    ])
  })

  it('is told of an unlisted source: behind a proxy that no setting names, every one is', async () => {
    const { decisions, post } = await open(enforced)
    expect(await post(paid(), { 'x-forwarded-for': '18.199.249.46' })).toBe(403)
    expect(decisions).toEqual([{ reason: 'source', status: 403, account: 'europe', unlistedSource: true }])
    const behind = await open({ ...enforced, trustedProxies: ['127.0.0.1'] })
    expect(await behind.post(paid(), { 'x-forwarded-for': '18.199.249.46:51008' })).toBe(200)
    expect(await behind.post(paid(), { 'x-forwarded-for': '203.0.113.9:443' })).toBe(403)
    expect(behind.decisions.map(({ reason }) => reason)).toEqual(['stored', 'source'])
  })

  it('is told that the configuration has no webhooks', async () => {
    const decisions: NotificationDecision[] = []
    const shop = await openShop(stage, configurationOn(stage), {
      onNotification: (decision) => void decisions.push(decision),
    })
    await shop.webhooks.handle(new Request('https://shop.example/x', { method: 'POST' }), { address: '' })
    expect(decisions).toEqual([{ reason: 'not_configured', status: 503 }])
  })

  it('may throw', async () => {
    const shop = await openShop(
      stage,
      { ...configurationOn(stage), webhooks: { publicUrl: webhooks.publicUrl, secret } },
      {
        onNotification: () => {
          throw new Error('made up')
        },
      },
    )
    const address = await right(shop.webhooks.address('europe'))
    const request = new Request(address, { method: 'POST', body: paid() })
    expect((await shop.webhooks.handle(request, { address: '' })).status).toBe(200)
  })
})

describe('notifications that match nothing', () => {
  /** The bytes of a shop's ledger, with what is not in its file yet. */
  const sizeOf = (file: string): number =>
    ['', '-wal'].reduce((sum, end) => sum + (existsSync(file + end) ? statSync(file + end).size : 0), 0)

  const filling = 'x'.repeat(250 * 1024)
  const forged = (n: number): string => `{"p":"${n}${filling}"}`

  it('from one leaked address take no more of the disk than their hour’s quota, and the rest is answered 503', async () => {
    const config = { ...configurationOn(stage), webhooks: { publicUrl: webhooks.publicUrl, secret } }
    const decisions: NotificationDecision[] = []
    const shop = await openShop(stage, config, {
      webhookLimits: { unmatchedPerHour: 20, unmatchedBytesPerHour: 50_000 },
      onNotification: (decision) => void decisions.push(decision),
    })
    const address = await right(shop.webhooks.address('europe'))
    const post = (body: string, source: string) =>
      shop.webhooks.handle(new Request(address, { method: 'POST', body }), { address: source })
    for (let n = 0; n < 40; n += 1) await post(forged(n), '203.0.113.9')
    const reasons = decisions.map(({ reason }) => reason)
    const admitted = reasons.filter((reason) => reason === 'stored').length
    expect(admitted).toBeGreaterThan(5)
    expect(reasons.slice(admitted)).toEqual(Array.from({ length: 40 - admitted }, () => 'quota'))
    expect(decisions.at(-1)).toMatchObject({ status: 503, overQuota: true, unlistedSource: true })
    expect(sizeOf(config.store.file)).toBeLessThan(4 * 1024 * 1024)
    // They use up nothing of what listed sources have, and what came before is still taken.
    expect((await post(paid(), '18.199.249.46')).status).toBe(200)
    expect((await post(forged(0), '203.0.113.9')).status).toBe(200)
    const { accounts } = await right(shop.health())
    expect(accounts.europe?.notifications).toEqual({
      unlistedSource: 41,
      rejected: 0,
      quarantined: 41,
      overQuota: 40 - admitted,
    })
  })

  it('are capped over all processes of a ledger', async () => {
    const config = { ...configurationOn(stage), webhooks: { publicUrl: webhooks.publicUrl, secret } }
    const limits = { webhookLimits: { unmatchedPerHour: 10 } }
    const shops = [await openShop(stage, config, limits), await openShop(stage, config, limits)]
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const shop = shops[n % 2]
        if (shop === undefined) throw new Error('no shop')
        const address = await right(shop.webhooks.address('europe'))
        const request = new Request(address, { method: 'POST', body: `{"n":${n}}` })
        return (await shop.webhooks.handle(request, { address: '203.0.113.9' })).status
      }),
    )
    expect(statuses.filter((status) => status === 200)).toHaveLength(10)
  })
})

describe('rejected notifications', () => {
  it('are counted in health, so that a proxy that no setting names is seen', async () => {
    const { shop, post } = await open(enforced)
    for (let n = 0; n < 3; n += 1) expect(await post(paid(), { 'x-forwarded-for': '18.199.249.46' })).toBe(403)
    const { accounts } = await right(shop.health())
    expect(accounts.europe?.notifications).toEqual({ unlistedSource: 3, rejected: 3, quarantined: 0, overQuota: 0 })
  })
})
