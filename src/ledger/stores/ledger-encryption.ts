import type { EncryptionState, LedgerEncryption } from '../open-encryption.js'
import { encryptionStates } from '../open-encryption.js'
import { type Sql, sql } from './sql.js'
import type { Row } from './tables.js'

/** What a ledger keeps about its encryption: a row for each key, or one without a key. None: the ledger is new. */
export const ledgerEncryptionRows: Sql = sql`select l.encryption, l.fingerprint_key, k.id, k.check_value, k.retired
  from paymux_ledger l left join paymux_encryption_keys k on true order by k.id`

const stateOf = (text: unknown): EncryptionState => encryptionStates.find((state) => state === text) ?? 'required'

/** Reads the rows of {@link ledgerEncryptionRows}. */
export const ledgerEncryptionOf = (rows: readonly Row[]): LedgerEncryption | undefined => {
  const [row] = rows
  if (row === undefined) return undefined
  return {
    state: stateOf(row.encryption),
    fingerprintKey: String(row.fingerprint_key),
    keys: rows
      .filter(({ id }) => id !== null)
      .map(({ id, check_value: check, retired }) => ({
        id: String(id),
        check: String(check),
        isRetired: Number(retired) === 1,
      })),
  }
}

/** Keeps it. To be run in one transaction. */
export const keepLedgerEncryption = ({ state, fingerprintKey, keys }: LedgerEncryption): readonly Sql[] => [
  sql`insert into paymux_ledger (id, encryption, fingerprint_key) values (1, ${state}, ${fingerprintKey})
    on conflict (id) do update set encryption = excluded.encryption, fingerprint_key = excluded.fingerprint_key`,
  ...keys.map(
    ({ id, check, isRetired }) =>
      sql`insert into paymux_encryption_keys (id, check_value, retired) values (${id}, ${check}, ${isRetired ? 1 : 0})
    on conflict (id) do update set retired = excluded.retired`,
  ),
]

/** Every row is encrypted with the current key: the others are needed no more. */
export const finishReencryption = (current: string): readonly Sql[] => [
  sql`update paymux_ledger set encryption = 'required'`,
  sql`update paymux_encryption_keys set retired = 1 where id <> ${current}`,
]
