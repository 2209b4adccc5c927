import * as E from 'fp-ts/lib/Either.js'
import { loadDriver } from '../../../src/ledger/stores/sqlite/driver.js'
import { WAIT_LIMIT_MS } from '../../time.js'
import type { SqlAnswer, SqlOrder } from './messages.js'

/** An auditor's view of a SQLite file: a process of its own, whose end closes the file at once, whatever its driver does. */

const [file = ''] = process.argv.slice(2)
const driver = await loadDriver()()
if (E.isLeft(driver)) throw new Error(driver.left.message)
const database = driver.right(file)
database.exec(`pragma busy_timeout = ${WAIT_LIMIT_MS}`)

const inTransaction = (statements: readonly string[]): void => {
  database.exec('begin immediate')
  for (const statement of statements) database.exec(statement)
  database.exec('commit')
}

/** Whether nobody is in the middle of a transaction. */
const isFree = (): boolean => {
  database.exec('pragma busy_timeout = 0')
  try {
    inTransaction([])
    return true
  } catch {
    return false
  } finally {
    database.exec(`pragma busy_timeout = ${WAIT_LIMIT_MS}`)
  }
}

const answer = (message: SqlOrder): Omit<SqlAnswer, 'order'> => {
  switch (message.what) {
    case 'read':
      return { rows: database.prepare(message.sql).all([]) }
    case 'write':
      inTransaction(message.statements)
      return { rows: [] }
    case 'probe':
      return { rows: isFree() ? [{ free: 1 }] : [] }
  }
}

const attempt = (message: SqlOrder): Omit<SqlAnswer, 'order'> => {
  try {
    return answer(message)
  } catch (error) {
    return { rows: [], problem: error instanceof Error ? error.message : 'it threw' }
  }
}

process.on('message', (message: SqlOrder) => {
  process.send?.({ ...attempt(message), order: message.order } satisfies SqlAnswer)
})
