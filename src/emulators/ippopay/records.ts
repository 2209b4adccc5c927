/** What the emulator remembers. Amounts are integer paise, times are milliseconds since the epoch. */

export type Mode = 'live' | 'test'
export type PaymentMode = 'cc' | 'dc' | 'nb' | 'upi'
export type Outcome = 'success' | 'failure'

export interface Customer {
  readonly name: string
  readonly email: string
  readonly phone: { readonly country_code: string; readonly national_number: string }
}

export interface Order {
  readonly orderId: string
  readonly mode: Mode
  status: 'created' | 'paid'
  readonly amountPaise: number
  readonly currency: 'INR'
  readonly paymentModes: readonly PaymentMode[]
  readonly customer: Customer
  readonly notifyUrl: string
  readonly returnUrl: string
  readonly notes: string
  /** Which spelling of the payer's name the latest UPI process call used. */
  upiNameField?: UpiNameField
  readonly createdAt: number
}

/** The documentation writes `Name`, beside fields in lower case. */
export type UpiNameField = 'Name' | 'name' | 'both' | 'none'

/** One try of the payer to pay an order. */
export interface Transaction {
  readonly transId: string
  readonly orderId: string
  status: 'pending' | Outcome
  failureReason: string
  readonly payMode: PayMode
  /** 0 until the try succeeds. */
  paidPaise: number
  refundStatus: string
  readonly createdAt: number
  updatedAt: number
}

/** As it stands under `gateway.payment_mode` of a transaction. */
export interface PayMode {
  readonly pay_mode: string
  readonly pay_mode_id: string
  readonly pay_group: string
  readonly bank_name?: string
  readonly card_number?: string
  readonly card_scheme?: string
}

export interface Refund {
  readonly orderId: string
  readonly amountPaise: number
  /** Asked for without an amount. */
  readonly full: boolean
  readonly createdAt: number
}

export interface Beneficiary {
  readonly beneficiaryId: string
  readonly beneficiaryRef: string
  status: 'active' | 'suspended' | 'inactive'
  readonly account: { readonly number: string; readonly ifsc: string }
  readonly name: { readonly first: string; readonly last: string; readonly full: string }
  readonly createdAt: number
  updatedAt: number
}

export type PayoutMode = 'NEFT' | 'IMPS' | 'RTGS'
export type TransferDecision = 'failed' | 'cancelled' | 'returned'
export type TransferStatus = 'accepted' | 'queued' | 'processing' | 'success' | TransferDecision

export interface Transfer {
  readonly transId: string
  readonly transRef: string
  status: TransferStatus
  readonly amountPaise: number
  readonly feePaise: number
  readonly payMode: PayoutMode
  readonly remarks: string
  readonly beneficiaryId: string
  readonly beneficiaryRef: string
  readonly account: { readonly number: string; readonly ifsc: string }
  readonly createdAt: number
  updatedAt: number
}
