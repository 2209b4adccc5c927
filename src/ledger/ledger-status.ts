import { type PaymentError, unreachable } from '../core/index.js'

/**
 * Whether a ledger can be worked on. `open`: it can. `leaving`: its records are being copied to another store. `moved`: they were,
 * and the copy is the ledger now. `arriving`: it is such a copy, and not whole yet. Never two ledgers of a copy are open.
 */
export type LedgerStatus = 'open' | 'arriving' | 'leaving' | 'moved'

const codes: Readonly<Record<LedgerStatus, string | undefined>> = {
  open: undefined,
  arriving: 'ERR_LEDGER_ARRIVING',
  leaving: 'ERR_LEDGER_LEAVING',
  moved: 'ERR_LEDGER_MOVED',
}

/** Every status of a ledger. */
export const ledgerStatusNames = Object.keys(codes) as readonly LedgerStatus[]

/** A ledger in one of these is whole, and can be read. */
export const readableStatuses: readonly LedgerStatus[] = ['open', 'leaving', 'moved']

/** What the database says to who writes into a ledger that is not open, and the code of the error. */
export const MOVED = 'ERR_LEDGER_MOVED'

/** Why a ledger in this status is not opened for work. `undefined`: it is. */
export const whyNotOpen = (status: LedgerStatus): PaymentError | undefined => {
  const code = codes[status]
  return code === undefined ? undefined : unreachable('store', { code })
}
