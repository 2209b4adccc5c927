import * as E from 'fp-ts/lib/Either.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import type { Store } from '../../src/ledger/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { right } from '../either.js'
import { claiming } from './records.js'

/**
 * A process that works on a store beside others. It prints a line for everything that the store acknowledged.
 * - `claim <file> <name> <keys>`: claims keys 0, 1, … as `<name>-<key>`, and prints those it got; for ever where `keys` is 0
 * - `visit <file>`: opens the file as any other program does, reads it, and closes it
 * - `deliver <file> <events>`: delivers until none is left, and prints what it was handed
 */
const [mode = '', file = '', ...rest] = process.argv.slice(2)

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const claim = async (store: Store, name: string, keys: number): Promise<void> => {
  const claimOne = async (key: number): Promise<void> => {
    const committed = await store.commit(claiming(`${name}-${key}`, { idempotencyKey: `key-${key}` }))()
    if (E.isLeft(committed)) say('failed')
    else if (committed.right.done) say(`${name}-${key}`)
  }
  for (let first = 0; keys === 0 || first < keys; first += 8)
    await Promise.all(Array.from({ length: 8 }, (_, n) => claimOne(first + n)))
}

const deliver = (store: Store): Promise<void> =>
  new Promise((resolve) => {
    const work = store.work(async (job) => {
      if (job.job !== 'events') return
      say(job.subject)
      await store.commit([{ write: 'delivered', id: `${job.subject}#1` }])()
    }, 4)
    process.stdin.once('data', () => void work.stop().then(resolve))
  })

// By libsql, whose SQLite deletes `-wal` when it gets the lock of the file; that of Node 24 finds that another has `-shm` open.
// Without a prepared statement: a driver may close later than it says while there are any.
const visit = async (): Promise<void> => {
  const driver = right(await loadDriver(() => undefined)())(file)
  driver.exec('begin; select count(*) from paymux_operations; commit')
  driver.close()
}

const run = async (): Promise<void> => {
  if (mode === 'visit') return visit()
  const opened = await openSqlite({ file, encryption: noEncryption })()
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  say('open')
  if (mode === 'claim') await claim(opened.right, rest[0] ?? '', Number(rest[1]))
  else await deliver(opened.right)
  await opened.right.close()
  process.exit()
}

void run()
