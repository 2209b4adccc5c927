import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Kind, paymux, promised, type Reference, run } from 'paymux'
import { toNodeHandler } from 'paymux/webhooks'
import { type Told, trade } from './day.js'
import { markets } from './orders.js'
import { worldOutside } from './world.js'

/**
 * The shop's process: opens the ledger, takes notifications in, works in the background, and trades. It is started again
 * after it was killed, and does the same.
 */

const configuration = fileURLToPath(new URL('paymux.config.json', import.meta.url))

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Events come from the ledger, at least once; the shop remembers which objects it has heard of. */
const createHearing = () => {
  const waiting = new Map<string, () => void>()
  const nameOf = (reference: Reference<Kind>) => `${reference.kind} ${'id' in reference ? reference.id : reference.key}`
  return {
    heard: (reference: Reference<Kind>, status: string): void => {
      if (status !== 'requires_action') waiting.get(nameOf(reference))?.()
    },
    told: ((reference) => new Promise((resolve) => waiting.set(nameOf(reference), resolve))) satisfies Told,
  }
}

const main = async (): Promise<void> => {
  const port = Number(process.env.SHOP_PORT)
  // The demo lets time pass between two lives of this process; a clock that does so is no part of a real shop.
  const ahead = Number(process.env.CLOCK_AHEAD_MS ?? 0)
  const shop = await run(paymux(configuration, { clock: () => Date.now() + ahead }))
  const hearing = createHearing()
  shop.subscribe('shop', async (event) => {
    if ('object' in event && event.object !== undefined) hearing.heard(event.object.reference, event.object.status)
  })
  const server = createServer(toNodeHandler(shop.webhooks))
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  shop.start()

  const world = worldOutside()
  await world.enter(Object.fromEntries(markets.map(({ name }) => [name, shop.webhooks.address(name)])))
  const left = (process.env.MARKETS ?? '').split(',')
  for (const market of markets.filter(({ name }) => left.includes(name)))
    await trade(promised(shop), market, world, hearing.told, print)

  server.close()
  server.closeAllConnections()
  await shop.stop()
  process.disconnect()
}

main().catch((error: Error) => {
  process.stderr.write(`The shop failed: ${error.message}\n`)
  process.exit(1)
})
