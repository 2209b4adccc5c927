import { fromDecimal, type MinorUnits } from './money.js'
import { isSecureUrl } from './network.js'

/** What the payer, or the merchant's page, has to do next. It is data: paymux renders nothing. */
export type NextAction =
  /** Send the payer's browser there with GET. */
  | {
      readonly type: 'redirect'
      /** The address. */
      readonly url: string
    }
  /** Let the payer's browser submit this form by itself. Escape names and values when rendering. */
  | {
      readonly type: 'submit_form'
      /** The address. */
      readonly url: string
      /** The fields of the form, by name. */
      readonly fields: Readonly<Record<string, string>>
    }
  /** Hand this `upi://` link to the payer's phone. */
  | {
      readonly type: 'open_intent'
      /** The address. */
      readonly url: string
    }
  /** Load the gateway's script and open its popup with these parameters. They are safe for a browser. */
  | {
      readonly type: 'open_popup'
      /** The address of the gateway's script. */
      readonly script: string
      /** The parameters of the popup, by name. */
      readonly parameters: Readonly<Record<string, string>>
    }
  /** There is nothing to show yet: read the payment again after this many milliseconds. */
  | {
      readonly type: 'wait_and_poll'
      /** How long to wait, in milliseconds. */
      readonly afterMs: number
    }

/**
 * Whether a payer's browser may be sent to an address: `https:` (`http:` for loopback addresses only), without user info,
 * which browsers show as if it were the host.
 */
export const isPayerUrl = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return isSecureUrl(url) && url.username === '' && url.password === ''
}

/** What a UPI link asks the payer to pay. */
export interface UpiLink {
  /** The amount, if the link fixes one. */
  readonly amount?: MinorUnits
}

const payee = /^[\w.-]{2,256}@[A-Za-z][A-Za-z0-9.-]{1,64}$/

/**
 * Reads a link `upi://pay?pa=…`. `undefined` if it is another link, has a parameter twice, names no payee, or fixes an amount
 * that cannot be paid or another currency than INR. Source: NPCI, UPI Linking Specification.
 */
export const readUpiLink = (link: string): UpiLink | undefined => {
  const query = /^upi:\/\/pay\/?\?([^\p{Cc}]+)$/iu.exec(link)?.[1]
  if (query === undefined) return undefined
  const parameters = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (parameters.has(name.toLowerCase())) return undefined
    parameters.set(name.toLowerCase(), value)
  }
  if (!payee.test(parameters.get('pa') ?? '') || (parameters.get('cu') ?? 'INR') !== 'INR') return undefined
  const am = parameters.get('am')
  if (am === undefined || am === '') return {}
  const amount = fromDecimal(am, 'INR')
  return amount !== undefined && amount.minorUnits > 0n ? { amount } : undefined
}

/** Whether a next action may be handed out. */
export const isSafeAction = (action: NextAction): boolean => {
  switch (action.type) {
    case 'redirect':
    case 'submit_form':
      return isPayerUrl(action.url)
    case 'open_popup':
      return isPayerUrl(action.script)
    case 'open_intent':
      return readUpiLink(action.url) !== undefined
    case 'wait_and_poll':
      return true
  }
}
