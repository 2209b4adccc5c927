import type { Sql } from '../../src/ledger/stores/sql.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { right } from '../either.js'

/** Brings a ledger that is not encrypted into a state that takes hours otherwise, or another version. */
export const changeLedger = async (file: string, statement: Sql): Promise<void> => {
  const connection = right(openConnection(right(await loadDriver()()), file, Date.now))
  connection.run(statement)
  connection.close()
}
