export type {
  IppoPayBehaviour,
  IppoPayBeneficiary,
  IppoPayCredentials,
  IppoPayEmulator,
  IppoPayEmulatorOptions,
  IppoPayOrder,
  IppoPayRefund,
  IppoPayTransaction,
  IppoPayTransfer,
} from './ippopay/index.js'
export { startIppoPayEmulator } from './ippopay/index.js'
export type { Clock } from './kit/clock.js'
export type { Execution } from './kit/execution-log.js'
export type { Fault, FaultPlan } from './kit/faults.js'
export type { Delivery, DeliveryConditions } from './kit/notifications.js'
export type {
  InvoiceRecord as PayopInvoice,
  PayopBehaviour,
  PayopControls,
  PayopCredentials,
  PayopEmulator,
  PayopEmulatorOptions,
  PayopOutcome,
  PayopRefund,
  PayopTransaction,
  PayopWithdrawal,
} from './payop/index.js'
export { startPayopEmulator } from './payop/index.js'
