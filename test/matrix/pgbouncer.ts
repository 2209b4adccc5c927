import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { eventually } from '../eventually.js'
import { freePort, unprivileged } from '../postgres/programs.js'

/** A PgBouncer of our own. */
export interface PgBouncer {
  /** The address of the server by this way. */
  readonly url: string
  readonly close: () => Promise<void>
}

/** Starts the PgBouncer of this machine before a server, with further settings: `server_round_robin = 1`. */
export const startPgBouncer = async (url: string, settings: readonly string[]): Promise<PgBouncer> => {
  const { hostname, port, pathname, username, password } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'paymux-pgbouncer-'))
  const own = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  const database = `${pathname.slice(1)} = host=${hostname} port=${port} user=${username} password=${password}`
  const always = ['listen_addr = 127.0.0.1', `listen_port = ${own}`, 'unix_socket_dir =', 'auth_type = any']
  writeFileSync(file, ['[databases]', database, '[pgbouncer]', ...always, ...settings, ''].join('\n'))
  chmodSync(folder, 0o755)
  const child = spawn('pgbouncer', [file], { ...(await unprivileged()), stdio: 'ignore' })
  const ended = once(child, 'exit')
  const way = Object.assign(new URL(url), { port: String(own) }).toString()
  await eventually(async () => {
    const client = new Client({ connectionString: way })
    client.on('error', () => {})
    const isThere = await client.connect().then(
      () => true,
      () => false,
    )
    await client.end().catch(() => {})
    return isThere
  })
  return {
    url: way,
    close: async () => {
      child.kill('SIGQUIT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
