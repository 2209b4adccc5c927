import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openStage, type Stage } from '../paymux/stage.js'

/** What the program answers, parsed from its JSON. */
export interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** The program `plain-shop.mjs` in a folder that has paymux installed. */
export interface PlainShop {
  /** Posts JSON to one of its paths. */
  readonly post: (path: '/payments' | '/payouts' | '/status', body: unknown) => Promise<Answered>
  /** Waits for the message that an order was paid out. */
  readonly untilPaidOut: (order: string) => Promise<void>
  /** Ends it at once, as a crash would. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<number | null>
}

/** What the shop sells. Each supplier's invoice is paid out at the gateway of its currency. */
export const orders = { 'INV-1': { supplier: 'pat' }, 'INV-2': { supplier: 'asha' } } as const

/** A folder of the consumer with the program, its configuration and its orders, beside both emulators. */
export const openPlainShop = async (folder: string): Promise<Stage & { readonly orders: () => unknown }> => {
  const stage = await openStage()
  const config = JSON.parse(readFileSync(resolve('examples/configurations/two-accounts.json'), 'utf8'))
  const routes = [
    { when: { currency: ['INR'] }, to: ['india'] },
    { when: { currency: ['EUR'] }, to: ['europe'] },
  ]
  writeFileSync(join(folder, 'paymux.config.json'), JSON.stringify({ ...config, routes }))
  writeFileSync(join(folder, 'orders.json'), JSON.stringify(orders))
  copyFileSync(join(__dirname, 'plain-shop.mjs'), join(folder, 'plain-shop.mjs'))
  return { ...stage, orders: () => JSON.parse(readFileSync(join(folder, 'orders.json'), 'utf8')) }
}

const messageOf = <A>(child: ChildProcess, read: (message: Readonly<Record<string, unknown>>) => A | undefined) =>
  new Promise<A>((received, failed) => {
    const onExit = (code: number | null) => failed(new Error(`the shop ended with code ${code}`))
    child.once('exit', onExit)
    child.on('message', (message) => {
      const value = read(Object(message))
      if (value === undefined) return
      child.off('exit', onExit)
      received(value)
    })
  })

/** Starts the program. `aheadMs` puts its clock forward. */
export const startPlainShop = async (
  folder: string,
  env: Readonly<Record<string, string>>,
  aheadMs: number,
): Promise<PlainShop> => {
  const child = fork(join(folder, 'plain-shop.mjs'), {
    cwd: folder,
    execArgv: [],
    env: { PATH: process.env.PATH, ...env, CLOCK_AHEAD_MS: String(aheadMs) },
  })
  const paidOut: string[] = []
  child.on('message', (message) => {
    const { paidOut: order } = Object(message)
    if (order !== undefined) paidOut.push(order)
  })
  const port = await messageOf(child, ({ port }) => port)
  const exited = once(child, 'exit')
  return {
    post: async (path, body) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify(body) })
      return { status: response.status, body: JSON.parse(await response.text()) }
    },
    untilPaidOut: async (order) => {
      if (!paidOut.includes(order)) await messageOf(child, (message) => (message.paidOut === order ? true : undefined))
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: async () => {
      child.send('stop')
      const [code] = await exited
      return code
    },
  }
}
