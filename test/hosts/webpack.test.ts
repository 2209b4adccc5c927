import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { bundleServer } from './bundle.js'
import { install, succeed } from './packed.js'
import { servesAShop } from './serves-a-shop.js'

const build = `
import webpack from 'webpack'

webpack(
  {
    mode: 'production',
    target: 'node20',
    entry: './server.mjs',
    experiments: { outputModule: true },
    output: { path: process.cwd(), filename: 'shop.mjs', module: true, chunkFormat: 'module' },
  },
  (error, stats) => {
    if (error !== null) throw error
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString())
  },
)
`

servesAShop(
  'esbuild',
  async (folder) => {
    await install(folder, 'webpack@5.113.0')
    await bundleServer(folder, async () => {
      const { code } = await transform(await readFile(join(folder, 'server.ts'), 'utf8'), { loader: 'ts' })
      await writeFile(join(folder, 'server.mjs'), code)
      await writeFile(join(folder, 'build.mjs'), build)
      await succeed(folder, 'npm', 'run', 'build')
    })
  },
  { host: 'webpack' },
)
