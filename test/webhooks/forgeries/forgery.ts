import type { InboxRecord } from '../../../src/ledger/index.js'

/** The accounts that are attacked, by the names their adapters give them. */
export type Target = 'payop' | 'ippopay'

/** The paths of addresses, as the webhooks give them out. */
export interface Paths {
  /** Of Payop's account. */
  readonly payop: string
  /** Of the attempt that became the order below. */
  readonly ippopay: string
  /** Of IppoPay's account. */
  readonly ippopayAccount: string
}

/** Something that is posted by nobody we trust, or mangled on its way. */
export interface Forgery {
  readonly name: string
  readonly target: Target
  readonly method?: string
  /** The path it goes to, made of those there are. Default: the target's own. */
  readonly path?: (own: string, paths: Paths) => string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | null
  /** The other end of the socket. Default: one of Payop's own, because forged notifications that even come from there. */
  readonly peer?: string
  /** The answer it must get. */
  readonly status: number
  /** How it must be kept, where it is admitted. */
  readonly state?: InboxRecord['state']
}

/** Made-up ids of objects that the ledger knows. */
export const INVOICE = '0c0ffee0-1111-4222-8333-444455556666'
export const REFUND = '4ef00000-0000-4000-8000-000000000002'
export const WITHDRAWAL = '9d000000-0000-4000-8000-000000000003'
export const ORDER = 'order_made_up_1'
/** And of others. */
export const OTHER_ID = 'deadbeef-0000-4000-8000-00000000dead'
export const TRANSACTION = '7a7a7a7a-0000-4000-8000-000000000001'

/** Where Payop says that it posts from. */
export const GENUINE_PEER = '18.199.249.46'
/** A proxy that is trusted. */
export const PROXY = '10.0.0.5'
/** Anybody. */
export const UNLISTED = '198.51.100.66'

/** Payop's notification about a paid invoice, as its documentation shows it. */
export const paid = (id: unknown = INVOICE, status: unknown = 1, state: unknown = 2) => ({
  invoice: { id, status, txid: TRANSACTION, metadata: {} },
  transaction: { id: TRANSACTION, state, order: { id: 'ORD-1001' }, error: { message: '', code: '' } },
})

/** What a notification of IppoPay's may look like; nothing about it is documented. */
export const success = (id: unknown = ORDER, status: unknown = 'success') => ({
  success: true,
  data: { order: { order_id: id, status, amount: 100, currency: 'INR' } },
})
