import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Adapter, omitUndefined, ownFields, type PaymentError, Secret, type Send } from '../../core/index.js'
import { createSend, type TransportOptions } from '../../transport/index.js'
import { capabilitiesOf } from './capabilities.js'
import { type Account, decodeAccount, type Keys } from './config.js'
import type { KeyPair } from './endpoints/request.js'
import { notification } from './notification.js'
import { createPayment, readPayment } from './payments.js'
import { createPayout, readPayout } from './payouts.js'
import { createRefund, readRefund } from './refunds.js'

/** What the configuration cannot say. */
export interface IppopayOptions {
  /** How requests are sent. Default: real connections, with the transport's own limits. */
  readonly transport?: TransportOptions
}

/** HTTP Basic: the public key is the user. docs-api puts both into the address, where logs would keep them. Source: IppoPay, docs-api, Authentication. */
const basic = ({ publicKey, secretKey }: Keys) => ({
  authorization: new Secret(`Basic ${Buffer.from(`${publicKey}:${secretKey.reveal()}`).toString('base64')}`),
})

const sendOf = (account: Account, options: TransportOptions | undefined): Send => {
  const auths: Partial<Record<KeyPair, ReturnType<typeof basic>>> = omitUndefined({
    collections: basic(account),
    payouts: account.payouts && basic(account.payouts),
  })
  const { account: name, apiUrl, proxy } = account
  const send = createSend({ account: name, bases: { api: apiUrl }, auths, proxy }, options)
  return (wire, ...rest) => send({ ...wire, path: `${account.pathPrefix}${wire.path}` }, ...rest)
}

const identityOf = ({ mode, apiUrl, checkoutUrl, pathPrefix, publicKey, payouts }: Account): Adapter['identity'] => ({
  adapter: 'ippopay',
  mode,
  apiUrl,
  checkoutUrl,
  pathPrefix,
  publicKey,
  ...omitUndefined({ 'payouts.publicKey': payouts?.publicKey }),
})

/**
 * The adapter of an IppoPay account. Gives `InvalidConfig`. It connects with the first request. IppoPay keeps no reference
 * of the merchant's: `merchantReference` stays in the ledger or, without one, in the merchant's own record.
 */
export const ippopay = (config: unknown, options: IppopayOptions = {}): E.Either<PaymentError, Adapter> =>
  pipe(
    decodeAccount(config),
    E.map((account) => ({
      contract: 1,
      account: account.account,
      identity: identityOf(account),
      gateway: 'IppoPay',
      capabilities: capabilitiesOf(account),
      send: sendOf(account, ownFields(options).transport),
      createPayment: createPayment(account),
      refund: createRefund(account),
      payout: createPayout(account),
      read: { payment: readPayment(account), refund: readRefund(account), payout: readPayout(account) },
      notification: notification(account.account),
    })),
  )
