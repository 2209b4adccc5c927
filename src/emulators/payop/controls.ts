import { InvalidInput, invalid } from '../kit/input.js'
import { checkSettings, type SettingRules } from '../kit/settings.js'
import { seconds } from './http.js'
import { sendCheckoutIpn, sendRefundIpn, sendWithdrawalIpn } from './ipn.js'
import { actAsPayer, changeState, type Outcome } from './lifecycle.js'
import { METHOD_IDS } from './methods.js'
import { fromUnits, toUnits, twoPlaces } from './money.js'
import { createRefund, decideRefund } from './refunds.js'
import {
  type Gateway,
  type Invoice,
  type IpnUrls,
  invoiceStatus,
  isOverdue,
  type Json,
  type Project,
  type Refund,
  type Right,
  type State,
  type Transaction,
  type Withdrawal,
} from './state.js'
import { decideWithdrawal } from './withdrawals.js'

/** What a notification may be about. */
export const NOTIFICATION_KINDS = ['checkout', 'refund', 'withdrawal'] as const
/** What a notification is about. */
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]

const ipnUrl = {
  expected: 'an http or https address, or null',
  allows: (value: unknown) =>
    value === null || (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)),
}
const IPN_URL_RULES: SettingRules<IpnUrls> = { checkout: ipnUrl, refund: ipnUrl, withdrawal: ipnUrl }

/** Checks addresses that came from outside. Errors: `InvalidInput`. */
export const checkIpnUrls = (urls: unknown): void => checkSettings(IPN_URL_RULES, urls, 'ipnUrls')

export const ALL_RIGHTS: readonly Right[] = ['methods', 'transactions', 'refunds', 'withdrawals', 'balances']

const OVERDUE = 2
const FULL = 1
const PARTIAL = 2

/** An invoice and its status as a read shows it. */
export type InvoiceRecord = Readonly<Invoice> & {
  /** 0 new, 1 paid, 2 overdue, 4 pending, 5 failed. */
  readonly status: State
}

/** What tests and the admin port may see and decide. Records are copies. Errors: `InvalidInput` for an unknown id. */
export interface PayopControls {
  /** Returns an invoice. */
  readonly invoice: (id: string) => InvoiceRecord
  /** Lists all invoices, the earliest first. */
  readonly invoices: () => readonly InvoiceRecord[]
  /** Returns a transaction. */
  readonly transaction: (id: string) => Readonly<Transaction>
  /** Lists all transactions, the earliest first. */
  readonly transactions: () => readonly Readonly<Transaction>[]
  /** Returns a refund. */
  readonly refund: (id: string) => Readonly<Refund>
  /** Lists all refunds, the earliest first. */
  readonly refunds: () => readonly Readonly<Refund>[]
  /** Returns a withdrawal. */
  readonly withdrawal: (id: string) => Readonly<Withdrawal>
  /** Lists all withdrawals, the earliest first. */
  readonly withdrawals: () => readonly Readonly<Withdrawal>[]
  /** Acts as the payer on the hosted page. */
  readonly act: (invoiceId: string, outcome: Outcome) => void
  /** Sets the state to any number or text, documented or not. Notifies as the gateway does. */
  readonly setTransactionState: (id: string, state: State, error?: string) => void
  /** Sets the status of an invoice, whatever its transaction says. Null ends that. */
  readonly setInvoiceStatus: (id: string, status: State | null) => void
  /** Disputes a transaction, or ends the dispute. */
  readonly setChargeback: (transactionId: string, hasChargeback: boolean) => void
  /** Makes a refund that Payop starts by itself (`metadata.isAutoRefund`). `amount` is in major units. Default: the whole amount. */
  readonly autoRefund: (transactionId: string, amount?: number) => Readonly<Refund>
  /** Starts a refund as the merchant's staff do in the dashboard. `amount` is in major units. Default: the whole amount. */
  readonly startRefund: (transactionId: string, amount?: number) => Readonly<Refund>
  /** Decides a refund: 2 accepts, 3 and 4 reject. Any other number or text is shown as it is. */
  readonly decideRefund: (id: string, status: State, error?: string) => void
  /** Decides a withdrawal: 2 accepts, 3 rejects, 1 and 4 are pending. Any other number or text is shown as it is. */
  readonly decideWithdrawal: (id: string, status: State, comment?: string) => void
  /** Returns the available funds by currency, as decimal text in major units. */
  readonly balances: () => Readonly<Record<string, string>>
  /** Sets the available funds of a currency, in major units. */
  readonly setBalance: (currency: string, amount: number) => void
  /** Sets where notifications go. Kinds that are not named stay as they are. */
  readonly setIpnUrls: (urls: Partial<IpnUrls>) => void
  /** Sends the notification of the present state of a transaction, refund or withdrawal once more. */
  readonly replayIpn: (kind: NotificationKind, id: string) => void
  /** Adds a project. Default: all payment methods. */
  readonly addProject: (methods?: readonly string[]) => Readonly<Project>
  /** Sets the payment methods that a project has enabled. */
  readonly setMethods: (projectId: string, methods: readonly string[]) => void
  /** Adds a token and returns it. `expiresAt` is in milliseconds since the epoch. Default: all rights, never expires. */
  readonly addToken: (options?: {
    /** When it expires, in milliseconds since the epoch. Default: never. */
    readonly expiresAt?: number | null
    /** What it may do. Default: everything. */
    readonly rights?: readonly Right[]
  }) => string
  /** Sets when a token expires, in milliseconds since the epoch; null is never. */
  readonly expireToken: (token: string, expiresAt: number | null) => void
  /** Revokes a token. */
  readonly revokeToken: (token: string) => void
}

