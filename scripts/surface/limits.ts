import type { Entry } from './entries.js'
import { exportedBy, programOf } from './exported.js'

interface Limit {
  /** Functions, classes and constants. A name that is also a type counts here. */
  readonly values: number
  readonly types: number
}

/** How many names an entry point may export. One that is not listed has no limit. */
const limits: Readonly<Record<string, Limit>> = {
  paymux: { values: 12, types: 80 },
}

/** The entry points that export more names than they may, in words. */
export const overLimit = (root: string, entries: readonly Entry[]): readonly string[] => {
  const limited = entries.filter(({ specifier }) => limits[specifier] !== undefined)
  const program = programOf(root, limited)
  return limited.flatMap((entry) => {
    const exported = exportedBy(program, root, entry)
    const values = exported.filter(({ isValue }) => isValue).length
    const counts = { values, types: exported.length - values }
    const limit = limits[entry.specifier] ?? counts
    return (['values', 'types'] as const)
      .filter((kind) => counts[kind] > limit[kind])
      .map((kind) => `${entry.specifier} exports ${counts[kind]} ${kind}; at most ${limit[kind]} are allowed.`)
  })
}
