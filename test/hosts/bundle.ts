import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { install } from './packed.js'

/**
 * Bundles the server of node:http, which stands alone afterwards. The optional peer of its store is not there while it is bundled, so
 * the bundler has to pass over it; Node 20 needs it to run.
 */
export const bundleServer = async (folder: string, bundle: () => Promise<unknown>): Promise<void> => {
  await cp(resolve('examples/hosts/node-http/server.ts'), join(folder, 'server.ts'))
  const { scripts, dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  await rm(join(folder, 'node_modules/libsql'), { recursive: true })
  await bundle()
  for (const left of ['node_modules', 'package-lock.json']) await rm(join(folder, left), { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, scripts }))
  await install(folder, `libsql@${dependencies.libsql}`)
}
