import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { moments, omitUndefined, type PaymentError } from '../core/index.js'
import { type Clock, openStoreClock, type Store } from '../ledger/index.js'
import { createOrchestrator, type Orchestrator, type Subscriber } from '../orchestrator/index.js'
import { watchBackground } from './background.js'
import { checkOptions } from './check-arguments.js'
import { createFacade, type Paymux } from './facade.js'
import { createQueue } from './in-flight.js'
import { createJobRunner } from './jobs.js'
import { createLifecycle } from './lifecycle.js'
import type { PaymuxOptions } from './options.js'
import type { ReceiverOptions } from './receiver.js'
import { swap } from './reload.js'
import { type Active, activate, createRunning, type Running } from './running.js'
import { enterAccounts, inFile, openStore, readSetup } from './setup.js'
import { tick } from './tick.js'

const orchestratorOf = ({ context, active, health }: Running, waitMs: number): Orchestrator =>
  createOrchestrator(
    context,
    () => ({
      routes: active().setup.configuration.routes,
      capabilities: (account) => context.adapter(account)?.capabilities,
      share: health.share,
    }),
    waitMs,
  )

// Between two answers of the store, time is what has passed: the machine's clock may be put forward or back.
const monotone: Clock = () => performance.timeOrigin + performance.now()

const receiverOptions = (now: Clock, { onNotification, webhookLimits }: PaymuxOptions): ReceiverOptions => ({
  now,
  ...omitUndefined({ onNotification, webhookLimits }),
})

/** Joins the parts over an open store. */
const join = (first: Active, store: Store, clock: Clock, options: PaymuxOptions): Paymux => {
  const { waitMs = 0, concurrency = 16, readsPerSecond = 20 } = options
  const { onDeliveryFailure, onBackgroundFailure } = options
  const running = createRunning(first, store, clock, options.readOnly === true)
  const subscribers = new Map<string, Subscriber>()
  const delivery = { store, now: clock, subscribers, ...omitUndefined({ failed: onDeliveryFailure }) }
  const reloads = createQueue()
  const shop: Paymux = createFacade({
    running,
    lifecycle: createLifecycle(running, {
      runJob: createJobRunner(running.context, delivery),
      concurrency,
      readsPerSecond,
      reloads,
      watch: watchBackground(clock, onBackgroundFailure),
      health: () => shop.health()(),
    }),
    orchestrator: orchestratorOf(running, waitMs),
    subscribers,
    clock: options.clock ?? Date.now,
    tick: (maxMs) => tick({ running, delivery, concurrency, readsPerSecond, env: options.env ?? process.env }, maxMs),
    reload: (config) =>
      reloads.queued(
        pipe(
          readSetup(config, options.env ?? process.env, options.catalog),
          TE.flatMap((setup) => activate(setup, store, receiverOptions(clock, options))),
          TE.flatMap((next) => swap(running, next)),
          TE.tapIO(() => () => moments.lifecycle.publish(() => ({ what: 'reloaded' }))),
        ),
      ),
  })
  return shop
}

/** Opens the ledger and joins it with what the configuration names. Errors: `InvalidConfig`; `Unreachable` if the store does not answer. */
export const assemble = (config: unknown, input: PaymuxOptions): TE.TaskEither<PaymentError, Paymux> =>
  pipe(
    TE.fromIOEither(() => checkOptions(input)),
    TE.bindTo('options'),
    TE.bind('setup', ({ options }) => readSetup(config, options.env ?? process.env, options.catalog)),
    TE.bind('store', ({ options, setup }) =>
      pipe(openStore(setup.configuration, options), TE.mapError(inFile(config))),
    ),
    TE.flatMap(({ options, setup, store }) =>
      pipe(
        options.readOnly === true ? TE.right(undefined) : enterAccounts(store, setup.adapters),
        TE.flatMap(() => openStoreClock(store, options.clock ?? monotone)),
        TE.bindTo('clock'),
        TE.bind('first', ({ clock }) => activate(setup, store, receiverOptions(clock, options))),
        TE.map(({ first, clock }) => join(first, store, clock, options)),
        TE.tapError(() => TE.fromTask(store.close)),
      ),
    ),
  )
