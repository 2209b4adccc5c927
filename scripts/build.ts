import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Compiles `src` twice into `dist`: ES modules and CommonJS, each with its own declarations. */
const compile = (project: string) =>
  promisify(execFile)(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-p', project])

await rm('dist', { recursive: true, force: true })
try {
  await Promise.all([compile('tsconfig.esm.json'), compile('tsconfig.cjs.json')])
} catch (error) {
  console.error(Object(error).stdout || error)
  process.exit(1)
}
// Without it Node reads dist/cjs as ES modules, because the package says "type": "module".
await writeFile('dist/cjs/package.json', '{ "type": "commonjs" }\n')
