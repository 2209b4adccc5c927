import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './launch.js'

/** What npm would publish. In bytes. */
export const measurePackage = async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { cwd: root })
  const [packed] = JSON.parse(stdout) as readonly { size: number; unpackedSize: number; entryCount: number }[]
  if (packed === undefined) throw new Error('npm packed nothing')
  return packed
}

/** `paymux/payop` in one minified file for Node, with or without fp-ts, io-ts and axios. In bytes. */
export const measureBundle = async (dependencies: 'with' | 'without') => {
  const { outputFiles } = await build({
    entryPoints: ['dist/esm/adapters/payop/index.js'],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['libsodium-wrappers', ...(dependencies === 'with' ? [] : ['axios', 'fp-ts', 'io-ts'])],
    write: false,
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length }
}
