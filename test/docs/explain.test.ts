import { payOnPage } from '../../examples/demo/payer.js'
import { eventually } from '../eventually.js'
import { closeShops, configurationOn, idOf, openShop, order, right } from '../paymux/stage.js'
import { useStage, useWebhooks } from '../paymux/use-stage.js'
import { documentAt } from './markdown.js'

const stage = useStage()
const endpoint = useWebhooks()
afterEach(closeShops)

/** The text block between a heading and the next one. */
const textUnder = (path: string, heading: string): string => {
  const { lines } = documentAt(path)
  const section = lines.slice(lines.indexOf(`## ${heading}`) + 1)
  const begin = section.indexOf('```text')
  return section.slice(begin + 1, section.indexOf('```', begin)).join('\n')
}

it('docs/concepts/queries.md tells the story of a payment as explain does', async () => {
  let now = Date.parse('2026-11-27T09:14:07Z')
  const config = {
    ...configurationOn(stage),
    webhooks: { publicUrl: endpoint.publicUrl, secret: 'made-up-secret-of-32-characters-x' },
  }
  const shop = await openShop(stage, config, { clock: () => now })
  endpoint.leadsTo(shop)
  stage.payop.setIpnUrls({ checkout: await right(shop.webhooks.address('europe')) })
  await right(shop.subscribe('books', async () => undefined))
  await right(shop.start())
  const delivered = async (count: number): Promise<boolean> => {
    const { items } = await right(shop.listEvents())
    return items.length === count && items.every(({ deliveredAt }) => deliveredAt !== undefined)
  }

  const request = { ...order('ord-1001-pay'), merchantReference: 'ORD-1001' }
  const { reference, nextAction } = await right(shop.createPayment(request))
  await eventually(() => delivered(1))
  if (nextAction?.type !== 'redirect') throw new Error('no link')
  now = Date.parse('2026-11-27T09:14:48Z')
  await payOnPage(nextAction.url)
  await stage.payop.settled()
  now = Date.parse('2026-11-27T09:14:53Z')
  await eventually(() => delivered(2))
  now = Date.parse('2026-11-28T09:14:53Z')
  await eventually(async () => (await right(shop.recorded(reference))).recordedAt === now)

  const [story] = await right(shop.explain({ merchantReference: 'ORD-1001' }))
  expect(story?.text.replaceAll(idOf(reference), 'inv_7f3a')).toBe(
    textUnder('docs/concepts/queries.md', 'What happened to it'),
  )
})
