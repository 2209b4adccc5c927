import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { install, merchant, newFolder, succeed, tarball } from '../test/hosts/packed.js'

/**
 * Packs the package once, and runs the examples of hosts over it, each installed from the registry. Arguments are those of jest.
 *
 * npm run test:hosts [-- express]
 */
const folder = mkdtempSync(join(tmpdir(), 'paymux-hosts-'))
process.env.PAYMUX_PACKED = folder
process.env.NEXT_TELEMETRY_DISABLED = '1'
try {
  await succeed('.', process.execPath, '--import', 'tsx', 'scripts/build.ts')
  await succeed('.', 'npm', 'pack', '--pack-destination', folder)
  const versions: Readonly<Record<string, string>> = manifest.devDependencies
  const peers = Object.keys(manifest.peerDependencies).map((name) => `${name}@${versions[name]}`)
  await newFolder('merchant')
  await install(merchant(), tarball(), ...peers)
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects=hosts', '--errorOnDeprecated', '--maxWorkers=2']
  const { status } = spawnSync(process.execPath, [...jest, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
