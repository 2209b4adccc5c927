import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { ended } from '../packaging/ended.js'

/** Runs a command in a folder, and gives what it printed. Errors: an `Error` with that, if the command fails. */
export const succeed = async (...command: Parameters<typeof ended>): Promise<string> => {
  const { code, output } = await ended(...command)
  if (code !== 0) throw new Error(`${command.slice(1).join(' ')}: ${output}`)
  return output
}

/** The folder that `npm run test:hosts` makes. It holds the packed package, and a folder for each of its users. */
const run = (): string => process.env.PAYMUX_PACKED ?? ''

export const tarball = (): string => join(run(), `paymux-${manifest.version}.tgz`)

/** A folder of the run, where packages can be installed. */
export const newFolder = async (name: string): Promise<string> => {
  const folder = join(run(), name)
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  return folder
}

/** Installs packages from the registry, beside what the folder's `package.json` names. */
export const install = (folder: string, ...packages: readonly string[]): Promise<string> =>
  succeed(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages)

/** The folder that has the packed package and every optional peer. */
export const merchant = (): string => join(run(), 'merchant')
