/** What the stores have in common: the port's writes and reads as one SQL text for SQLite and PostgreSQL. */
export { accountsToRead, acquireRead, acquireReads, type Script } from './acquire-reads.js'
export { acquireReconciliation } from './acquire-reconciliation.js'
export { createErasure } from './erasure.js'
export { keepLedgerEncryption, ledgerEncryptionOf, ledgerEncryptionRows } from './ledger-encryption.js'
export {
  ledgerStatusRow,
  MOVED_SQLSTATE,
  refusingTriggerNames,
  whyNotOpened,
  whyNotUpgraded,
} from './ledger-status.js'
export { lists } from './lists.js'
export { type AppliedMigration, checkUpToDate, type Migration, migrationsTable, upgradeOf } from './migrations.js'
export { type Query, reads } from './reads.js'
export { createReencryption } from './reencryption.js'
export { RENEW_MS } from './renew.js'
export { runDue } from './run-due.js'
export {
  type Dialect,
  now,
  type Rendered,
  raw,
  render,
  type Sql,
  type SqlValue,
  sql,
} from './sql.js'
export { type Columns, insert, type Row, type Table, tables } from './tables.js'
export { type Statement, statementsOf } from './writes.js'
