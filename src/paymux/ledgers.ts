/** The types of what is done to whole ledgers. */
export type { CheckProgress, CheckReport, LedgerFinding } from '../ledger/stores/moving/check.js'
export type { CopyProgress, CopyReport } from '../ledger/stores/moving/copy.js'
export type { RestoredReport } from '../ledger/stores/moving/restore.js'
export type { TableDigest } from '../ledger/stores/moving/rows.js'
export type { CheckOptions } from './check-ledger.js'
export type { CancelOptions, CopyOptions } from './copy-ledger.js'
export type { RestoredBackup } from './restored-ledger.js'
