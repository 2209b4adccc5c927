import * as E from 'fp-ts/lib/Either.js'
import type { ClientBase } from 'pg'
import { invalidConfig, type PaymentError } from '../../../core/index.js'
import { type Drivers, openPool } from './driver.js'
import { haveSessions } from './session.js'

// What `npm run test:matrix` runs the store's tests on begins here.
const OLDEST_VERSION = 13

const FACTS = `select current_setting('server_version_num')::int / 10000 as version,
  current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby`

/** What a server says of itself. */
export interface Facts {
  /** The major version. */
  readonly version: number
  readonly encoding: string
  readonly standby: boolean
}

const refuse = (expected: string): E.Either<PaymentError, void> =>
  E.left(invalidConfig([{ path: 'store.url', expected }]))

/** Whether a ledger can be kept on such a server, or only read there. */
export const checkFacts = ({ version, encoding, standby }: Facts, readOnly: boolean): E.Either<PaymentError, void> => {
  if (version < OLDEST_VERSION) return refuse(`PostgreSQL ${OLDEST_VERSION} or later`)
  if (encoding !== 'UTF8')
    return refuse("a database with the encoding UTF8: create database … encoding 'UTF8' template template0")
  if (standby && !readOnly)
    return refuse('a server that takes writes: this one is a standby, which only reads (SQLSTATE 25006)')
  return E.right(undefined)
}

const check = async (one: ClientBase, other: ClientBase, readOnly: boolean): Promise<E.Either<PaymentError, void>> => {
  if (!(await haveSessions(one, other)))
    return refuse(
      'a server without a pooler, or a pooler in session mode (pool_mode = session): this one gives a connection more than one session',
    )
  const { rows } = await one.query<Facts>(FACTS)
  const [facts] = rows
  return facts === undefined ? E.right(undefined) : checkFacts(facts, readOnly)
}

/** Whether a ledger can be kept there, or only read. Nothing is written, and no session is changed. `InvalidConfig` says what stands against it. */
export const checkServer = async (
  drivers: Drivers,
  url: string,
  readOnly: boolean,
): Promise<E.Either<PaymentError, void>> => {
  const pool = openPool(drivers, { connectionString: url, max: 2 })
  try {
    const clients = await Promise.allSettled([pool.connect(), pool.connect()])
    const [one, other] = clients
    try {
      if (one.status === 'rejected') throw one.reason
      if (other.status === 'rejected') throw other.reason
      return await check(one.value, other.value, readOnly)
    } finally {
      for (const client of clients) if (client.status === 'fulfilled') client.value.release(true)
    }
  } finally {
    await pool.end()
  }
}
