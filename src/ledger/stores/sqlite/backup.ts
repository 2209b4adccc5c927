import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { invalidRequest, type PaymentError } from '../../../core/index.js'
import { raw } from '../statements.js'
import type { Condition } from './condition.js'
import type { Connection } from './connection.js'
import { notAnswered } from './driver.js'
import { createPrivately } from './files.js'

const noTarget = (error: unknown): PaymentError =>
  invalidRequest([
    {
      path: 'path',
      expected:
        Object(error).code === 'EEXIST'
          ? 'a path where there is no file yet'
          : 'a path in a folder that can be written to',
    },
  ])

/** SQLite takes a copy for a write, and refuses it where nothing may be written. */
const copyTo = (connection: Connection, target: string): void => {
  const [mode] = connection.all(raw('pragma query_only'))
  connection.exec('pragma query_only = off')
  try {
    connection.exec(`vacuum into '${target.replaceAll("'", "''")}'`)
  } finally {
    connection.exec(`pragma query_only = ${mode?.query_only ?? 'off'}`)
  }
}

/**
 * Writes a consistent copy of the database to a new file, by our own connection: opening the files by any other way drops the
 * locks that SQLite has on them. To be run between transactions. Holds up the process until it is written.
 */
export const backUp = (connection: Connection, condition: Condition, path: string): E.Either<PaymentError, void> => {
  const broken = condition.error()
  if (broken !== undefined) return E.left(broken)
  const target = resolve(path)
  const created = E.tryCatch(() => createPrivately(target), noTarget)
  if (E.isLeft(created)) return created
  const written = E.tryCatch(() => copyTo(connection, target), notAnswered)
  if (E.isLeft(written)) rmSync(target, { force: true })
  return written
}
