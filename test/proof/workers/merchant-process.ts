import './wrong-clock.js'
import { randomUUID } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ippopay } from '../../../src/adapters/ippopay/index.js'
import { payop } from '../../../src/adapters/payop/index.js'
import {
  type Adapter,
  type Catalog,
  fromMoney,
  type Kind,
  omitUndefined,
  type PaymentError,
  type Result,
  refused,
} from '../../../src/core/index.js'
import { type Paymux, type PaymuxConfig, type PaymuxEvent, paymux } from '../../../src/paymux/index.js'
import type { TransportOptions } from '../../../src/transport/index.js'
import type { Ask, CallResult, Message, Order, Settings } from './messages.js'

/** A process of a merchant's: calls what it is told to call, and is killed at will. */

const settings = JSON.parse(process.env.MERCHANT ?? '{}') as Settings

const say = (message: Message): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve())
  })

const limits = { firstByteMs: settings.patienceMs, wholeMs: settings.patienceMs }

const transport: TransportOptions = {
  readLimits: limits,
  writeLimits: limits,
  sleep: (ms) => delay(Math.min(ms, 10)),
}

/** Believes that a repeat is always told by its key, and gives each send another one. Under that key, a poll finds nothing. */
const withNewKeys = (adapter: Adapter): Adapter => {
  const { capabilities } = adapter
  const { payout } = capabilities
  return {
    ...adapter,
    capabilities: {
      ...capabilities,
      payout: payout.supported
        ? { ...payout, deduplication: { kind: 'replays', windowMs: 24 * 60 * 60_000, proven: true } }
        : payout,
    },
    read: {
      ...adapter.read,
      payout: (reference, call) =>
        'id' in reference ? adapter.read.payout(reference, call) : TE.left(refused('not_found', 404)),
    },
    send: (wire, hook) =>
      adapter.send(
        'idempotency-key' in wire.headers
          ? { ...wire, headers: { ...wire.headers, 'idempotency-key': randomUUID() } }
          : wire,
        hook,
      ),
  }
}

const seeded = (adapter: Adapter): Adapter => (settings.newKeyOnRecovery ? withNewKeys(adapter) : adapter)

const catalog: Catalog = {
  payop: async () => (config) => E.map(seeded)(payop(config, { transport })),
  ippopay: async () => (config) => E.map(seeded)(ippopay(config, { transport })),
}

const callResultOf = (result: E.Either<PaymentError, Result<Kind>>): CallResult => {
  if (E.isLeft(result)) {
    const { _tag: tag, outcome, retry } = result.left
    const code = 'code' in result.left ? result.left.code : undefined
    return { ok: false, tag, outcome, retry, ...omitUndefined({ code }) }
  }
  const { reference, status, replayed = false, nextAction, amount } = result.right
  return {
    ok: true,
    status,
    replayed,
    ...('id' in reference ? { id: reference.id } : {}),
    // A payer who only waits was handed nothing to pay at, and may be sent somewhere later.
    ...(nextAction === undefined || nextAction.type === 'wait_and_poll' ? {} : { link: JSON.stringify(nextAction) }),
    ...omitUndefined({ amount: amount === undefined ? undefined : fromMoney(amount)?.minorUnits }),
  }
}

const called = (provider: Paymux, ask: Ask): TE.TaskEither<PaymentError, Result<Kind>> => {
  switch (ask.operation) {
    case 'createPayment':
      return provider.createPayment(ask.request)
    case 'refund':
      return provider.refund(ask.request)
    case 'payout':
      return provider.payout(ask.request)
  }
}

/** What ends the waiting for each event that was told. */
const untold = new Map<number, () => void>()
let events = 0

/** Tells of an event, and waits until it was heard: what is said in several processes arrives in any order. */
const tell = ({ subject, sequence, type }: PaymuxEvent): Promise<void> =>
  new Promise((resolve) => {
    events += 1
    untold.set(events, resolve)
    void say({ says: 'event', event: events, subject, sequence, type })
  })

const follow = async (provider: Paymux, message: Order): Promise<void> => {
  const { order } = message
  switch (message.what) {
    case 'begin':
      return
    case 'ask':
      return say({
        says: 'result',
        order,
        operation: message.operation,
        result: callResultOf(await called(provider, message)()),
      })
    case 'resolve': {
      const resolved = await provider.resolve(message.operationId, message.resolution)()
      return say({ says: 'resolved', order, ...(E.isLeft(resolved) ? { problem: resolved.left.message } : {}) })
    }
    case 'unresolved': {
      const unresolved = await provider.listUnresolved(10_000)()
      return say({ says: 'unresolved', order, ids: E.isLeft(unresolved) ? [] : unresolved.right.map(({ id }) => id) })
    }
    case 'copy':
      await copyFile(message.from, message.to)
      return say({ says: 'copied', order })
    case 'heard':
      untold.get(message.event)?.()
      untold.delete(message.event)
  }
}

const run = async <A>(task: TE.TaskEither<PaymentError, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

const begin = async (): Promise<void> => {
  const provider = await run(
    paymux(settings.config as PaymuxConfig, {
      catalog,
      waitMs: settings.waitMs,
      readsPerSecond: 10_000,
      // A clock that is wrong is paymux's measure of time, too.
      ...(settings.clockAheadMs === undefined ? {} : { clock: Date.now }),
    }),
  )
  await run(provider.subscribe('proof', tell))
  process.on('message', (order: Order) => void follow(provider, order))
  process.once('SIGTERM', () => {
    void provider
      .stop()()
      .then(() => process.disconnect())
  })
  if (settings.works) await run(provider.start())
  await say({ says: 'ready' })
}

process.once('message', () => void begin())
