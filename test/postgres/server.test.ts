import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { eventually } from '../eventually.js'
import {
  createDatabase,
  describeWithPostgres,
  dropDatabase,
  killServer,
  type PostgresServer,
  sharedPostgres,
} from './server.js'

const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

describeWithPostgres('the PostgreSQL server of the tests', (server) => {
  it('is one for the run', () => {
    expect(sharedPostgres()).toEqual(server)
  })

  it('syncs what it commits, as one in production does', async () => {
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes']
    const shown = settings.map((name) => `current_setting('${name}')`).join(', ')
    expect(await ask(server.url, `SELECT ${shown}`)).toEqual(['on', 'on', 'on'])
  })

  it('gives each caller a database of its own', async () => {
    const [one, other] = await Promise.all([createDatabase(server), createDatabase(server)])
    await ask(one, 'CREATE TABLE here (n int)')
    expect(await ask(one, `SELECT to_regclass('here')::text`)).toEqual(['here'])
    expect(await ask(other, `SELECT to_regclass('here')::text`)).toEqual([null])
    await Promise.all([one, other].map((database) => dropDatabase(server, database)))
    await expect(ask(one, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' })
  })

  it('comes up again when it is killed, and is gone with the process it was made for', async () => {
    const script = `import('./test/postgres/server.ts').then((it) => {
      console.log(JSON.stringify(it.ownPostgres()))
      setInterval(() => {}, 60_000)
    })`
    const owner = spawn(process.execPath, ['--import', 'tsx', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface(owner.stdout), 'line')
    const own: PostgresServer = JSON.parse(line)
    expect(own.url).not.toBe(server.url)
    const started = () => readFileSync(join(own.data, 'postmaster.pid'), 'utf8').split('\n')[0]
    const before = started()
    await killServer(own)
    expect(started()).not.toBe(before)
    owner.kill('SIGKILL')
    await eventually(() => !existsSync(dirname(own.data)))
    await expect(ask(own.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
