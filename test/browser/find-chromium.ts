import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

/** What starts the browser. */
export interface Chromium {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The package holds a program for Linux x64 with glibc. */
const LOADER = '/lib64/ld-linux-x86-64.so.2'

const repository = resolve(__dirname, '../..')
const packed = join(repository, 'node_modules/@sparticuz/chromium')
/** npm removes it together with the version that it belongs to. */
const unpacked = join(packed, 'unpacked')

/** In a process of its own, because the package unpacks into the temporary folder of its process. */
const unpackInto = async (folder: string): Promise<void> => {
  // Any of the runtimes it knows makes it unpack its shared libraries, too.
  const env = { ...process.env, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' }
  const script = join(__dirname, 'unpack-chromium.ts')
  await promisify(execFile)(process.execPath, ['--import', 'tsx', script], { cwd: repository, env })
}

/** Moved to its place when it is whole, so that test files that run at once never start half a browser. */
const unpack = async (): Promise<void> => {
  const folder = await mkdtemp(`${unpacked}-`)
  try {
    await unpackInto(folder)
    await rename(folder, unpacked)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    if (!existsSync(unpacked)) throw error
  }
}

const ofThePackage = async (): Promise<Chromium> => {
  if (!existsSync(unpacked)) await unpack()
  const libraries = join(unpacked, 'al2023/lib')
  return { executablePath: join(unpacked, 'chromium'), env: { ...process.env, LD_LIBRARY_PATH: libraries } }
}

/** The one that `CHROMIUM_PATH` names, else an installed one, else on Linux x64 the one that came with npm. */
export const findChromium = (): (() => Promise<Chromium>) | undefined => {
  const executablePath = process.env.CHROMIUM_PATH || INSTALLED.find((path) => existsSync(path))
  if (executablePath !== undefined) return async () => ({ executablePath, env: process.env })
  return process.arch === 'x64' && existsSync(LOADER) ? ofThePackage : undefined
}
