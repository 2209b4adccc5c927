import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../../../core/index.js'
import type { DatabaseFinding, MaintainedLedger, MaintenanceOptions } from '../maintained.js'
import { insert, migrationsTable, type Row, raw, refusingTriggerNames, upgradeOf } from '../statements.js'
import { createCondition } from './condition.js'
import { type Connection, connect } from './connection.js'
import { loadDriver, notAnswered, type OpenDriver } from './driver.js'
import type { SqliteOptions } from './index.js'
import { type OpenedLedger, openConnection } from './open.js'

/** Another process that works on the file is waited for, in milliseconds. */
const WAIT_MS = 10_000

const schemaRows = raw('select type, name, tbl_name, sql from sqlite_master where sql is not null order by name')

/** The definitions of a database, by name. */
const definitionsIn = (connection: Pick<Connection, 'all'>): ReadonlyMap<string, Row> =>
  new Map(connection.all(schemaRows).map((row) => [String(row.name), row]))

/** The definitions of a database that this version makes. */
const expectedDefinitions = (openDriver: OpenDriver): ReadonlyMap<string, Row> => {
  const fresh = connect(openDriver(':memory:'), Date.now)
  fresh.exec(migrationsTable)
  const upgrade = upgradeOf('sqlite', [])
  if (E.isRight(upgrade)) for (const statement of upgrade.right.statements) fresh.exec(statement)
  const definitions = definitionsIn(fresh)
  fresh.close()
  return definitions
}

const schemaFindings = (connection: Pick<Connection, 'all'>, openDriver: OpenDriver): readonly DatabaseFinding[] => {
  const expected = expectedDefinitions(openDriver)
  const found = definitionsIn(connection)
  const names = new Set([...expected.keys(), ...found.keys()])
  return [...names]
    .filter((name) => expected.get(name)?.sql !== found.get(name)?.sql && !refusingTriggerNames.includes(name))
    .map((what) => ({
      code: 'schema_differs',
      table: String((expected.get(what) ?? found.get(what))?.tbl_name),
      what,
    }))
}

/** What SQLite's own checks say. Their words are not passed on: they may hold values. */
const damage = (connection: Pick<Connection, 'allAdHoc'>): readonly DatabaseFinding[] => {
  const checked = connection.allAdHoc(raw('pragma integrity_check(1)'))
  const dangling = connection.allAdHoc(raw('pragma foreign_key_check'))
  return [
    ...(checked[0]?.integrity_check === 'ok'
      ? []
      : [{ code: 'damaged', table: '(all)', what: 'integrity_check' } as const]),
    ...(dangling.length === 0
      ? []
      : [{ code: 'damaged', table: String(dangling[0]?.table), what: 'references' } as const]),
  ]
}

const maintained = (connection: OpenedLedger, openDriver: OpenDriver): MaintainedLedger => {
  const { encryption, ledger } = connection
  const condition = createCondition(connection.files)
  const unlessBroken = <A>(run: () => A): E.Either<PaymentError, A> => {
    const broken = condition.error()
    return broken === undefined ? E.tryCatch(run, notAnswered) : E.left(broken)
  }
  const apply: MaintainedLedger['commit'] = async (statements) =>
    unlessBroken(() => {
      connection.exec('begin immediate')
      try {
        const stands = statements.every(({ sql, guarded }) => connection.run(sql) === 1 || !guarded)
        connection.exec(stands ? 'commit' : 'rollback')
        return stands
      } catch (error) {
        // SQLite may have done so already.
        E.tryCatch(() => connection.exec('rollback'), notAnswered)
        throw error
      }
    })
  connection.exec(`pragma busy_timeout = ${WAIT_MS}`)
  return {
    database: 'sqlite',
    encryption,
    ledger,
    query: async (statement) => unlessBroken(() => connection.allAdHoc(statement)),
    commit: apply,
    insertRows: (table, rows) => rows.map((row) => ({ sql: insert(table, row), guarded: true })),
    // SQLite remembers the greatest number that was inserted.
    goOnCounting: [],
    checkDatabase: async () => unlessBroken(() => [...damage(connection), ...schemaFindings(connection, openDriver)]),
    close: async () => connection.close(),
  }
}

/** Opens a ledger in SQLite to copy, check or mark it. Gives what opening it gives, and `InvalidConfig` for a file that is no ledger. */
export const maintainSqlite = (
  { file, encryption, clock = Date.now }: SqliteOptions,
  maintenance: MaintenanceOptions,
): TE.TaskEither<PaymentError, MaintainedLedger> =>
  pipe(
    TE.Do,
    TE.flatMap(() => loadDriver()),
    TE.flatMapEither((openDriver) =>
      pipe(
        openConnection(openDriver, file, clock, { encryption, ...maintenance }),
        E.map((opened) => maintained(opened, openDriver)),
      ),
    ),
  )
