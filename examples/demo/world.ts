import type { ChildProcess } from 'node:child_process'

/**
 * What the shop meets outside: its payer, a stranger, time, and its own death. The demo plays them in another process, so
 * that the shop's can be killed.
 */
export interface World {
  /** Somebody opens the link and pays. */
  readonly pay: (link: string) => Promise<void>
  /** A stranger posts the notification that came about `genuine`, with the name of `about` put in. */
  readonly forge: (market: string, about: string, genuine: string) => Promise<void>
  readonly timePasses: (market: string) => Promise<void>
  /** The gateway will execute the next payout and keep its answer back; then the shop is killed. Once only. */
  readonly killAfterPayout: (market: string) => Promise<void>
  /** The addresses that are entered at the gateways. */
  readonly enter: (addresses: Readonly<Record<string, string>>) => Promise<void>
  /** The shop's books when the day is over, and the link of the order that nobody paid. */
  readonly over: (market: string, books: readonly string[], unpaid: string) => Promise<void>
}

type Wish = {
  readonly [Name in keyof World]: { readonly id: number; readonly name: Name; readonly given: Parameters<World[Name]> }
}[keyof World]

/** The world as the shop's process sees it. */
export const worldOutside = (): World => {
  let asked = 0
  const answers = new Map<number, () => void>()
  process.on('message', (id: number) => {
    answers.get(id)?.()
    answers.delete(id)
  })
  const ask =
    <Name extends keyof World>(name: Name) =>
    (...given: Parameters<World[Name]>): Promise<void> =>
      new Promise((answered) => {
        asked += 1
        answers.set(asked, answered)
        process.send?.({ id: asked, name, given })
      })
  return {
    pay: ask('pay'),
    forge: ask('forge'),
    timePasses: ask('timePasses'),
    killAfterPayout: ask('killAfterPayout'),
    enter: ask('enter'),
    over: ask('over'),
  }
}

const granted = (world: World, wish: Wish): Promise<void> => {
  switch (wish.name) {
    case 'pay':
      return world.pay(...wish.given)
    case 'forge':
      return world.forge(...wish.given)
    case 'timePasses':
      return world.timePasses(...wish.given)
    case 'killAfterPayout':
      return world.killAfterPayout(...wish.given)
    case 'enter':
      return world.enter(...wish.given)
    case 'over':
      return world.over(...wish.given)
  }
}

/** Grants what a shop's process asks for. */
export const grant = (shop: ChildProcess, world: World, failed: (error: Error) => void): void => {
  shop.on('message', (wish: Wish) => {
    granted(world, wish).then(() => {
      if (shop.connected) shop.send(wish.id)
    }, failed)
  })
}
