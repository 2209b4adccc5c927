import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Adapter, Reference } from '../../src/core/index.js'

/** Reads of payments that are under way, answered after so many milliseconds. Nothing is sent. */
export const readsAfter =
  (latency: number, onRead: () => void = () => undefined): Adapter['read']['payment'] =>
  (reference: Reference<'payment'>) =>
  async () => {
    if (latency > 0) await delay(latency)
    onRead()
    return E.right({
      reference,
      status: 'processing',
      providerState: { invoice: '4' },
      amount: { minorUnits: 4990n, currency: 'EUR' },
      amountCheck: 'exact',
      disputed: false,
      review: [],
    })
  }
