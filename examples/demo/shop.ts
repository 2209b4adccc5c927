import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'
import { trade, type UntilReported } from './day.js'
import { markets } from './orders.js'
import { worldOutside } from './world.js'

/**
 * The shop's process: opens the ledger, receives notifications, works in the background, and trades. It is started again after
 * it was killed, and does the same.
 */

const configuration = fileURLToPath(new URL('paymux.config.json', import.meta.url))

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Waits for events about orders, which come from the ledger at least once. */
const createReports = () => {
  const waiting = new Map<string, () => void>()
  return {
    received: (order: string): void => waiting.get(order)?.(),
    untilReported: ((order) => new Promise((resolve) => waiting.set(order, resolve))) satisfies UntilReported,
  }
}

const main = async (): Promise<void> => {
  const port = Number(process.env.SHOP_PORT)
  // The demo lets time pass between two runs of this process. A real shop has no such clock.
  const ahead = Number(process.env.CLOCK_AHEAD_MS ?? 0)
  const shop = await paymux(configuration, { clock: () => Date.now() + ahead })
  const reports = createReports()
  // Every event carries the names that the shop gave its order.
  await shop.subscribe('shop', async ({ type, metadata, merchantReference }) => {
    if (type === 'payment.succeeded') reports.received(`${metadata?.market} ${merchantReference}`)
  })
  const server = createServer(toNodeHandler(shop.webhooks))
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  await shop.start()

  const world = worldOutside()
  const addresses = markets.map(async ({ name }) => [name, await shop.webhooks.address(name)] as const)
  await world.enter(Object.fromEntries(await Promise.all(addresses)))
  const left = (process.env.MARKETS ?? '').split(',')
  for (const market of markets.filter(({ name }) => left.includes(name)))
    await trade(shop, market, world, reports.untilReported, print)

  server.close()
  server.closeAllConnections()
  await shop.stop()
  process.disconnect()
}

main().catch((error: Error) => {
  process.stderr.write(`The shop failed: ${error.message}\n`)
  process.exit(1)
})
