// The emulators of the gateways.
export type {
  FailureStyle as IppoPayFailureStyle,
  IppoPayBehaviour,
  OrderField as IppoPayOrderField,
} from './ippopay/behaviour.js'
export type { PaymentDecision as IppoPayPaymentDecision } from './ippopay/collections/transactions.js'
export type { Credentials as IppoPayCredentials, KeyPair as IppoPayKeyPair } from './ippopay/credentials.js'
export type { Decisions as IppoPayDecisions, PayOptions as IppoPayPayOptions } from './ippopay/decisions.js'
export { type IppoPayEmulator, type IppoPayEmulatorOptions, startIppoPayEmulator } from './ippopay/index.js'
export type { Records as IppoPayRecords } from './ippopay/record-readers.js'
export type {
  BankAccount as IppoPayBankAccount,
  Beneficiary as IppoPayBeneficiary,
  Customer as IppoPayCustomer,
  Mode as IppoPayMode,
  Order as IppoPayOrder,
  Outcome as IppoPayOutcome,
  PayMode as IppoPayPayMode,
  PaymentMode as IppoPayPaymentMode,
  PayoutMode as IppoPayPayoutMode,
  Refund as IppoPayRefund,
  Transaction as IppoPayTransaction,
  Transfer as IppoPayTransfer,
  TransferDecision as IppoPayTransferDecision,
  TransferStatus as IppoPayTransferStatus,
  UpiNameField as IppoPayUpiNameField,
} from './ippopay/records.js'
// The kit that emulators are made of.
export type { Clock, ClockOptions, ClockTask } from './kit/clock.js'
export {
  type Emulator,
  type EmulatorDefinition,
  type EmulatorKit,
  type EmulatorOptions,
  type EmulatorParts,
  type Ports,
  startEmulator,
} from './kit/emulator.js'
export type { Execution, ExecutionDetail, ExecutionLog } from './kit/execution-log.js'
export type { Fault, FaultPlan } from './kit/faults.js'
export type { FetchHandler, NodeBindings } from './kit/handler.js'
export { type Html, type HtmlPart, html, page } from './kit/html.js'
export type { Ids } from './kit/ids.js'
export { InvalidInput } from './kit/input.js'
export type { Delivery, DeliveryConditions, Notification } from './kit/notifications.js'
export type { Route } from './kit/routes.js'
export type { SettingRules } from './kit/settings.js'
export type { CreatingRoute as PayopCreatingRoute, PayopBehaviour } from './payop/behaviour.js'
export type {
  InvoiceRecord as PayopInvoice,
  NotificationKind as PayopNotificationKind,
  PayopControls,
} from './payop/controls.js'
export {
  type PayopCredentials,
  type PayopEmulator,
  type PayopEmulatorOptions,
  startPayopEmulator,
} from './payop/index.js'
export type { Outcome as PayopOutcome } from './payop/lifecycle.js'
export type {
  IpnUrls as PayopIpnUrls,
  Json as PayopJson,
  Project as PayopProject,
  Refund as PayopRefund,
  Right as PayopRight,
  State as PayopState,
  Transaction as PayopTransaction,
  Withdrawal as PayopWithdrawal,
} from './payop/state.js'
