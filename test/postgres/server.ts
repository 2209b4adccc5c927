import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { WAIT_LIMIT_MS } from '../time.js'

/** A PostgreSQL server of our own, brought up from npm packages. */
export interface PostgresServer {
  /** Its address, as its superuser. */
  readonly url: string
  /** Its data directory. */
  readonly data: string
}

/** A server, or why there is none. */
export type Found = PostgresServer | { readonly reason: string }

const spawnKeeper = (folder: string, owner: number): void => {
  const keeper = ['--import', 'tsx', resolve('test/postgres/keeper.ts'), folder, String(owner)]
  spawn(process.execPath, keeper, { detached: true, stdio: 'ignore', env: withoutJest() }).unref()
}

const withoutJest = (): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...env } = process.env
  return env
}

const pause = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const waitFor = (folder: string): Found => {
  const answer = join(folder, 'server.json')
  for (const until = Date.now() + WAIT_LIMIT_MS; Date.now() < until; pause(20))
    if (existsSync(answer)) return JSON.parse(readFileSync(answer, 'utf8')) as Found
  return { reason: `no server after ${WAIT_LIMIT_MS / 1000} s` }
}

// The folder of a run whose process id was given to us, and whose keeper was killed.
const clearStale = (folder: string): void => {
  const answer = join(folder, 'server.json')
  if (!existsSync(answer)) return
  const { keeper } = JSON.parse(readFileSync(answer, 'utf8')) as { keeper: number }
  if (!isAlive(keeper)) rmSync(folder, { recursive: true, force: true })
}

/** A server for one caller alone, to be killed at will: it comes up again by itself. It lives as long as this process. */
export const ownPostgres = (): Found => {
  const folder = mkdtempSync(join(tmpdir(), 'paymux-postgres-'))
  spawnKeeper(folder, process.pid)
  return waitFor(folder)
}

// A jest worker is a child of the run; in band, or in a script, this process is the run itself.
const runId = (): number =>
  process.env.JEST_WORKER_ID !== undefined && process.send !== undefined ? process.ppid : process.pid

/**
 * The one server of this test run or script: started by the first who asks, found by the others, gone with the run. Blocks
 * until it is there, so that a test file can decide what to describe.
 */
export const sharedPostgres = (): Found => {
  const folder = join(tmpdir(), `paymux-postgres-${runId()}`)
  clearStale(folder)
  try {
    mkdirSync(folder)
    spawnKeeper(folder, runId())
  } catch {
    // Somebody else of this run was first.
  }
  return waitFor(folder)
}

const onServer = async (url: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

const canConnect = (url: string): Promise<boolean> =>
  onServer(url, 'SELECT 1').then(
    () => true,
    () => false,
  )

const processIdOf = ({ data }: PostgresServer): number | undefined => {
  // The server removes the file as it goes down, and writes it as it comes up.
  try {
    return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]) || undefined
  } catch {
    return undefined
  }
}

/** Kills a server of {@link ownPostgres}, which then writes nothing more, and waits until it is up again. */
export const killServer = async (server: PostgresServer): Promise<void> => {
  const killed = processIdOf(server)
  if (killed === undefined) throw new Error('the server is not running')
  process.kill(killed, 'SIGQUIT')
  while ([killed, undefined].includes(processIdOf(server)) || !(await canConnect(server.url)))
    await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Makes a database on a server, and gives its address. */
export const createDatabase = async ({ url }: Pick<PostgresServer, 'url'>): Promise<string> => {
  const name = `paymux_${randomBytes(6).toString('hex')}`
  await onServer(url, `CREATE DATABASE ${name}`)
  return Object.assign(new URL(url), { pathname: `/${name}` }).toString()
}

/** Drops a database that {@link createDatabase} made, with all connections to it. */
export const dropDatabase = async ({ url }: Pick<PostgresServer, 'url'>, database: string): Promise<void> =>
  onServer(url, `DROP DATABASE IF EXISTS ${new URL(database).pathname.slice(1)} WITH (FORCE)`)

/**
 * Describes tests that need a PostgreSQL server. Without one they fail in CI, and are skipped elsewhere with the reason in
 * their name.
 */
export const describeWithPostgres = (
  name: string,
  body: (server: PostgresServer) => void,
  find: () => Found = sharedPostgres,
): void => {
  const found = find()
  if ('url' in found) describe(name, () => body(found))
  else if (process.env.CI === undefined)
    describe.skip(`${name} (skipped: ${found.reason})`, () => it('needs it', () => {}))
  else
    it(name, () => {
      throw new Error(`no PostgreSQL server: ${found.reason}`)
    })
}
