import * as E from 'fp-ts/lib/Either.js'
import { type Adapter, invalidRequest, isObject, type PaymentError, parseJson } from '../../core/index.js'
import { Id, Plain } from './wire.js'

// TEMPLATE: say which object a notification names, and nothing more. If the gateway signs its notifications, check the signature
// first, over the bytes of `body`, and give `InvalidRequest` for a wrong one.

const notUnderstood: E.Either<PaymentError, never> = E.left(
  invalidRequest([{ path: 'body', expected: 'a notification that names a payment' }]),
)

/** The payment that a notification names: a reason to read it. Source: Acme's API, Notifications. */
export const notification =
  (account: string): Adapter['notification'] =>
  ({ body }) => {
    const json = parseJson(body)
    const payment = isObject(json) ? json.payment : undefined
    if (!isObject(payment) || !Id.is(payment.id)) return notUnderstood
    return E.right({
      reference: { kind: 'payment', account, id: payment.id },
      reported: Plain.is(payment.status) ? { payment: payment.status } : {},
    })
  }
