import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** An entry point of the package, as `exports` of package.json names it. */
export interface Entry {
  /** What a consumer imports: `paymux`, `paymux/webhooks`, … */
  readonly specifier: string
  /** A name for files about it: `paymux`, `webhooks`, `payop.cards`, … */
  readonly name: string
  /** The source, from the root of the package: `src/index.ts`. */
  readonly source: string
  /** Its declarations in the build, from the root of the package: `dist/esm/index.d.ts`. */
  readonly declarations: string
}

const importOf = (target: unknown): string | undefined => {
  if (typeof target === 'string') return target
  if (typeof target !== 'object' || target === null) return undefined
  if ('import' in target) return importOf(target.import)
  return 'default' in target ? importOf(target.default) : undefined
}

/** The entry points of the package in a folder. Targets that are no program (JSON files) are left out. */
export const entriesOf = (root: string): readonly Entry[] => {
  const manifest: { name: string; exports: Readonly<Record<string, unknown>> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  return Object.entries(manifest.exports).flatMap(([path, target]) => {
    const file = importOf(target)
    if (file === undefined || !file.endsWith('.js')) return []
    const stem = file.replace(/^\.\//, '').replace(/\.js$/, '')
    return {
      specifier: path.replace('.', manifest.name),
      name: path === '.' ? manifest.name : path.replace('./', '').replaceAll('/', '.'),
      source: `${stem.replace(/^dist\/esm\//, 'src/')}.ts`,
      declarations: `${stem}.d.ts`,
    }
  })
}
