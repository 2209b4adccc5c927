import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type EmulatedGateway, startGateways } from './gateways.js'
import { payOnPage } from './payer.js'
import { serve, type World } from './world.js'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Compares the shop's books with the gateway's own record, both ways. */
const agree = (market: string, books: readonly string[], record: readonly string[]): boolean => {
  const [ours, theirs] = [[...books].sort(), [...record].sort()]
  const same = ours.join('\n') === theirs.join('\n')
  print(
    same
      ? `  ${market.padEnd(8)} all ${ours.length} agree with the gateway's own record\n`
      : `  ${market.padEnd(8)} DIFFERS\n    books:   ${ours.join(', ')}\n    gateway: ${theirs.join(', ')}\n`,
  )
  return same
}

/** The shop's process, started again each time it is killed. */
const runShop = async (
  environment: NodeJS.ProcessEnv,
  left: () => readonly string[],
  worldOf: (shop: ChildProcess) => World,
): Promise<void> => {
  for (let run = 1; ; run += 1) {
    // A lease lasts until it runs out: when the shop starts again, those of the process that died have run out.
    const env = { ...process.env, ...environment, CLOCK_AHEAD_MS: String((run - 1) * 60_000), MARKETS: left().join() }
    const shop = fork(fileURLToPath(new URL('shop.ts', import.meta.url)), { env })
    const broken = new Promise<never>((_, reject) => serve(shop, worldOf(shop), reject))
    const [code, signal] = await Promise.race([once(shop, 'exit'), broken])
    if (signal !== 'SIGKILL') {
      if (code !== 0) throw new Error('the shop ended with an error')
      return
    }
    print('           a minute later it starts again on the same ledger and does the same as before\n')
  }
}

const keepUp = async (gateways: Readonly<Record<string, EmulatedGateway>>, toPay: readonly string[]): Promise<void> => {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  print(`Payments that wait for a payer; open one in a browser:\n${toPay.join('\n')}\n`)
  for (const { name, variables, pages, adminUrl } of Object.values(gateways))
    print(`${name}: pages at ${pages}, API at ${variables[`${name.toUpperCase()}_API_URL`]}, admin at ${adminUrl}`)
  print('Ctrl-C stops.')
  await stopped
}

const gatewayIn = (gateways: Readonly<Record<string, EmulatedGateway>>, market: string): EmulatedGateway => {
  const gateway = gateways[market]
  if (gateway === undefined) throw new Error('a market has no emulator')
  return gateway
}

const main = async (flags: readonly string[]): Promise<number> => {
  const unknown = flags.find((flag) => flag !== '--keep')
  if (unknown !== undefined) {
    process.stderr.write('Usage: npm run demo [-- --keep]\n')
    return 2
  }
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'paymux-demo-'))
  const gateways = await startGateways()
  const agreed = new Map<string, boolean>()
  const toPay: string[] = []
  const killed = new Set<string>()

  const worldOf = (shop: ChildProcess): World => ({
    pay: payOnPage,
    forge: (market, about, genuine) => gatewayIn(gateways, market).forge(about, genuine),
    timePasses: (market) => gatewayIn(gateways, market).timePasses(),
    enter: async (addresses) => {
      for (const [market, address] of Object.entries(addresses)) gatewayIn(gateways, market).enter(address)
    },
    killAfterPayout: async (market) => {
      if (killed.has(market)) return
      killed.add(market)
      const executed = gatewayIn(gateways, market).keepPayoutAnswer()
      void executed.then(() => {
        print(`\n  ${market.padEnd(8)} the gateway executed the payout and does not answer: kill -9 of the shop, now`)
        shop.kill('SIGKILL')
      })
    },
    over: async (market, books, unpaid) => {
      agreed.set(market, agree(market, books, gatewayIn(gateways, market).record()))
      toPay.push(`${market}: ${unpaid}`)
    },
  })

  try {
    await runShop(
      {
        ...Object.assign({}, ...Object.values(gateways).map(({ variables }) => variables)),
        SHOP_PORT: String(port),
        SHOP_URL: `http://127.0.0.1:${port}`,
        LEDGER_FILE: join(folder, 'ledger.db'),
        LEDGER_KEY: randomBytes(32).toString('base64'),
        WEBHOOK_SECRET: randomBytes(32).toString('base64url'),
      },
      () => Object.keys(gateways).filter((market) => !agreed.has(market)),
      worldOf,
    )
    if (flags.includes('--keep')) await keepUp(gateways, toPay)
    return Object.keys(gateways).every((market) => agreed.get(market) === true) ? 0 : 1
  } finally {
    await Promise.all(Object.values(gateways).map(({ close }) => close()))
    await rm(folder, { recursive: true })
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: Error) => {
    process.stderr.write(`The demo failed: ${error.message}\n`)
    process.exitCode = 1
  },
)