const find = <Found>(found: ReadonlyMap<string, Found>, id: string, kind: string): Found => {
  const value = found.get(id)
  if (value === undefined) throw new InvalidInput(`there is no ${kind} with this id`)
  return value
}

const copies = <Copied>(all: ReadonlyMap<string, Copied>): Copied[] =>
  [...all.values()].map((one) => structuredClone(one))

/** A token in the shape of a JWT, which says when it expires. Its signature is made up. */
export const newToken = (id: string, expiresAt: number | null = null): string => {
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')
  const claims = { jti: id, ...(expiresAt === null ? {} : { exp: seconds(expiresAt) }) }
  return [part({ alg: 'none', typ: 'JWT' }), part(claims), Buffer.from(id).toString('base64url')].join('.')
}

const checkMethods = (methods: readonly string[]): void => {
  if (!methods.every((id) => METHOD_IDS.includes(id))) throw invalid('methods', METHOD_IDS.join(', '))
}

const recordReaders = (gateway: Gateway) => {
  const { invoices, refunds, transactions, withdrawals } = gateway
  const toRecord = (invoice: Invoice): InvoiceRecord => {
    const overdue = isOverdue(gateway, invoice) && invoice.forcedStatus === null
    return { ...structuredClone(invoice), status: overdue ? OVERDUE : invoiceStatus(gateway, invoice) }
  }
  return {
    invoice: (id: string) => toRecord(find(invoices, id, 'invoice')),
    invoices: () => [...invoices.values()].map(toRecord),
    transaction: (id: string) => structuredClone(find(transactions, id, 'transaction')),
    transactions: () => copies(transactions),
    refund: (id: string) => structuredClone(find(refunds, id, 'refund')),
    refunds: () => copies(refunds),
    withdrawal: (id: string) => structuredClone(find(withdrawals, id, 'withdrawal')),
    withdrawals: () => copies(withdrawals),
  }
}

export const createControls = (gateway: Gateway): PayopControls => {
  const transaction = (id: string) => find(gateway.transactions, id, 'transaction')
  const refund = (id: string) => find(gateway.refunds, id, 'refund')
  const withdrawal = (id: string) => find(gateway.withdrawals, id, 'withdrawal')
  /** A refund without a call of the API. */
  const refundWithout = (id: string, amount: number | undefined, metadata: Json): Readonly<Refund> => {
    const source = transaction(id)
    const type = amount === undefined ? FULL : PARTIAL
    return { ...createRefund(gateway, source, { type, units: toUnits(amount ?? source.amount), metadata }) }
  }
  return {
    ...recordReaders(gateway),
    act: (invoiceId, outcome) => actAsPayer(gateway, find(gateway.invoices, invoiceId, 'invoice'), outcome),
    setTransactionState: (id, state, error) => changeState(gateway, transaction(id), state, error),
    setInvoiceStatus: (id, status) => {
      find(gateway.invoices, id, 'invoice').forcedStatus = status
    },
    setChargeback: (id, hasChargeback) => {
      transaction(id).hasChargeback = hasChargeback
    },
    autoRefund: (id, amount) => refundWithout(id, amount, { isAutoRefund: true }),
    startRefund: (id, amount) => refundWithout(id, amount, {}),
    decideRefund: (id, status, error) => decideRefund(gateway, refund(id), status, error),
    decideWithdrawal: (id, status, comment) => decideWithdrawal(gateway, withdrawal(id), status, comment),
    balances: () =>
      Object.fromEntries([...gateway.balances].map(([currency, units]) => [currency, twoPlaces(fromUnits(units))])),
    setBalance: (currency, amount) => {
      gateway.balances.set(currency, toUnits(amount))
    },
    setIpnUrls: (urls) => {
      checkIpnUrls(urls)
      Object.assign(gateway.ipnUrls, urls)
    },
    replayIpn: (kind, id) => {
      switch (kind) {
        case 'checkout':
          return sendCheckoutIpn(gateway, transaction(id))
        case 'refund':
          return sendRefundIpn(gateway, refund(id))
        case 'withdrawal':
          return sendWithdrawalIpn(gateway, withdrawal(id))
      }
    },
    addProject: (methods = METHOD_IDS) => {
      checkMethods(methods)
      const id = gateway.ids.uuid()
      const secretKey = gateway.ids.text(24, '0123456789abcdef')
      const project: Project = { id, publicKey: `application-${id}`, secretKey, methods }
      gateway.projects.set(id, project)
      return { ...project }
    },
    setMethods: (projectId, methods) => {
      checkMethods(methods)
      find(gateway.projects, projectId, 'project').methods = methods
    },
    addToken: ({ expiresAt = null, rights = ALL_RIGHTS } = {}) => {
      const token = newToken(gateway.ids.uuid(), expiresAt)
      gateway.tokens.set(token, { token, expiresAt, rights })
      return token
    },
    expireToken: (token, expiresAt) => {
      find(gateway.tokens, token, 'token').expiresAt = expiresAt
    },
    revokeToken: (token) => {
      gateway.tokens.delete(token)
    },
  }
}
