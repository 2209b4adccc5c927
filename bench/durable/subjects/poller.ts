import { monitorEventLoopDelay } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import type { Adapter } from '../../../src/core/index.js'
import { paymux } from '../../../src/paymux/promises.js'
import { fakeAdapter, fakeSocket } from '../../../test/core/fake-adapter.js'
import { readsAfter } from '../fake-reads.js'
import { addPayments } from '../seed.js'
import { serve, settings } from '../serve.js'
import { type Place, shopConfig } from '../shop.js'

/** A ledger full of payments that are due, and how long the gateway takes to answer, in milliseconds. */
export interface Sweep {
  readonly place: Place
  readonly payments: number
  readonly latency: number
}

/** What the process held when so much of the sweep was done, in bytes, after a garbage collection. */
export interface Mark {
  readonly share: number
  readonly rss: number
  readonly heap: number
}

const SHARES = [0.1, 0.5, 1]

const start = async (): Promise<void> => {
  const { place, payments, latency } = settings<Sweep>()
  const config = shopConfig(place, {
    main: { adapter: 'payop', publicKey: 'application-made-up', secretKey: 'made-up' },
  })
  await addPayments(config, { account: 'main', from: 0, count: payments, nextReadAt: Date.now() - 1000 })

  const marks: Mark[] = []
  let reads = 0
  let finish = (): void => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const onRead = (): void => {
    reads += 1
    const share = SHARES[marks.length]
    if (share === undefined || reads < share * payments) return
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    marks.push({ share, rss, heap: heapUsed })
    if (marks.length === SHARES.length) finish()
  }
  const fake = fakeAdapter(fakeSocket().send)
  const adapter: Adapter = {
    ...fake,
    read: { ...fake.read, payment: readsAfter(latency, onRead) },
  }
  const shop = await paymux(config, {
    catalog: { payop: async () => () => E.right(adapter) },
    readsPerSecond: 1_000_000_000,
  })
  serve({}, async () => {
    const loop = monitorEventLoopDelay({ resolution: 1 })
    loop.enable()
    const began = performance.now()
    await shop.start()
    await finished
    const wall = performance.now() - began
    loop.disable()
    await shop.stop()
    return { wall, reads, marks, delay: loop.percentile(99) / 1e6 }
  })
}

void start()
