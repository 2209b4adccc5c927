import {
  type IppoPayEmulator,
  type IppoPayEmulatorOptions,
  type PayopEmulator,
  type PayopEmulatorOptions,
  startIppoPayEmulator,
  startPayopEmulator,
} from '../../../src/emulators/index.js'

/** Both emulators. */
export interface Gateways {
  readonly payop: PayopEmulator
  readonly ippopay: IppoPayEmulator
  readonly close: () => Promise<void>
}

interface GatewayOptions {
  readonly payop?: PayopEmulatorOptions
  readonly ippopay?: IppoPayEmulatorOptions
}

/** Starts both emulators, with more money in their wallets than any proof pays out. */
export const startGateways = async (options: GatewayOptions = {}): Promise<Gateways> => {
  const [payop, ippopay] = await Promise.all([
    startPayopEmulator(options.payop),
    startIppoPayEmulator({ balancePaise: 10 ** 12, ...options.ippopay }),
  ])
  payop.setBalance('EUR', 10 ** 9)
  return {
    payop,
    ippopay,
    close: async () => {
      await Promise.all([payop.close(), ippopay.close()])
    },
  }
}

/** The accounts of both, as they stand in a configuration. */
export const accountsOf = ({ payop, ippopay }: Gateways) => ({
  payop: { adapter: 'payop', apiUrl: payop.apiUrl, checkoutUrl: payop.checkoutUrl, ...payop.credentials },
  ippopay: { adapter: 'ippopay', apiUrl: ippopay.apiUrl, checkoutUrl: ippopay.checkoutUrl, ...ippopay.credentials },
})
