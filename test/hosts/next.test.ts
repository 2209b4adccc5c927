import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { install, succeed } from './packed.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('next', async (folder) => {
  // A bundler has to pass over an optional peer that is not there.
  await rm(join(folder, 'node_modules/libsql'), { recursive: true })
  await succeed(folder, 'npm', 'run', 'build')
  await install(folder)
})
