import { randomUUID } from 'node:crypto'
import type { ClientBase } from 'pg'
import { codeOf, STATEMENT_MS } from './driver.js'

/** What a connection is for. */
export type SessionRole = 'ledger' | 'migration' | 'queue' | 'check'

// The role, the database or a pooler may have set others: limits that end what we still wait for, an encoding, less than the disk.
const common = {
  client_encoding: 'UTF8',
  default_transaction_isolation: 'read committed',
  statement_timeout: String(STATEMENT_MS),
  idle_in_transaction_session_timeout: String(STATEMENT_MS),
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
}

const settings: Readonly<Record<SessionRole, Readonly<Record<string, string>>>> = {
  // A transaction is on disk when its commit is answered. Its statements are sent before it is known to have begun: by
  // themselves they may write nothing.
  ledger: { ...common, synchronous_commit: 'on', default_transaction_read_only: 'on' },
  // The migrations of a long ledger may take longer.
  migration: {
    ...common,
    synchronous_commit: 'on',
    default_transaction_read_only: 'off',
    statement_timeout: '0',
    lock_timeout: String(STATEMENT_MS),
  },
  // Whole tables are read.
  check: { ...common, default_transaction_read_only: 'on', statement_timeout: '0' },
  // The queue's records may be lost with the server: a job is then only handed out twice. Plans made while the queue is short are
  // kept when it is long.
  queue: { ...common, synchronous_commit: 'off', default_transaction_read_only: 'off', enable_seqscan: 'off' },
}

// A setting that this server does not have yet is passed over. A server that waits for its standbys to apply goes on waiting for them.
const statementOf = (role: SessionRole): string => {
  const values = Object.entries(settings[role]).map(([name, value]) => `('${name}', '${value}')`)
  return `select set_config(name, case when name = 'synchronous_commit' and value = 'on' and current_setting(name) = 'remote_apply' then 'remote_apply' else value end, false)
  from (values ${values.join(', ')}) as wanted (name, value) where current_setting(name, true) is not null`
}

/**
 * Makes a new connection's session ours, before it is used: by statements, since poolers refuse settings in the start-up packet. What
 * a pooler's former client left is dropped first; a pooler need not reset its connections.
 */
export const configure =
  (role: SessionRole) =>
  async (client: ClientBase): Promise<void> => {
    await client.query('discard all')
    await client.query(statementOf(role))
  }

const LABEL = 'paymux.session'
const ROUNDS = 3

const labelOf = async (client: ClientBase): Promise<unknown> => {
  const { rows } = await client.query<{ label: unknown }>(`select current_setting('${LABEL}', true) as label`)
  return rows[0]?.label
}

// A pooler that gives each statement another session takes no transactions at all.
const begins = async (client: ClientBase): Promise<boolean> => {
  try {
    await client.query('begin')
    return true
  } catch (error) {
    if (codeOf(error)?.startsWith('08') === true) return false
    throw error
  }
}

/** Whether a session is the first connection's alone, while the other has a transaction, and after it. */
const isOwn = async (one: ClientBase, other: ClientBase): Promise<boolean> => {
  const label = randomUUID()
  await one.query(`select set_config('${LABEL}', '${label}', false)`)
  if (!(await begins(other))) return false
  const labels = { others: await labelOf(other), during: await labelOf(one) }
  await other.query('rollback')
  const after = [await labelOf(one), await labelOf(one)]
  return labels.others !== label && [labels.during, ...after].every((found) => found === label)
}

/**
 * Whether two open connections have a session each. A pooler in transaction mode gives them one in turn: a free one gets it again, unless
 * another client takes it, and the first finds another then. The label that is set here changes nothing for another client.
 */
export const haveSessions = async (one: ClientBase, other: ClientBase): Promise<boolean> => {
  for (let round = 0; round < ROUNDS; round += 1)
    if (!((await isOwn(one, other)) && (await isOwn(other, one)))) return false
  return true
}
