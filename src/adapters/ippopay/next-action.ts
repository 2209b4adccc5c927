import type { NextAction } from '../../core/index.js'

/** What the hosted page and the popup need of an account. All of it is safe for browsers. */
export interface Checkout {
  /** Origin of the hosted page: `https://pay.ippopay.com`. */
  readonly checkoutUrl: string
  /** The public key of the collections product. */
  readonly publicKey: string
}

// `@` and `!` stay as they are, as the official SDKs write them.
const segment = (id: string): string => encodeURIComponent(id).replace(/%40/g, '@')

/**
 * Sends the payer to the hosted page of an order, and from there to the order's `return_url`. The address is built, as
 * the official SDKs do: docs-api lost `payment_url` in 2022. Source: IppoPay, docs-api, Checkout.
 */
export const hostedPage = ({ checkoutUrl, publicKey }: Checkout, orderId: string): NextAction => ({
  type: 'redirect',
  url: `${checkoutUrl}/order/${segment(orderId)}?public_key=${encodeURIComponent(publicKey)}&redirect=true`,
})

/**
 * Opens the popup for an order: `new Ippopay(parameters).open()` once the script is loaded. What it posts to the page
 * (`success`, `failure`, `closed`) is not signed and proves nothing: read the payment. Source: IppoPay, docs-api, Checkout.
 */
export const popup = ({ publicKey }: Pick<Checkout, 'publicKey'>, orderId: string): NextAction => ({
  type: 'open_popup',
  script: 'https://js.ippopay.com/scripts/ippopay.v1.js',
  parameters: { order_id: orderId, public_key: publicKey },
})
