import Database from 'libsql'
import pg from 'pg'
import { notificationOf } from '../notifications.js'
import { serve, settings } from '../serve.js'
import { idOf, type Place } from '../shop.js'

/**
 * What the drivers do at best with the same durability: rows of one notification each, nothing else. `atOnce` of them share
 * a transaction in SQLite, and are under way together in PostgreSQL, each in a transaction of its own.
 */
export interface Rows {
  readonly times: number
  readonly atOnce: number
}

type Insert = (rows: Rows) => Promise<void>

const table = 'create table if not exists bench_rows (id text primary key, body text not null)'
let made = 0
const nextRow = (): [string, string] => {
  made += 1
  return [`${process.pid}-${idOf(made)}`, notificationOf(made)]
}

const sqlite = (file: string): Insert => {
  const database = new Database(file)
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = full')
  database.exec(table)
  const insert = database.prepare('insert into bench_rows values (?, ?)')
  return async ({ times, atOnce }) => {
    for (let done = 0; done < times; done += atOnce) {
      database.exec('begin immediate')
      for (let n = 0; n < atOnce; n += 1) insert.run(...nextRow())
      database.exec('commit')
    }
  }
}

// As many connections as the store takes.
const POOL = 10

const postgres = async (url: string): Promise<Insert> => {
  const pool = new pg.Pool({ connectionString: url, max: POOL })
  await pool.query(table)
  return async ({ times, atOnce }) => {
    let left = times
    const one = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        await pool.query({ name: 'insert', text: 'insert into bench_rows values ($1, $2)', values: nextRow() })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
  }
}

const start = async (): Promise<void> => {
  const { place } = settings<{ place: Place }>()
  const insert = place.type === 'sqlite' ? sqlite(`${place.file}.ceiling`) : await postgres(place.url)
  serve({}, async (rows: Rows) => {
    const began = performance.now()
    await insert(rows)
    return { wall: performance.now() - began }
  })
}

void start()
