import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Adapter, ownFields, type PaymentError, Secret } from '../../core/index.js'
import { createSend, type TransportOptions } from '../../transport/index.js'
import { capabilities } from './capabilities.js'
import { type Account, decodeAccount } from './config.js'
import { notification } from './notification.js'
import { createPayment, readPayment } from './payments.js'
import { createPayout, readPayout } from './payouts.js'
import { createRefund, readRefund } from './refunds.js'

/** What the configuration cannot say. */
export interface AcmeOptions {
  /** How requests are sent. Default: real connections, with the transport's own limits. */
  readonly transport?: TransportOptions
}

/** HTTP Basic: the merchant's id is the user. Source: Acme's API, Authentication. */
const basic = ({ merchantId, secretKey }: Account) => ({
  authorization: new Secret(`Basic ${Buffer.from(`${merchantId}:${secretKey.reveal()}`).toString('base64')}`),
})

// TEMPLATE: who the account is, without a secret: what stays when keys are replaced.
const identityOf = ({ apiUrl, merchantId }: Account): Adapter['identity'] => ({ adapter: 'acme', apiUrl, merchantId })

/** The adapter of an Acme account. Gives `InvalidConfig`. It connects with the first request. */
export const acme = (config: unknown, options: AcmeOptions = {}): E.Either<PaymentError, Adapter> =>
  pipe(
    decodeAccount(config),
    E.map((account) => ({
      contract: 1,
      account: account.account,
      identity: identityOf(account),
      gateway: 'Acme',
      capabilities,
      send: createSend(
        {
          account: account.account,
          bases: { api: account.apiUrl },
          auths: { basic: basic(account) },
          proxy: account.proxy,
        },
        ownFields(options).transport,
      ),
      createPayment: createPayment(account),
      refund: createRefund(account),
      payout: createPayout(account),
      read: { payment: readPayment, refund: readRefund, payout: readPayout },
      notification: notification(account.account),
    })),
  )
