import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { invalidConfig, invalidRequest, omitUndefined, type PaymentError } from '../core/index.js'
import type { Store } from '../ledger/index.js'
import { answering, createWebhooks, reportDecision, type Webhooks } from '../webhooks/index.js'
import type { PaymuxOptions } from './options.js'
import type { Setup } from './setup.js'

/** Takes notifications in, for the accounts of one configuration. */
export interface NotificationReceiver {
  readonly handle: Webhooks['handle']
  /** Errors: `InvalidConfig` if the configuration has no webhooks, `InvalidRequest` for an account that it does not have. */
  readonly address: (account: string) => E.Either<PaymentError, string>
  /** Absent without webhooks. */
  readonly attemptAddress?: Webhooks['attemptAddress']
  readonly stop: Webhooks['stop']
}

/** What of {@link PaymuxOptions} receivers work with. */
export interface ReceiverOptions extends Pick<PaymuxOptions, 'onNotification' | 'webhookLimits'> {
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Without webhooks every notification is answered 503, so that the gateway sends it again. */
const rejectingReceiver = ({ onNotification = () => undefined }: ReceiverOptions): NotificationReceiver => ({
  handle: () =>
    answering(
      async () => ({ reason: 'not_configured' }),
      (decision) => reportDecision(onNotification, decision),
    ),
  address: () => E.left(invalidConfig([{ path: 'webhooks', expected: 'publicUrl and secret' }])),
  stop: async () => undefined,
})

/** The receiver of a setup. Errors: `InvalidConfig` if its webhooks cannot be used. */
export const createReceiver = (
  { configuration, adapters }: Setup,
  store: Store,
  options: ReceiverOptions,
): E.Either<PaymentError, NotificationReceiver> =>
  configuration.webhooks === undefined
    ? E.right(rejectingReceiver(options))
    : pipe(
        createWebhooks({
          settings: configuration.webhooks,
          store,
          adapters: (account) => adapters.get(account),
          now: options.now,
          ...omitUndefined({ limits: options.webhookLimits, onNotification: options.onNotification }),
        }),
        E.map((webhooks) => ({
          ...webhooks,
          address: (account) =>
            adapters.has(account)
              ? E.right(webhooks.address(account))
              : E.left(invalidRequest([{ path: 'account', expected: 'an account of the configuration' }])),
        })),
      )
