/** The official client, which brings no types: https://www.npmjs.com/package/node-ippopay */
declare module 'node-ippopay' {
  /** The error is always null. No answer at all is an undefined body. */
  type Callback = (error: null, body: string | undefined) => void

  export default class Ippopay {
    constructor(keys: { readonly public_key: string; readonly secret_key: string })
    createOrder(order: object, callback: Callback): void
    orderTransactionDetails(order: { readonly orderId: string }, callback: Callback): void
  }
}
