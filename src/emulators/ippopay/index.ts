export type { Behaviour as IppoPayBehaviour } from './behaviour.js'
export type { Credentials as IppoPayCredentials } from './credentials.js'
export { type IppoPayEmulator, startIppoPayEmulator } from './emulator.js'
export type { IppoPayEmulatorOptions } from './options.js'
export type {
  Beneficiary as IppoPayBeneficiary,
  Order as IppoPayOrder,
  Refund as IppoPayRefund,
  Transaction as IppoPayTransaction,
  Transfer as IppoPayTransfer,
} from './records.js'
