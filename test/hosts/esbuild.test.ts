import { cp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { succeed } from './packed.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('esbuild', async (folder) => {
  await cp(resolve('examples/hosts/node-http/server.ts'), join(folder, 'server.ts'))
  // A bundler has to pass over an optional peer that is not there.
  await rm(join(folder, 'node_modules/libsql'), { recursive: true })
  await succeed(folder, 'npm', 'run', 'build')
  // The file stands alone, but for Node's SQLite on Node 20.
  await rm(join(folder, 'node_modules'), { recursive: true })
})
