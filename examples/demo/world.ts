import type { ChildProcess } from 'node:child_process'

/**
 * What is outside the shop: its payer, an attacker, time, and what kills the shop's process. The demo runs it in another process,
 * so that the shop's can be killed.
 */
export interface World {
  /** The payer opens the link and pays. */
  readonly pay: (link: string) => Promise<void>
  /** An attacker posts the notification that came about `genuine`, with the id of `about` put in. */
  readonly forge: (market: string, about: string, genuine: string) => Promise<void>
  readonly timePasses: (market: string) => Promise<void>
  /** The gateway executes the next payout and does not answer; then the shop is killed. Once only. */
  readonly killAfterPayout: (market: string) => Promise<void>
  /** The addresses that are entered at the gateways. */
  readonly enter: (addresses: Readonly<Record<string, string>>) => Promise<void>
  /** The shop's books when the day is over, and the link of the order that was not paid. */
  readonly over: (market: string, books: readonly string[], unpaid: string) => Promise<void>
}

type Request = {
  readonly [Name in keyof World]: { readonly id: number; readonly name: Name; readonly input: Parameters<World[Name]> }
}[keyof World]

/** The world as the shop's process sees it. */
export const worldOutside = (): World => {
  let requests = 0
  const answers = new Map<number, () => void>()
  process.on('message', (id: number) => {
    answers.get(id)?.()
    answers.delete(id)
  })
  const request =
    <Name extends keyof World>(name: Name) =>
    (...input: Parameters<World[Name]>): Promise<void> =>
      new Promise((answered) => {
        requests += 1
        answers.set(requests, answered)
        process.send?.({ id: requests, name, input })
      })
  return {
    pay: request('pay'),
    forge: request('forge'),
    timePasses: request('timePasses'),
    killAfterPayout: request('killAfterPayout'),
    enter: request('enter'),
    over: request('over'),
  }
}

const fulfil = (world: World, request: Request): Promise<void> => {
  switch (request.name) {
    case 'pay':
      return world.pay(...request.input)
    case 'forge':
      return world.forge(...request.input)
    case 'timePasses':
      return world.timePasses(...request.input)
    case 'killAfterPayout':
      return world.killAfterPayout(...request.input)
    case 'enter':
      return world.enter(...request.input)
    case 'over':
      return world.over(...request.input)
  }
}

/** Does what a shop's process requests. */
export const serve = (shop: ChildProcess, world: World, failed: (error: Error) => void): void => {
  shop.on('message', (request: Request) => {
    fulfil(world, request).then(() => {
      if (shop.connected) shop.send(request.id)
    }, failed)
  })
}
