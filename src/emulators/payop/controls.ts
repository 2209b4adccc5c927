import { InvalidInput, invalid } from '../kit/input.js'
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
  type Project,
  type Refund,
  type Right,
  type Transaction,
  type Withdrawal,
} from './state.js'
import { decideWithdrawal } from './withdrawals.js'

export const ALL_RIGHTS: readonly Right[] = ['methods', 'transactions', 'refunds', 'withdrawals', 'balances']

const OVERDUE = 2
const FULL = 1
const PARTIAL = 2

/** An invoice with the status that a read would show (2 when it is overdue). */
export type InvoiceRecord = Readonly<Invoice> & { readonly status: number }

/** What a test, a demo or the admin port may see and decide. Records are copies; an unknown id is an `InvalidInput`. */
export interface PayopControls {
  readonly invoice: (id: string) => InvoiceRecord
  readonly invoices: () => readonly InvoiceRecord[]
  readonly transaction: (id: string) => Readonly<Transaction>
  readonly transactions: () => readonly Readonly<Transaction>[]
  readonly refund: (id: string) => Readonly<Refund>
  readonly refunds: () => readonly Readonly<Refund>[]
  readonly withdrawal: (id: string) => Readonly<Withdrawal>
  readonly withdrawals: () => readonly Readonly<Withdrawal>[]
  /** Does what the payer would do on the hosted page. */
  readonly act: (invoiceId: string, outcome: Outcome) => void
  /** Any number, also one that Payop never documented. Notifies as the gateway would. */
  readonly setTransactionState: (id: string, state: number, error?: string) => void
  /** Shows a status whatever the transaction says; null ends that. */
  readonly setInvoiceStatus: (id: string, status: number | null) => void
  readonly setChargeback: (transactionId: string, hasChargeback: boolean) => void
  /** A refund that Payop starts by itself (`metadata.isAutoRefund`); of everything where no amount is given. */
  readonly autoRefund: (transactionId: string, amount?: number) => Readonly<Refund>
  /** 2 accepts, 3 and 4 reject. */
  readonly decideRefund: (id: string, status: number, error?: string) => void
  /** 2 accepts, 3 rejects, 1 and 4 are pending. */
  readonly decideWithdrawal: (id: string, status: number, comment?: string) => void
  /** Available funds as decimal text, by currency. */
  readonly balances: () => Readonly<Record<string, string>>
  readonly setBalance: (currency: string, amount: number) => void
  readonly setIpnUrls: (urls: Partial<IpnUrls>) => void
  /** Sends the notification of the present state once more. */
  readonly replayIpn: (kind: 'checkout' | 'refund' | 'withdrawal', id: string) => void
  readonly addProject: (methods?: readonly string[]) => Readonly<Project>
  /** The payment methods that a project has enabled. */
  readonly setMethods: (projectId: string, methods: readonly string[]) => void
  /** Makes a token, by default with all rights and without end. */
  readonly addToken: (options?: { readonly expiresAt?: number; readonly rights?: readonly Right[] }) => string
  readonly revokeToken: (token: string) => void
}

const find = <Found>(found: ReadonlyMap<string, Found>, id: string, kind: string): Found => {
  const value = found.get(id)
  if (value === undefined) throw new InvalidInput(`there is no ${kind} with this id`)
  return value
}

const copies = <Copied>(all: ReadonlyMap<string, Copied>): Copied[] =>
  [...all.values()].map((one) => structuredClone(one))

/** A token that looks like a JWT; its signature means nothing. */
export const newToken = (id: string): string => {
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')
  return [part({ alg: 'none', typ: 'JWT' }), part({ jti: id }), Buffer.from(id).toString('base64url')].join('.')
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
    autoRefund: (id, amount) => {
      const source = transaction(id)
      const type = amount === undefined ? FULL : PARTIAL
      const metadata = { isAutoRefund: true }
      return { ...createRefund(gateway, source, { type, units: toUnits(amount ?? source.amount), metadata }) }
    },
    decideRefund: (id, status, error) => decideRefund(gateway, refund(id), status, error),
    decideWithdrawal: (id, status, comment) => decideWithdrawal(gateway, withdrawal(id), status, comment),
    balances: () =>
      Object.fromEntries([...gateway.balances].map(([currency, units]) => [currency, twoPlaces(fromUnits(units))])),
    setBalance: (currency, amount) => {
      gateway.balances.set(currency, toUnits(amount))
    },
    setIpnUrls: (urls) => {
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
    addToken: ({ expiresAt, rights = ALL_RIGHTS } = {}) => {
      const token = newToken(gateway.ids.uuid())
      gateway.tokens.set(token, { token, expiresAt: expiresAt ?? null, rights })
      return token
    },
    revokeToken: (token) => {
      gateway.tokens.delete(token)
    },
  }
}
