import { type Dialect, type Row, raw, render, type Sql, sql } from '../statements.js'
import type { Driver, Prepared } from './driver.js'
import { noFiles, type OpenFiles } from './files.js'

/** One open database that speaks the stores' SQL. Everything throws what the driver throws. */
export interface Connection {
  /** Gives how many rows were affected. */
  readonly run: (statement: Sql) => number
  readonly all: (statement: Sql) => readonly Row[]
  /** As `all`, for a statement that is not kept prepared. */
  readonly allAdHoc: (statement: Sql) => readonly Row[]
  readonly exec: (text: string) => void
  readonly close: () => void
  /** The files that it has open. */
  readonly files: OpenFiles
}

// The process and the file are on one machine: its clock is the store's.
const dialectOf = (clock: () => number): Dialect => ({
  placeholder: () => '?',
  now: () => sql`${clock()}`,
  each: (array) => raw(`json_each(${array}) as each`),
})

/** A connection over a driver that knows no files. Its statements are prepared once, but for those of which there are many. */
export const connect = (driver: Driver, clock: () => number): Connection => {
  const dialect = dialectOf(clock)
  const statements = new Map<string, Prepared>()
  const prepare = (text: string): Prepared => {
    const known = statements.get(text)
    if (known !== undefined) return known
    const statement = driver.prepare(text)
    statements.set(text, statement)
    return statement
  }
  return {
    run: (statement) => {
      const { text, params } = render(dialect, statement)
      return prepare(text).run(params)
    },
    all: (statement) => {
      const { text, params } = render(dialect, statement)
      return prepare(text).all(params)
    },
    allAdHoc: (statement) => {
      const { text, params } = render(dialect, statement)
      return driver.prepare(text).all(params)
    },
    exec: driver.exec,
    close: driver.close,
    files: noFiles,
  }
}
