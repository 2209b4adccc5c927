import type { IppoPayEmulator, PayopEmulator } from '../emulators/index.js'

/** A variable of `.env`. */
export interface Variable {
  readonly name: string
  /** What stands in `.env.example`. Empty: the merchant fills it in. */
  readonly example: string
  /** Where it comes from. */
  readonly comment: string
  /** For payouts only. */
  readonly payouts?: true
}

/** How `init` sets up an account of a gateway. */
export interface Setup {
  /** What the account is called in prompts. */
  readonly title: string
  /** The configuration of the account. Credentials are references to variables. */
  readonly account: Readonly<Record<string, unknown>>
  /** What the configuration has beside that for payouts. */
  readonly payouts: Readonly<Record<string, unknown>>
  readonly variables: readonly Variable[]
  /** The packages that payouts need. */
  readonly payoutPackages: readonly string[]
}

/** What a configuration says in place of a variable of the environment. */
export const from = (variable: string): string => `\${${variable}}`

/** The gateways that `init` knows, by the names of their adapters. */
export const setups = {
  payop: {
    title: 'Payop',
    account: {
      adapter: 'payop',
      apiUrl: from('PAYOP_API_URL'),
      checkoutUrl: from('PAYOP_CHECKOUT_URL'),
      publicKey: from('PAYOP_PUBLIC_KEY'),
      secretKey: from('PAYOP_SECRET_KEY'),
      token: from('PAYOP_TOKEN'),
    },
    payouts: { certificate: from('PAYOP_CERTIFICATE') },
    variables: [
      {
        name: 'PAYOP_API_URL',
        example: 'https://api.payop.com',
        comment: 'Payop. `paymux emulators --env .env` puts the emulator here',
      },
      { name: 'PAYOP_CHECKOUT_URL', example: 'https://checkout.payop.com', comment: '' },
      { name: 'PAYOP_PUBLIC_KEY', example: '', comment: 'Dashboard, Projects, Details: application-…' },
      { name: 'PAYOP_SECRET_KEY', example: '', comment: '' },
      { name: 'PAYOP_TOKEN', example: '', comment: 'Dashboard: the JWT, without Bearer' },
      {
        name: 'PAYOP_CERTIFICATE',
        example: '',
        comment: 'Dashboard, Settings, Certificates: x25519.pub',
        payouts: true,
      },
    ],
    payoutPackages: ['libsodium-wrappers'],
  },
  ippopay: {
    title: 'IppoPay',
    account: {
      adapter: 'ippopay',
      mode: 'live',
      apiUrl: from('IPPOPAY_API_URL'),
      checkoutUrl: from('IPPOPAY_CHECKOUT_URL'),
      publicKey: from('IPPOPAY_PUBLIC_KEY'),
      secretKey: from('IPPOPAY_SECRET_KEY'),
    },
    payouts: {
      payouts: { publicKey: from('IPPOPAY_PAYOUTS_PUBLIC_KEY'), secretKey: from('IPPOPAY_PAYOUTS_SECRET_KEY') },
    },
    variables: [
      {
        name: 'IPPOPAY_API_URL',
        example: 'https://api.ippopay.com',
        comment: 'IppoPay. `paymux emulators --env .env` puts the emulator here',
      },
      { name: 'IPPOPAY_CHECKOUT_URL', example: 'https://pay.ippopay.com', comment: '' },
      { name: 'IPPOPAY_PUBLIC_KEY', example: '', comment: 'https://app.ippopay.com/settings/api: pk_live_…' },
      { name: 'IPPOPAY_SECRET_KEY', example: '', comment: '' },
      { name: 'IPPOPAY_PAYOUTS_PUBLIC_KEY', example: '', comment: 'The payout dashboard', payouts: true },
      { name: 'IPPOPAY_PAYOUTS_SECRET_KEY', example: '', comment: '', payouts: true },
    ],
    payoutPackages: [],
  },
} as const satisfies Readonly<Record<string, Setup>>

/** A gateway that `init` knows. */
export type Gateway = keyof typeof setups

/** Every gateway that `init` knows. */
export const gatewayNames = Object.keys(setups) as readonly Gateway[]

/** The variables of {@link setups} with what leads to running emulators. */
export const emulatorVariables = (
  payop: PayopEmulator,
  ippopay: IppoPayEmulator,
): Readonly<Record<string, string>> => ({
  PAYOP_API_URL: payop.apiUrl,
  PAYOP_CHECKOUT_URL: payop.checkoutUrl,
  PAYOP_PUBLIC_KEY: payop.credentials.publicKey,
  PAYOP_SECRET_KEY: payop.credentials.secretKey,
  PAYOP_TOKEN: payop.credentials.token,
  PAYOP_CERTIFICATE: payop.credentials.certificate,
  IPPOPAY_API_URL: ippopay.apiUrl,
  IPPOPAY_CHECKOUT_URL: ippopay.checkoutUrl,
  IPPOPAY_PUBLIC_KEY: ippopay.credentials.publicKey,
  IPPOPAY_SECRET_KEY: ippopay.credentials.secretKey,
  IPPOPAY_PAYOUTS_PUBLIC_KEY: ippopay.credentials.payouts.publicKey,
  IPPOPAY_PAYOUTS_SECRET_KEY: ippopay.credentials.payouts.secretKey,
})

/** Where the server that `init` writes takes notifications in, on the machine of a developer. */
export const LOCAL_PUBLIC_URL = 'http://127.0.0.1:3000/paymux'
