import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

/** Who runs a program that does not run as root. Empty: this user does. */
export const unprivileged = async (): Promise<{ uid?: number; gid?: number }> => {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const id = (flag: string) => promisify(execFile)('id', [flag, name]).then(({ stdout }) => Number(stdout))
    const ids = await Promise.all([id('-u'), id('-g')]).catch(() => undefined)
    if (ids !== undefined) return { uid: ids[0], gid: ids[1] }
  }
  throw new Error('running as root, and there is neither a user postgres nor a user nobody')
}

/** A port that no program listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
