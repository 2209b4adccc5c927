import { once } from 'node:events'
import { createAdapter, type Money, promised, run, stateless, toDecimal } from 'paymux'
import { type EmulatedGateway, startGateways } from './gateways.js'
import { type Books, trade, type World } from './merchant.js'
import { payOnPage } from './payer.js'
import { type Receiver, startReceiver } from './receiver.js'
import { type AccountSettings, type Price, readSettings } from './settings.js'
import { timelineOf } from './timeline.js'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const idOf = (reference: object): string => {
  if ('id' in reference && typeof reference.id === 'string') return reference.id
  throw new Error('this payment has no id')
}

const worldOf = (account: string, gateway: EmulatedGateway, receiver: Receiver): World => ({
  payAsPayer: payOnPage,
  notified: async (payment) => {
    await receiver.received(idOf(payment))
  },
  forgeNotification: async (about, genuine) => {
    const { headers, body } = await receiver.received(idOf(genuine))
    const { 'content-type': type = 'application/json' } = headers
    const forged = body.replaceAll(idOf(genuine), idOf(about))
    const answer = await fetch(`${receiver.url}/${account}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: forged,
    })
    if (answer.status !== 200) throw new Error('the forged notification was not read back')
  },
  timePasses: gateway.timePasses,
  losePayoutAnswer: gateway.losePayoutAnswer,
})

const priceOf = (amount: Money | undefined, asked: Price): string =>
  amount === undefined ? `${asked.amount} ${asked.currency}` : `${toDecimal(amount)} ${amount.currency}`

/** The shop's books in the form of a gateway's record. Where a gateway tells no amount, what was asked for is compared. */
const linesOf = ({ payment, unpaid, refund, payouts }: Books, { sale, refund: back, payout }: AccountSettings) => [
  ...[payment, unpaid].map(({ status, amount }) => `payment ${status} ${priceOf(amount, sale)}`),
  `refund ${refund.status} ${priceOf(refund.amount, back)}`,
  ...payouts.map(({ status, amount }) => `payout ${status} ${priceOf(amount, payout.amount)}`),
]

/** Compares the books with the gateway's own record, both ways; `true` where they agree. */
const agree = (account: string, books: readonly string[], record: readonly string[]): boolean => {
  const [ours, theirs] = [[...books].sort(), [...record].sort()]
  const same = ours.join('\n') === theirs.join('\n')
  print(
    same
      ? `  ${account.padEnd(8)} all ${ours.length} agree with the gateway's own record\n`
      : `  ${account.padEnd(8)} DIFFERS\n    books:   ${ours.join(', ')}\n    gateway: ${theirs.join(', ')}\n`,
  )
  return same
}

const runAccount = async (settings: AccountSettings, gateway: EmulatedGateway, receiver: Receiver) => {
  const { account, adapter: name } = settings.provider
  print(`${account} (${name})`)
  const adapter = await run(createAdapter(settings.provider))
  const provider = promised(stateless(adapter))
  receiver.serve(account, adapter, provider)
  const books = await trade(provider, settings, worldOf(account, gateway, receiver), timelineOf(account, print))
  const { nextAction } = books.unpaid
  return {
    agreed: agree(account, linesOf(books, settings), gateway.record()),
    toPay: `${account}: ${nextAction?.type === 'redirect' ? nextAction.url : 'nothing to open'}`,
  }
}

const keepUp = async (gateways: Readonly<Record<string, EmulatedGateway>>, toPay: readonly string[]): Promise<void> => {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  print(`Payments that wait for a payer; open one in a browser:\n${toPay.join('\n')}\n`)
  for (const [name, { variables, pages, adminUrl }] of Object.entries(gateways))
    print(`${name}: pages at ${pages}, API at ${variables[`${name.toUpperCase()}_API_URL`]}, admin at ${adminUrl}`)
  print('Ctrl-C stops.')
  await stopped
}

const main = async (flags: readonly string[]): Promise<number> => {
  const unknown = flags.find((flag) => flag !== '--keep')
  if (unknown !== undefined) {
    process.stderr.write('Usage: npm run demo [-- --keep]\n')
    return 2
  }
  const receiver = await startReceiver()
  const gateways = await startGateways(receiver.url)
  try {
    const variables = Object.assign(
      { NOTIFICATIONS_URL: receiver.url },
      ...Object.values(gateways).map((gateway) => gateway.variables),
    )
    const ended = []
    for (const settings of await readSettings(new URL('paymux.config.json', import.meta.url), variables)) {
      const gateway = gateways[settings.provider.adapter]
      if (gateway === undefined) throw new Error('paymux.config.json names an adapter that has no emulator')
      ended.push(await runAccount(settings, gateway, receiver))
    }
    if (flags.includes('--keep'))
      await keepUp(
        gateways,
        ended.map(({ toPay }) => toPay),
      )
    return ended.every(({ agreed }) => agreed) ? 0 : 1
  } finally {
    receiver.close()
    await Promise.all(Object.values(gateways).map(({ close }) => close()))
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
