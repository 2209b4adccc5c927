import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Adapter, ownFields, type PaymentError, Secret } from '../../core/index.js'
import { createSend, type TransportOptions } from '../../transport/index.js'
import { capabilitiesOf, flows } from './capabilities.js'
import { type Account, decodeAccount } from './config.js'
import { listPayouts, listRefunds } from './list.js'
import { notification, notificationSources } from './notification.js'
import { createPayment } from './payments.js'
import { createPayout, readPayout } from './payouts.js'
import { readPayment } from './read-payment.js'
import { createRefund, readRefund } from './refunds.js'
import { type Seal, seal } from './seal.js'

/** What can be replaced in an adapter, mostly by tests. */
export interface PayopOptions {
  /** How requests are sent. Default: the defaults of `TransportOptions`. */
  readonly transport?: TransportOptions
  /** Seals payouts. Default: libsodium-wrappers, an optional peer that is loaded when it is first used. */
  readonly seal?: Seal
}

const authsOf = ({ token }: Account): Readonly<Record<string, Readonly<Record<string, Secret>>>> => ({
  none: {},
  ...(token === undefined ? {} : { token: { authorization: new Secret(`Bearer ${token.reveal()}`) } }),
})

const identityOf = ({ apiUrl, checkoutUrl, publicKey, projectId }: Account): Adapter['identity'] => ({
  adapter: 'payop',
  apiUrl,
  checkoutUrl,
  publicKey,
  projectId,
})

/** An adapter over a checked account. */
export const adapterOf = (account: Account, options: PayopOptions): Adapter => ({
  contract: 1,
  account: account.account,
  identity: identityOf(account),
  gateway: 'Payop',
  capabilities: capabilitiesOf(account, flows),
  send: createSend(
    { account: account.account, bases: { api: account.apiUrl }, auths: authsOf(account), proxy: account.proxy },
    options.transport,
  ),
  createPayment: createPayment(account, flows),
  refund: createRefund(account),
  payout: createPayout(account, options.seal ?? seal),
  read: { payment: readPayment(account), refund: readRefund(account), payout: readPayout(account) },
  notification: notification(account),
  notificationSources,
  // Payop lists neither invoices nor, by period, transactions; it lists refunds and withdrawals with a token only.
  ...(account.token === undefined ? {} : { list: { refund: listRefunds(account), payout: listPayouts(account) } }),
})

/**
 * Makes the adapter of one Payop account from its configuration, a `PayopConfig`. It keeps no record: after `Indeterminate`,
 * read the object before you repeat the call. Gives `InvalidConfig`, which names paths and prints no value.
 */
export const payop = (config: unknown, options: PayopOptions = {}): E.Either<PaymentError, Adapter> =>
  pipe(
    decodeAccount(config),
    E.map((account) => adapterOf(account, ownFields(options))),
  )
