// What the emulator remembers. Amounts are integer paise, times are milliseconds since the epoch on the emulator's clock.

/** The mode of keys and of the orders that were created with them. */
export type Mode = 'live' | 'test'
/** How an order may be paid: credit card, debit card, net banking, UPI. */
export type PaymentMode = 'cc' | 'dc' | 'nb' | 'upi'
/** How the bank decides an attempt to pay. */
export type Outcome = 'success' | 'failure'

/** The payer, as in the order. */
export interface Customer {
  /** Empty if the order has none. */
  readonly name: string
  /** Empty if the order has none. */
  readonly email: string
  /** Both parts are empty if the order has no phone number. */
  readonly phone: {
    /** Country code without a plus. */
    readonly country_code: string
    /** The rest of the number. */
    readonly national_number: string
  }
}

/** An order. */
export interface Order {
  /** `order_` and nine characters of `[0-9A-Za-z@!]`. */
  readonly orderId: string
  /** The mode of the keys that created it. */
  readonly mode: Mode
  /** `paid` once one of its transactions succeeds. */
  status: 'created' | 'paid'
  /** The status that `setOrderStatus` set for the API to show; null if it set none. */
  forcedStatus: string | null
  /** The amount in paise. */
  readonly amountPaise: number
  /** Always INR. */
  readonly currency: 'INR'
  /** How it may be paid. */
  readonly paymentModes: readonly PaymentMode[]
  /** The payer. */
  readonly customer: Customer
  /** Where notifications go; empty for nowhere. */
  readonly notifyUrl: string
  /** Where the payer's browser goes back to; empty for nowhere. */
  readonly returnUrl: string
  /** The merchant's notes; empty if there are none. */
  readonly notes: string
  /** Which spelling of the payer's name the latest UPI process call used. */
  upiNameField?: UpiNameField
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** The documentation writes `Name`, beside fields in lower case. */
export type UpiNameField = 'Name' | 'name' | 'both' | 'none'

/** One attempt of the payer to pay an order. */
export interface Transaction {
  /** `trans_` and nine characters of `[0-9A-Za-z@!]`. */
  readonly transId: string
  /** The order that it is about. */
  readonly orderId: string
  /** `pending` until the bank decides. */
  status: 'pending' | Outcome
  /** The status that `setTransactionStatus` set for the API to show; null if it set none. */
  forcedStatus: string | null
  /** The bank's text; empty unless it failed. */
  failureReason: string
  /** How the payer chose to pay. */
  readonly payMode: PayMode
  /** What was paid, in paise; 0 until it succeeds. */
  paidPaise: number
  /** What the API shows as `refund_status`. */
  refundStatus: string
  /** When and under which id IppoPay paid out what was paid: a day after the success. Null until then. */
  settlement: {
    /** Its id. */
    readonly id: string
    /** Milliseconds since the epoch. */
    readonly at: number
  } | null
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch. */
  updatedAt: number
}

/** How the payer pays, as the API shows it under `gateway.payment_mode` of a transaction. */
export interface PayMode {
  /** The mode in words, as in `Debit Card`. */
  readonly pay_mode: string
  /** `cc`, `dc`, `nb`, `upi` or `upi-intent`. */
  readonly pay_mode_id: string
  /** `card`, `nb` or `upi`. */
  readonly pay_group: string
  /** The payer's bank. */
  readonly bank_name?: string
  /** The first six and the last four digits. */
  readonly card_number?: string
  /** As in `VISA`. */
  readonly card_scheme?: string
}

/** An accepted refund. */
export interface Refund {
  /** The order that it is about. */
  readonly orderId: string
  /** The amount in paise. */
  readonly amountPaise: number
  /** Whether it is of the whole amount: without an amount in the request. */
  readonly full: boolean
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** A bank account in India. */
export interface BankAccount {
  /** The account number. */
  readonly number: string
  /** The IFSC of the branch, eleven characters. */
  readonly ifsc: string
}

/** A person or company that receives payouts. */
export interface Beneficiary {
  /** IppoPay's id: `bene_` and nine characters of `[0-9A-Za-z@!]`. */
  readonly beneficiaryId: string
  /** The merchant's reference. */
  readonly beneficiaryRef: string
  /** Only an `active` beneficiary takes transfers. */
  status: 'active' | 'suspended' | 'inactive'
  /** The bank account. */
  readonly account: BankAccount
  /** The name, in full and split at its first space. */
  readonly name: {
    /** First name. */
    readonly first: string
    /** Last name. */
    readonly last: string
    /** Full name. */
    readonly full: string
  }
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch. */
  updatedAt: number
}

/** How a transfer travels between banks. */
export type PayoutMode = 'NEFT' | 'IMPS' | 'RTGS'
/** How a transfer may end without reaching the beneficiary. */
export type TransferDecision = 'failed' | 'cancelled' | 'returned'
/** The states of a transfer. It goes from `accepted` over `queued` and `processing` to `success`, unless it is decided otherwise. */
export type TransferStatus = 'accepted' | 'queued' | 'processing' | 'success' | TransferDecision

/** A payout. */
export interface Transfer {
  /** IppoPay's id: `trans_` and nine characters of `[0-9A-Za-z@!]`. */
  readonly transId: string
  /** The merchant's reference. */
  readonly transRef: string
  /** Where it stands. */
  status: TransferStatus
  /** The status that `setTransferStatus` set for the API to show; null if it set none. */
  forcedStatus: string | null
  /** What the beneficiary gets, in paise. */
  readonly amountPaise: number
  /** The fee, in paise, which is taken in addition. */
  readonly feePaise: number
  /** How it travels. */
  readonly payMode: PayoutMode
  /** The merchant's remarks; empty if there are none. */
  readonly remarks: string
  /** IppoPay's id of the beneficiary. */
  readonly beneficiaryId: string
  /** The merchant's reference of the beneficiary. */
  readonly beneficiaryRef: string
  /** The beneficiary's bank account. */
  readonly account: BankAccount
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch. */
  updatedAt: number
}
